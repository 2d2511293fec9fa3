"""SMTP, as much of it as a mail library speaks to its relay. Every letter passes the same counter as over HTTP."""

import email
import email.policy
import socket
import socketserver
import struct

from .counter import Counter

LONGEST = 5_000_000  # bytes of one letter
ANSWERS = {
    "429": "451 4.7.1 Slow down, try again later",
    "500": "421 4.3.0 Internal trouble",
    "reject": "550 5.1.1 No such person here",
    "unverified": "553 5.7.1 This sender is not verified",
}


def hang_up(connection: socket.socket) -> None:
    """A reset instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Door(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self) -> None:
        self.sender, self.people = "", []
        self._say("220 fake provider")
        while line := self.rfile.readline(2000):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if not self._obey(verb.upper(), rest):
                return

    def _obey(self, verb: str, rest: str) -> bool:
        """Answer one command; whether the talk goes on."""
        if verb == "DATA":
            return self._letter()
        if verb == "MAIL":
            self.sender = rest
        elif verb == "RCPT":
            self.people.append(rest.partition("<")[2].partition(">")[0])
        elif verb == "RSET":
            self.sender, self.people = "", []
        answers = {"EHLO": "250-fake provider\r\n250-8BITMIME\r\n250 SMTPUTF8", "QUIT": "221 Bye"}
        answers |= dict.fromkeys(("HELO", "MAIL", "RCPT", "RSET", "NOOP"), "250 OK")
        self._say(answers.get(verb, "502 Not here"))
        return verb != "QUIT"

    def _letter(self) -> bool:
        self._say("354 Go on")
        words = bytearray()
        while (line := self.rfile.readline(LONGEST)) != b".\r\n":
            if not line or len(words) > LONGEST:
                return False
            words += line[1:] if line.startswith(b".") else line
        verdict = self.server.counter.hand_in(self._read(bytes(words)))
        if verdict.mode == "reset":
            hang_up(self.connection)
            return False
        self._say(ANSWERS.get(verdict.mode, f"250 Taken as {verdict.identity}"))
        self.sender, self.people = "", []
        return True

    def _read(self, words: bytes) -> dict:
        message = email.message_from_bytes(words, policy=email.policy.default)
        parts = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
        text, html = (part.get_content() if part else "" for part in parts.values())
        return {
            "door": "smtp",
            "from": str(message["From"] or self.sender),
            "to": list(self.people),
            "subject": str(message["Subject"] or ""),
            "message_id": str(message["Message-ID"] or ""),
            "key": "",  # over SMTP there are none
            "headers": {name: str(value) for name, value in message.items() if name.startswith("X-")},
            "text": text,
            "html": html,
        }

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class SmtpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, counter: Counter) -> None:
        self.counter = counter
        super().__init__(("127.0.0.1", port), Door)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no news."""
