"""Work that is claimed from rows: one worker at a time, and another takes over when it dies.

A lease is a time stamp and a random name on the row. It is taken with ``SKIP LOCKED``, prolonged by a
heartbeat while the work goes on, and worth nothing once it has run out: a sweep then finds the row again.
Only the database's clock counts: those of several machines never agree.
"""

import contextlib
import logging
import secrets
import threading
import time
from datetime import timedelta

from django.db import connection, models, transaction
from django.db.models.functions import Now

from berrydesk.db.scopes import current_workspace_id, in_workspace

log = logging.getLogger(__name__)


class LostLease(Exception):
    """Another worker has the row, or it was deleted: nothing more may be recorded."""


class Leased(models.Model):
    """A row that is worked on under a lease."""

    lease_until = models.DateTimeField(null=True, editable=False)
    lease_by = models.CharField(max_length=32, blank=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


def free(queryset):
    """The rows of ``queryset`` that nobody holds a valid lease on."""
    return queryset.filter(models.Q(lease_until=None) | models.Q(lease_until__lt=Now()))


def is_free(row):
    """True when nobody works on the row, though it may be resting."""
    return not row.lease_by or free(type(row)._base_manager.filter(pk=row.pk)).exists()


def take(queryset, *, for_s):
    """Lease the first free row of ``queryset`` and return it; None when there is none. One transaction."""
    with transaction.atomic():
        row = free(queryset).select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        type(row)._base_manager.filter(pk=row.pk).update(
            lease_by=secrets.token_hex(16), lease_until=_in(for_s), attempts=row.attempts + 1
        )
        row.refresh_from_db(fields=["lease_by", "lease_until", "attempts"])
    return row


def from_the_start(for_s):
    """What a row is made with that is leased from its first moment, as by ``take``."""
    return {"lease_by": secrets.token_hex(16), "lease_until": _in(for_s), "attempts": 1}


def extend(row, *, for_s):
    """True when the lease was still ours and now lasts ``for_s`` more seconds; False when it was lost."""
    held = type(row)._base_manager.filter(pk=row.pk, lease_by=row.lease_by).exclude(lease_by="")
    return bool(held.update(lease_until=_in(for_s)))


def release(row):
    """Give the lease back, if it is still ours."""
    type(row)._base_manager.filter(pk=row.pk, lease_by=row.lease_by).update(lease_until=None, lease_by="")


def rest(row, *, for_s):
    """Give the lease back so that nobody takes the row for so long; a sweep finds it afterwards."""
    held = type(row)._base_manager.filter(pk=row.pk, lease_by=row.lease_by).exclude(lease_by="")
    held.update(lease_until=_in(for_s), lease_by="")


def still_held(row):
    """Lock the row within the caller's transaction and say whether its lease is still ours.

    The fence: who lost the lease while working must not record a result.
    """
    return _held(row).exists()


def held(row):
    """As ``still_held``: the row as it is now, locked, or None when its lease is not ours any more."""
    return next(iter(_held(row)), None)


@contextlib.contextmanager
def claim(model, pk, *, for_s=15, among=None):
    """The leased row, kept alive by a heartbeat while the block runs, or None when another has it.

    ``among``: the rows it is one of, where ``model.objects`` leaves it out.
    """
    rows = model.objects if among is None else among
    row = take(rows.filter(pk=pk), for_s=for_s)
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


@contextlib.contextmanager
def alone(name):
    """True while nobody else, in any process, is at what ``name`` says; False at once where somebody is.

    Belongs to the session with the database, so it ends with the process.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        is_ours = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _held(row):
    rows = type(row)._base_manager.select_for_update(of=("self",))
    return rows.filter(pk=row.pk, lease_by=row.lease_by, lease_until__gt=Now())


def _in(seconds):
    return Now() + timedelta(seconds=seconds)


def _beat(row, for_s, stop, workspace_id):
    """Prolong the lease every third of its length until told to stop or until it was lost.

    A database that cannot be reached for a moment is asked again while the lease may still be ours.
    """
    kept_at, pause_s = time.monotonic(), for_s / 3
    while not stop.wait(pause_s):
        began = time.monotonic()
        try:
            with in_workspace(workspace_id):
                if not extend(row, for_s=for_s):
                    return
            kept_at, pause_s = began, for_s / 3
        except Exception as problem:  # whatever it was, the lease is ours until it has run out
            log.warning("A lease could not be prolonged, trying again: %s", problem)
            if began - kept_at > for_s:
                return
            pause_s = for_s / 15
        finally:
            connection.close()
