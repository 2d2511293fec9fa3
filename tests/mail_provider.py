"""The mail provider of the house (bin/fake_provider.py) as a process beside a test."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "bin/fake_provider.py"
API_KEY = "re_test"


class MailProvider:
    """Started with what bin/fake_provider.py takes on its command line, as in `MailProvider(folder, "--no-keys")`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        command = [sys.executable, str(SCRIPT), str(folder), "--port", "0", "--smtp-port", "0", "--api-key", API_KEY]
        self.process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True)
        ports = json.loads(self.process.stdout.readline())
        self.http, self.smtp = ports["http"], ports["smtp"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}/"

    def environment(self, *, seconds: float = 5, port: int = 0) -> dict[str, str]:
        """For processes that shall send through it by HTTP, and wait so long for its answer; `port` of a way there."""
        url = f"http://127.0.0.1:{port or self.http}/"
        anymail = {"RESEND_API_URL": url, "RESEND_API_KEY": API_KEY, "REQUESTS_TIMEOUT": seconds}
        return {"EMAIL_BACKEND": "notifications.resend.EmailBackend", "ANYMAIL": json.dumps(anymail)}

    def control(self, **wish) -> dict:
        return self._asked("control", json.dumps(wish).encode())

    def counts(self) -> dict:
        return self._asked("counts")

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as answer:
            return answer.read().decode()

    def journal(self) -> list[dict]:
        """The letters that were taken, in turn."""
        lines = (self.folder / "journal.jsonl").read_text().splitlines()
        return [line for line in map(json.loads, lines) if "repeat" not in line]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def _asked(self, path: str, body: bytes | None = None) -> dict:
        with urllib.request.urlopen(f"{self.url}{path}", body, timeout=10) as answer:
            return json.loads(answer.read())
