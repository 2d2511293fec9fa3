from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from bss.permissions import StaffRequired
from plans import staffing
from plans.models import STAFF_PERMISSIONS, StaffMembership
from plans.refusals import Refused

from .forms import InviteForm, RoleForm

# What a role may do, in words; the table itself is plans.models.STAFF_PERMISSIONS.
WORDS = {
    "view": "See everything",
    "accounts": "Accounts",
    "orders": "Orders",
    "plan_changes": "Plan changes",
    "execute": "Execute and retry",
    "notifications": "Notifications",
    "prices": "Prices",
    "charges": "Charges",
    "setup": "Setup and staff",
}
ROLES = [
    (label, [word for code, word in WORDS.items() if code in STAFF_PERMISSIONS[role]])
    for role, label in StaffMembership.Role.choices
]


class OfStaff(StaffRequired, View):
    permission = "setup"

    def members(self):
        return StaffMembership.objects.filter(operator=self.request.operator).select_related("user", "operator")

    def member(self, pk: int) -> StaffMembership:
        return get_object_or_404(self.members(), pk=pk)

    def done(self, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return HttpResponseRedirect(reverse("staff"))


class Staff(OfStaff):
    def get(self, request: HttpRequest) -> HttpResponse:
        members = list(self.members().order_by("-is_active", "user__name", "pk"))
        return render(request, "bss/setup/staff/list.html", {"members": members, "roles": ROLES})


class Invite(OfStaff):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(InviteForm(initial={"role": StaffMembership.Role.READ_ONLY}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InviteForm(request.POST)
        if form.is_valid():
            try:
                staffing.invite_member(request.operator, **form.cleaned_data, by=request.user)
            except Refused as refusal:
                form.refuse("email", refusal.sentence)
            else:
                return self.done(f"{form.cleaned_data['email']} was invited.")
        return self.page(form, status=422)

    def page(self, form: InviteForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "heading": "Invite a colleague", "back": reverse("staff"), "back_label": "Staff"}
        return render(self.request, "bss/setup/staff/invite.html", context, status=status)


class Member(OfStaff):
    """One member of staff; POST changes the role."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        member = self.member(pk)
        return self.page(member, RoleForm(initial={"role": member.role}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        member, form = self.member(pk), RoleForm(request.POST)
        if form.is_valid():
            try:
                staffing.change_role(member, role=form.cleaned_data["role"], by=request.user)
            except Refused as refusal:
                form.refuse("role", refusal.sentence)
            else:
                return self.done(f"{member.user} is {member.get_role_display()} now.")
        return self.page(member, form, status=422)

    def page(self, member: StaffMembership, form: RoleForm, *, refused: str = "", status: int = 200) -> HttpResponse:
        context = {"member": member, "form": form, "refused": refused}
        return render(self.request, "bss/setup/staff/member.html", context, status=status)


class Act(Member):
    """A button of a member's page."""

    act: Callable
    words = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.member(pk)
        return self.http_method_not_allowed(request)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        member = self.member(pk)
        try:
            type(self).act(member, by=request.user)
        except Refused as refusal:
            form = RoleForm(initial={"role": member.role})
            return self.page(member, form, refused=refusal.sentence, status=422)
        return self.done(self.words.format(member.user))


class Deactivate(Act):
    act, words = staticmethod(staffing.deactivate), "{} was deactivated."


class Reactivate(Act):
    act, words = staticmethod(staffing.reactivate), "{} was reactivated."


class InviteAgain(Act):
    act, words = staticmethod(staffing.invite_again), "{} was invited again."
