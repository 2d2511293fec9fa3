"""What the demo's distributors sell beside the reseller plans."""

from decimal import Decimal

from ..models import Operator, Price, Product

# (name, slug, category, icon, unit, per month, per year or None, summary, description)
PRODUCTS = (
    (
        "Business Mail", "business-mail", "Productivity", "mail", "mailbox", "4.20", "45.00",
        "Mailboxes with 50 GB, calendar and shared folders.",
        "A mailbox of 50 GB with calendar, contacts and shared folders.\nWorks with every common mail program.",
    ),
    (
        "Office Suite Cloud", "office-suite-cloud", "Productivity", "file", "user", "11.70", "126.00",
        "Documents, spreadsheets and slides in the browser.",
        "Write, calculate and present together in the browser.\nThe desktop programs are included for five devices.",
    ),
    (
        "Team Meetings", "team-meetings", "Productivity", "users", "user", "5.90", None,
        "Video meetings, chat and shared boards.",
        "Meetings with up to 300 people, chat that stays and boards to draw on together.",
    ),
    (
        "File Share", "file-share", "Storage and backup", "cloud", "user", "7.50", "81.00",
        "1 TB per user, shared with whom you choose.",
        "1 TB for each user. Folders are shared with colleagues or, by a link with an end date, with guests.",
    ),
    (
        "Cloud Backup", "cloud-backup", "Storage and backup", "undo", "TB", "19.00", "205.00",
        "Nightly backups of servers and workplaces.",
        "Backs up servers and workplaces every night and keeps 30 days.\nRestore one file or a whole machine.",
    ),
    (
        "Mail Archive", "mail-archive", "Storage and backup", "box", "mailbox", "1.90", None,
        "Keeps every message for ten years, searchable.",
        "Every message in and out is kept unchanged for ten years and found within seconds.",
    ),
    (
        "Endpoint Protection", "endpoint-protection", "Security", "shield", "device", "3.40", "36.00",
        "Stops malware on computers, phones and servers.",
        "Watches computers, phones and servers for malware and tells you what it stopped.",
    ),
    (
        "Password Safe", "password-safe", "Security", "key", "user", "2.80", "30.00",
        "Shared passwords in one safe, with roles.",
        "One safe for the passwords of a team, with roles and a record of who looked at what.",
    ),
    (
        "Web Filter", "web-filter", "Security", "globe", "user", "1.60", None,
        "Blocks dangerous and unwanted sites.",
        "Blocks dangerous sites for everyone and unwanted ones by group.",
    ),
    (
        "Virtual Server", "virtual-server", "Infrastructure", "grid", "server", "24.00", "259.00",
        "4 cores, 8 GB of memory and 160 GB of fast storage.",
        "A server with 4 cores, 8 GB of memory and 160 GB of fast storage.\nTake as many as you need.",
    ),
    (
        "Cloud Telephony", "cloud-telephony", "Communication", "phone", "extension", "8.90", None,
        "A phone system for desks, browsers and mobiles.",
        "A number for each extension, with groups, greetings and voicemail. Rings on desks, browsers and mobiles.",
    ),
    (
        "Remote Support", "remote-support", "Communication", "support", "technician", "29.00", "312.00",
        "See and control a customer’s screen, with consent.",
        "Help on a customer’s computer with their consent, wherever both of you are.",
    ),
)  # fmt: skip


WITHOUT_RECOMMENDATION = frozenset({"mail-archive", "remote-support"})


def create_catalogue(operator: Operator) -> list[Product]:
    """The dozen cloud products with their prices."""
    products = Product.objects.bulk_create(
        Product(
            operator=operator, name=name, slug=slug, category=category, icon=icon, unit=unit, summary=summary,
            description=description,
        )
        for name, slug, category, icon, unit, _, _, summary, description in PRODUCTS
    )  # fmt: skip
    prices = []
    for product, row in zip(products, PRODUCTS, strict=True):
        for cycle, amount in (("month", row[5]), ("year", row[6])):
            if amount:
                cost, asks = Decimal(amount), product.slug not in WITHOUT_RECOMMENDATION
                recommended = (cost * Decimal("1.3")).quantize(Decimal("0.1")) if asks else None
                prices.append(
                    Price(
                        product=product, cycle=cycle, currency=operator.currency, amount=cost, recommended=recommended
                    )
                )
    Price.objects.bulk_create(prices)
    return products
