from django import forms

from notifications.languages import languages
from plans.models import NumberSeries, Operator
from plans.organization_rules import CURRENCIES, time_zones
from plans.organizing import HIGHEST_NUMBER, Organization, check_organization, organization_of, shown_number
from ui.forms import LineField, ShapedForm, TypedField, VersionField

SERIES = {"AC": "Next account number", "SO": "Next order number", "BU": "Next bulk upgrade number"}
NUMBER = f"Enter a whole number up to {HIGHEST_NUMBER:,}."


def _choices(values: frozenset[str] | set[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in sorted(values)]


class OrganizationForm(ShapedForm):
    """The shape alone; what is right is asked of plans.organizing."""

    version = VersionField()
    name = LineField(max_length=120, label="Name", help_text="On orders, in terms and letters.")
    short_name = LineField(max_length=60, label="Short name", help_text="In headings and letters.")
    address = LineField(max_length=300, label="Address")
    currency = forms.ChoiceField(
        label="Currency",
        choices=_choices(CURRENCIES),
        help_text="Of new accounts. An account keeps the currency it has.",
        error_messages={"invalid_choice": "Choose a currency of the list.", "required": "Choose a currency."},
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=_choices(time_zones()),
        help_text="Days begin and end by it, and the back office shows times in it.",
        error_messages={"invalid_choice": "Choose a time zone of the list.", "required": "Choose a time zone."},
    )
    tax_name = LineField(max_length=40, label="Tax name", help_text="As in VAT.")
    tax_rate = TypedField(
        label="Tax rate in per cent",
        help_text="Counts from the next preview on. What was agreed keeps its rate.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": "Enter the tax rate."},
    )
    support_email = LineField(max_length=254, label="Support email")
    support_phone = LineField(max_length=40, required=False, label="Support phone")
    operations_email = LineField(
        max_length=254, required=False, label="Operations email", help_text="Who hears of orders that failed."
    )
    sender_name = LineField(max_length=120, label="Sender name", help_text="Letters come from this name.")
    sender_email = LineField(max_length=254, label="Sender email", help_text="Letters come from this address.")
    alias_quarantine_days = TypedField(
        label="Alias quarantine in days",
        help_text="How long a Storefront Alias is kept for its reseller after the plan has ended.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Enter a number of days."},
    )
    language = forms.ChoiceField(
        label="Language of letters",
        choices=lambda: languages().items(),
        help_text="To operations, and to whoever has no other. New accounts begin with it.",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a language of the list."),
    )
    letter_words_months = TypedField(
        label="Words of letters are kept, in months",
        help_text="Then text and HTML are removed and can’t be brought back; who got which letter when and why, and "
        "how it went, stays. 0 keeps them for ever.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Enter a number of months; 0 keeps them for ever."},
    )

    def __init__(self, *args, operator: Operator, **kwargs) -> None:
        super().__init__(*args, initial=vars(organization_of(operator)) | {"version": operator.version}, **kwargs)

    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors:
            for name, sentence in check_organization(self.wanted()).items():
                self.refuse(name, sentence)
        return cleaned

    def wanted(self) -> Organization:
        """What was typed, as an organization."""
        return Organization(**{name: self.cleaned_data[name].strip() for name in Organization.__dataclass_fields__})


class NumbersForm(ShapedForm):
    """For each series the number it goes on with; empty: as it is."""

    def __init__(self, *args, operator: Operator, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        known = dict(NumberSeries.objects.filter(operator=operator).values_list("prefix", "next_number"))
        for prefix, label in SERIES.items():
            hint = f"Now {shown_number(prefix, known.get(prefix, 1))}. Empty: it stays."
            widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
            self.add_field(prefix, TypedField(required=False, label=label, help_text=hint, widget=widget))

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned["numbers"] = {}
        for prefix in SERIES:
            text = cleaned.get(prefix, "").strip()
            if text.isascii() and text.isdigit() and len(text) < 11 and 1 <= int(text) <= HIGHEST_NUMBER:
                cleaned["numbers"][prefix] = int(text)
            elif text:
                self.refuse(prefix, NUMBER)
        return cleaned
