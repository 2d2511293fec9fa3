"""What an account can be sold, as a list to choose from: reseller plans first, then ordinary products."""

from dataclasses import dataclass

from plans.asking import askable
from plans.models import Account, Operator, Product
from plans.money import display
from plans.refusals import Refused
from plans.upgrade_paths import UP, Option, upgrade_options

SHOWN = 12  # ordinary products at once; the others are found by their name
CHOOSE = "Choose a product."
PER = {"month": "per month", "year": "per year"}
LONGEST = 120


@dataclass(frozen=True)
class Choice:
    """One radio button. `reason` says why it cannot be chosen; then it is disabled."""

    slug: str
    name: str
    summary: str
    prices: str
    reason: str = ""


@dataclass(frozen=True)
class Offer:
    """The ordinary products that were found, and whether there are more than are shown."""

    products: list[Choice]
    wanted: str = ""
    has_more: bool = False


def plans(account: Account) -> list[Choice]:
    """The reseller plans; those that the account has or cannot take carry the reason. Four queries."""
    return [_plan(option, account) for option in upgrade_options(account) if option.product is not None]


def _plan(option: Option, account: Account) -> Choice:
    refusal = option.refusal
    if refusal is None and option.direction != UP:  # the way down has its own door
        refusal = Refused("no_upgrade_path", from_plan=account.held().plan.name, plan=option.plan.name)
    if refusal is None and not option.prices:
        refusal = Refused("no_price", product=option.product.name, currency=account.currency)
    prices = {cycle: price.amount for cycle, price in option.prices.items()}
    product = option.product
    reason = refusal.sentence if refusal else ""
    return Choice(product.slug, product.name, product.summary, _prices(prices, account.currency), reason)


def ordinary(account: Account, text: str = "") -> Offer:
    """Ordinary products on sale whose name begins with the text. Two queries."""
    text = askable(text, most=LONGEST)
    found = Product.objects.sold_by(account.operator_id).ordinary()
    if text:
        found = found.filter(name__istartswith=text)
    found = list(found.order_by("name", "id").prefetch_related("prices")[: SHOWN + 1])
    return Offer([_ordinary(product, account) for product in found[:SHOWN]], text, len(found) > SHOWN)


def _ordinary(product: Product, account: Account) -> Choice:
    prices = {price.cycle: price.amount for price in product.prices.all() if price.currency == account.currency}
    reason = "" if prices else Refused("no_price", product=product.name, currency=account.currency).sentence
    return Choice(product.slug, product.name, product.summary, _prices(prices, account.currency), reason)


def _prices(amounts: dict, currency: str) -> str:
    return ", ".join(f"{display(amounts[cycle], currency)} {PER[cycle]}" for cycle in PER if cycle in amounts)


def chosen(operator: Operator, slug: str) -> Product | None:
    """The product that was chosen, if it is one that may be ordered here."""
    if not slug.isascii() or not slug.replace("-", "").replace("_", "").isalnum():
        return None
    products = Product.objects.filter(operator=operator, slug=slug[:80]).select_related("plan")
    found = products.first()
    return found if found and (found.is_plan or found.is_sold) else None
