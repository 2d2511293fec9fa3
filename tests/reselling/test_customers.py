"""A reseller's customers: invited within the limit of the plan, edited, suspended, and their people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Notification
from plans.models import Account, Activity, Contact, Entitlement, Subscription
from plans.refusals import Refused
from reselling.customer_users import change_profile, change_user, invite_user, invite_user_again, remove_user
from reselling.customers import (
    CustomerDetails,
    change_customer,
    invite_customer,
    limit_reached,
    reactivate_customer,
    suspend_customer,
)
from tests import cast
from tests.plans.at_once import at_once, codes


@pytest.fixture
def alpine(db):
    return cast.on_plan(cast.reseller(cast.distributor(), "Alpine Cloud"), "free", alias="alpinecloud")


def invite(reseller: Account, name: str = "Millbrook", *, email: str = "") -> Account:
    email = email or f"grace@{name.lower().replace(' ', '')}.example"
    details = CustomerDetails(name=name)
    return invite_customer(reseller, details=details, name="Grace Whitfield", email=email, by=cast.buyer_of(reseller))


def up_to(reseller: Account, limit: int) -> Account:
    """The same reseller with this limit in what was sold to it."""
    held = Subscription.objects.active().for_plans().get(account=reseller)
    held.entitlements |= {Entitlement.Code.CUSTOMERS.value: limit}
    held.save()
    return Account.objects.select_related("operator").get(pk=reseller.pk)


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.code


def told(account: Account) -> list[str]:
    return list(Activity.objects.filter(account=account).order_by("id").values_list("verb", flat=True))


def test_an_invited_customer_has_an_admin_a_number_and_a_letter(alpine):
    customer = invite(alpine)
    contact = customer.contacts.get()
    assert (customer.kind, customer.parent_id, customer.currency) == ("customer", alpine.pk, "EUR")
    assert customer.number.startswith("AC-")
    assert list(contact.roles.values_list("role", flat=True)) == ["admin"]
    assert contact.is_primary and not contact.user.has_usable_password()
    letter = Notification.objects.get(account=customer)
    assert (letter.template_code, letter.from_name) == ("portal_invitation", "Alpine Cloud")
    assert told(customer) == ["account.created", "contact.added"]


def test_the_plans_limit_is_said_before_and_kept(alpine):
    alpine = up_to(alpine, 2)
    invite(alpine, "Millbrook")
    assert limit_reached(alpine) is None
    oakfield = invite(alpine, "Oakfield")
    refusal = limit_reached(alpine)
    assert (refusal.code, refusal.mend) == ("customers_limit", "plan")
    assert (
        "limit of the Free plan is reached: 2 of 2 customers are active" in refusal.sentence
        and "suspend a customer" in refusal.sentence
    )
    assert refused(invite, alpine, "Third") == "customers_limit"
    assert not Account.objects.filter(name="Third").exists()
    suspend_customer(oakfield, reason="Left us", by=cast.buyer_of(alpine))
    invite(alpine, "Third")
    assert refused(reactivate_customer, oakfield, by=cast.buyer_of(alpine)) == "customers_limit"
    oakfield.refresh_from_db()
    assert oakfield.is_suspended


def test_twice_is_as_good_as_once(alpine):
    customer, by = invite(alpine), cast.buyer_of(alpine)
    for _ in range(2):
        suspend_customer(customer, reason="Left us", by=by)
    for _ in range(2):
        reactivate_customer(customer, by=by)
    assert told(customer)[2:] == ["account.suspended", "account.reactivated"]


def test_a_person_signs_in_for_one_company_of_a_storefront(alpine):
    invite(alpine, "Millbrook", email="grace@millbrook.example")
    assert refused(invite, alpine, "Oakfield", email="Grace@Millbrook.example") == "person_elsewhere"
    assert refused(invite, alpine, "Oakfield", email=cast.buyer_of(alpine).email) == "person_elsewhere"
    assert not Account.objects.filter(name="Oakfield").exists()
    harbor = cast.on_plan(cast.reseller(alpine.operator, "Harbor IT"), "free", alias="harborit")
    assert (
        invite(harbor, "Oakfield", email="grace@millbrook.example").contacts.get().user
        == Contact.objects.filter(email="grace@millbrook.example").earliest("pk").user
    )


def test_an_edit_of_an_old_version_writes_nothing(alpine):
    customer, by = invite(alpine), cast.buyer_of(alpine)
    first = Account.objects.get(pk=customer.pk)
    assert change_customer(first, seen=1, details=CustomerDetails(name="Mill & Brook"), by=by) == [
        "name: Millbrook to Mill & Brook"
    ]
    second = Account.objects.get(pk=customer.pk)
    assert refused(change_customer, second, seen=1, details=CustomerDetails(name="X"), by=by) == "changed_meanwhile"
    assert Account.objects.get(pk=customer.pk).name == "Mill & Brook"
    assert change_customer(second, seen=2, details=CustomerDetails(name="Mill & Brook"), by=by) == []


def test_users_of_a_customer(alpine):
    customer, by = invite(alpine), cast.buyer_of(alpine)
    owen = invite_user(customer, name="Owen", email="owen@millbrook.example", role="viewer", by=by)
    assert (
        refused(invite_user, customer, name="O", email="owen@millbrook.example", role="buyer", by=by)
        == "contact_exists"
    )
    assert change_user(owen, seen=1, name="Owen P", phone="", role="buyer", by=by) == [
        "name: Owen to Owen P", "role: Viewer to Buyer",
    ]  # fmt: skip
    stale = Contact.objects.get(pk=owen.pk)
    assert refused(change_profile, stale, seen=1, name="Other", phone="", by=by) == "changed_meanwhile"
    assert list(owen.roles.values_list("role", flat=True)) == ["buyer"]
    invite_user_again(owen, by=by)
    assert Notification.objects.filter(recipient_email=owen.email).count() == 2
    remove_user(owen, by=by)
    assert refused(invite_user_again, owen, by=by) == "no_sign_in"
    back = invite_user(customer, name="Owen", email="owen@millbrook.example", role="admin", by=by)
    assert (back.pk, back.user.email) == (owen.pk, "owen@millbrook.example")
    invite_user_again(back, by=by)
    invite_user_again(back, by=by)
    assert refused(invite_user_again, back, by=by) == "invited_often"
    remove_user(back, by=by)
    again = {"name": "Owen", "email": "owen@millbrook.example", "role": "admin"}
    assert refused(invite_user, customer, **again, by=by) == "invited_often"
    assert not Contact.objects.filter(pk=back.pk, user__isnull=False).exists()
    yesterday = timezone.now() - timedelta(hours=24, seconds=1)
    Notification.objects.filter(recipient_email=owen.email).update(created_at=yesterday)
    assert invite_user(customer, **again, by=by).pk == owen.pk


def test_the_last_admin_stays(alpine):
    customer, by = invite(alpine), cast.buyer_of(alpine)
    grace = customer.contacts.get()
    assert refused(remove_user, grace, by=by) == "last_admin"
    assert refused(change_user, grace, seen=1, name="Grace", phone="", role="viewer", by=by) == "last_admin"
    invite_user(customer, name="Owen", email="owen@millbrook.example", role="admin", by=by)
    remove_user(grace, by=by)
    assert not Contact.objects.get(pk=grace.pk).roles.exists()


def test_nobody_is_invited_for_a_suspended_customer_or_as_a_storefront_manager(alpine):
    customer, by = invite(alpine), cast.buyer_of(alpine)
    person = {"name": "Owen", "email": "owen@millbrook.example", "by": by}
    assert refused(invite_user, customer, **person, role="storefront_manager") == "not_permitted"
    suspend_customer(customer, reason="Left us", by=by)
    assert refused(invite_user, customer, **person, role="viewer") == "customer_suspended"
    assert refused(invite_user_again, customer.contacts.get(), by=by) == "customer_suspended"
    assert Contact.objects.filter(account=customer).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_exceed_the_limit(transactional_db):
    alpine = cast.on_plan(cast.reseller(cast.distributor(), "Alpine Cloud"), "free", alias="alpinecloud")
    alpine = up_to(alpine, 2)
    gone = invite(alpine, "Gone")
    suspend_customer(gone, reason="Left us", by=cast.buyer_of(alpine))
    invite(alpine, "Millbrook")
    outcomes = at_once(
        lambda: invite(alpine, "Oakfield"),
        lambda: invite(alpine, "Ashford"),
        lambda: reactivate_customer(gone, by=cast.buyer_of(alpine)),
        gate=Account,
    )
    assert codes(outcomes) == ["customers_limit", "customers_limit", "done"]
    assert Account.objects.customers_of(alpine).active().count() == 2
