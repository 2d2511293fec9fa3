"""Pictures that resellers give. What comes in is never kept: it is judged, decoded, and encoded anew as WebP.

Decoding is the judge, not the name or the type that came along. Only these four formats are ever tried: SVG is none.
"""

import io
import logging
import struct
import zlib
from contextlib import suppress

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps

from plans.models import Account, Picture, Storefront, StorefrontDraft
from plans.models.picture import WIDTHS, new_token
from plans.refusals import Refused

logger = logging.getLogger(__name__)

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000  # 4,000 x 4,000; all of them decoded are some 64 MB
LEAST_WIDTH = 128
ANIMATES = ("PNG", "WEBP", "GIF")  # a JPEG may hold several pictures, too: the first is the one it shows
DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")  # more than 8 bits of grey
BROKEN = (
    OSError,
    SyntaxError,  # Pillow's word for a PNG that is none
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    MemoryError,
    AttributeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


def keep(account: Account, *, upload: UploadedFile, by) -> Picture:
    """The picture of an upload, whole: all its files are in the storage before there is a row.

    Refuses with a picture_ code. Then nothing is left of it, and whatever was there before is as it was.
    """
    picture = decoded(upload)
    token = new_token()
    _store({Picture.path(token, width): _encoded(picture, width) for width in WIDTHS})
    try:
        return Picture.objects.create(
            token=token,
            operator_id=account.operator_id,
            account=account,
            width=picture.width,
            height=picture.height,
            created_by=by,
        )
    except BaseException:
        _remove_files(token)
        raise


def decoded(upload: UploadedFile) -> Image.Image:
    """The upload as plain pixels, upright, 8 bits each in RGB or RGBA, with nothing that came along. Refuses."""
    if upload.size > MOST_BYTES:
        raise Refused("picture_too_large")
    if not upload.size:
        raise Refused("picture_empty")
    try:
        upload.seek(0)
        with Image.open(io.BytesIO(upload.read()), formats=FORMATS) as image:  # reads no more than the head
            _check_head(image)
            image.load()
            upright = ImageOps.exif_transpose(image)
            plain = _plain(upright)
    except Image.UnidentifiedImageError:
        raise Refused("picture_unknown") from None
    except Image.DecompressionBombError:
        raise Refused("picture_too_many_pixels") from None
    except BROKEN:
        raise Refused("picture_broken") from None
    if plain.width < LEAST_WIDTH:
        raise Refused("picture_too_narrow", width=plain.width)
    return plain


def _check_head(image: Image.Image) -> None:
    """What the head of the file tells, before anything is decoded."""
    if image.width * image.height > MOST_PIXELS:
        raise Refused("picture_too_many_pixels")
    if image.format in ANIMATES and getattr(image, "is_animated", False):
        raise Refused("picture_animated")


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in DEEP:
        image = image.convert("F").point(lambda value: value * (1 / 257) + 0).convert("L")
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.info = {}  # colour profile, EXIF, XMP, comments
    return plain


def _encoded(picture: Image.Image, width: int) -> bytes:
    """The picture in a square of `width`, never larger than it came in."""
    small, content = picture.copy(), io.BytesIO()
    small.thumbnail((width, width), Image.Resampling.LANCZOS)
    small.save(content, "WEBP", quality=90, method=4)
    return content.getvalue()


def _store(files: dict[str, bytes]) -> None:
    """All of them or none. Whatever a storage raises, on disk or far away, means that it could not keep them."""
    begun = []
    try:
        for path, content in files.items():
            begun.append(path)
            kept = default_storage.save(path, ContentFile(content))
            if kept != path or default_storage.size(path) != len(content):
                raise OSError(f"{path} was not kept whole")
    except Exception as problem:
        logger.error("pictures can't be kept", extra={"problem": repr(problem)})
        _delete(begun)
        raise Refused("picture_not_kept") from problem


def read(token: str, *, width: int) -> bytes | None:
    """The file of one width; None where there is none. Raises OSError and the like while the storage is away."""
    try:
        with default_storage.open(Picture.path(token, width)) as file:
            return file.read()
    except FileNotFoundError:
        return None


def take_back(picture: Picture) -> None:
    """Remove a picture that was kept for a change which then was refused."""
    Picture.objects.filter(pk=picture.pk).delete()
    _remove_files(picture.token)


def forget_unused(account: Account) -> None:
    """Remove the account's pictures that neither its storefront nor its draft shows; the files after the commit."""
    shown = [
        logo
        for model in (Storefront, StorefrontDraft)
        for logo in model.objects.filter(account=account, logo__isnull=False).values_list("logo_id", flat=True)
    ]
    unused = list(Picture.objects.filter(account=account).exclude(pk__in=shown).values_list("token", flat=True))
    if unused:
        Picture.objects.filter(pk__in=unused).delete()
        transaction.on_commit(lambda: [_remove_files(token) for token in unused], robust=True)


def _remove_files(token: str) -> None:
    _delete([Picture.path(token, width) for width in WIDTHS])


def _delete(paths: list[str]) -> None:
    """With their folders, as far as the storage can: what stays is never shown, for no row names it."""
    folders = dict.fromkeys(path.rpartition("/")[0] for path in paths)
    for path in [*paths, *folders]:
        with suppress(Exception):
            default_storage.delete(path)
