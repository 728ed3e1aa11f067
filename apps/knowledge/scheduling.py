"""When sources are read again: each as often as its owner chose, the nightly ones when the business sleeps."""

import zoneinfo
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.knowledge import curating_errors
from apps.knowledge.models import Source, SourceKind, SourceStatus
from apps.workspaces import auditing

NIGHT_STARTS_AT = 1
NIGHT_MINUTES = 240
"""Nightly syncs spread over one to five o'clock, each source at a minute of its own."""

CHOICES = [
    (1, gettext_lazy("every hour")),
    (24, gettext_lazy("every night")),
    (168, gettext_lazy("every week")),
    (None, gettext_lazy("only when I press Sync")),
]

UNCHANGING = (SourceKind.FILE, SourceKind.TEXT, SourceKind.QA, SourceKind.API, SourceKind.CONVERSATIONS)
"""What these hold changes only by the owner's own hand: there is nothing to look for."""


def words(every_hours):
    """How often that is, as a part of a sentence."""
    for hours, label in CHOICES:
        if hours == every_hours:
            return str(label)
    return _("every %s hours") % every_hours


def can_repeat(source):
    """True where reading again by itself can find anything new."""
    return source.kind not in UNCHANGING


def next_at(source, now):
    """When the source is due after a sync that ended ``now``; None when only its owner begins one."""
    if not source.every_hours:
        return None
    if source.every_hours < 24:
        return now + timedelta(hours=source.every_hours)
    earliest = now + timedelta(hours=source.every_hours - 23)
    zone = _zone(source.workspace)
    local = earliest.astimezone(zone)
    minute = int(str(source.pk).replace("-", "")[-6:], 16) % NIGHT_MINUTES
    moment = timedelta(hours=NIGHT_STARTS_AT, minutes=minute)
    night = datetime(local.year, local.month, local.day, tzinfo=zone) + moment
    if night < local:
        night += timedelta(days=1)
    return night.astimezone(UTC)


def keep_fresh(source, every_hours, by=None):
    """The source is read again that often from now on. Raises NoSuchRhythm."""
    if every_hours not in [hours for hours, _label in CHOICES] or (every_hours and not can_repeat(source)):
        raise curating_errors.NoSuchRhythm()
    with transaction.atomic():
        row = Source.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=source.pk)
        if row.every_hours != every_hours:
            row.every_hours = every_hours
            row.next_sync_at = next_at(row, timezone.now())
            row.save(update_fields=["every_hours", "next_sync_at"])
            said = _("%(source)s is kept fresh: %(rhythm)s") % {
                "source": row.name,
                "rhythm": words(every_hours),
            }
            auditing.record(row.workspace_id, by, "source.schedule", row, said)
    return row


def news(source):
    """What the last sync brought, as a sentence; empty where it brought nothing that is live."""
    fresh = source.learned - source.unchanged
    if source.is_at_work or not source.learned:
        return ""
    if not fresh:
        return "" if source.changes.waiting().exists() else _("Nothing had changed.")
    return ngettext(
        "%(n)s document is new or has changed.", "%(n)s documents are new or have changed.", fresh
    ) % {"n": fresh}


def begin(row):
    """A new sync waits for a worker. The caller holds the row's lock."""
    row.sync_number += 1
    row.status = SourceStatus.QUEUED
    row.found = row.learned = row.skipped = row.failed = row.unchanged = 0
    row.cursor, row.problem = {}, None
    row.sync_started_at = row.stop_asked_at = None
    row.attempts, row.lease_by, row.lease_until = 0, "", None
    row.save()
    row.visits.all().delete()


def begin_if_due(source, now):
    """True when a sync of the source was due and waits for a worker now; of several callers for one."""
    with transaction.atomic():
        row = (
            Source.objects.due(now)
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=source.pk)
            .first()
        )
        if row is None:
            return False
        begin(row)
    return True


def _zone(workspace):
    try:
        return zoneinfo.ZoneInfo(workspace.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return UTC
