"""Two real mail systems on loopback: an SMTP server, and a provider's HTTP API. Both can be told to misbehave."""

import email
import email.policy
import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class _AnyPort(Controller):
    """Lets the system choose the port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class SmtpHouse:
    """`letters` holds what was taken. `refuse` maps a verb (MAIL, RCPT, DATA) to the answer it gets instead."""

    def __init__(self) -> None:
        self.letters: list[email.message.EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refuse: dict[str, str] = {}
        self.after_data = "answer"  # or: hang_up (takes the letter, never answers)
        self.controller = _AnyPort(self, hostname="127.0.0.1", port=0)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if "MAIL" in self.refuse:
            return self.refuse["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" in self.refuse:
            return self.refuse["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope):
        if "DATA" in self.refuse:
            return self.refuse["DATA"]
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        if self.after_data == "hang_up":
            server.transport.abort()
        return "250 Taken"

    @property
    def port(self) -> int:
        return self.controller.port

    def text_of(self, number: int = 0) -> str:
        return self.letters[number].get_body(("plain",)).get_content()

    def html_of(self, number: int = 0) -> str:
        return self.letters[number].get_body(("html",)).get_content()


def unused_port() -> int:
    """A port on which nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Provider:
    """The send call of a provider (Postmark's shape). `answers` are used up in turn, then everything is taken."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.answers: list[tuple[int, dict, dict]] = []
        self.reset = False
        house = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                house.asked.append(json.loads(body))
                if house.reset:
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.connection.close()
                    return
                taken = {"ErrorCode": 0, "Message": "OK", "MessageID": f"pm-{len(house.asked)}", "To": ""}
                taken["To"] = json.loads(body)["To"]
                status, headers, answer = house.answers.pop(0) if house.answers else (200, {}, taken)
                content = json.dumps(answer).encode()
                self.send_response_only(status)
                usual = {"Content-Type": "application/json", "Date": self.date_time_string()}
                for name, value in (usual | headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # It looks so often whether it shall end, and whoever ends it waits for that.
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
