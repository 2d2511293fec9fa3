"""Pictures of every letter, in every language, light, dark and on the smallest phone: docs/letters.md and its pictures.

    .venv/bin/python bin/picture_letters.py

Needs Chromium, and neither a database nor a network: the letters are those of the starter words, about people and
orders that do not exist. Run it again when a letter or the layout has changed.
"""

import io
import os
import shutil
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "only-to-draw-pictures-" + "0" * 60)
os.environ.setdefault("DEBUG", "1")

import django  # noqa: E402

django.setup()

from PIL import Image  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from notifications.catalogue import CATALOGUE, LINK_FIELD  # noqa: E402
from notifications.defaults import starter  # noqa: E402
from notifications.languages import day, languages, moment  # noqa: E402
from notifications.phrases import phrase  # noqa: E402
from notifications.rendering import Brand  # noqa: E402
from notifications.writing import Letter, Recipient, Template, rows_of  # noqa: E402
from plans.alarm_kinds import ALARM_KINDS  # noqa: E402
from plans.inviting import duration  # noqa: E402
from plans.money import in_languages  # noqa: E402
from plans.refusals import Refused  # noqa: E402

PICTURES, DOCUMENT = ROOT / "docs/pictures/letters", ROOT / "docs/letters.md"
LOOKS = {"light": (680, "light"), "dark": (680, "dark"), "phone": (320, "light")}
QUALITY, SCALE = 62, 0.75  # legible, and all of them together below 3 MB
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
HOST = "https://cloud.nordwind.example"
NORDWIND = Brand(
    "Nordwind Distribution",
    "cloud@nordwind.example",
    from_name="Nordwind Cloud",
    dark_colour="#5bc8d4",
    on_dark_colour="#04252b",
    address="Nordwind Distribution GmbH, Speicherring 8, 20457 Hamburg, Germany",
    support_email="partners@nordwind.example",
    phone="+49 40 555 0100",
    home_url=f"{HOST}/",
)
KESTRELWICK = Brand(
    "Kestrelwick Systems",
    "cloud@nordwind.example",
    colour="#6a35c9",
    dark_colour="#b79af0",
    on_dark_colour="#10242a",
    address="Kestrelwick Systems, Kaiweg 14, 23552 Lübeck",
    support_email="hello@kestrelwick.example",
    home_url=f"{HOST}/kestrelwick/",
)
OF_A_RESELLER = ("portal_invitation", "portal_access", "order_approved", "order_declined")
ACCOUNT = "Tech Solutions (AC-10482)"
REASONS = {
    "Primary contact of the account": phrase("primary_contact", account=ACCOUNT),
    "Primary contact of the reseller": phrase("primary_contact", account=ACCOUNT),
    "Account manager, else operations": phrase("looks_after_account", account=ACCOUNT),
    "Operations": phrase("looks_after_orders", operator="Nordwind Distribution"),
    "Who placed the order": phrase("ordered", order="SO-01874"),
    "The person it is about": phrase("signs_in", place="Nordwind Distribution"),
}
FIELDS = {
    "account_name": "Tech Solutions",
    "account_number": "AC-10482",
    "account_url": f"{HOST}/bss/accounts/AC-10482/",
    "admin_url": f"{HOST}/techsolutions/admin/",
    "alias_kept_until": day(date(2027, 2, 27)),
    "change_date": day(date(2026, 12, 31)),
    "changed_at": moment(datetime(2026, 11, 29, 14, 5), zone="UTC"),
    "changed_by": "Jonas Brandt",
    "customer_name": "Millbrook",
    "decline_reason": "Out of budget this month.",
    "failure_reason": Refused("alias_taken", alias="techsolutions").in_languages(),
    "invited_by": "Maren Holt",
    "new_alarms": ALARM_KINDS["no_worker"].in_languages(),
    "old_plan_name": "Standard",
    "operations_url": f"{HOST}/bss/setup/operations/",
    "order_date": day(date(2026, 11, 29)),
    "order_number": "SO-01874",
    "order_total": in_languages(Decimal("1773.10"), "EUR"),
    "order_url": f"{HOST}/orders/SO-01874/",
    "plan_name": "Free",
    "plans_url": f"{HOST}/plans/",
    "portal_url": f"{HOST}/kestrelwick/portal/",
    "price_list_wanted": {"en": "Yes", "de": "Ja"},
    "product_names": "Workplace Suite, Cloud Backup",
    "renewal_amount": in_languages(Decimal("1773.10"), "EUR"),
    "renewal_date": day(date(2026, 12, 31)),
    "request_language": {"en": "German", "de": "Deutsch"},
    "request_note": "From the next quarter on.",
    "requested_by": "Maren Holt",
    "standing_alarms": ALARM_KINDS["letters_put_off"].in_languages(),
    "storefront_alias": "techsolutions",
    "storefront_url": f"{HOST}/techsolutions",
    "subscription_url": f"{HOST}/subscriptions/SUB-01203/",
    "valid_for": duration(3 * 86400),
}


def main() -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with sync_playwright() as tools:
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = tools.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for look, (width, scheme) in LOOKS.items():
            page = browser.new_page(viewport={"width": width, "height": 500}, color_scheme=scheme)
            for code in CATALOGUE:
                for language in languages():
                    draw(page, html_of(code, language), PICTURES / f"{code}-{language}-{look}.webp")
        browser.close()
    DOCUMENT.write_text(told(), encoding="utf-8")
    size = sum(path.stat().st_size for path in PICTURES.iterdir())
    print(f"{len(list(PICTURES.iterdir()))} pictures, {size / 1_000_000:.1f} MB")


def html_of(code: str, language: str) -> str:
    kind, is_resellers = CATALOGUE[code], code in OF_A_RESELLER
    given = FIELDS | {"account_name": "Millbrook", "invited_by": "Ada Lindqvist"} if is_resellers else FIELDS
    fields = {name: given[name] for name in kind.fields if name != LINK_FIELD}
    brand = KESTRELWICK if is_resellers else NORDWIND
    reason = phrase("signs_in", place=brand.name) if is_resellers else REASONS[kind.reader]
    secret = code if kind.has_secret_link else ""
    to = [Recipient("jonas.brandt@techsolutions.example", "Jonas Brandt")]
    letter = Letter(code, "picture", to, fields, brand, reason, secret_kind=secret, language=language)
    [row] = rows_of(letter, Template(code, kind.name, True, **vars(starter(code))), operator_id=0)
    return row.html


def draw(page: Page, html: str, path: Path) -> None:
    page.set_content(html)
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    small = picture.resize((round(picture.width * SCALE), round(picture.height * SCALE)), Image.Resampling.LANCZOS)
    small.save(path, "WEBP", quality=QUALITY, method=6)


def told() -> str:
    """The page: every letter with its moment, its reader and its pictures."""
    lines = [
        "# Letters",
        "",
        "Every letter as it leaves with the starter words, in each language: light, dark, and 320 pixels wide. Made by",
        "`bin/picture_letters.py`; the words are in `notifications/defaults/`, the layout in",
        "`templates/notifications/layout.html`, who reads which language in [decision 39](decisions/"
        "0039-a-letter-speaks-its-readers-language.md).",
        "",
    ]
    for code, kind in CATALOGUE.items():
        lines += [f"## {kind.name}", "", f"{kind.trigger}. Reader: {kind.reader[0].lower()}{kind.reader[1:]}.", ""]
        for language, name in languages().items():
            lines += [f"**{name}**: {starter(code, language).subject.replace('{{ ', '{').replace(' }}', '}')}", ""]
            names = (f"pictures/letters/{code}-{language}-{look}.webp" for look in LOOKS)
            lines += [" ".join(f'<img src="{path}" alt="{kind.name}, {name}" height="320">' for path in names), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
