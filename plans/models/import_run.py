"""ImportRun: a file of resellers on its way in. ImportFate: what became of one of its rows."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ImportRun(models.Model):
    """Holds the file until its last row is in, and no longer. `key` is that of its check: one check, one run."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    by = models.ForeignKey("plans.User", models.PROTECT, related_name="+")
    key = models.CharField(max_length=32)
    filename = models.CharField(max_length=120)
    content = models.BinaryField()
    send_letters = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0, help_text="Since a row was last brought in")
    created_at = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(null=True)
    lease_owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "key"], name="import_once_per_check"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "running", "done"]), name="import_state_known"),
            models.CheckConstraint(condition=Q(done__lte=models.F("total")), name="import_done_of_total"),
            models.CheckConstraint(
                condition=Q(state="done", ended_at__isnull=False) | (~Q(state="done") & Q(ended_at__isnull=True)),
                name="import_ended_when_done",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=~Q(state="done"), name="import_under_way")]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_over(self) -> bool:
        return self.state == self.State.DONE


class ImportFate(models.Model):
    """Written in the transaction that brings the row in: there is one for each row that is done with."""

    class Kind(models.TextChoices):
        CREATE = "create", "Created"
        UNCHANGED = "unchanged", "Unchanged"
        REFUSED = "refused", "Refused"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="fates")
    line = models.PositiveIntegerField()
    account = models.CharField(max_length=120)
    plan = models.CharField(max_length=60)
    kind = models.CharField(max_length=9, choices=Kind)
    text = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "line"], name="fate_once_per_row"),
            models.CheckConstraint(condition=Q(kind__in=["create", "unchanged", "refused"]), name="fate_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.text}"
