"""Sending forms that are wrong, and judging the answer: no fault, nothing written, said at the field, not led away."""

import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests import emptying, hostile, reading, walking, watching
from tests.hostile import Body
from tests.reading import Form, Page

STRANGERS = ("neighbour", "other_reseller", "staff_elsewhere", "staff_of_both")
LETTERS = {"notifications_notification"}
WORDS_KEPT = {"notifications_notificationtemplate", "notifications_templateversion", "plans_activity"}
ORDERS = LETTERS | {
    f"plans_{name}" for name in "order orderitem activity aliasclaim numberseries basketitem termsacceptance".split()
}
CATALOGUE = {f"plans_{name}" for name in "product price activity".split()}
LISTINGS = {f"plans_{name}" for name in "listing storefront activity".split()}
ACCOUNTS = {f"plans_{name}" for name in "account activity numberseries storefront".split()}
PEOPLE = LETTERS | {f"plans_{name}" for name in "contact contactrole user activity".split()}
STAFF = LETTERS | {f"plans_{name}" for name in "staffmembership user activity".split()}
DRAFTS = {"plans_storefrontdraft", "plans_picture"}  # a picture that nothing shows any more is removed
# By the name of the route: what a form that was right may write, and then it leads to another page.
WRITES: dict[str, set[str]] = {
    "basket_add": {"plans_basket", "plans_basketitem"},
    "basket_change": {"plans_basketitem"},
    "basket_remove": {"plans_basketitem"},
    "checkout": ORDERS,
    "billing": {"plans_account", "plans_activity"},
    "order_retry": ORDERS,
    "order_cancel": ORDERS,
    "order_new": ORDERS,
    "order_execute": ORDERS,
    "order_edit": ORDERS,
    "order_item_edit": ORDERS,
    "order_item_add": ORDERS,
    "order_item_remove": ORDERS,
    "account_new": ACCOUNTS,
    "account_edit": ACCOUNTS,
    "account_deactivate": ACCOUNTS,
    "account_reactivate": ACCOUNTS,
    **dict.fromkeys(("account_storefront_suspend", "account_storefront_reopen"), ACCOUNTS),
    "account_storefront_rename": ACCOUNTS | {"plans_aliasclaim"},
    **dict.fromkeys(("contact_new", "contact_edit", "contact_primary", "contact_invite", "contact_sign_in"), PEOPLE),
    "notifications": LETTERS,
    "letter_language": {"plans_contact", "plans_activity"},
    "product_new": CATALOGUE,
    "product": CATALOGUE,
    **dict.fromkeys((f"panel_catalogue_{what}" for what in "choose all product every_product".split()), LISTINGS),
    **dict.fromkeys(("panel_home", "panel_home_arrange"), LISTINGS),
    "organization": {f"plans_{name}" for name in "operator storefront account activity".split()},
    "numbers": {"plans_numberseries", "plans_activity"},
    "reserved_aliases": {"plans_operator", "plans_activity"},
    "reserved_alias_remove": {"plans_operator", "plans_activity"},
    "terms_new": {"plans_termsversion", "plans_activity"},
    "api_token_new": {"plans_apitoken", "plans_activity"},
    "api_token_revoke": {"plans_apitoken", "plans_activity"},
    "reseller_plan": {f"plans_{name}" for name in "plan product price entitlement activity".split()},
    "letter_template": WORDS_KEPT | {"notifications_templaterecipient"},
    "letter_template_version": {
        "notifications_notificationtemplate",
        "notifications_templateversion",
        "plans_activity",
    },
    "letter_template_switch": {"notifications_notificationtemplate", "plans_activity"},
    "letter_template_reset": WORDS_KEPT,
    "letter_template_test": LETTERS | {"plans_activity"},
    "letter_resend": LETTERS | {"plans_activity"},
    "letter_dealt_with": LETTERS | {"plans_activity"},
    "account_upgrade_plan": ORDERS,
    "subscription_upgrade": ORDERS,
    **dict.fromkeys(("subscription_downgrade", "subscription_cancel"), ORDERS | {"plans_pendingchange"}),
    "subscription_undo": LETTERS | {"plans_pendingchange", "plans_activity"},
    "account_tenant_request": LETTERS | {"plans_tenantrequest", "plans_activity"},
    "account_tenant_close": {"plans_tenantrequest", "plans_activity"},
    "import_resellers": ORDERS | ACCOUNTS | PEOPLE | {"plans_subscription", "plans_charge"},
    "you": {"plans_user", "plans_activity"},
    **dict.fromkeys(("sweep_now", "retry_all"), ORDERS),
    **dict.fromkeys(("try_letters", "resend_all"), LETTERS | {"plans_activity"}),
    "forget_worker": {"plans_workerheartbeat", "plans_activity"},
    **dict.fromkeys((f"staff_{what}" for what in "invite member deactivate reactivate invite_again".split()), STAFF),
    "storefront_preview": DRAFTS,
    "account_storefront_preview": DRAFTS,
    "branding": DRAFTS | {"plans_storefront", "plans_activity"},
    "texts_edit": {"plans_storefronttext", "plans_activity"},
    "settings": {"plans_storefront", "plans_activity"},
    **dict.fromkeys((f"panel_customers_{what}" for what in "edit suspend reactivate".split()), ACCOUNTS),
    **dict.fromkeys((f"panel_customers_user{what}" for what in ("", "_invite", "_resend", "_remove")), PEOPLE),
    "panel_customers_invite": ACCOUNTS | PEOPLE,
    **dict.fromkeys((f"portal_users_{what}" for what in "invite edit resend remove".split()), PEOPLE),
    "portal_profile": PEOPLE,
    "notification_read": LETTERS,
    "account_login": {"plans_user"},
    "account_reset_password": {"account_emailaddress"} | LETTERS,
    "account_reset_password_from_key": {"plans_user"} | LETTERS,
}
# Anybody may have a letter sent to anybody, and staff make whoever has the email a contact: a person is one user.
TO_ANYBODY = {"account_reset_password", "contact_new", "contact_edit"}
HOLDS = {"plans_aliasclaim"}  # leaving the alias field, and taking an alias that was offered, keep it for a while
FINE = {200, 286, 302, 303, 400, 403, 404, 405, 409, 413, 422, 429}


@dataclass
class Sender:
    """Sends, judges, and takes back what was written. `wrong` says what was not as it must be."""

    clients: dict[str, Client]
    strangers: dict[str, int]  # whose rows stay as they are, whatever anybody sends
    before: dict[str, str] = field(default_factory=watching.digests)
    wrong: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    many: int = 0
    is_warm_of_what_was_undone: bool = True  # the cache, which knows of no transaction

    def __post_init__(self) -> None:
        self.theirs = {who: watching.rows_of(self.strangers_to(who)) for who in ("staff", "anybody")}

    def strangers_to(self, who: str) -> dict[str, int]:
        """To staff the accounts of their own distributor are no strangers."""
        return {"operator": self.strangers["operator"]} if who.startswith("staff") else self.strangers

    def send(self, who: str, form: Form, body: Body, *, route: str = "") -> HttpResponse:
        client, method, action = self.clients[who], form.method, form.action
        parts = urlsplit(action)
        kept = client.cookies.output(header="", sep=";")
        if self.is_warm_of_what_was_undone:
            emptying.empty_cache()
        with watching.undone():
            with watching.writes() as written:
                if method == "get":
                    query = f"{parts.path}?{body.content.decode('latin-1')}"
                    response = client.generic("GET", query, headers={"host": parts.netloc})
                else:
                    response = client.generic(
                        "POST", parts.path, body.content, body.content_type, headers={"host": parts.netloc}
                    )
            changed = watching.changed(self.before, only=written.tables) if written.tables else set()
            theirs = self.theirs["staff" if who.startswith("staff") else "anybody"].items()
            touched = watching.rows_of(self.strangers_to(who), only=changed).items() - theirs if changed else set()
        client.cookies = SimpleCookie(kept)
        self.is_warm_of_what_was_undone = bool(written.tables or settings.SESSION_COOKIE_NAME in response.cookies)
        self.many += 1
        page = walking.page_of(response, action)
        faults = self.faults(response, changed, route=route, action=action)
        if who not in STRANGERS and route not in TO_ANYBODY:
            faults += [f"changes rows of others in {table}" for table, _ in touched]
        if page is not None:
            faults += faults_of_page(page, is_letter=parts.path.endswith("/html/")) + self.returns(client, page)
            faults += gone(response, page, body, form)
        self.wrong += [f"{who}: {method} {action} {body.what}: {fault}" for fault in faults]
        return response

    def returns(self, client: Client, page: Page) -> list[str]:
        """Where the page's switch of the theme comes back to is a page to ask for; each is looked at once."""
        places = [form.sent["next"] for form in page.forms if form.action.endswith("/theme/") and form.sent.get("next")]
        found = []
        for place in {page.at(place).partition("?")[0] for place in places} - self.asked:
            self.asked.add(place)
            if walking.get(client, place).status_code == 405:
                found.append(f"choosing a theme leads back to {place}, which is no page")
        return found

    def faults(self, response: HttpResponse, changed: set[str], *, route: str, action: str) -> list[str]:
        status, found = response.status_code, []
        if status not in FINE:
            found.append(f"answers {status}")
        may = WRITES.get(route, set()) if status in (302, 303) else HOLDS
        if changed - may:
            found.append(f"answers {status} and changes {sorted(changed - may)}")
        if "Location" in response and leads_away(response["Location"], urlsplit(action).netloc):
            found.append(f"leads to {response['Location'][:80]}")
        return found


def leads_away(location: str, host: str) -> bool:
    """As browsers read it: backslashes are slashes, tabs and line ends are nothing."""
    seen = location.replace("\\", "/").strip("".join(map(chr, range(33))))
    seen = "".join(sign for sign in seen if sign not in "\t\r\n")
    if seen.startswith("//") or re.match(r"[a-z][a-z0-9+.-]*:", seen, re.IGNORECASE):
        return re.match(rf"http://{re.escape(host)}(/|$)", seen) is None
    return False


def faults_of_page(page: Page, *, is_letter: bool = False) -> list[str]:
    """Nothing typed became a tag, and what is said about a field stands at it."""
    found = reading.faults_of(page, is_letter=is_letter) + untied(page)
    if any(element.tag.startswith(hostile.MADE_UP) for element in page.elements):
        found.append("what was typed became a tag")
    return found


def gone(response: HttpResponse, page: Page, body: Body, form: Form) -> list[str]:
    """What was typed and is not in its field any more on the page that shows the form again."""
    name = body.what.partition(":")[0]
    if body.typed is None or response.status_code not in (200, 422) or form.kind_of(name) not in reading.TEXT:
        return []
    again = [control for other in page.forms if other.action == form.action for control in other.controls]
    values = [control.get("value") for control in again if control.get("name") == name]
    if form.method == "get" or not values or body.typed.decode(errors="replace") in values:
        return []
    return [f"what was typed is gone: {[value[:40] for value in values]}"]


def untied(page: Page) -> list[str]:
    """Fields that are said to be wrong without words tied to them, and words of error tied to no field."""
    found, tied = [], set()
    for element in page.elements:
        if element.get("aria-invalid") == "true":
            names = element.get("aria-describedby").split() or _described_around(page, element)
            tied |= set(names)
            if not any(page.by_id(name) and page.by_id(name).text.strip() for name in names):
                found.append(f"{element.get('name')} is invalid and does not say why")
    words = [e.get("id") for e in page.elements if {"msg", "bad"} <= set(e.get("class").split())]
    return found + [f"the message {name!r} is tied to no field" for name in words if name not in tied]


def _described_around(page: Page, field: reading.Element) -> list[str]:
    """Radio buttons are described by their fieldset."""
    before = page.elements[: page.elements.index(field)]
    return next((e.get("aria-describedby").split() for e in reversed(before) if e.tag == "fieldset"), [])
