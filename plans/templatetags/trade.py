"""How the trade writes its figures: {% load trade %}."""

from decimal import Decimal

from django import template

from plans import money as trade_money

register = template.Library()


@register.filter
def money(amount, currency: str) -> str:
    """{{ order.total|money:order.currency }} -> €177.31"""
    return "" if amount in (None, "") else trade_money.display(Decimal(amount), currency)


@register.filter
def money_short(amount, currency: str) -> str:
    """As `money`, without the decimals of a whole amount: €149."""
    return "" if amount in (None, "") else trade_money.display(Decimal(amount), currency, short=True)


@register.filter
def percent(rate) -> str:
    """{{ storefront.markup|percent }} -> 12.5 %"""
    return "" if rate in (None, "") else f"{Decimal(rate):.2f}".rstrip("0").rstrip(".") + " %"
