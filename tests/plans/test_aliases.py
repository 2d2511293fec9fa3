"""The Storefront Alias: what it may look like, what is kept for the platform, and what is said."""

import re
import sys
from datetime import timedelta
from types import ModuleType

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import get_resolver, include, path, re_path
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plans import aliases
from plans.mending import amend_item, cancel_order
from plans.models import AliasClaim
from plans.ordering import draft_order
from plans.refusals import Refused
from tests import cast

pytestmark = pytest.mark.django_db

INVALID = (
    "Use only lowercase letters, digits and hyphens, 3 to 40 characters, and start and end with a letter or digit."
)
PLATFORM = "admin api static media login support www robots help billing bss mail status"


def follows_the_rule(alias: str) -> bool:
    """PRODUCT.md section 3, said once more in other words."""
    known = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    return 3 <= len(alias) <= 40 and set(alias) <= known and alias.strip("-") == alias and "--" not in alias


@pytest.fixture
def nordwind():
    return cast.distributor()


@pytest.fixture
def reseller(nordwind):
    return cast.reseller(nordwind)


def take(text: str, account) -> AliasClaim:
    held = aliases.hold(text, account=account, until=aliases.CHECKOUT_HOLD)
    return AliasClaim.objects.get(operator=account.operator_id, alias=held)


def code_of(act) -> str:
    try:
        act()
    except Refused as refusal:
        return refusal.code
    return ""


def refusal_of(text: str, account) -> Refused:
    with pytest.raises(Refused) as refused:
        take(text, account)
    assert not AliasClaim.objects.exists()
    return refused.value


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("techsolutions", "techsolutions"),
        ("  TechSolutions \n", "techsolutions"),
        ("ＴＥＣＨ－ｓｏｌｕｔｉｏｎｓ", "tech-solutions"),
        ("\u3000tech①\u2003", "tech1"),
        ("Kelvin \u212aelvin".split()[1], "kelvin"),
        ("ﬁrma", "firma"),
        ("a-1", "a-1"),
        ("0" * 40, "0" * 40),
    ],
)
def test_what_is_typed_is_trimmed_normalised_and_lower_cased(reseller, typed, stored):
    assert take(typed, reseller).alias == stored


@pytest.mark.parametrize(
    "typed",
    [
        "ab", "a" * 41, "-abc", "abc-", "a--b", "xn--bcher-kva", "a_b", "a b", "a.b", "a/b", "tech\nsolutions",
        "hаrbor", "har\u200dbor", "harbor\u202e", "ıstanbul", "İstanbul", "ß--", "😀😀😀", "abc\x00", "٣٣٣", "../..",
        "bücher", "%2e", "<b>", "a'b", "＜ｂ＞", "\ud800abc",
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_what_is_allowed_is_said(reseller, typed):
    refusal = refusal_of(typed, reseller)
    assert (refusal.code, refusal.sentence, refusal.field) == ("alias_invalid", INVALID, "alias")


@pytest.mark.parametrize("typed", ["", "  ", "\t\n", "\u3000", "\u00a0"])
def test_nothing_typed_is_asked_for(reseller, typed):
    refusal = refusal_of(typed, reseller)
    assert (refusal.code, refusal.sentence) == ("alias_required", "Enter a Storefront Alias.")


def first_segments() -> set[str]:
    """Of every route of the site, as its resolver knows them."""
    found: set[str] = set()

    def walk(patterns, before: str) -> None:
        for entry in patterns:
            route = before + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                walk(entry.url_patterns, route)
            else:
                found.add(re.split(r"[/<]", route)[0])

    for urlconf in ("config.urls", "storefront.urls"):
        walk(get_resolver(urlconf).url_patterns, "")
    return found - {""}


def test_every_first_segment_of_the_site_is_reserved_and_its_plural(nordwind, reseller):
    segments = first_segments()
    assert {"plans", "products", "storefront", "terms", "login", "logout", "password", "theme"} <= segments
    for word in segments | {"healthz", "readyz", "metrics", "bss", *PLATFORM.split()}:
        for text in (word, f"{word}s", word.upper()):
            refusal = refusal_of(text, reseller)
            expected = "alias_reserved" if follows_the_rule(text.lower()) else "alias_invalid"
            assert (refusal.code, text) == (expected, text)
    sentence = "The alias plans is kept for the platform. Choose a different alias."
    assert refusal_of("Plans", reseller).sentence == sentence
    assert refusal_of("plan", reseller).code == "alias_reserved"
    for word in ("robots.txt", "favicon.ico"):
        assert word in aliases.reserved_words(nordwind)


def test_a_new_route_is_reserved_by_being_there(nordwind, reseller, settings):
    nobody = lambda request: None  # noqa: E731
    routes = ModuleType("routes_of_a_test")
    routes.urlpatterns = [
        path("offers/<slug:slug>/", nobody),
        path("", include([path("campaign/", nobody), re_path(r"^voucher/(?P<code>\w+)$", nobody)])),
        path("<slug:anything>/", nobody),
    ]
    assert take("campaign", reseller)
    AliasClaim.objects.all().delete()
    sys.modules["routes_of_a_test"] = routes
    settings.STORE_HOST_URLCONFS = [*settings.STORE_HOST_URLCONFS, "routes_of_a_test"]
    for text in ("offers", "offer", "campaign", "campaigns", "voucher"):
        assert refusal_of(text, reseller).code == "alias_reserved"


def test_the_operators_own_words_are_reserved_at_that_operator_alone(nordwind, reseller):
    nordwind.reserved_aliases = ["Nordwind"]
    nordwind.save()
    reseller.operator.refresh_from_db()
    assert refusal_of("nordwind", reseller).code == "alias_reserved"
    assert take("nordwind", cast.reseller(cast.distributor("Sudlicht", host="sudlicht.test"), "Lumen Desk"))


def test_a_taken_alias_says_so_and_offers_free_ones(nordwind, reseller):
    harbor = cast.reseller(nordwind, "Harbor IT", city="Kiel")
    take("harbor", reseller)
    answer = aliases.availability(" HARBOR ", operator=nordwind, account=harbor)
    assert (answer.alias, answer.is_free, answer.refusal.code) == ("harbor", False, "alias_taken")
    assert answer.refusal.sentence == (
        "The alias harbor has already been assigned to someone else. Choose a different alias."
    )
    assert answer.suggestions == ["harbor-it", "harbor-cloud", "harborit"]
    take("harbor-it", reseller)
    for few in (3, 2, 0):
        offers = aliases.availability("harbor", operator=nordwind, account=harbor).suggestions
        assert len(offers) == few
        for offer in offers:
            assert aliases.availability(offer, operator=nordwind, account=harbor).is_free
            take(offer, reseller)


def test_a_reserved_or_a_very_long_alias_gets_offers_that_fit(nordwind, reseller):
    take("a" * 40, reseller)
    harbor = cast.reseller(nordwind, "Harbor IT")
    for text in ("plans", "a" * 40):
        offers = aliases.availability(text, operator=nordwind, account=harbor).suggestions
        assert len(offers) == 3
        assert all(aliases.availability(offer, operator=nordwind, account=harbor).is_free for offer in offers)


def test_a_free_alias_is_shown_with_its_address_and_reading_promises_nothing(nordwind, reseller):
    answer = aliases.availability("Harbor", operator=nordwind, account=reseller)
    assert (answer.alias, answer.is_free, answer.suggestions, answer.address) == (
        "harbor", True, [], "testserver/harbor",
    )  # fmt: skip
    assert not AliasClaim.objects.exists()


def test_two_operators_each_have_the_alias(nordwind, reseller):
    lumen = cast.reseller(cast.distributor("Sudlicht", host="sudlicht.test"), "Lumen Desk")
    assert {take("harbor", reseller).operator, take("harbor", lumen).operator} == {nordwind, lumen.operator}


# --- over all of Unicode ---

letters = st.sampled_from(
    [*"abcz09-", *"ＡＺ９－", "İ", "ı", "ſ", "K", "①", "ﬁ", "а", "é", "\u0301", "\u200b", " ", "\n", "_"]
)
typed = st.one_of(st.text(), st.text(letters, max_size=45), st.from_regex(aliases.SHAPE, fullmatch=True))
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(text=typed)
@example(text="a" * 38 + "ﬃ")
@example(text="\u1e9e\u1e9e")
@quick
def test_nothing_but_the_rule_is_ever_stored(reseller, text):
    with transaction.atomic():
        code = code_of(lambda: take(text, reseller))
        assert code in ("", "alias_required", "alias_invalid", "alias_reserved")
        stored = list(AliasClaim.objects.values_list("alias", flat=True))
        assert stored == ([] if code else [aliases.normalise(text)])
        assert all(follows_the_rule(alias) for alias in stored)
        transaction.set_rollback(True)


@given(
    alias=st.one_of(st.text(max_size=45), st.text(letters, max_size=42), st.from_regex(aliases.SHAPE, fullmatch=True))
)
@example(alias="xn--a")
@example(alias="abc\n")
@example(alias="Abc")
@quick
def test_the_database_keeps_the_rule_whoever_writes(reseller, alias):
    """A raw INSERT: what the rule does not allow, no code path can store."""
    row = [reseller.operator_id, alias, reseller.pk, "held", timezone.now()]
    columns = "operator_id, alias, account_id, state, claimed_at"
    problem = ""
    with transaction.atomic():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO plans_aliasclaim ({columns}) VALUES (%s, %s, %s, %s, %s)", row)
        except (DatabaseError, ValueError) as refused:  # psycopg refuses NUL itself
            problem = str(refused)
        transaction.set_rollback(True)
    assert follows_the_rule(alias) == (not problem)
    if problem and "\x00" not in alias and len(alias) <= 40:
        assert "alias_shape" in problem


# --- who has it, until when (any order of events: test_holds.py) ---


def test_after_quarantine_somebody_else_takes_it_and_the_parked_storefront_loses_it(nordwind, reseller):
    former = cast.on_plan(reseller, "free", alias="harbor")
    park(former, quarantine=timedelta(days=90))
    harbor = cast.reseller(nordwind, "Harbor IT")
    with pytest.raises(Refused, match="alias_taken"):
        take("harbor", harbor)
    assert take("harbor", former).quarantined_until > timezone.now() + timedelta(days=89)
    AliasClaim.objects.update(state="quarantined", quarantined_until=timezone.now() - timedelta(seconds=1))
    AliasClaim.objects.update(held_until=None)
    assert former.storefront.claim.alias == "harbor"
    claim = take("harbor", harbor)
    former.storefront.refresh_from_db()
    assert (claim.account, claim.quarantined_until, former.storefront.claim) == (harbor, None, None)


def test_the_accounts_own_live_alias_stays_as_it_is(reseller):
    account = cast.on_plan(reseller, "free", alias="harbor")
    before = AliasClaim.objects.values().get()
    assert take("harbor", account).state == "in_use"
    aliases.release("harbor", account=account)
    assert AliasClaim.objects.values().get() == before


def test_an_order_that_is_cancelled_after_quarantine_leaves_the_alias_free(nordwind, reseller):
    """The parked storefront still points at it; that must not keep it from everybody for ever."""

    former = cast.on_plan(reseller, "free", alias="harbor")
    park(former, quarantine=timedelta(seconds=-1))
    cancel_order(cast.order_plan(former, "free", alias="harbor"), by=cast.buyer_of(former))
    former.storefront.refresh_from_db()
    assert former.storefront.claim.alias == "harbor"
    assert take("harbor", cast.reseller(nordwind, "Harbor IT"))


def test_amending_takes_the_new_alias_and_lets_the_old_one_go(nordwind, reseller):

    staff = cast.user("ops@nordwind.example")
    wanted = [cast.Wanted(cast.plan_product(nordwind, "standard"))]
    draft = draft_order(reseller, wanted=wanted, channel="bss_order", by=staff, alias="harbor")
    amend_item(draft.items.get(), alias=" Alpine", by=staff)
    assert list(AliasClaim.objects.values_list("alias", "state")) == [("alpine", "held")]
    amend_item(draft.items.get(), cycle="year", by=staff)
    amend_item(draft.items.get(), alias="alpine", by=staff)
    assert list(AliasClaim.objects.values_list("alias", "state")) == [("alpine", "held")]
    told = list(draft.activities.order_by("id").values_list("text", flat=True))
    changed = ["Storefront Alias set to alpine.", "Standard Plan changed: yearly."]  # the third changed nothing
    assert told == ["Order SO-01001 saved.", *changed]
    draft.refresh_from_db()
    assert (draft.preview["alias"], draft.items.get().cycle) == ("alpine", "year")


def test_an_alias_is_held_for_48_hours_on_a_draft_and_without_end_on_a_failed_order(nordwind, reseller):
    staff = cast.user("ops@nordwind.example")
    wanted = [cast.Wanted(cast.plan_product(nordwind, "standard"))]
    order = draft_order(reseller, wanted=wanted, channel="bss_order", by=staff)
    assert not AliasClaim.objects.exists()
    amend_item(order.items.get(), alias="harbor", by=staff)
    held_for = AliasClaim.objects.get().held_until - timezone.now()
    assert timedelta(hours=47, minutes=59) < held_for <= timedelta(hours=48)
    type(order).objects.update(state="failed", error_code="alias_taken")
    amend_item(order.items.get(), alias="alpine", cycle="year", by=staff)
    assert list(AliasClaim.objects.values_list("alias", "held_until")) == [("alpine", None)]
    assert order.items.get().cycle == "month"  # what a failed order agreed to stays


def test_cancelling_a_draft_leaves_the_alias_with_the_order_that_is_placed(nordwind, reseller):

    staff = cast.user("ops@nordwind.example")
    wanted = [cast.Wanted(cast.plan_product(nordwind, "standard"))]
    draft = draft_order(reseller, wanted=wanted, channel="bss_order", by=staff, alias="harbor")
    placed = cast.order_plan(reseller, "standard", alias="harbor")
    cancel_order(draft, by=staff)
    claim = AliasClaim.objects.get()
    assert (claim.state, claim.held_until) == ("held", None)
    again = draft_order(reseller, wanted=wanted, channel="bss_order", by=staff, alias="harbor")
    cancel_order(placed, by=staff)
    claim.refresh_from_db()
    assert timedelta(hours=47) < claim.held_until - timezone.now() <= timedelta(hours=48)
    cancel_order(again, by=staff)
    assert not AliasClaim.objects.exists()


def park(account, *, quarantine: timedelta) -> None:
    """What ending a plan will leave."""
    account.subscriptions.update(state="ended", ended_at=timezone.now())
    account.storefront.state, account.storefront.parked_at = "parked", timezone.now()
    account.storefront.save()
    account.alias_claims.update(state="quarantined", quarantined_until=timezone.now() + quarantine)
    account.forget_held()
