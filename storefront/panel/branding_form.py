"""The shape of what a reseller types about its brand."""

from django import forms

from reselling.branding import Changes
from reselling.colours import COLOUR
from ui.forms import LineField, ShapedForm, TextField, VersionField

EMAIL = "Enter an email address, as in hello@firm.com."
COLOUR_WANTED = "Enter a colour as # and six digits from 0 to 9 and a to f, as in #08758a."
SUGGESTED = (
    ("#6a35c9", "Violet"),
    ("#0a6573", "Petrol"),
    ("#1d5bab", "Blue"),
    ("#14683a", "Green"),
    ("#b0261c", "Red"),
    ("#8a4b00", "Amber"),
)


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


class LogoForm(ShapedForm):
    """What a preview before buying asks for: name, colour and logo."""

    name = LineField(label="Storefront name", max_length=60)
    brand_colour = ColourField(label="Brand colour")
    logo = forms.FileField(
        label="Logo",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        error_messages={"invalid": "Choose a file."},
    )
    version = VersionField()  # of the draft; 0: there was none

    def changes(self, *, removes_logo: bool = False) -> Changes:
        details = {name: value for name, value in self.cleaned_data.items() if name not in ("logo", "version")}
        return Changes(details, None if removes_logo else self.cleaned_data.get("logo"), removes_logo)


class BrandingForm(LogoForm):
    tagline = LineField(label="Tagline", max_length=120, required=False)
    support_email = forms.EmailField(
        label="Support email",
        max_length=254,
        error_messages=dict.fromkeys(("required", "invalid", "max_length", "null_characters_not_allowed"), EMAIL),
    )
    support_phone = LineField(label="Phone", max_length=40, required=False, widget=forms.TextInput({"type": "tel"}))
    address = TextField(label="Address", max_length=300, required=False, widget=forms.Textarea({"rows": 2}))

    def clean_address(self) -> str:
        """On one line, as letters have it."""
        return ", ".join(line.strip(" ,") for line in self.cleaned_data["address"].splitlines() if line.strip(" ,"))
