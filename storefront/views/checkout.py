"""Checkout: one page that shows what placing the order would do, and a form that does exactly that."""

import uuid
from contextlib import suppress
from dataclasses import dataclass, field

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from notifications.catalogue import CATALOGUE
from plans import aliases, baskets, links
from plans.models import BasketItem
from plans.ordering import order_basket
from plans.preview import Preview
from plans.previewing import preview_order
from plans.refusals import PreviewStale, Refused

from ..forms import CheckoutForm
from ..membership import member_may
from ..reasons import Reason, reasons
from .aliases import Said, alias_field, last_held, said_of

BASKET_FORMS = uuid.UUID("6f0f1d1c-6c2b-4d0e-9c0a-3d0d7f3a8a51")  # namespace of the keys made below
SENTENCE_OF_TERMS = Refused("terms_not_accepted").sentence


@dataclass(frozen=True)
class Answer:
    """What there is to say about a form that did not become an order. On first sight there is nothing."""

    form: CheckoutForm
    typed: str | None = None  # the alias
    said: Said = field(default_factory=Said)
    refused: list[Refused] = field(default_factory=list)
    is_stale: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@member_may("buy")
def checkout(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, Answer(CheckoutForm(initial={"payment": "account"})))
    form = CheckoutForm(request.POST)
    if offered := request.POST.get("take"):
        return _take(request, form, offered)
    if not form.is_valid():
        return _page(request, _judged(request, form, is_stale="form_key" in form.errors))
    return _place(request, form)


def _place(request: HttpRequest, form: CheckoutForm) -> HttpResponse:
    basket = baskets.basket_of(request.user, request.storefront)
    if basket is None:
        return redirect("basket")
    typed = form.cleaned_data
    try:
        order = order_basket(
            basket,
            account=request.visitor.account,
            alias=typed["alias"],
            fingerprint=typed["fingerprint"],
            accepted=typed["terms"],
            reference=typed["reference"],
            form_key=form.key_for(request.user.pk),
            address=address_of(request),
            by=request.user,
        )
    except PreviewStale:
        return _page(request, _judged(request, form, is_stale=True))
    except Refused as refusal:
        return _page(request, _judged(request, form, refusal=refusal))
    return redirect("order", order.number)


def address_of(request: HttpRequest) -> str | None:
    """From where the terms were accepted, as far as our own proxies tell."""
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return None


def _take(request: HttpRequest, form: CheckoutForm, offered: str) -> HttpResponse:
    """A suggested alias was chosen without a script at hand: hold it, fill it in, order nothing yet."""
    form.is_valid()
    account = request.visitor.account
    with suppress(Refused):  # what is said below tells why
        offered = aliases.hold(offered, account=account, until=aliases.CHECKOUT_HOLD, by=request.user)
    said = said_of(aliases.availability(offered, operator=request.operator, account=account))
    return _page(request, Answer(form, typed=offered, said=said))


def _judged(
    request: HttpRequest, form: CheckoutForm, *, refusal: Refused | None = None, is_stale: bool = False
) -> Answer:
    """Everything that is wrong with the form, not only what came up first."""
    typed = form.data.get("alias", "")
    answer = aliases.availability(typed, operator=request.operator, account=request.visitor.account)
    return Answer(form, typed, said_of(answer), [refusal] if refusal else [], is_stale)


def _page(request: HttpRequest, answer: Answer) -> HttpResponse:
    lines = baskets.lines_of(request.user, request.storefront)
    if not lines:
        return redirect("basket")
    account, form = request.visitor.account, answer.form
    preview = preview_order(account, wanted=baskets.wanted_in(lines), alias=answer.typed, by=request.user)
    problems = _problems(answer, preview)
    context = {
        "preview": preview,
        "account": account,
        "form": form,
        "form_key": form_key(lines),
        "is_stale": answer.is_stale,
        "problems": problems,
        "wrong": {problem.url.lstrip("#"): problem.sentence for problem in problems},
        "reasons": reasons(_all_refusals(answer, preview), request),
        "alias": _alias(request, answer, preview, focus=not problems and not answer.is_stale),
        "letters": [letter for letter in preview.letters if CATALOGUE[letter.template].contractual],
        "origin": links.storefront_url(request.operator, ""),
    }
    return render(request, "storefront/checkout.html", context)


def form_key(lines: list[BasketItem]) -> uuid.UUID:
    """The same for the same items, so that two tabs with one basket make one order. Items are never numbered twice."""
    return uuid.uuid5(BASKET_FORMS, ",".join(str(line.pk) for line in lines))


def _alias(request: HttpRequest, answer: Answer, preview: Preview, *, focus: bool):
    """The alias field as it was left, or None where no alias is asked for."""
    if not preview.needs_alias:
        return None
    if answer.typed is None and preview.alias:  # of a storefront that comes back
        said = said_of(aliases.availability(preview.alias, operator=request.operator, account=preview.account))
        return alias_field(request.operator, value=preview.alias, state=said, focus=focus)
    value = last_held(request) if answer.typed is None else answer.typed
    return alias_field(request.operator, value=value, state=answer.said, focus=focus)


def _all_refusals(answer: Answer, preview: Preview) -> list[Refused]:
    known = {refusal.code for refusal in preview.refusals}
    return [*preview.refusals, *(refusal for refusal in answer.refused if refusal.code not in known)]


def _problems(answer: Answer, preview: Preview) -> list[Reason]:
    """What the fields of a sent form can mend, in the order of the page, each with a link to its field."""
    form = answer.form
    if not form.is_bound or answer.is_stale or "take" in form.data:
        return []
    found = [Reason(r.sentence, "#alias") for r in _all_refusals(answer, preview) if r.field == "alias"]
    for name in ("payment", "reference"):
        found += [Reason(sentence, f"#{name}") for sentence in form.errors.get(name, [])]
    if preview.terms and not form.cleaned_data.get("terms"):
        found.append(Reason(SENTENCE_OF_TERMS, "#terms"))
    return found
