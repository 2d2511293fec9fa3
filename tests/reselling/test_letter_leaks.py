"""No letter of a reseller's storefront, of any kind and language, names the distributor or leads to its pages."""

import re

import pytest

from notifications.catalogue import CATALOGUE, LINK_FIELD
from notifications.defaults import starter
from notifications.languages import languages
from notifications.models import NotificationTemplate
from notifications.phrases import phrase
from notifications.post import Letter, Recipient, post_all
from plans.models import Storefront
from reselling.letterhead import brand_of_storefront
from tests import cast

CANARY, HOST = "Zwergohreule", "cloud.eule.example"
HOME = f"http://{HOST}/kestrelwick"
# What staff might type into the words of a letter, in its own language or in any other: names, addresses, pages.
SAID = (f"{CANARY} Distribution", CANARY.upper(), f"https://{HOST}/plans/", "help@mail.eule.example", "+49 40 777 0100")
PLACES = ("subject", "preview_text", "body", "button_label")


@pytest.fixture
def storefront(db):
    operator = cast.distributor(
        CANARY,
        host=HOST,
        sender_email="letters@sender.example",
        support_email="help@mail.eule.example",
        support_phone="+49 40 777 0100",
        address=f"{CANARY}weg 1, Hamburg",
    )
    reseller = cast.on_plan(cast.reseller(operator, "Kestrelwick"), "standard", alias="kestrelwick")
    Storefront.objects.filter(account=reseller).update(support_email="hello@kestrelwick.example")
    return Storefront.objects.select_related("operator", "claim").get(account=reseller)


def written(storefront: Storefront, code: str, language: str, *, occasion: str = ""):
    kind = CATALOGUE[code]
    fields = {
        name: f"{HOME}/{name}/" if name.endswith("_url") else f"the {name}"
        for name in kind.fields
        if name != LINK_FIELD
    }
    to = Recipient("grace@millbrook.example", "Grace Wynn", language=language)
    letter = Letter(
        code,
        f"leak:{language}:{occasion}",
        [to],
        fields,
        brand_of_storefront(storefront, alias="kestrelwick"),
        phrase("signs_in", place=storefront.name),
        secret_kind="password_reset" if kind.has_secret_link else "",
    )
    [row] = post_all([letter], operator_id=storefront.operator_id)
    return row


def faults_of(row) -> list[str]:
    whole = "\n".join((row.subject, row.text, row.html, row.from_name, row.reply_to, row.reason))
    named = [said for said in (CANARY, "eule.example/plans", "mail.eule", "777 0100") if said.lower() in whole.lower()]
    links = re.findall(r"https?://[^\s\"'<>]+", row.text + row.html)
    return named + [link for link in links if not link.startswith((f"{HOME}/", "https://secret-link.invalid/"))]


def test_the_starter_words_name_the_reseller_alone(storefront):
    for code in CATALOGUE:
        for language in languages():
            row = written(storefront, code, language)
            assert row.language == language and "Kestrelwick" in row.text
            assert faults_of(row) == [], (code, language)


SUBJECT = {"en": "You have access to the Customer Portal of", "de": "Sie haben Zugang zum Kundenportal von"}


@pytest.mark.parametrize("language", languages())
def test_words_of_staff_that_name_the_distributor_are_not_used(storefront, language):
    code, template = "portal_access", NotificationTemplate.objects.filter(operator=storefront.operator)
    for said in SAID:
        for place in PLACES:
            words = vars(starter(code, language)) | {place: f"Sign in {said}"}
            changes = words if language == "en" else {"variants": {language: words}}
            template.filter(code=code).update(**changes)
            row = written(storefront, code, language, occasion=f"{place}:{said}")
            assert faults_of(row) == [], (said, place)
            assert row.subject == f"{SUBJECT[language]} Kestrelwick"
