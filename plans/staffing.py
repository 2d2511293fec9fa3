"""STORY: who works in a distributor's back office. One Administrator who can sign in always stays."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from notifications.models import TemplateRecipient

from . import inviting
from .models import Operator, StaffMembership, User
from .refusals import Refused
from .trail import remember

Role = StaffMembership.Role


def invite_member(operator: Operator, *, email: str, name: str, role: str, by: User) -> StaffMembership:
    """Somebody joins, and gets the letter with the link. Refused with already_staff, whatever became of them since."""
    email = email.lower()
    try:
        with transaction.atomic():
            user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
            member = StaffMembership.objects.create(operator=operator, user=user, role=role)
            inviting.invite_staff(member, by=by)
            text = f"{email} was invited as {Role(role).label}."
            remember(operator.pk, "staff.invited", text, by=by)
    except IntegrityError:
        raise Refused("already_staff", email=email) from None
    return member


def invite_again(member: StaffMembership, *, by: User) -> None:
    """The letter once more: its link is a new one."""
    with transaction.atomic():
        inviting.invite_staff_again(member, by=by)
        remember(member.operator_id, "staff.invited", f"{member.user.email} was invited again.", by=by)


def change_role(member: StaffMembership, *, role: str, by: User) -> None:
    """From the next request on. Refused with last_administrator."""
    with transaction.atomic():
        _stand_alone(member)
        if role != Role.ADMINISTRATOR:
            _refuse_the_last(member)
        StaffMembership.objects.filter(pk=member.pk).update(role=role)
        text = f"{member.user.email} is {Role(role).label} now, was {member.get_role_display()}."
        remember(member.operator_id, "staff.role", text, by=by)
    member.role = role


def deactivate(member: StaffMembership, *, by: User) -> None:
    """Out at the next request, and a recipient of no letter any more. Refused with last_administrator."""
    with transaction.atomic():
        _stand_alone(member)
        _refuse_the_last(member)
        _set_active(member, False)
        TemplateRecipient.objects.filter(template__operator=member.operator_id, user=member.user_id).delete()
        remember(member.operator_id, "staff.deactivated", f"{member.user.email} was deactivated.", by=by)


def reactivate(member: StaffMembership, *, by: User) -> None:
    with transaction.atomic():
        _set_active(member, True)
        remember(member.operator_id, "staff.reactivated", f"{member.user.email} was reactivated.", by=by)


def change_profile(membership: StaffMembership, *, name: str, single_keys: bool, language: str = "") -> User:
    """What a member of staff says about themselves. `language`: of letters to them; empty, as the organization's."""
    user = membership.user
    if (user.name, user.single_keys, user.language) == (name, single_keys, language):
        return user
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(name=name, single_keys=single_keys, language=language)
        user.name, user.single_keys, user.language = name, single_keys, language
        remember(membership.operator_id, "staff.profile", f"{user.email} changed their profile.", by=user)
    return user


def note_second_factor(user: User, *, text: str, by: User | None) -> None:
    """Wherever they work it is known how they sign in."""
    for operator_id in user.staff_memberships.filter(is_active=True).values_list("operator_id", flat=True):
        remember(operator_id, "staff.two_factor", text, by=by)


def administrators(operator_id: int) -> QuerySet:
    """Those who count: active, and able to sign in. Who never followed the invitation is nobody's way back in."""
    active = StaffMembership.objects.filter(operator=operator_id, role=Role.ADMINISTRATOR, is_active=True)
    return active.filter(user__is_active=True).exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)


def _stand_alone(member: StaffMembership) -> None:
    """One change of an operator's staff at a time, so that two Administrators cannot demote each other at once.

    SQLite has one writer anyway: its transactions begin as writers.
    """
    Operator.objects.select_for_update(no_key=True).get(pk=member.operator_id)
    member.refresh_from_db(fields=["role", "is_active"])


def _refuse_the_last(member: StaffMembership) -> None:
    counted = administrators(member.operator_id)
    if member.role == Role.ADMINISTRATOR and member.is_active and not counted.exclude(pk=member.pk).exists():
        raise Refused("last_administrator", name=str(member.user))


def _set_active(member: StaffMembership, is_active: bool) -> None:
    StaffMembership.objects.filter(pk=member.pk).update(is_active=is_active)
    member.is_active = is_active
