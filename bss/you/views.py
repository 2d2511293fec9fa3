from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from notifications.models import Notification
from plans.staffing import change_profile

from .. import paging
from ..permissions import StaffRequired
from .forms import ProfileForm

# Keys, what they do.
KEYS = (
    ("Everywhere", (("Ctrl K or ⌘K", "Search or jump to…"), ("/", "Search this page"), ("?", "This list"))),
    (
        "Go to",
        (
            ("G D", "Dashboard"),
            ("G A", "Accounts"),
            ("G O", "Orders"),
            ("G S", "Subscriptions"),
            ("G P", "Products"),
        ),
    ),
    ("On a record", (("E", "Edit"), ("N", "New order"), ("U", "Upgrade"))),
    ("In lists", (("J", "Next row"), ("K", "Previous row"), ("X", "Select the row"), ("Enter", "Open the row"))),
)


class You(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        now = {name: getattr(request.user, name) for name in ProfileForm.base_fields}
        return self.page(request, ProfileForm(initial=now))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProfileForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, status=422)
        change_profile(request.staff, **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return HttpResponseRedirect(reverse("you"))

    def page(self, request: HttpRequest, form: ProfileForm, *, status: int = 200) -> HttpResponse:
        return render(request, "bss/you/you.html", {"form": form}, status=status)


class Keys(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"heading": "Keyboard shortcuts", "back": reverse("you"), "back_label": "Your profile"}
        return render(request, "bss/you/keys.html", context | {"groups": KEYS})


class Notices(StaffRequired, View):
    """The letters written to whoever is signed in, at this distributor. POST marks them as read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        letters = Notification.objects.for_user(request.user, request.operator)
        page = paging.newest_first(letters.select_related("order").defer("html", "order__preview"), request, size=25)
        return render(request, "bss/you/notices.html", {"page": page})

    def post(self, request: HttpRequest) -> HttpResponse:
        Notification.objects.for_user(request.user, request.operator).unread().update(read_at=timezone.now())
        return HttpResponseRedirect(reverse("notifications"))
