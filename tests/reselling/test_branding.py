"""A reseller brands its storefront: nobody else sees the draft, everybody sees what is published, nothing is lost."""

import pytest
from django.test import Client, TestCase

from plans.models import Activity, Picture, Storefront, StorefrontDraft
from plans.refusals import Refused
from reselling import branding, pictures
from reselling.branding import Changes
from tests import cast
from tests.reselling import zoo
from tests.storefront.visits import form_of, signed_in, statements, words

ROOM = "/techsolutions/admin/branding/"
TYPED = {
    "name": "Tech Solutions",
    "tagline": "We pick up the phone",
    "brand_colour": "#6a35c9",
    "support_email": "hello@techsolutions.example",
    "support_phone": "+49 451 555 0140",
    "address": "Kaiweg 14\r\n23552 Lübeck",
}


@pytest.fixture
def account(db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return cast.on_plan(cast.reseller(cast.distributor()))


@pytest.fixture
def manager(account) -> Client:
    return signed_in(cast.buyer_of(account))


def shown(account) -> Storefront:
    return Storefront.objects.get(account=account)


def send(client: Client, do: str, *, version: int, **typed):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(ROOM, TYPED | {"do": do, "version": version} | typed)


def test_a_draft_is_seen_by_nobody_and_publishing_shows_it_to_everybody(account, manager):
    visitor = Client()
    before, page = shown(account), visitor.get("/techsolutions/").text
    logo = zoo.upload(zoo.TAKEN["a PNG"][0])
    assert send(manager, "draft", version=0, logo=logo).headers["Location"] == ROOM
    draft = StorefrontDraft.objects.get()
    assert (draft.name, draft.brand_colour, draft.address) == ("Tech Solutions", "#6a35c9", "Kaiweg 14, 23552 Lübeck")
    assert visitor.get("/techsolutions/").text.partition("csrf")[0] == page.partition("csrf")[0]
    assert draft.logo_id in manager.get(ROOM).text and draft.logo_id not in manager.get("/techsolutions/").text
    assert not Activity.objects.filter(verb__startswith="storefront.pub").exists()

    assert send(manager, "publish", version=1).headers["Location"] == ROOM
    now = shown(account)
    assert (now.brand_colour, now.logo_id, now.version) == ("#6a35c9", draft.logo_id, before.version + 1)
    assert not StorefrontDraft.objects.exists()
    page = visitor.get("/techsolutions/").text
    assert "We pick up the phone" in page and f"/techsolutions/-/pictures/{now.logo_id}/256.webp" in page
    assert "light-dark(#6a35c9" in visitor.get(f"/techsolutions/-/theme/{now.pk}/{now.version}.css").text
    assert visitor.get(f"/techsolutions/-/pictures/{now.logo_id}/256.webp").status_code == 200
    told = Activity.objects.get(verb="storefront.published")
    assert told.text == "Branding published: tagline, colour, logo, support email, phone, address."
    assert told.actor == cast.buyer_of(account)


def test_what_is_discarded_is_gone_and_its_logo_with_it(account, manager, tmp_path):
    send(manager, "publish", version=0, logo=zoo.upload(zoo.TAKEN["a PNG"][0]))
    old = shown(account)
    send(manager, "draft", version=0, tagline="No", logo=zoo.upload(zoo.TAKEN["a JPEG"][0]))
    assert Picture.objects.count() == 2
    assert send(manager, "discard", version=1).status_code == 302
    assert Storefront.objects.filter(pk=old.pk).values().get() == Storefront.objects.filter(pk=old.pk).values().get()
    assert (shown(account).logo_id, shown(account).tagline) == (old.logo_id, "We pick up the phone")
    assert not StorefrontDraft.objects.exists()
    assert list(Picture.objects.values_list("token", flat=True)) == [old.logo_id]


def test_a_logo_is_removed_and_comes_back_only_by_hand(account, manager):
    send(manager, "publish", version=0, logo=zoo.upload(zoo.TAKEN["a PNG"][0]))
    assert send(manager, "remove_logo", version=0).status_code == 302
    assert shown(account).logo_id and StorefrontDraft.objects.get().logo_id is None
    send(manager, "publish", version=1)
    assert shown(account).logo_id is None


def test_two_who_change_it_at_once_are_told_of_each_other(account, manager):
    other = cast.person(account, "second@techsolutions.example", roles=("storefront_manager",), name="Mia Kern")
    send(manager, "draft", version=0)
    send(signed_in(other.user), "draft", version=1, tagline="Mine")
    response = send(manager, "publish", version=1, tagline="No, mine", logo=zoo.upload(zoo.TAKEN["a PNG"][0]))
    assert response.status_code == 409
    assert "Mia Kern changed this branding at" in words(response) and 'value="No, mine"' in response.text
    assert StorefrontDraft.objects.get().tagline == "Mine" and not Picture.objects.exists()
    assert send(manager, "discard", version=1).status_code == 409
    assert send(manager, "draft", version=0).status_code == 409
    assert send(manager, "publish", version=2).status_code == 302
    assert send(signed_in(other.user), "draft", version=2).status_code == 409  # published meanwhile


def test_the_loser_of_a_race_for_the_same_draft_is_refused(account):
    """Between the look at the draft and the write of it."""
    by = cast.buyer_of(account)
    draft = branding.save_draft(account, changes=Changes({"tagline": "First"}), seen=0, by=by)
    StorefrontDraft.objects.filter(pk=draft.pk).update(version=2)
    for late in (
        lambda: branding._write(account, changes=Changes({"tagline": "Late"}), picture=None, before=draft, by=by),
        lambda: branding._write(account, changes=Changes({"tagline": "Late"}), picture=None, before=None, by=by),
        lambda: branding._end(draft),
    ):
        with pytest.raises(Refused) as refused:
            late()
        assert refused.value.code == "changed_meanwhile"
    assert StorefrontDraft.objects.get().tagline == "First"


@pytest.mark.parametrize("what", ["an SVG", "nothing", "a moving GIF", "half a JPEG", "larger than 2 MB"])
def test_a_logo_that_is_refused_is_said_at_the_field_and_the_old_one_stays(account, manager, what):
    send(manager, "publish", version=0, logo=zoo.upload(zoo.TAKEN["a PNG"][0]))
    old = shown(account)
    response = send(manager, "publish", version=0, tagline="Typed", logo=zoo.upload(zoo.REFUSED[what][0]))
    assert response.status_code == 422
    assert Refused(zoo.REFUSED[what][1]).sentence in words(response) and 'value="Typed"' in response.text
    assert 'id="logo_error"' in response.text
    assert shown(account).version == old.version and Picture.objects.count() == 1


def test_what_is_typed_wrongly_is_said_and_kept(account, manager):
    response = send(manager, "publish", version=0, brand_colour="red;}", name="", support_email="nobody")
    said = words(response)
    assert response.status_code == 422 and 'value="red;}"' in response.text
    assert "Enter a colour as # and six digits" in said and "Enter an email address, as in hello@firm.com." in said
    assert shown(account).version == 1 and not StorefrontDraft.objects.exists()


def test_a_suggested_colour_fills_the_field_and_writes_nothing(account, manager):
    response = send(manager, "", version=0, take="#14683a")
    assert response.status_code == 200 and 'value="#14683a"' in response.text
    assert 'class="frame brand-14683a"' in response.text and not StorefrontDraft.objects.exists()


def test_the_preview_follows_what_is_typed_and_writes_nothing(account, manager):
    cast.product(account.operator)
    response = manager.post(f"{ROOM}preview/", TYPED | {"name": "<b>Blue</b>", "brand_colour": "F2A93B"})
    assert 'class="frame brand-f2a93b"' in response.text and "&lt;b&gt;Blue" in response.text
    assert "This colour is too light for white text" in words(response) and "Workplace Suite" in words(response)
    worn = manager.get("/techsolutions/-/theme/colour/f2a93b.css").text
    assert worn.startswith(".brand-f2a93b {\n  --accent: light-dark(#f2a93b")
    assert manager.get("/techsolutions/-/theme/colour/F2A93B.css").status_code == 404
    wrong = manager.post(f"{ROOM}preview/", TYPED | {"brand_colour": "nothing"})
    assert 'class="frame brand-08758a"' in wrong.text
    assert not StorefrontDraft.objects.exists()


def test_the_room_costs_the_same_with_and_without_a_draft(account, manager):
    cast.product(account.operator)
    manager.get(ROOM)
    with statements() as bare:
        manager.get(ROOM)
    send(manager, "draft", version=0, logo=zoo.upload(zoo.TAKEN["a PNG"][0]))
    manager.get(ROOM)
    with statements() as full:
        assert form_of(manager.get(ROOM), ROOM)["version"] == "1"
    assert full.many == bare.many <= 5, full.text


def test_a_picture_that_is_shown_is_never_forgotten(account):
    by, content = cast.buyer_of(account), zoo.TAKEN["a PNG"][0]
    changes = Changes({"name": "Tech"}, zoo.upload(content))
    branding.publish(shown(account), changes=changes, seen=0, by=by)
    drafted = branding.save_draft(account, changes=Changes({}, zoo.upload(content)), seen=0, by=by)
    unused = pictures.keep(account, upload=zoo.upload(content), by=by)
    neighbours = pictures.keep(cast.reseller(account.operator, "Harbor IT"), upload=zoo.upload(content), by=None)
    pictures.forget_unused(account)
    left = {shown(account).logo_id, drafted.logo_id, neighbours.token}
    assert set(Picture.objects.values_list("token", flat=True)) == left and unused.token not in left
