"""The demo's texts: what the resellers of the demo wrote on their storefronts, and that they did."""

from datetime import timedelta

from ..models import Activity, Operator, Storefront, StorefrontText

CONTACT = "Call us from Monday to Friday, 8:00 to 18:00, or write at any time.\n\nAn engineer answers, no machine."
IMPRINT = "{name}\n{address}\n\nManaging director: {director}"
TERMS = (
    "Scope\nThese terms apply to all that you order from {name}.\n\n"
    "Term and notice\nSubscriptions run for a month or a year and are renewed unless you cancel before.\n\n"
    "Payment\nInvoices are due within fourteen days."
)
PRIVACY = (
    "What we keep\nYour name, your email address and what you ordered.\n\n"
    "Why\nTo deliver what you ordered and to answer you.\n\n"
    "Your rights\nWrite to us to see, correct or delete what we keep about you."
)
# Alias -> kind -> words. The rest of the resellers have not come to it yet.
WRITTEN = {
    "kestrelwick": {"contact": CONTACT, "imprint": IMPRINT, "terms": TERMS, "privacy": PRIVACY},
    "alpinecloud": {"contact": CONTACT, "imprint": IMPRINT},
}


def write_texts(operator: Operator) -> None:
    """Each text a day after the one before it, by the reseller's primary contact."""
    shown = Storefront.objects.filter(operator=operator, claim__alias__in=WRITTEN).select_related("account", "claim")
    texts, acts = [], []
    for storefront in shown:
        by = storefront.account.contacts.select_related("user").get(is_primary=True).user
        for day, (kind, words) in enumerate(WRITTEN[storefront.claim.alias].items(), start=1):
            at = storefront.opened_at + timedelta(days=day)
            text = words.format(name=storefront.name, address=storefront.address, director=by.name)
            texts.append(StorefrontText(operator=operator, storefront=storefront, kind=kind, text=text, changed_at=at))
            label = StorefrontText.Kind(kind).label
            acts.append(
                Activity(
                    operator=operator, account=storefront.account, verb="storefront.text_changed", actor=by,
                    text=f"{label}: text written.", actor_name=str(by), at=at,
                )
            )  # fmt: skip
    StorefrontText.objects.bulk_create(texts)
    Activity.objects.bulk_create(acts)
