"""How bin/dev --mail starts the mail provider of the house, and sends through it as through Resend."""

import base64
import json
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Provider:
    """Where it listens; key and secret are made anew each time, for nobody else is to know them."""

    port: int
    smtp_port: int
    web_port: int
    api_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    secret: str = field(default_factory=lambda: f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}")

    def command(self, folder: Path) -> list[str]:
        script = Path(__file__).with_name("fake_provider.py")
        command = [sys.executable, str(script), str(folder), "--port", str(self.port), "--api-key", self.api_key]
        command += ["--smtp-port", str(self.smtp_port), "--report-secret", self.secret]
        return [*command, "--report-to", f"http://localhost:{self.web_port}/api/mail-reports/resend/"]

    def settings(self) -> dict[str, str]:
        """The environment in which Uplift sends through it."""
        resend = {"RESEND_API_URL": f"http://127.0.0.1:{self.port}/", "RESEND_API_KEY": self.api_key}
        chosen = {"EMAIL_URL": "", "EMAIL_BACKEND": "notifications.resend.EmailBackend"}
        return chosen | {"ANYMAIL": json.dumps(resend), "MAIL_REPORT_SECRETS": self.secret}
