"""A body that came in by half is none: where a connection is cut, a form must not be read as if it were all.

What gunicorn reads of such a body just ends, and Django takes the fields that arrived for the whole form.
"""

from collections.abc import Callable, Iterable
from typing import BinaryIO

Application = Callable[[dict, Callable], Iterable[bytes]]


class CutOff(ConnectionError):
    """Less of a body arrived than its length says. Django makes an UnreadablePostError of it."""


class Body:
    """Reads like `stream`, until it ends before `length` bytes."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        return self._taken(self.stream.read(wanted), is_cut=lambda part: len(part) < wanted)

    def readline(self, size: int = -1) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        return self._taken(self.stream.readline(wanted), is_cut=lambda part: not part and wanted)

    def _taken(self, part: bytes, *, is_cut: Callable[[bytes], object]) -> bytes:
        if is_cut(part):
            raise CutOff(f"{self.left - len(part)} bytes of the body did not arrive")
        self.left -= len(part)
        return part


def whole(application: Application) -> Application:
    """For servers that tell the length of a body, as gunicorn does; one without a length is read as it comes."""

    def door(environ: dict, start_response: Callable) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal():
            environ["wsgi.input"] = Body(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return door
