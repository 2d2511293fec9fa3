"""The logos of two resellers of the demo, drawn here: nothing that came from elsewhere."""

import io
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from ..models import Operator, Picture, Storefront
from ..models.picture import WIDTHS

SIZE = 1024  # drawn large, so that edges are smooth when it is made smaller
SNOW, SUN = "#ffffff", "#ffc95c"


def hang_logos(operator: Operator) -> None:
    """On the storefronts that have one, by alias."""
    for shown in Storefront.objects.filter(operator=operator, claim__alias__in=DRAWN).select_related("claim"):
        drawn = Image.new("RGBA", (SIZE, SIZE))
        DRAWN[shown.claim.alias](ImageDraw.Draw(drawn), shown.brand_colour)
        logo = Picture.objects.create(
            operator=operator, account_id=shown.account_id, width=SIZE, height=SIZE, created_at=shown.opened_at
        )
        for width in WIDTHS:
            content = io.BytesIO()
            drawn.resize((width, width), Image.Resampling.LANCZOS).save(content, "WEBP", quality=90)
            default_storage.save(Picture.path(logo.token, width), ContentFile(content.getvalue()))
        Storefront.objects.filter(pk=shown.pk).update(logo=logo)


def mountains(pen: ImageDraw.ImageDraw, colour: str) -> None:
    pen.rounded_rectangle((0, 0, SIZE, SIZE), 230, fill=colour)
    pen.ellipse((640, 170, 830, 360), fill=SUN)
    pen.polygon(((90, 800), (400, 300), (640, 680), (720, 560), (930, 800)), fill=SNOW)
    pen.polygon(((300, 560), (400, 640), (480, 545), (600, 800), (150, 800)), fill=colour)


def wing(pen: ImageDraw.ImageDraw, colour: str) -> None:
    pen.ellipse((0, 0, SIZE, SIZE), fill=colour)
    pen.polygon(((300, 220), (430, 220), (430, 804), (300, 804)), fill=SNOW)
    pen.polygon(((430, 540), (700, 220), (860, 220), (520, 600)), fill=SNOW)
    pen.polygon(((470, 560), (570, 480), (830, 804), (670, 804)), fill=SUN)


DRAWN: dict[str, Callable[[ImageDraw.ImageDraw, str], None]] = {"alpinecloud": mountains, "kestrelwick": wing}
