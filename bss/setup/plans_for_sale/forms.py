from django import forms
from django.forms import BoundField

from bss.prices import PriceForm
from plans.models import Entitlement, Plan
from plans.offering import COUNTED, PlanOffer, offer_of
from ui.forms import LineField, TextField, TypedField, VersionField

MOST_FEATURES, LONGEST_FEATURE = 8, 80
MOST = 1_000_000
LIMIT = f"Enter a whole number from 1 to {MOST:,}, or leave it empty."


class PlanForm(PriceForm):
    version = VersionField()
    tagline = LineField(max_length=160, required=False, label="Tagline")
    key_features = TextField(
        max_length=1000,
        required=False,
        label="Key features",
        help_text=f"One per line, up to {MOST_FEATURES} lines of {LONGEST_FEATURE} characters. "
        "Resellers and staff read them where they choose a plan.",
    )
    is_sold = forms.BooleanField(
        required=False,
        label="Sold on the storefront",
        help_text="Off: resellers can’t put it into the basket. Orders by staff work either way.",
    )
    is_recommended = forms.BooleanField(
        required=False,
        label="Recommended",
        help_text="At most one plan is: recommending this one takes it from another.",
    )

    def __init__(self, *args, plan: Plan, **kwargs) -> None:
        self.offer = offer_of(plan)
        initial = {
            "version": plan.version,
            "tagline": plan.tagline,
            "key_features": "\n".join(plan.key_features),
            "is_sold": self.offer.is_sold,
            "is_recommended": plan.is_recommended,
        }
        own = plan.operator.currency
        super().__init__(*args, prices=self.offer.prices, own_currency=own, initial=initial, **kwargs)
        self.has_product = not plan.is_default
        for code in Entitlement.Code:
            self._add_entitlement(code)
        if not self.has_product:  # nothing is sold for it
            for name in [name for name in self.fields if name.startswith(("price_", "new_"))] + ["is_sold"]:
                del self.fields[name]
            self.currencies = []

    def _add_entitlement(self, code: Entitlement.Code) -> None:
        held, label = self.offer.entitlements, str(code.label)
        self.add_field(f"has_{code}", forms.BooleanField(required=False, label=label, initial=code in held))
        if code in COUNTED:
            limit = held.get(code)
            what = f"Limit of {label[0].lower()}{label[1:]}"
            widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
            shown = "" if limit is None else str(limit)
            self.add_field(f"limit_{code}", TypedField(required=False, label=what, initial=shown, widget=widget))

    @property
    def included(self) -> list[BoundField]:
        return [self[f"has_{code}"] for code in Entitlement.Code if code not in COUNTED]

    @property
    def counted(self) -> list[tuple[BoundField, BoundField]]:
        return [(self[f"has_{code}"], self[f"limit_{code}"]) for code in COUNTED]

    def clean_key_features(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["key_features"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_FEATURES or any(len(line) > LONGEST_FEATURE for line in lines):
            raise forms.ValidationError(f"Use up to {MOST_FEATURES} lines of {LONGEST_FEATURE} characters.")
        return lines

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned["entitlements"] = {code.value: None for code in Entitlement.Code if cleaned.get(f"has_{code}")}
        for code in COUNTED:
            self._read_limit(code)
        return cleaned

    def _read_limit(self, code: str) -> None:
        name, held = f"limit_{code}", self.cleaned_data["entitlements"]
        text = self.cleaned_data.get(name, "").strip()
        if not text:
            return
        if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= MOST):
            self.refuse(name, LIMIT)
        elif code not in held:
            self.refuse(name, "Include it to set a limit.")
        else:
            held[code] = int(text)

    def wanted(self) -> PlanOffer:
        """What was typed, as an offer."""
        names = ("tagline", "key_features", "entitlements", "prices", "is_recommended")
        return PlanOffer(
            is_sold=self.cleaned_data.get("is_sold", False), **{name: self.cleaned_data[name] for name in names}
        )
