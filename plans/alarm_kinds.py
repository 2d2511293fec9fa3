"""What can be wrong, the worst first. docs/faults.md says which fault ends up in which, and what mends it."""

from dataclasses import dataclass

BAD, WARN = "bad", "warn"


@dataclass(frozen=True)
class AlarmKind:
    """`is_told`: operations get a letter when it begins. What has a letter of its own for each case needs none."""

    code: str
    severity: str
    title: str
    german: str  # letters speak it, pages do not
    is_told: bool = True

    def in_languages(self, *, words: str = "") -> dict[str, str]:
        """In English the words of a case, where they are given."""
        return {"en": words or f"{self.title}.", "de": self.german}


_KINDS = (
    AlarmKind("no_worker", BAD, "No worker is running", "Es läuft kein Worker."),
    AlarmKind("sweeper_silent", BAD, "The sweeper is silent", "Der Sweeper meldet sich nicht."),
    AlarmKind("orders_late", BAD, "Nobody works on orders", "Niemand bearbeitet wartende Bestellungen."),
    AlarmKind("orders_dead", BAD, "Orders were given up", "Bestellungen wurden aufgegeben."),
    AlarmKind("letters_late", BAD, "Nobody carries letters", "Niemand versendet wartende Nachrichten."),
    AlarmKind("letters_failed", WARN, "Letters were given up", "Nachrichten wurden aufgegeben."),
    AlarmKind("renewals_late", BAD, "Renewals do not go through", "Verlängerungen werden nicht ausgeführt."),
    AlarmKind("broker_away", BAD, "The broker does not answer", "Der Broker antwortet nicht."),
    AlarmKind("disk_full", BAD, "The disk is almost full", "Der Speicherplatz ist fast erschöpft."),
    AlarmKind("migrations_wait", BAD, "The database is older than the code", "Die Datenbank ist älter als der Code."),
    AlarmKind("worker_dead", WARN, "A worker is dead", "Ein Worker ist ausgefallen."),
    AlarmKind("clock_off", WARN, "A clock is wrong", "Eine Uhr geht falsch."),
    AlarmKind("orders_failed", WARN, "Orders were refused", "Bestellungen wurden abgelehnt.", is_told=False),
    AlarmKind("orders_retried", WARN, "Orders are tried again and again", "Bestellungen gelingen nicht."),
    AlarmKind("changes_late", WARN, "Plan changes do not go through", "Geplante Tarifwechsel stehen aus."),
    AlarmKind("letters_put_off", WARN, "Letters are put off", "Das Mailsystem nimmt keine Nachrichten an."),
    AlarmKind("letters_unknown", WARN, "Letters may be lost", "Bei Nachrichten ist unklar, ob sie ankamen."),
    AlarmKind("letters_bounced", WARN, "Letters came back", "Nachrichten kamen zurück.", is_told=False),
    AlarmKind("reports_unclaimed", WARN, "Reports about unknown letters", "Zustellberichte sind nicht zuzuordnen."),
    AlarmKind("reports_refused", WARN, "Reports are refused", "Zustellberichte werden abgewiesen."),
    AlarmKind("import_stuck", WARN, "An import stands still", "Ein Import steht still."),
    AlarmKind("import_refused", WARN, "Rows were refused", "Ein Import hat Zeilen abgelehnt.", is_told=False),
)
ALARM_KINDS: dict[str, AlarmKind] = {kind.code: kind for kind in _KINDS}


@dataclass(frozen=True)
class Thing:
    """What an alarm is about: `noun` is order, letter, subscription, import or worker; `key` finds it."""

    noun: str
    key: str
    label: str
