"""WorkerHeartbeat: when a worker last said that it lives, and when it last swept. One row per worker of the house."""

from django.db import models
from django.db.models.functions import Now


class WorkerHeartbeat(models.Model):
    """Written by each worker's sweeper. It belongs to the installation, not to an operator."""

    worker = models.CharField(max_length=160, unique=True, help_text="orders@host: the node name Celery knows it by")
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())
    own_clock_at = models.DateTimeField(null=True, blank=True, help_text="Its own clock when it said so")
    swept_at = models.DateTimeField(null=True, blank=True)
    last_sweep = models.JSONField(default=dict, help_text="What the last sweep found: {'orders': 0, 'letters': 0}")

    def __str__(self) -> str:
        return self.worker
