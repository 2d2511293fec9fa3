"""Who is in the demo: two distributors, their staff, resellers and end customers."""

from dataclasses import dataclass

from ..founding import Details

PASSWORD = "uplift-demo"  # noqa: S105  every demo login has it, and it is printed where the demo is started

NORDWIND = Details(
    name="Nordwind Distribution",
    short_name="Nordwind",
    address="Nordwind Distribution GmbH, Speicherkai 14, 20457 Hamburg, Germany",
    store_host="localhost",
    currency="EUR",
    time_zone="Europe/Berlin",
    tax_rate="19",
    sender_name="Nordwind Distribution",
    sender_email="channel@nordwind.example",
    support_email="support@nordwind.example",
    support_phone="+49 40 5550 140",
    operations_email="ops@nordwind.example",
    admin_name="Maren Holt",
    admin_email="maren.holt@nordwind.example",
)
SUDLICHT = Details(
    name="Sudlicht Distribution",
    short_name="Sudlicht",
    address="Sudlicht Distribution AG, Seestrasse 3, 6300 Zug, Switzerland",
    store_host="sudlicht.localhost",
    currency="EUR",
    time_zone="Europe/Zurich",
    tax_rate="19",
    sender_name="Sudlicht Distribution",
    sender_email="channel@sudlicht.example",
    support_email="support@sudlicht.example",
    support_phone="+41 41 555 02 20",
    operations_email="ops@sudlicht.example",
    admin_name="Selina Moser",
    admin_email="admin@sudlicht.example",
)

# (email, name, role) of the staff beside the first administrator.
NORDWIND_STAFF = (
    ("manager@nordwind.example", "Lukas Petersen", "account_manager"),
    ("ops@nordwind.example", "Ayla Demir", "operations"),
    ("finance@nordwind.example", "Henrik Vogel", "finance"),
    ("viewer@nordwind.example", "Nele Jansen", "read_only"),
)


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    role: str = "admin"


@dataclass(frozen=True)
class Reseller:
    """`months` is how long ago it came; `plan_months` how long ago it got its present plan. First person: primary."""

    name: str
    plan: str
    people: tuple[Person, ...]
    street: str
    town: tuple[str, str, str]
    alias: str = ""
    tagline: str = ""
    colour: str = "#08758a"
    cycle: str = "month"
    months: int = 12
    plan_months: int = 0
    number: str = ""
    vat_id: str = ""


@dataclass(frozen=True)
class Customer:
    """An end customer of the reseller under `alias`. First person: primary. The last of several has not joined yet."""

    alias: str
    name: str
    people: tuple[Person, ...]
    street: str
    town: tuple[str, str, str]
    suspended_reason: str = ""


HAMBURG = ("20095", "Hamburg", "DE")

NAMED = (
    Reseller(
        "Tech Solutions",
        "basic",
        (
            Person("jonas.brandt@techsolutions.example", "Jonas Brandt"),
            Person("viewer@techsolutions.example", "Paula Lindt", "viewer"),
        ),
        "Mönckebergstraße 7",
        HAMBURG,
        number="AC-10482",
        vat_id="DE283746501",
        months=11,
    ),
    Reseller(
        "Harbor IT",
        "basic",
        (Person("owner@harborit.example", "Femke de Boer"),),
        "Wilhelminakade 52",
        ("3072 AP", "Rotterdam", "NL"),
        vat_id="NL859371642B01",
        months=9,
    ),
    Reseller(
        "Alpine Cloud",
        "free",
        (Person("owner@alpinecloud.example", "Matthias Egger"),),
        "Maria-Theresien-Straße 18",
        ("6020", "Innsbruck", "AT"),
        alias="alpinecloud",
        tagline="Cloud from the mountains",
        colour="#2f6f4f",
        months=10,
        plan_months=4,
        vat_id="ATU68273915",
    ),
    Reseller(
        "Kestrelwick Systems",
        "standard",
        (Person("owner@kestrelwick.example", "Imogen Hartley"),),
        "14 Foundry Lane",
        ("LS1 4HR", "Leeds", "GB"),
        alias="kestrelwick",
        tagline="IT that stays up",
        colour="#6b3fa0",
        months=12,
        plan_months=7,
        vat_id="GB294837162",
    ),
)

CUSTOMERS = (
    Customer(
        "kestrelwick",
        "Millbrook Dental",
        (
            Person("buyer@millbrook.example", "Grace Whitfield"),
            Person("reception@millbrook.example", "Tariq Osman", "viewer"),
            Person("office@millbrook.example", "Beth Lawson", "buyer"),
        ),
        "3 Mill Street",
        ("LS2 7AB", "Leeds", "GB"),
    ),
    Customer(
        "kestrelwick",
        "Oakfield Joinery",
        (Person("buyer@oakfield.example", "Owen Pritchard"),),
        "Unit 9, Oakfield Park",
        ("BD1 2QT", "Bradford", "GB"),
    ),
    Customer(
        "alpinecloud",
        "Hotel Bergblick",
        (
            Person("buyer@bergblick.example", "Resi Hofer"),
            Person("rezeption@bergblick.example", "Luis Pichler", "viewer"),
        ),
        "Seestraße 4",
        ("6213", "Pertisau", "AT"),
    ),
    Customer(
        "alpinecloud",
        "Skischule Nordkette",
        (Person("buyer@nordkette.example", "Toni Walch"),),
        "Höhenstraße 151",
        ("6020", "Innsbruck", "AT"),
        suspended_reason="Closed for the summer.",
    ),
)

LUMEN_DESK = Reseller(
    "Lumen Desk",
    "free",
    (Person("owner@lumendesk.example", "Chiara Bernasconi"),),
    "Via Nassa 21",
    ("6900", "Lugano", "CH"),
    alias="lumendesk",
    tagline="Bright workplaces",
    colour="#b45309",
    months=6,
    plan_months=3,
    vat_id="CHE-218.407.335",
)

_TOWNS = (
    ("10117", "Berlin", "DE"), ("80331", "Munich", "DE"), ("50667", "Cologne", "DE"), ("04109", "Leipzig", "DE"),
    ("1010", "Vienna", "AT"), ("8010", "Graz", "AT"), ("1012 JS", "Amsterdam", "NL"), ("3511 LN", "Utrecht", "NL"),
    ("1000", "Brussels", "BE"), ("69002", "Lyon", "FR"), ("44000", "Nantes", "FR"), ("20121", "Milan", "IT"),
    ("2100", "Copenhagen", "DK"), ("111 22", "Stockholm", "SE"), ("00-001", "Warsaw", "PL"), ("110 00", "Prague", "CZ"),
)  # fmt: skip
READ_GERMAN = frozenset(city for _, city, country in _TOWNS if country in ("DE", "AT"))
_STREETS = ("Station Road", "Market Square", "Canal Street", "Mill Lane", "Park Avenue", "Bridge Street", "Old Quay")

# Forty more over all plans: (name, domain, owner, plan, months with us, months on the plan).
_MORE = (
    ("Bluebarn Networks", "bluebarn", "Anna Keller", "basic", 12, 0),
    ("Cedar & Pine IT", "cedarpine", "Tom Becker", "basic", 11, 0),
    ("Copperfield Data", "copperfield", "Lena Fuchs", "basic", 11, 0),
    ("Daybreak Computing", "daybreak", "Pieter Visser", "basic", 10, 0),
    ("Elbe Systemhaus", "elbesystemhaus", "Jan Albers", "basic", 10, 0),
    ("Fjordline Tech", "fjordline", "Ingrid Solberg", "basic", 9, 0),
    ("Granite Office", "graniteoffice", "Marek Nowak", "basic", 8, 0),
    ("Hazelwood Support", "hazelwood", "Claire Dupont", "basic", 7, 0),
    ("Inselnetz", "inselnetz", "Wiebke Thomsen", "basic", 6, 0),
    ("Juniper Lane", "juniperlane", "Sofia Ricci", "basic", 5, 0),
    ("Kupferkanne IT", "kupferkanne", "Bernd Schuster", "basic", 4, 0),
    ("Lakeside Micro", "lakesidemicro", "Eva Lindqvist", "basic", 3, 0),
    ("Marigold Systems", "marigold", "Hugo Martin", "basic", 2, 0),
    ("Nightowl Admins", "nightowl", "Petra Novakova", "basic", 1, 0),
    ("Orchard Byte", "orchardbyte", "Daan Smit", "basic", 1, 0),
    ("Anchor Bay IT", "anchorbay", "Julia Krause", "free", 12, 8),
    ("Brightwell", "brightwell", "Stefan Huber", "free", 11, 7),
    ("Cloudfoundry West", "cloudwest", "Noor Jacobs", "free", 10, 6),
    ("Driftwood Digital", "driftwood", "Louis Bernard", "free", 10, 5),
    ("Edelweiss Online", "edelweiss", "Katharina Moser", "free", 9, 5),
    ("Foxglove Systems", "foxglove", "Emil Hansen", "free", 8, 4),
    ("Greenhouse IT", "greenhouseit", "Marta Kowalska", "free", 7, 3),
    ("Heron Computing", "heron", "Lars Nilsson", "free", 6, 3),
    ("Isarnetz", "isarnetz", "Veronika Maier", "free", 5, 2),
    ("Jetty Works", "jettyworks", "Giulia Conti", "free", 8, 5),
    ("Kiln Street", "kilnstreet", "Jakub Dvorak", "free", 3, 1),
    ("Lowlands Cloud", "lowlandscloud", "Sanne Mulder", "free", 2, 1),
    ("Atlas Workplace", "atlasworkplace", "Dirk Wagner", "standard", 12, 11),
    ("Basalt Hosting", "basalt", "Philipp Gruber", "standard", 12, 10),
    ("Cobalt Works", "cobaltworks", "Amelie Laurent", "standard", 12, 9),
    ("Delta Harbour", "deltaharbour", "Ruben de Vries", "standard", 11, 8),
    ("Everline IT", "everline", "Freja Madsen", "standard", 10, 7),
    ("Falkenstein EDV", "falkenstein", "Ulrich Falk", "standard", 9, 6),
    ("Gable & Sons", "gable", "Martin Gable", "standard", 8, 5),
    ("Highmoor", "highmoor", "Zofia Zielinska", "standard", 7, 4),
    ("Ironbridge Cloud", "ironbridge", "Karel Svoboda", "standard", 6, 3),
    ("Jasper & Lund", "jasperlund", "Astrid Lund", "standard", 5, 2),
    ("Meridian Office", "meridianoffice", "Paolo Ferrari", "standard", 4, 1),
    ("Northgate Group", "northgate", "Oskar Bergman", "tenant", 12, 9),
    ("Polaris Channel", "polarischannel", "Helene Brandl", "tenant", 11, 6),
)  # fmt: skip
SUSPENDED = "isarnetz"  # the alias of who didn't pay
CANCELLED = "jettyworks"  # and of who went back to Basic
_COLOURS = ("#08758a", "#1d4ed8", "#9f1239", "#3f6212", "#7c2d12", "#4c1d95", "#0f766e", "#a16207")


def _more(place: int, row: tuple) -> Reseller:
    name, domain, owner, plan, months, plan_months = row
    has_storefront = plan != "basic"
    return Reseller(
        name,
        plan,
        (Person(f"owner@{domain}.example", owner),),
        f"{_STREETS[place % len(_STREETS)]} {3 + place * 2}",
        _TOWNS[place % len(_TOWNS)],
        alias=domain if has_storefront else "",
        colour=_COLOURS[place % len(_COLOURS)] if has_storefront else "#08758a",
        cycle="year" if plan == "standard" and place % 4 == 1 else "month",
        months=months,
        plan_months=plan_months,
    )


MORE = tuple(_more(place, row) for place, row in enumerate(_MORE))
