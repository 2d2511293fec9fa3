"""The bell: the letters that this storefront wrote to the visitor, and to nobody else; and their language."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from notifications.languages import languages
from notifications.models import Notification
from plans.contacts import choose_language
from ui.forms import ShapedForm

from ..keyset import Page, newest_first
from ..membership import Visitor, member_may


class LanguageForm(ShapedForm):
    language = forms.ChoiceField(
        label="Language of messages to you",
        required=False,
        choices=lambda: [("", "As the company’s"), *languages().items()],
        error_messages={"invalid_choice": "Choose a language of the list."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_may("view")
def notifications(request: HttpRequest) -> HttpResponse:
    """The letters, newest first. POST marks all of them as read."""
    letters = _letters(request)
    if request.method == "POST":
        letters.unread().update(read_at=timezone.now())
        return redirect("notifications")
    return _page(request, LanguageForm(initial={"language": request.visitor.contact.language}))


@require_POST
@member_may("view")
def letter_language(request: HttpRequest) -> HttpResponse:
    """What the visitor wants to read from now on. What was written stays as it is."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    changed = choose_language(request.visitor.contact, language=form.cleaned_data["language"], by=request.user)
    messages.success(request, "Language saved." if changed else "Nothing was changed.")
    return redirect("notifications")


def _page(request: HttpRequest, form: LanguageForm, *, status: int = 200) -> HttpResponse:
    page = newest_first(_letters(request).select_related("order", "subscription").defer("html"), request)
    for letter in page.rows:
        letter.about = _about(letter, request.visitor, is_store=request.storefront.is_own)
    context = {"page": page, "after": _after(request.GET), "form": form}
    if status != 200:  # this address is none to ask for
        context |= {"stay": reverse("notifications"), "page": Page(page.rows)}
    return render(request, "storefront/notifications.html", context, status=status)


@require_POST
@member_may("view")
def notification_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks one as read, and goes back to where it stood."""
    letters = _letters(request).filter(pk=pk)
    get_object_or_404(letters.only("pk"))
    letters.unread().update(read_at=timezone.now())
    after = _after(request.POST)
    return HttpResponseRedirect(reverse("notifications") + (f"?after={after}" if after else ""))


def _letters(request: HttpRequest):
    return Notification.objects.for_user(request.user, request.operator).shown_on(request.storefront)


def _after(given: dict[str, str]) -> str:
    after = given.get("after", "")
    return after if after.isascii() and after.isdigit() and len(after) < 19 else ""


def _about(letter: Notification, visitor: Visitor, *, is_store: bool) -> dict[str, str] | None:
    """The link to the thing, where the visitor's account has it: an order, a subscription."""
    order, held = letter.order, letter.subscription
    if is_store and order and order.account_id == visitor.account.pk:
        return {"label": f"Order {order.number}", "url": reverse("order", args=[order.number])}
    if held and held.account_id == visitor.account.pk:
        route = "subscription" if is_store else "portal_subscriptions_one"
        return {"label": f"Subscription {held.number}", "url": reverse(route, args=[held.number])}
    return None


urlpatterns = [
    path("notifications/", notifications, name="notifications"),
    path("notifications/language/", letter_language, name="letter_language"),
    path("notifications/<int:pk>/", notification_read, name="notification_read"),
]
