"""What a manager decides about the catalogue: for one product, and for all that have no choice of their own."""

from decimal import Decimal

from django import forms

from plans.models import Storefront
from plans.refusals import SENTENCES, Refused
from reselling.catalogue import Choice
from reselling.prices import plain_markup, read_markup
from ui.forms import ShapedForm, TypedField, VersionField

SEEN = {"": None, "yes": True, "no": False}
WORD = {value: word for word, value in SEEN.items()}


class MarkupForm(ShapedForm):
    """A form with a markup, where the plan has own prices; else what is there is kept, and another one refused.

    A page that was shown without the field, before the plan had own prices again, leaves the markup as it is.
    """

    markup = TypedField(
        required=False,
        label="Markup in percent",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args, can_price: bool, kept: Decimal | None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kept, self.can_price = kept, can_price
        if not can_price or (self.is_bound and "markup" not in self.data):
            del self.fields["markup"]

    def clean(self) -> dict:
        typed = self.data.get("markup", "")
        if not self.can_price and typed and typed != plain_markup(self.kept):
            self.refuse(None, SENTENCES["prices_frozen"])
        return super().clean()

    def clean_markup(self) -> Decimal | None:
        try:
            return read_markup(self.cleaned_data["markup"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence) from None

    @property
    def wanted_markup(self) -> Decimal | None:
        return self.cleaned_data["markup"] if "markup" in self.fields else self.kept


class ListingForm(MarkupForm):
    """One product. What the page had shown comes back with it, so that nobody overwrites what they never saw."""

    is_listed = forms.BooleanField(
        required=False, label="Listed", help_text="Off: your customers don’t find it, and its page is gone."
    )
    seen_listed = TypedField(required=False, widget=forms.HiddenInput)
    seen_markup = TypedField(required=False, widget=forms.HiddenInput)
    field_order = ("is_listed", "markup")

    def __init__(self, *args, product, all_markup: Decimal | None, **kwargs) -> None:
        shown = {
            "is_listed": product.is_listed,
            "markup": plain_markup(product.own_markup),
            "seen_listed": WORD[product.choice],
            "seen_markup": plain_markup(product.own_markup),
        }
        super().__init__(*args, kept=product.own_markup, initial=shown, **kwargs)
        if "markup" in self.fields:
            usual = (
                "the recommended price" if all_markup is None else f"the {plain_markup(all_markup)} % of all products"
            )
            self.fields["markup"].help_text = f"On your cost. Empty: {usual}."

    @property
    def seen(self) -> Choice:
        """The choice that the page had shown. What makes no sense is a choice that nobody ever made."""
        try:
            return Choice(SEEN[self.cleaned_data["seen_listed"]], read_markup(self.cleaned_data["seen_markup"]))
        except (KeyError, Refused):
            return Choice(True, Decimal(-1))

    @property
    def wanted(self) -> Choice:
        return Choice(self.cleaned_data["is_listed"], self.wanted_markup)


class CatalogueForm(MarkupForm):
    """What counts for every product without a choice of its own."""

    version = VersionField()
    lists_everything = forms.BooleanField(
        required=False,
        label="List everything",
        help_text="On: products that you never listed or unlisted yourself are listed, new ones too.",
    )
    field_order = ("version", "lists_everything", "markup")

    def __init__(self, *args, storefront: Storefront, **kwargs) -> None:
        shown = {
            "version": storefront.version,
            "lists_everything": storefront.lists_everything,
            "markup": plain_markup(storefront.markup),
        }
        super().__init__(*args, kept=storefront.markup, initial=shown, **kwargs)
        if "markup" in self.fields:
            self.fields["markup"].help_text = "On your cost. Empty: customers see the recommended price."
