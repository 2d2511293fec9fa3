"""The shape of a brand: what a preview before buying asks for."""

from django import forms

from plans.models import Account, StorefrontDraft
from plans.models.brand import first_brand
from reselling.branding import Changes
from reselling.colours import COLOUR

from .forms import LineField, ShapedForm, VersionField

COLOUR_WANTED = "Enter a colour as # and six digits from 0 to 9 and a to f, as in #08758a."


class ColourField(forms.CharField):
    """A colour like #08758a; capitals and a forgotten # are forgiven."""

    def __init__(self, **options) -> None:
        words = dict.fromkeys(("required", "null_characters_not_allowed"), COLOUR_WANTED)
        super().__init__(error_messages=words, **options)

    def clean(self, value: object) -> str:
        colour = "#" + super().clean(value).lower().removeprefix("#")
        if not COLOUR.fullmatch(colour):
            raise forms.ValidationError(COLOUR_WANTED)
        return colour


class BrandForm(ShapedForm):
    """Name, colour and logo."""

    name = LineField(label="Storefront name", max_length=60)
    brand_colour = ColourField(label="Brand colour")
    logo = forms.FileField(
        label="Logo",
        help_text="PNG, JPEG or WebP, up to 2 MB, at least 128 pixels wide.",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        error_messages={"invalid": "Choose a file."},
    )
    version = VersionField()  # of the draft; 0: there was none

    @classmethod
    def filled(cls, account: Account, draft: StorefrontDraft | None) -> "BrandForm":
        """As the draft is; before there is one, as the storefront would begin."""
        first = first_brand(account)
        kept = {name: getattr(draft, name) for name in first} if draft else first
        return cls(initial={**kept, "version": draft.version if draft else 0})

    def changes(self, *, removes_logo: bool = False) -> Changes:
        details = {name: value for name, value in self.cleaned_data.items() if name not in ("logo", "version")}
        return Changes(details, None if removes_logo else self.cleaned_data.get("logo"), removes_logo)
