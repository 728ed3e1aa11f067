"""Calls that must have one effect however often they are sent."""

from django.db import models
from django.utils import timezone

from berrydesk.db.models import WorkspaceModel


class IdempotentCall(WorkspaceModel):
    """A creating call under its ``Idempotency-Key``, and what it answered.

    Written in the transaction of the effect: a second call waits for the first, then repeats its answer. Kept for
    thirty days.
    """

    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="one_call_per_idempotency_key")
        ]
        indexes = [models.Index(fields=["created_at"], name="calls_that_grow_old")]
