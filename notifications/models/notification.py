"""Notification: one letter to one recipient, with the exact words that are sent and how far it got."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Now

from .template import RecipientKind


class State(models.TextChoices):
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    BOUNCED = "bounced", "Bounced"
    COMPLAINED = "complained", "Complained"
    RETRY = "retry", "Waiting to be tried again"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"
    UNKNOWN = "unknown", "Unknown"


ARRIVED = (State.DELIVERED, State.BOUNCED, State.COMPLAINED)  # what a provider reports of a letter that it took
REPORTED = (State.SENT, *ARRIVED)
# The legal moves. Everything that changes a letter's state goes through `NotificationQuerySet.move`, which asks here.
MOVES: dict[str, frozenset[str]] = {
    State.QUEUED: frozenset({State.SENDING}),
    State.RETRY: frozenset({State.SENDING, *REPORTED}),
    State.SENDING: frozenset({State.SENT, State.RETRY, State.FAILED, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.SENDING, State.FAILED, *REPORTED}),
    State.SENT: frozenset(ARRIVED),
    State.DELIVERED: frozenset({State.BOUNCED, State.COMPLAINED}),
    State.BOUNCED: frozenset({State.COMPLAINED}),
    State.COMPLAINED: frozenset(),
    State.FAILED: frozenset(ARRIVED),  # the first try did arrive, and the next one was refused
    State.SKIPPED: frozenset(),
}
NEWS = (State.QUEUED, State.RETRY, State.UNKNOWN)
ON_ITS_WAY = (State.SENDING, *NEWS)
WELL = (State.SENT, State.DELIVERED)  # out of the house, and nothing heard against it
LOST = (State.BOUNCED, State.COMPLAINED, State.FAILED)
TEST = "test:"  # what the template code of a test begins with
# It came back, failed for good, or nobody will ever know: a person has to look at it.
GIVEN_UP = Q(state__in=LOST) | Q(state=State.UNKNOWN, next_attempt_at__isnull=True)
# Nothing will be handed over any more.
OVER = Q(state__in=(*WELL, State.SKIPPED)) | GIVEN_UP
NOT_DEALT_WITH = GIVEN_UP & Q(dealt_with_at__isnull=True)


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "NotificationQuerySet":
        """The letters a member of BSS staff may see: those of the operators that employ them."""
        return self.filter(operator__staff__user=user, operator__staff__is_active=True)

    def of_operator(self, operator) -> "NotificationQuerySet":
        return self.filter(operator=operator)

    def addressed_to(self, start: str) -> "NotificationQuerySet":
        """The letters to addresses that start like this, in small letters or capitals."""
        return self.filter(recipient_email__istartswith=start)

    def for_user(self, user, operator) -> "NotificationQuerySet":
        """The bell: letters addressed to this user at this operator. What was switched off is no news."""
        return self.filter(recipient_user=user, operator=operator).exclude(state=State.SKIPPED)

    def shown_on(self, storefront) -> "NotificationQuerySet":
        """Of a person's letters those that this storefront wrote: nobody meets one's letters on another."""
        return self.filter(storefront=None if storefront.is_own else storefront)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at__isnull=True)

    def due(self) -> "NotificationQuerySet":
        """Letters that may be handed over now, by the database's clock."""
        return self.filter(state__in=NEWS, next_attempt_at__lte=Now())

    def lease_over(self) -> "NotificationQuerySet":
        """Letters whose carrier did not come back in time."""
        return self.filter(state=State.SENDING, lease_until__lte=Now())

    def stuck(self) -> "NotificationQuerySet":
        """Letters that should have moved a minute ago. `unknown` and `failed` are visible states, not stuck."""
        late = Now() - timedelta(seconds=60)
        return self.filter(Q(state__in=NEWS, next_attempt_at__lt=late) | Q(state=State.SENDING, lease_until__lt=late))

    def remove_words(self) -> int:
        """Of letters that are over: who got which when stays, what it said goes. How many."""
        return self.filter(OVER, words_removed_at__isnull=True).update(text="", html="", words_removed_at=Now())

    def open_tasks(self) -> "NotificationQuerySet":
        """Letters that somebody has to deal with. Once it was sent again, the later letter stands for the first one:
        it has arrived, or it is a task itself. Tests are nobody's task.

        The states are named twice: SQLite, which cannot use the partial index, finds its way by them where no order is
        asked for."""
        is_one = ~Q(template_code__startswith=TEST) & ~stood_for()
        return self.filter(NOT_DEALT_WITH, is_one, state__in=(*LOST, State.UNKNOWN))

    def with_task(self) -> "NotificationQuerySet":
        """Each with `is_task`: whether somebody has to deal with it."""
        is_one = NOT_DEALT_WITH & ~Q(template_code__startswith=TEST) & ~stood_for()
        return self.annotate(is_task=Case(When(is_one, then=Value(True)), default=Value(False)))

    def move(self, to: str, *, from_states: tuple[str, ...], **changes) -> int:
        """One conditional UPDATE; the number of letters that moved. Raises on a move that MOVES does not know."""
        for state in from_states:
            if to not in MOVES[state]:
                raise ValueError(f"A letter never moves from {state} to {to}")
        return self.filter(state__in=from_states).update(state=to, **changes)


def stood_for() -> Exists:
    """Whether the letter was sent again, or the one it repeats later than this, and that is over."""
    later = Q(resend_of=OuterRef("pk")) | Q(resend_of=OuterRef("resend_of"), pk__gt=OuterRef("pk"))
    return Exists(Notification.objects.filter(later).filter(Q(state__in=WELL) | GIVEN_UP))


class Notification(models.Model):
    State = State

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="notifications")
    template_code = models.CharField(max_length=64)
    account = models.ForeignKey("plans.Account", models.PROTECT, null=True, blank=True, related_name="notifications")
    order = models.ForeignKey("plans.Order", models.PROTECT, null=True, blank=True, related_name="notifications")
    subscription = models.ForeignKey(
        "plans.Subscription", models.PROTECT, null=True, blank=True, related_name="notifications"
    )
    storefront = models.ForeignKey(
        "plans.Storefront",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="The reseller's in whose name it is written; none: the operator's own",
    )
    occasion = models.CharField(max_length=120, help_text="What it is about, as in order:1874")
    key = models.CharField(max_length=520, unique=True, help_text="template:occasion:recipient:resend number")

    recipient_email = models.CharField(max_length=254)
    recipient_name = models.CharField(max_length=120, blank=True)
    recipient_user = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=3, choices=RecipientKind, default=RecipientKind.TO)
    language = models.CharField(max_length=8, default="en")
    from_name = models.CharField(max_length=120, blank=True)
    from_email = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    reason = models.CharField(max_length=300, help_text="Why it was sent, in one sentence")
    secret_kind = models.CharField(max_length=32, blank=True, help_text="Which maker makes its secret link")

    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True, help_text="When the sweeper last rang for it")
    lease_owner = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=320, blank=True)
    provider_id = models.CharField(max_length=320, blank=True)
    possible_duplicate = models.BooleanField(default=False)
    resend_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="resends")
    resend_number = models.PositiveSmallIntegerField(default=0)
    posted_by = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    dealt_with_at = models.DateTimeField(null=True, blank=True, help_text="When staff marked it as dealt with")
    dealt_with_by = models.ForeignKey(
        "plans.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    words_removed_at = models.DateTimeField(null=True, blank=True, help_text="When they had been kept long enough")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="letter_state_known"),
            models.CheckConstraint(condition=Q(kind__in=["to", "cc", "bcc"]), name="letter_kind_known"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_owner__isnull=False, lease_until__isnull=False),
                name="letter_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "retry"]) | Q(next_attempt_at__isnull=False),
                name="letter_waiting_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered"]) | Q(sent_at__isnull=False), name="letter_sent_has_time"
            ),
        ]
        indexes = [
            # Not a partial one: SQLite cannot use that for a question whose values are parameters.
            models.Index(fields=["state", "next_attempt_at"], name="letter_due"),
            models.Index(fields=["operator", "-id"], name="letter_newest"),
            models.Index(fields=["operator", "created_at", "id"], name="letter_by_time"),
            models.Index(fields=["operator", "words_removed_at", "created_at"], name="letter_with_words"),
            models.Index(fields=["operator", "state", "-id"], name="letter_by_state"),
            models.Index(fields=["operator", "template_code", "-id"], name="letter_by_template"),
            models.Index(fields=["operator", "created_at", "template_code", "sent_at"], name="letter_by_day"),
            models.Index(fields=["account", "-id"], name="letter_of_account"),
            models.Index(fields=["order", "id"], name="letter_of_order"),
            # Partial ones, small whatever there is: PostgreSQL uses them, SQLite comes by state, or reads.
            models.Index(fields=["operator", "-id"], condition=NOT_DEALT_WITH, name="letter_not_dealt_with"),
            models.Index(fields=["operator", "-id"], condition=Q(possible_duplicate=True), name="letter_maybe_twice"),
            models.Index(fields=["recipient_user", "read_at"], name="letter_of_user"),
            models.Index(fields=["recipient_user", "-id"], name="letter_of_user_newest"),
            models.Index(fields=["message_id"], name="letter_by_message_id"),
            models.Index(fields=["provider_id"], name="letter_by_provider_id"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.recipient_email}"

    @property
    def is_uncertain(self) -> bool:
        return self.state == State.UNKNOWN
