"""What an order would do: the one object that every door shows, and that is executed. plans/previewing.py computes it.

The fingerprint covers everything but counts and an alias that is still to be typed. Whoever confirms sends it back:
if it is no longer what would happen, nothing is written and the new preview is shown.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from notifications.languages import ENGLISH, languages

from . import links, pricing
from .models import Account, Entitlement, Order, Plan, Product, TermsVersion
from .refusals import Refused


@dataclass(frozen=True)
class Wanted:
    """A product that somebody wants, so many of it, billed in a cycle (`month` or `year`)."""

    product: Product
    cycle: str = "month"
    quantity: int = 1
    unit_price: Decimal | None = None  # filled in by the preview
    cycles: tuple[str, ...] = ()  # those that have a price; filled in by the preview


@dataclass(frozen=True)
class Timing:
    """When a way down is taken: now, or at the end of the period that is paid for. Credit is the staff's choice."""

    when: str = "now"  # or period_end
    with_credit: bool = False  # for the unused days, when it is now

    @property
    def is_later(self) -> bool:
        return self.when == "period_end"


@dataclass(frozen=True)
class Letter:
    template: str
    name: str
    recipients: tuple[str, ...]
    language: str = ENGLISH

    @property
    def language_name(self) -> str:
        return languages()[self.language]


@dataclass(frozen=True)
class Preview:
    account: Account
    currency: str
    on: date
    wanted: list[Wanted]
    change: str = Order.Change.NONE
    from_plan: Plan | None = None
    to_plan: Plan | None = None
    lines: list[pricing.Line] = field(default_factory=list)
    taxes: list[pricing.TaxLine] = field(default_factory=list)
    cycle: str = ""
    renews_on: date | None = None
    renewal_net: Decimal = Decimal(0)
    storefront: str = "none"  # what becomes of it: open, keep, restore, park or none
    alias: str = ""
    replaces: str = ""  # the number of the plan subscription that ends
    replaced_until: date | None = None  # the end of the period that it is paid for
    timing: Timing = Timing()
    kept_until: date | None = None  # the last day on which the alias of a parked storefront waits for the account
    gained: list[str] = field(default_factory=list)
    frozen: list[str] = field(default_factory=list)
    touched: dict[str, int] = field(default_factory=dict)
    over: dict[str, int] = field(default_factory=dict)  # limits of the smaller plan that are exceeded already
    letters: list[Letter] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)
    terms: TermsVersion | None = None  # to be accepted with the order

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((tax.tax for tax in self.taxes), Decimal(0))

    @property
    def tax_text(self) -> str:
        return ", ".join(tax.text for tax in self.taxes)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    @property
    def is_plan_order(self) -> bool:
        return self.change != Order.Change.NONE

    @property
    def alias_is_kept(self) -> bool:
        """The storefront is open already and keeps its alias: nothing to be typed."""
        return self.storefront == "keep"

    @property
    def gains_storefront(self) -> bool:
        """The account has no storefront now and gets one: known to a brief preview, too."""
        return Entitlement.Code.OWN_STOREFRONT in self.gained

    @property
    def needs_alias(self) -> bool:
        return self.storefront in ("open", "restore")

    @property
    def closes_storefront(self) -> bool:
        """Whoever confirms it types the alias."""
        return self.storefront == "park"

    @property
    def address(self) -> str:
        return links.shown_address(self.account.operator, self.alias) if self.alias else ""

    @property
    def url(self) -> str:
        return links.storefront_url(self.account.operator, self.alias) if self.alias else ""

    @property
    def gained_words(self) -> list[str]:
        return [Entitlement.Code(code).label for code in self.gained]

    @property
    def frozen_words(self) -> list[str]:
        return [Entitlement.Code(code).label for code in self.frozen]

    @property
    def fingerprint(self) -> str:
        agreed = self.as_dict()
        for left_out in ("touched", "over", "alias", "address"):
            agreed.pop(left_out)
        agreed["refusals"] = [refusal.code for refusal in self.refusals if refusal.field != "alias"]
        agreed["alias"] = "" if self.needs_alias else self.alias
        return hashlib.sha256(json.dumps(agreed, sort_keys=True).encode()).hexdigest()

    def as_dict(self) -> dict[str, object]:
        """Everything a person is shown, as JSON; kept on the order as what was agreed."""
        return {
            "account": self.account.number,
            "currency": self.currency,
            "on": self.on.isoformat(),
            "change": str(self.change),
            "from_plan": self.from_plan.code if self.from_plan else "",
            "to_plan": self.to_plan.code if self.to_plan else "",
            "items": [
                {
                    "product": w.product.slug,
                    "name": w.product.name,
                    "cycle": w.cycle,
                    "quantity": w.quantity,
                    "unit_price": "" if w.unit_price is None else str(w.unit_price),
                }
                for w in self.wanted
            ],
            "lines": [line.as_dict() for line in self.lines],
            "taxes": [tax.as_dict() for tax in self.taxes],
            "net": str(self.net),
            "tax": str(self.tax),
            "total": str(self.total),
            "renews_on": self.renews_on.isoformat() if self.renews_on else "",
            "renewal_net": str(self.renewal_net),
            "storefront": self.storefront,
            "alias": self.alias,
            "address": self.address,
            "replaces": self.replaces,
            "replaced_until": self.replaced_until.isoformat() if self.replaced_until else "",
            "when": self.timing.when,
            "with_credit": self.timing.with_credit,
            "kept_until": self.kept_until.isoformat() if self.kept_until else "",
            "gained": self.gained,
            "frozen": self.frozen,
            "touched": self.touched,
            "over": self.over,
            "letters": [
                {"template": lt.template, "recipients": list(lt.recipients), "language": lt.language}
                for lt in self.letters
            ],
            "refusals": [refusal.as_dict() for refusal in self.refusals],
            "terms": self.terms.number if self.terms else 0,
        }
