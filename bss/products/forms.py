from django import forms

from plans.cataloguing import Offer
from plans.models import Operator, Product
from plans.price_list import prices_of, recommended_for
from ui.forms import LineField, TextField, VersionField

from ..prices import PriceForm

# Symbols of the sprite that say what a product is, with their words.
ICONS = (
    ("box", "Box"), ("cloud", "Cloud"), ("mail", "Mail"), ("shield", "Shield"), ("lock", "Lock"), ("key", "Key"),
    ("users", "People"), ("phone", "Phone"), ("file", "Document"), ("globe", "Globe"), ("support", "Support"),
    ("download", "Backup"), ("loop", "Renewal"), ("image", "Image"), ("card", "Card"), ("tag", "Tag"), ("shop", "Shop"),
    ("clock", "Clock"), ("gear", "Settings"), ("grid", "Suite"),
)  # fmt: skip
CHOOSE_AN_ICON = "Choose an icon of the list."


class ProductForm(PriceForm):
    version = VersionField()
    name = LineField(max_length=120, label="Name")
    category = LineField(
        max_length=60,
        required=False,
        label="Category",
        help_text="Products of one category are found together.",
        widget=forms.TextInput(attrs={"list": "categories", "autocomplete": "off"}),
    )
    unit = LineField(max_length=40, required=False, label="Unit", help_text="What one is, as in user, device or TB.")
    summary = LineField(max_length=200, required=False, label="Summary", help_text="One sentence, for lists.")
    description = TextField(max_length=5000, required=False, label="Description")
    icon = forms.ChoiceField(
        label="Icon",
        choices=ICONS,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE_AN_ICON, "invalid_choice": CHOOSE_AN_ICON},
    )
    is_sold = forms.BooleanField(
        required=False,
        label="Sold on the storefront",
        help_text="Off: it is not in the catalogue. Orders by staff work either way.",
    )

    def __init__(self, *args, operator: Operator, product: Product | None = None, **kwargs) -> None:
        initial = {"icon": "box", "is_sold": True}
        if product:
            initial = {name: getattr(product, name) for name in self.base_fields}
        prices, own = prices_of(product), operator.currency
        super().__init__(
            *args, prices=prices, recommended=recommended_for(product), own_currency=own, initial=initial, **kwargs
        )

    def wanted(self) -> Offer:
        """What was typed, as an offer."""
        decided = (*self.base_fields, "prices", "recommended")
        return Offer(**{name: self.cleaned_data[name] for name in decided if name != "version"})
