"""Prices in a form: a field for each currency and billing cycle, and three for a currency that is not there yet."""

from django import forms
from django.forms import BoundField

from plans.models.product import Cycle
from plans.money import plain, read_amount
from plans.organization_rules import CURRENCIES
from plans.price_list import PER, Prices
from plans.refusals import Refused
from ui.forms import ShapedForm, TypedField

NOT_A_CURRENCY = "Choose a currency of the list."
NEW = {cycle: f"new_{cycle}" for cycle in Cycle.values}


class PriceForm(ShapedForm):
    """A form with prices. An empty field: there is no price, so it can’t be ordered in this cycle and currency."""

    def __init__(self, *args, prices: Prices, own_currency: str, recommended: Prices | None = None, **kwargs) -> None:
        """`recommended`: what end customers should pay, for products that resellers sell on; None: not asked for."""
        super().__init__(*args, **kwargs)
        self.recommends = recommended is not None
        self.currencies = sorted(
            {own_currency} | {key[0] for key in prices}, key=lambda code: (code != own_currency, code)
        )
        for currency in self.currencies:
            for cycle in Cycle.values:
                amount = prices.get((currency, cycle))
                label, initial = f"{currency} {PER[cycle]}", "" if amount is None else plain(amount, currency)
                self.add_field(f"price_{currency}_{cycle}", _amount(label, initial))
            for cycle in Cycle.values if self.recommends else ():
                amount = recommended.get((currency, cycle))
                label, initial = (
                    f"{currency} recommended {PER[cycle]}",
                    "" if amount is None else plain(amount, currency),
                )
                self.add_field(f"recommended_{currency}_{cycle}", _amount(label, initial))
        others = [(code, code) for code in sorted(CURRENCIES - set(self.currencies))]
        self.add_field(
            "new_currency",
            forms.ChoiceField(
                required=False,
                label="Another currency",
                choices=[("", "None"), *others],
                error_messages={"invalid_choice": NOT_A_CURRENCY},
            ),
        )
        for cycle, name in NEW.items():
            self.add_field(name, _amount(f"Price {PER[cycle]} in it", ""))

    @property
    def price_rows(self) -> list[list[BoundField]]:
        """For each currency its fields, as the page shows them."""
        kinds = ("price", "recommended") if self.recommends else ("price",)
        return [
            [self[f"{kind}_{currency}_{cycle}"] for cycle in Cycle.values]
            for currency in self.currencies
            for kind in kinds
        ]

    @property
    def new_price(self) -> list[BoundField]:
        return [self["new_currency"], *(self[name] for name in NEW.values())]

    @property
    def asks_for_another(self) -> bool:
        return any(field.errors for field in self.new_price)

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned["prices"], cleaned["recommended"] = {}, {}
        for currency in self.currencies:
            for cycle in Cycle.values:
                self._read(f"price_{currency}_{cycle}", currency, cycle)
                if self.recommends:
                    self._read_recommended(f"recommended_{currency}_{cycle}", currency, cycle)
        self._read_new()
        return cleaned

    def _read_new(self) -> None:
        currency = self.cleaned_data.get("new_currency", "")
        typed = any(self.cleaned_data.get(name, "").strip() for name in NEW.values())
        if currency and not typed:
            self.refuse("new_currency", f"Enter a price in {currency}.")
        elif typed and not currency and "new_currency" not in self.errors:
            self.refuse("new_currency", NOT_A_CURRENCY)
        elif currency:
            for cycle, name in NEW.items():
                self._read(name, currency, cycle)

    def _read_recommended(self, name: str, currency: str, cycle: str) -> None:
        self._read(name, currency, cycle, into="recommended")
        key, typed = (currency, cycle), self.cleaned_data
        if (
            key in typed["recommended"]
            and key not in typed["prices"]
            and f"price_{currency}_{cycle}" not in self.errors
        ):
            self.refuse(name, f"Enter a price in {currency} {PER[cycle]} first.")

    def _read(self, name: str, currency: str, cycle: str, *, into: str = "prices") -> None:
        text = self.cleaned_data.get(name, "")
        if not text.strip():
            return
        try:
            self.cleaned_data[into][currency, cycle] = read_amount(text, currency)
        except Refused as refusal:
            self.refuse(name, refusal.sentence)


def _amount(label: str, initial: str) -> TypedField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return TypedField(required=False, label=label, initial=initial, widget=widget)
