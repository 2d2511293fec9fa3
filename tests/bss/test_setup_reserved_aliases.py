"""Setup > Reserved aliases: the platform's own, and those that a distributor keeps."""

import pytest

from plans import aliases
from plans.models import Activity, AliasClaim, Operator
from plans.refusals import Refused
from plans.reserving import reserve
from tests import cast

HERE = "/bss/setup/reserved-aliases/"


def own(operator) -> list[str]:
    return Operator.objects.get(pk=operator.pk).reserved_aliases


def said(answer) -> list[str]:
    assert answer.status_code == 422
    return answer.context["form"].errors["alias"]


def test_one_is_reserved_and_given_free_again(maren, nordwind):
    account = cast.Account.objects.select_related("operator").get(pk=cast.reseller(nordwind).pk)
    assert maren.post(HERE, {"alias": " Partners "}).status_code == 302
    assert own(nordwind) == ["partners"]
    account.refresh_from_db(fields=["operator"])
    for alias in ("partners", "partner"):
        with pytest.raises(Refused, match="alias_reserved"):
            aliases.hold(alias, account=account, until=None)
    page = maren.get(HERE).text
    assert f'action="{HERE}partners/remove/"' in page
    assert maren.post(f"{HERE}partners/remove/").status_code == 302
    assert own(nordwind) == []
    account.refresh_from_db(fields=["operator"])
    assert aliases.hold("partners", account=account, until=None) == "partners"
    verbs = list(Activity.objects.filter(verb__startswith="alias.").order_by("pk").values_list("verb", "text"))
    assert verbs == [("alias.reserved", "The alias partners is reserved."),
                     ("alias.freed", "The alias partners is not reserved any more.")]  # fmt: skip


def test_the_built_in_ones_are_shown_and_stay(maren, nordwind):
    page = maren.get(HERE).text
    for alias in ("admin", "basket", "bss", "checkout"):
        assert f'<li class="chip">{alias}</li>' in page
        assert maren.post(f"{HERE}{alias}/remove/").status_code == 404
    assert said(maren.post(HERE, {"alias": "admin"})) == ["The alias admin is reserved already."]
    assert said(maren.post(HERE, {"alias": "baskets"})) == ["The alias baskets is reserved already."]


@pytest.mark.parametrize("wanted", ["techsolutions", "TechSolution", "techsolutionss"])
def test_one_that_a_reseller_has_is_refused_and_the_reseller_named(maren, nordwind, wanted):
    account = cast.on_plan(cast.reseller(nordwind), "free", alias="techsolutions")
    answer = maren.post(HERE, {"alias": wanted})
    if wanted == "techsolutionss":  # its singular is another's
        assert said(answer)[0].startswith(f"Tech Solutions ({account.number}) has the alias techsolutions")
    else:
        told = f"Tech Solutions ({account.number}) has the alias techsolutions, so {wanted.lower()} can’t be reserved."
        assert said(answer) == [told]
    assert own(nordwind) == []


def test_a_hold_that_ran_out_stands_in_nobodys_way(maren, nordwind):
    account = cast.Account.objects.select_related("operator").get(pk=cast.reseller(nordwind).pk)
    aliases.hold("partners", account=account, until=aliases.CHECKOUT_HOLD)
    assert "Tech Solutions" in said(maren.post(HERE, {"alias": "partners"}))[0]
    AliasClaim.objects.update(held_until="2020-01-01T00:00Z")
    assert maren.post(HERE, {"alias": "partners"}).status_code == 302


@pytest.mark.parametrize("text", ["ab", "-ab", "a--b", "a_b", "größe", "a\0b", "x" * 41, "👍👍👍", "<b>"])
def test_the_shape_is_that_of_an_alias(maren, nordwind, text):
    assert "Use only lowercase letters" in said(maren.post(HERE, {"alias": text}))[0]


def test_nothing_is_no_alias(maren, nordwind):
    assert said(maren.post(HERE, {})) == ["Enter an alias."]
    assert said(maren.post(HERE, {"alias": "  "})) == ["Enter a Storefront Alias."]


def test_there_is_an_end(nordwind, monkeypatch):
    monkeypatch.setattr("plans.reserving.MOST", 1)
    reserve(nordwind, "first", by=None)
    with pytest.raises(Refused, match="reserved_full"):
        reserve(nordwind, "second", by=None)


def test_each_distributor_keeps_its_own(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    cast.on_plan(cast.reseller(sudlicht, "Lumen Desk"), "free", alias="lumendesk")
    assert maren.post(HERE, {"alias": "lumendesk"}).status_code == 302
    assert own(sudlicht) == []
    reserve(sudlicht, "southern", by=None)
    assert maren.post(f"{HERE}southern/remove/").status_code == 404
    assert own(sudlicht) == ["southern"]


@pytest.mark.parametrize("role", ["account_manager", "operations", "finance", "read_only"])
def test_who_may_not_set_up_reads(nordwind, office, role):
    reserve(nordwind, "partners", by=None)
    client = office(cast.staff(nordwind, role).user)
    page = client.get(HERE).text
    assert "You can’t do this with your role." in page and "partners" in page and "/remove/" not in page
    assert client.post(HERE, {"alias": "x" * 5}).status_code == 403
    assert client.post(f"{HERE}partners/remove/").status_code == 403
    assert own(nordwind) == ["partners"]
