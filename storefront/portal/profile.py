"""Profile: what a person says of itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from plans.refusals import Refused
from reselling.customer_users import change_profile

from ..user_forms import ProfileForm
from .access import customers_may
from .tabs import page


@require_http_methods(["GET", "HEAD", "POST"])
@customers_may("view")
def profile(request: HttpRequest) -> HttpResponse:
    contact, conflict = request.visitor.contact, None
    form = ProfileForm(request.POST if request.method == "POST" else None, contact=contact)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_profile(contact, **form.values(), by=request.user)
        except Refused as refused:
            conflict = refused
        else:
            messages.success(request, "Profile saved." if changed else "Nothing was changed.")
            return redirect("portal_profile")
    status = 422 if request.method == "POST" else 200
    return page(request, "profile", {"form": form, "contact": contact, "conflict": conflict}, status=status)
