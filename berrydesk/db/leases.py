"""Work that is claimed from rows: one worker at a time, and another takes over when it dies.

A lease is a time stamp and a random name on the row. It is taken with ``SKIP LOCKED``, prolonged by a
heartbeat while the work goes on, and worth nothing once it has run out: a sweep then finds the row again.
"""

import contextlib
import secrets
import threading
from datetime import timedelta

from django.db import connection, models, transaction
from django.utils import timezone

from berrydesk.db.scopes import current_workspace_id, in_workspace


class Leased(models.Model):
    """A row that is worked on under a lease."""

    lease_until = models.DateTimeField(null=True, editable=False)
    lease_by = models.CharField(max_length=32, blank=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


def free(queryset):
    """The rows of ``queryset`` that nobody holds a valid lease on."""
    return queryset.filter(models.Q(lease_until=None) | models.Q(lease_until__lt=timezone.now()))


def is_free(row):
    """True when nobody works on the row, though it may be resting."""
    return not row.lease_by or row.lease_until is None or row.lease_until < timezone.now()


def take(queryset, *, for_s):
    """Lease the first free row of ``queryset`` and return it; None when there is none. One transaction."""
    with transaction.atomic():
        row = free(queryset).select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.lease_by = secrets.token_hex(16)
        row.lease_until = timezone.now() + timedelta(seconds=for_s)
        row.attempts += 1
        row.save(update_fields=["lease_by", "lease_until", "attempts"])
    return row


def extend(row, *, for_s):
    """True when the lease was still ours and now lasts ``for_s`` more seconds; False when it was lost."""
    until = timezone.now() + timedelta(seconds=for_s)
    held = type(row)._base_manager.filter(pk=row.pk, lease_by=row.lease_by).exclude(lease_by="")
    return bool(held.update(lease_until=until))


def release(row):
    """Give the lease back, if it is still ours."""
    type(row)._base_manager.filter(pk=row.pk, lease_by=row.lease_by).update(lease_until=None, lease_by="")


def rest(row, *, for_s):
    """Give the lease back so that nobody takes the row for so long; a sweep finds it afterwards."""
    until = timezone.now() + timedelta(seconds=for_s)
    held = type(row)._base_manager.filter(pk=row.pk, lease_by=row.lease_by).exclude(lease_by="")
    held.update(lease_until=until, lease_by="")


def still_held(row):
    """Lock the row within the caller's transaction and say whether its lease is still ours.

    The fence: who lost the lease while working must not record a result.
    """
    return (
        type(row)
        ._base_manager.select_for_update()
        .filter(pk=row.pk, lease_by=row.lease_by, lease_until__gt=timezone.now())
        .exists()
    )


@contextlib.contextmanager
def claim(model, pk, *, for_s=15):
    """The leased row, kept alive by a heartbeat while the block runs, or None when another has it."""
    row = take(model.objects.filter(pk=pk), for_s=for_s)
    if row is None:
        yield None
        return
    stop = threading.Event()
    heart = threading.Thread(target=_beat, args=(row, for_s, stop, current_workspace_id()), daemon=True)
    heart.start()
    try:
        yield row
    finally:
        stop.set()
        heart.join()
        release(row)


def _beat(row, for_s, stop, workspace_id):
    """Prolong the lease every third of its length until told to stop or until it was lost."""
    try:
        while not stop.wait(for_s / 3):
            with in_workspace(workspace_id):
                if not extend(row, for_s=for_s):
                    return
    finally:
        connection.close()
