"""The letters' fixed sentences in each language: why somebody gets one, what stands below it, who has a copy."""

_YOU_GET, _SIE_ERHALTEN = "You get this message because", "Sie erhalten diese Nachricht, weil"

PHRASES: dict[str, dict[str, str]] = {
    "contract": {
        "en": "It is part of your contract and can’t be unsubscribed.",
        "de": "Sie ist Bestandteil Ihres Vertrags und kann nicht abbestellt werden.",
    },
    "questions": {"en": "Questions? Write to {email}.", "de": "Fragen? Schreiben Sie an {email}."},
    "questions_and_phone": {
        "en": "Questions? Write to {email} or call {phone}.",
        "de": "Fragen? Schreiben Sie an {email} oder rufen Sie uns an: {phone}.",
    },
    "copies": {"en": "Copy to: {names}", "de": "Kopie an: {names}"},
    "copy_of": {"en": "Copy of the letter to {person}.", "de": "Kopie der Nachricht an {person}."},
    # Why somebody gets it.
    "recipient": {
        "en": "You get a copy of this message because you are a recipient of “{name}”.",
        "de": "Sie erhalten eine Kopie dieser Nachricht, weil Sie als Empfänger von „{name}“ eingetragen sind.",
    },
    "primary_contact": {
        "en": f"{_YOU_GET} you are the primary contact of {{account}}.",
        "de": f"{_SIE_ERHALTEN} Sie als Hauptkontakt von {{account}} eingetragen sind.",
    },
    "contact": {
        "en": f"{_YOU_GET} you are a contact of {{account}}.",
        "de": f"{_SIE_ERHALTEN} Sie als Kontakt von {{account}} eingetragen sind.",
    },
    "ordered_for": {
        "en": f"{_YOU_GET} you placed the order for {{account}}.",
        "de": f"{_SIE_ERHALTEN} Sie die Bestellung für {{account}} aufgegeben haben.",
    },
    "ordered": {
        "en": f"{_YOU_GET} you placed the order {{order}}.",
        "de": f"{_SIE_ERHALTEN} Sie die Bestellung {{order}} aufgegeben haben.",
    },
    "looks_after_account": {
        "en": f"{_YOU_GET} you look after {{account}}.",
        "de": f"{_SIE_ERHALTEN} Sie {{account}} betreuen.",
    },
    "looks_after_orders": {
        "en": f"{_YOU_GET} you look after orders at {{operator}}.",
        "de": f"{_SIE_ERHALTEN} Sie bei {{operator}} Bestellungen betreuen.",
    },
    "looks_after_operations": {
        "en": f"{_YOU_GET} you look after operations at {{operator}}.",
        "de": f"{_SIE_ERHALTEN} Sie bei {{operator}} den Betrieb betreuen.",
    },
    "works_for": {
        "en": f"{_YOU_GET} you work for {{operator}}.",
        "de": f"{_SIE_ERHALTEN} Sie für {{operator}} arbeiten.",
    },
    "invited": {
        "en": f"{_YOU_GET} you were invited to sign in at {{place}}.",
        "de": f"{_SIE_ERHALTEN} Sie eingeladen wurden, sich bei {{place}} anzumelden.",
    },
    "signs_in": {
        "en": f"{_YOU_GET} you can sign in at {{place}}.",
        "de": f"{_SIE_ERHALTEN} Sie sich bei {{place}} anmelden können.",
    },
}


def phrase(code: str, **values: str) -> dict[str, str]:
    """The sentence in each language, with its values."""
    return {language: sentence.format(**values) for language, sentence in PHRASES[code].items()}
