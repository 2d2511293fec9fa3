"""Files that somebody might give as a logo: drawn here, not kept, so that each says what it is."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><script>alert(1)</script></svg>'
SECRET = b"Zwergkiefer was here"  # in whatever a picture carries along


def drawn(mode: str = "RGB", size: tuple[int, int] = (300, 150), colour: str = "#6a35c9") -> Image.Image:
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=colour)
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def upload(content: bytes, name: str = "logo.png", kind: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def moving(kind: str) -> bytes:
    others = [drawn(colour=colour) for colour in ("red", "green")]
    return saved(drawn(), kind, save_all=True, append_images=others, duration=100)


def sixteen_bits() -> bytes:
    return saved(Image.new("I;16", (200, 200), 65535))


def turned() -> bytes:
    """A photograph held sideways, with where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET.decode()
    return saved(drawn(size=(200, 400)), "JPEG", exif=exif, comment=SECRET)


def bomb(width: int, height: int) -> bytes:
    """A PNG of some bytes whose head promises that many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, content) for name, content in chunks)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def words_that_explode() -> bytes:
    """A good PNG with a compressed text of 200 MB."""
    whole = saved(drawn())
    return whole[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 200_000_000, 9)) + whole[33:]


# What is taken, and comes out as a clean picture of this size (whatever else was in it).
TAKEN: dict[str, tuple[bytes, tuple[int, int]]] = {
    "a PNG": (saved(drawn()), (300, 150)),
    "a JPEG": (saved(drawn(), "JPEG"), (300, 150)),
    "a WebP": (saved(drawn(), "WEBP"), (300, 150)),
    "a GIF that stands still": (saved(drawn("P"), "GIF"), (300, 150)),
    "see-through": (saved(drawn("RGBA")), (300, 150)),
    "grey and see-through": (saved(drawn("LA")), (300, 150)),
    "black and white": (saved(drawn("1")), (300, 150)),
    "of a palette": (saved(drawn("P"), transparency=0), (300, 150)),
    "CMYK": (saved(drawn("CMYK"), "JPEG"), (300, 150)),
    "16 bits of grey": (sixteen_bits(), (200, 200)),
    "held sideways": (turned(), (400, 200)),
    "a PNG named SVG": (saved(drawn()), (300, 150)),
    "a PNG and a page in one": (saved(drawn()) + b"<html><script>alert(1)</script>" + SECRET, (300, 150)),
    "a JPEG and an archive in one": (saved(drawn(), "JPEG") + b"PK\x03\x04" + SECRET, (300, 150)),
    "a GIF and a script in one": (b"GIF89a" + saved(drawn("P"), "GIF")[6:] + b"*/=1;alert(1)//", (300, 150)),
    "barely wide enough": (saved(drawn(size=(128, 20))), (128, 20)),
}
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "picture_empty"),
    "an SVG": (SVG, "picture_unknown"),
    "an SVG with a head like XML": (b'<?xml version="1.0"?>' + SVG, "picture_unknown"),
    "a page": (b"<html><script>alert(1)</script>", "picture_unknown"),
    "a TIFF": (saved(drawn(), "TIFF"), "picture_unknown"),
    "a BMP": (saved(drawn(), "BMP"), "picture_unknown"),
    "an icon": (saved(drawn(size=(256, 256)), "ICO"), "picture_unknown"),
    "EPS, which is a program": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 300 300\n", "picture_unknown"),
    "noise": (bytes(range(256)) * 40, "picture_unknown"),
    "the first byte of a PNG": (b"\x89", "picture_unknown"),
    "half a PNG": (saved(Image.effect_noise((300, 300), 80))[:20_000], "picture_broken"),
    "half a JPEG": (saved(Image.effect_noise((300, 300), 80), "JPEG")[:9_000], "picture_broken"),
    "half a WebP": (saved(Image.effect_noise((300, 300), 80), "WEBP")[:9_000], "picture_broken"),
    "a PNG with an SVG in it": (saved(drawn())[:50] + SVG, "picture_broken"),
    "a bomb of 100 million pixels": (bomb(10_000, 10_000), "picture_too_many_pixels"),
    "a bomb of 10 thousand million pixels": (bomb(100_000, 100_000), "picture_too_many_pixels"),
    "a moving GIF": (moving("GIF"), "picture_animated"),
    "a moving WebP": (moving("WEBP"), "picture_animated"),
    "a moving PNG": (moving("PNG"), "picture_animated"),
    "too narrow": (saved(drawn(size=(127, 400))), "picture_too_narrow"),
    "a dot": (saved(drawn(size=(1, 1))), "picture_too_narrow"),
    "larger than 2 MB": (saved(drawn()) + b"\0" * 2 * 1024 * 1024, "picture_too_large"),
}
