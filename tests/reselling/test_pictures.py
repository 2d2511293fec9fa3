"""What resellers give as a logo is decoded and encoded anew, or refused with a reason; and the old one stays."""

import io
import tracemalloc

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, override_settings
from PIL import Image

from config.uploads import MOST_BYTES
from plans.models import Picture
from plans.models.picture import WIDTHS
from plans.refusals import Refused
from reselling import pictures
from tests import cast
from tests.reselling import zoo


@pytest.fixture
def account(db, tmp_path):
    with override_settings(MEDIA_ROOT=tmp_path):
        yield cast.reseller(cast.distributor())


def files(tmp_path) -> list[str]:
    return sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("what", list(zoo.TAKEN))
def test_a_picture_is_taken_as_clean_pixels_alone(account, what):
    content, size = zoo.TAKEN[what]
    kept = pictures.keep(account, upload=zoo.upload(content, "logo.svg", "image/svg+xml"), by=None)
    assert (kept.width, kept.height) == size
    for width in WIDTHS:
        written = pictures.read(kept.token, width=width)
        with Image.open(io.BytesIO(written)) as picture:
            assert picture.format == "WEBP"
            assert picture.width == min(width, size[0]) if size[0] >= size[1] else picture.height <= width
            assert set(picture.info) <= {"loop", "background", "timestamp", "duration"}
        assert zoo.SECRET not in written and b"<script" not in written and b"EXIF" not in written


@pytest.mark.parametrize("what", list(zoo.REFUSED))
def test_anything_else_is_refused_and_leaves_nothing(account, tmp_path, what):
    content, code = zoo.REFUSED[what]
    with pytest.raises(Refused) as refused:
        pictures.keep(account, upload=zoo.upload(content), by=None)
    assert refused.value.code == code
    assert "The logo must be a PNG, JPEG or WebP picture" in refused.value.sentence
    assert not Picture.objects.exists() and files(tmp_path) == []


def test_colours_stay_what_they_were(account):
    """CMYK, a palette, grey of 16 bits and what is see-through: the same to the eye."""
    for what, expected in {"a PNG": (106, 53, 201), "CMYK": (106, 53, 201), "16 bits of grey": (255, 255, 255)}.items():
        plain = pictures.decoded(zoo.upload(zoo.TAKEN[what][0]))
        assert all(abs(a - b) < 12 for a, b in zip(plain.getpixel((20, 20))[:3], expected, strict=True)), what
    clear = pictures.decoded(zoo.upload(zoo.saved(Image.new("RGBA", (200, 200), (0, 0, 0, 0)))))
    assert clear.mode == "RGBA" and clear.getpixel((9, 9))[3] == 0


def test_a_bomb_is_known_by_its_head(account):
    """Neither its pixels nor its words are unpacked."""
    explosive = zoo.words_that_explode()
    tracemalloc.start()
    for content in (zoo.bomb(100_000, 100_000), explosive):
        with pytest.raises(Refused):
            pictures.keep(account, upload=zoo.upload(content), by=None)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


class Trickle(io.RawIOBase):
    """The body of a form with a file of so many bytes, which nobody holds as a whole."""

    HEAD = (
        b'--edge\r\nContent-Disposition: form-data; name="name"\r\n\r\nTech\r\n'
        b'--edge\r\nContent-Disposition: form-data; name="logo"; filename="logo.png"\r\n\r\n'
    )
    TAIL = b'\r\n--edge\r\nContent-Disposition: form-data; name="after"\r\n\r\nstill here\r\n--edge--\r\n'

    def __init__(self, size: int) -> None:
        self.left, self.given = [self.HEAD, size, self.TAIL], 0
        self.size = size + len(self.HEAD) + len(self.TAIL)

    def read(self, most: int = -1) -> bytes:
        found = b""
        while self.left and len(found) < most:
            room = most - len(found)
            if isinstance(self.left[0], int):
                found += b"\0" * min(room, self.left[0])
                self.left[0] -= min(room, self.left[0])
            else:
                found, self.left[0] = found + self.left[0][:room], self.left[0][room:]
            if not self.left[0]:
                self.left.pop(0)
        return found


def test_fifty_megabytes_fill_neither_memory_nor_disk():
    body = Trickle(50_000_000)
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "multipart/form-data; boundary=edge", "wsgi.input": body,
               "CONTENT_LENGTH": str(body.size), "SERVER_NAME": "testserver", "SERVER_PORT": "80"}  # fmt: skip
    tracemalloc.start()
    request = WSGIRequest(environ)
    logo = request.FILES["logo"]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * MOST_BYTES
    assert (request.POST["name"], request.POST["after"], logo.size, logo.read()) == (
        "Tech",
        "still here",
        50_000_000,
        b"",
    )
    with pytest.raises(Refused, match="picture_too_large"):
        pictures.decoded(logo)


class FullDisk(FileSystemStorage):
    """Room for one more file, and for half of the next."""

    left = 1

    def _save(self, name, content):
        if FullDisk.left:
            FullDisk.left -= 1
            return super()._save(name, content)
        with open(self._ensure(name), "wb") as half:
            half.write(content.read()[:40])
        raise OSError(28, "No space left on device")

    def _ensure(self, name):
        path = self.path(name)
        io.os.makedirs(io.os.path.dirname(path), exist_ok=True)
        return path


class Away(FileSystemStorage):
    def _save(self, name, content):
        raise ConnectionError("no route to host")

    def delete(self, name):
        raise ConnectionError("no route to host")


class Halves(FileSystemStorage):
    """Says that all is well, and has kept half of it."""

    def _save(self, name, content):
        from django.core.files.base import ContentFile

        return super()._save(name, ContentFile(content.read()[:40]))


@pytest.mark.parametrize("storage", [FullDisk, Away, Halves])
def test_a_storage_that_fails_changes_nothing_and_keeps_nothing(account, tmp_path, settings, storage):
    old = pictures.keep(account, upload=zoo.upload(zoo.TAKEN["a PNG"][0]), by=None)
    before, FullDisk.left = files(tmp_path), 1
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.{storage.__name__}"}}
    with pytest.raises(Refused) as refused:
        pictures.keep(account, upload=zoo.upload(zoo.TAKEN["a JPEG"][0]), by=None)
    assert refused.value.code == "picture_not_kept"
    assert (files(tmp_path), Picture.objects.get()) == (before, old)


def test_a_picture_is_served_as_nothing_but_a_picture_and_for_ever(account):
    kept = pictures.keep(account, upload=zoo.upload(zoo.TAKEN["a PNG"][0]), by=None)
    response = Client().get(f"/-/pictures/{kept.token}/256.webp")
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in response.get("Vary", "") and not response.cookies
    assert Client().get(f"/-/pictures/{kept.token}/255.webp").status_code == 404
    assert Client().get("/-/pictures/unknown/256.webp").status_code == 404
    cast.distributor("Sudlicht", host="sudlicht.test")
    assert Client(headers={"host": "sudlicht.test"}).get(f"/-/pictures/{kept.token}/256.webp").status_code == 404
    default_storage.delete(Picture.path(kept.token, 256))
    assert Client().get(f"/-/pictures/{kept.token}/256.webp").status_code == 404


def test_a_storage_that_is_away_answers_that_it_is(account, settings):
    kept = pictures.keep(account, upload=zoo.upload(zoo.TAKEN["a PNG"][0]), by=None)
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.Gone"}}
    response = Client().get(f"/-/pictures/{kept.token}/256.webp")
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "30", "no-store")


class Gone(FileSystemStorage):
    def _open(self, name, mode="rb"):
        raise ConnectionError("no route to host")
