"""The icon of each kind of activity: a symbol of templates/ui/sprite.html, and the tone of the dot around it."""

# What it is about, by the part of the verb before its dot.
SUBJECTS = {
    "account": "users",
    "alias": "globe",
    "contact": "user",
    "letter": "mail",
    "numbers": "tag",
    "operations": "play",
    "operator": "shop",
    "order": "receipt",
    "organization": "gear",
    "plan": "tag",
    "product": "box",
    "resellers": "upload",
    "staff": "users",
    "storefront": "shop",
    "subscription": "loop",
    "template": "mail",
    "terms": "file",
    "token": "key",
    "user": "user",
}
# Where what happened says more than what it is about.
VERBS = {
    "account.changed": ("pencil", ""),
    "account.billing_changed": ("card", ""),
    "account.imported": ("upload", ""),
    "account.suspended": ("ban", "bad"),
    "account.reactivated": ("power", "ok"),
    "contact.changed": ("pencil", ""),
    "contact.invited": ("send", ""),
    "contact.sign_in_removed": ("lock", ""),
    "order.amended": ("pencil", ""),
    "order.approve": ("check", "ok"),
    "order.cancel": ("ban", ""),
    "order.claim": ("play", ""),
    "order.decline": ("ban", ""),
    "order.execute": ("check", "ok"),
    "order.fail": ("alert", "bad"),
    "order.retry": ("undo", ""),
    "order.try_later": ("clock", ""),
    "plan.change_scheduled": ("clock", ""),
    "plan.change_withdrawn": ("undo", "ok"),
    "staff.deactivated": ("ban", ""),
    "staff.reactivated": ("power", ""),
    "staff.two_factor": ("shield", ""),
    "storefront.discarded": ("undo", ""),
    "storefront.opened": ("shop", "ok"),
    "storefront.parked": ("power", "bad"),
    "storefront.published": ("brush", "acc"),
    "storefront.restored": ("shop", "ok"),
    "storefront.settings_changed": ("gear", ""),
    "storefront.text_changed": ("file", ""),
    "subscription.ended": ("ban", ""),
    "subscription.renewed": ("loop", "ok"),
    "subscription.started": ("loop", "acc"),
    "tenant.answered": ("check", "ok"),
    "tenant.requested": ("send", ""),
    "tenant.withdrawn": ("ban", ""),
    "token.revoked": ("ban", ""),
    "user.changed": ("pencil", ""),
    "user.invited": ("send", ""),
    "user.joined": ("key", ""),
}
UNHEARD_OF = "clock"


def icon_of(verb: str) -> tuple[str, str]:
    """Symbol and tone (ok, bad, acc or none) for a verb such as order.execute."""
    return VERBS.get(verb) or (SUBJECTS.get(verb.partition(".")[0], UNHEARD_OF), "")
