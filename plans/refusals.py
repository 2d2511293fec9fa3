"""Refusals: why something cannot be done, with a code, a sentence and the control that mends it.

The same code whatever the door (PRODUCT.md section 4). A refusal is not a fault: nothing was written, and trying
again without changing anything gives the same answer.
"""

LOGO = "The logo must be a PNG, JPEG or WebP picture of up to 2 MB and at least 128 pixels wide."
SENTENCES: dict[str, str] = {
    "alias_required": "Enter a Storefront Alias.",
    "alias_invalid": (
        "Use only lowercase letters, digits and hyphens, 3 to 40 characters, and start and end with a letter or digit."
    ),
    "alias_reserved": "The alias {alias} is kept for the platform. Choose a different alias.",
    "alias_taken": "The alias {alias} has already been assigned to someone else. Choose a different alias.",
    "already_on_plan": "{account} is already on the {plan} plan.",
    "no_upgrade_path": "There is no way from the {from_plan} plan to the {plan} plan.",
    "open_order_exists": (
        "An order for a reseller plan is already open: {order}. Wait for it, or mend or cancel it first."
    ),
    "not_a_reseller": "Reselling is not enabled for this account. Enable it under Edit account first.",
    "account_suspended": "{account} is suspended. Nothing can be ordered until it is active again.",
    "plan_not_offered": "The {plan} plan can’t be ordered yet.",
    "pending_change_exists": "A change of this plan is already scheduled for {day}. Withdraw it first.",
    "change_gone": "No change of this plan is scheduled any more: it was withdrawn, or its day has come.",
    "alias_unconfirmed": "Type {alias} exactly to confirm.",
    "preview_stale": "Something changed. Look again.",
    "no_price": "{product} has no price in {currency} for this billing cycle.",
    "terms_not_accepted": "Accept the terms for resellers to place the order.",
    "billing_details_missing": "The billing address is incomplete. It needs a street, a city and a country.",
    "no_primary_contact": "{account} has no primary contact, so nobody would get the welcome email.",
    "not_permitted": "You can’t do this with your role. Ask an administrator of your organization.",
    "attempts_used_up": "Stopped after {attempts} attempts. Channel operations has been notified. Reference {order}.",
    "tenant_request_open": "A Tenant request of {account} is open already.",
    "tenant_request_closed": "This Tenant request has been closed already.",
    "last_administrator": (
        "{name} is the last Administrator who can sign in. Make somebody else an Administrator first."
    ),
    "already_staff": "{email} works here already.",
    "token_revoked": "The token {token} has been revoked already.",
    # About the order itself, not about a plan.
    "order_locked": "The order {order} is {state} and can’t be changed.",
    "item_removed": "{product} has been removed from the order {order}.",
    "last_item": "An order needs at least one product. Cancel the order instead.",
    "one_plan_per_order": "An order holds one reseller plan at the most. Remove {plan} first.",
    "basket_empty": "Your basket is empty.",
    "product_not_sold": "{product} is not sold any more. Remove it from the basket.",
    # About accounts and their people.
    "currency_in_use": "{account} has subscriptions or orders under way in {currency}. Its currency can’t change now.",
    "not_staff": "{name} does not work in this back office.",
    "contact_exists": "{account} has a contact with this email already.",
    "no_sign_in": "{name} has no storefront role, so there is nothing to sign in for. Choose a role first.",
    # About a reseller's end customers.
    "customers_limit": (
        "The limit of the {plan} plan is reached: {count} of {limit} customers are active. Upgrade the plan, or "
        "suspend a customer that you no longer serve."
    ),
    "nobody_can_follow": "Your storefront is suspended: who is invited could not sign in. Invite when it is open.",
    "invited_often": "{email} got {many} invitations within a day. Send the next one tomorrow.",
    "customer_suspended": "{customer} is suspended. Reactivate it first.",
    "person_elsewhere": "{email} can’t be added here: who signs in for one company can’t do so for another one here.",
    "last_admin": "{name} is the only Admin of {account}. Make somebody else an Admin first.",
    # About a reseller's storefront.
    "no_storefront": "{account} has no storefront.",
    "storefront_parked": "The plan of {account} has ended and its storefront is closed. Nothing can change there now.",
    "storefront_suspended": "The storefront of {account} is suspended already.",
    "alias_unchanged": "{alias} is the Storefront Alias already. Choose a different one.",
    # About what staff set up.
    "changed_meanwhile": "{name} changed this {object} at {time}.",
    "alias_live": "{account} ({number}) has the alias {alias}, so {wanted} can’t be reserved.",
    "alias_reserved_already": "The alias {alias} is reserved already.",
    "reserved_full": "Up to {most:,} aliases can be reserved. Remove one first.",
    "terms_unchanged": "This is the text of version {number} already.",
    "number_given": "{given} was given already. The next number is {least} or higher.",
    "letter_on_its_way": "This letter is still on its way to {email}. Wait until it has arrived or failed.",
    "letter_dealt_with": "{name} has marked this letter as dealt with already.",
    "letter_no_task": "This letter has arrived or is still on its way: there is nothing to deal with.",
    "letter_words_removed": "The words of this letter were removed on {day}, so it can’t be sent again.",
    "letter_personal": "A letter with a personal link goes to its own recipient only.",
    # About what a reseller lists.
    "markup_invalid": "Enter a percentage from 0 to 1,000, as in 12.5.",
    "prices_frozen": "Your plan has no own prices, so markups are frozen and can’t change now.",
    "listed_full": "Your plan allows {most:,} listed products. Nothing was changed.",
    "not_listed": "{product} is not listed. List it in the catalogue first.",
    "featured_full": "The home page shows up to {most} products. Remove one first.",
    "amount_invalid": "Enter an amount in {currency}, as in {example}.",
    # About pictures, each with what is asked for.
    "picture_empty": f"This file is empty. {LOGO}",
    "picture_too_large": f"This file is larger than 2 MB. {LOGO}",
    "picture_unknown": f"This file is none of these pictures. {LOGO}",
    "picture_broken": f"This picture is damaged or not complete. {LOGO}",
    "picture_animated": f"This picture moves. Choose one that stands still. {LOGO}",
    "picture_too_many_pixels": f"This picture has more than 16 million pixels. Make it smaller. {LOGO}",
    "picture_too_narrow": f"This picture is {{width}} pixels wide. {LOGO}",
    "picture_not_kept": "The logo can’t be stored right now. Nothing was changed. Try again in a few minutes.",
}

# What can fail an order that was placed: it is told in letters, and those are written in other languages, too.
GERMAN: dict[str, str] = {
    "alias_required": "Es fehlt ein Storefront-Alias.",
    "alias_invalid": (
        "Der Storefront-Alias darf nur aus Kleinbuchstaben, Ziffern und Bindestrichen bestehen, muss 3 bis 40 Zeichen "
        "lang sein und mit einem Buchstaben oder einer Ziffer beginnen und enden."
    ),
    "alias_reserved": "Der Alias {alias} ist für die Plattform reserviert. Wählen Sie einen anderen Alias.",
    "alias_taken": "Der Alias {alias} ist bereits anderweitig vergeben. Wählen Sie einen anderen Alias.",
    "already_on_plan": "{account} hat den Tarif {plan} bereits.",
    "no_upgrade_path": "Ein Wechsel vom Tarif {from_plan} zum Tarif {plan} ist nicht möglich.",
    "open_order_exists": (
        "Für einen Reseller-Tarif ist bereits eine Bestellung offen: {order}. Warten Sie, bis sie ausgeführt ist, oder "
        "berichtigen oder stornieren Sie sie zuerst."
    ),
    "not_a_reseller": "Der Wiederverkauf ist für dieses Konto nicht freigeschaltet.",
    "account_suspended": "{account} ist gesperrt. Bis das Konto wieder aktiv ist, kann nichts bestellt werden.",
    "plan_not_offered": "Der Tarif {plan} kann noch nicht bestellt werden.",
    "pending_change_exists": "Eine Änderung dieses Tarifs ist bereits vorgemerkt. Nehmen Sie sie zuerst zurück.",
    "change_gone": "Es ist keine Änderung dieses Tarifs mehr vorgemerkt: Sie wurde zurückgenommen oder ihr Tag ist da.",
    "preview_stale": "Etwas hat sich geändert. Sehen Sie sich die Bestellung noch einmal an.",
    "no_price": "{product} hat für diesen Abrechnungszeitraum keinen Preis in {currency}.",
    "terms_not_accepted": "Die Bedingungen für Reseller wurden nicht angenommen.",
    "billing_details_missing": "Die Rechnungsanschrift ist unvollständig. Sie braucht Straße, Ort und Land.",
    "no_primary_contact": "{account} hat keinen Hauptkontakt, daher würde niemand die Willkommensnachricht erhalten.",
    "not_permitted": "Ihre Rolle erlaubt das nicht. Wenden Sie sich an einen Administrator Ihres Unternehmens.",
    "attempts_used_up": (
        "Nach {attempts} Versuchen angehalten. Unser Vertriebsinnendienst ist benachrichtigt. Referenz: {order}."
    ),
    "order_locked": "Die Bestellung {order} kann nicht mehr geändert werden.",
    "item_removed": "{product} wurde aus der Bestellung {order} entfernt.",
    "one_plan_per_order": "Eine Bestellung enthält höchstens einen Reseller-Tarif. Entfernen Sie zuerst {plan}.",
    "product_not_sold": "{product} wird nicht mehr angeboten.",
    "storefront_parked": "Der Tarif von {account} ist beendet und die Storefront geschlossen.",
    "storefront_suspended": "Die Storefront von {account} ist gesperrt.",
}

MENDS: dict[str, str] = {
    "alias_required": "alias",
    "alias_invalid": "alias",
    "alias_reserved": "alias",
    "alias_taken": "alias",
    "alias_unconfirmed": "confirm_alias",
    "alias_unchanged": "alias",
    "terms_not_accepted": "terms",
    "billing_details_missing": "billing",
    "no_primary_contact": "contact",
    "open_order_exists": "order",
    "not_a_reseller": "account",
    "account_suspended": "account",
    "product_not_sold": "basket",
    "basket_empty": "basket",
    "customers_limit": "plan",
}


class Refused(Exception):
    """Raised by guards. `code` is stable, `sentence` is for people, `mend` names the control that resolves it."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        self.sentence = SENTENCES[code].format(**values)
        self.mend = MENDS.get(code, "")
        super().__init__(f"{code}: {self.sentence}")

    @property
    def field(self) -> str:
        """The form field that the refusal belongs to, or an empty string."""
        return self.mend if self.mend in ("alias", "confirm_alias", "terms") else ""

    def in_languages(self) -> dict[str, str]:
        """The sentence as letters say it."""
        german = {"de": GERMAN[self.code].format(**self.values)} if self.code in GERMAN else {}
        return {"en": self.sentence} | german

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "sentence": self.sentence, "mend": self.mend}


class PreviewStale(Refused):
    """What was confirmed is not what would happen now. Carries the new preview; nothing was written."""

    def __init__(self, preview) -> None:
        super().__init__("preview_stale")
        self.preview = preview
