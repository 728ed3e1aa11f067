"""The circuit breaker: a provider that fails again and again is left alone for a while, by all processes."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.connections.models import Connection
from apps.routing.failures import OF_THE_REQUEST
from apps.routing.models import ProviderHealth

NEVER = datetime.min.replace(tzinfo=UTC)
FAILURES = 3
WINDOW = timedelta(minutes=1)
REST = timedelta(seconds=30)
"""After three failures within a minute nobody asks the provider for half a minute."""

LONGEST_REST_S = 300
"""The most that a provider's own Retry-After is heeded: then it is tried once more."""

OK_NOTED_EVERY = timedelta(minutes=1)
"""A success that changes nothing is written at most this often: not one write per answer."""


def note_failure(connection_id, failure, *, model="", now=None):
    """The failure is on record; enough of them within a minute, and the provider rests. Scope needed."""
    now = now or timezone.now()
    with transaction.atomic():
        health = _locked(connection_id)
        if health is None:
            return
        health.last_failed_at = now
        health.last_failure = {
            "kind": failure.kind,
            "message": failure.message,
            "remedy": failure.remedy,
            "said": failure.said,
            "model": model,
        }
        if failure.is_about_the_provider():
            _count(health, failure, now)
        health.save()


def note_success(connection_id, *, now=None):
    """The provider answered: what was counted against it is forgotten. Scope needed."""
    now = now or timezone.now()
    health = ProviderHealth.objects.filter(connection_id=connection_id).first()
    if health and _is_well(health) and health.last_ok_at and now - health.last_ok_at < OK_NOTED_EVERY:
        return
    with transaction.atomic():
        health = _locked(connection_id)
        if health is not None:
            health.failures, health.counted_from, health.resting_until = 0, None, None
            health.last_ok_at = now
            health.save()


def trouble():
    """{connection id: what went wrong last} of each provider that failed since it last did well. Scope needed.

    What says nothing about the provider (a question too long for the model, say) is left out.
    """
    return {
        row.connection_id: row.last_failure
        for row in ProviderHealth.objects.exclude(last_failed_at=None).select_related("connection")
        if row.last_failure.get("kind") not in OF_THE_REQUEST
        and row.last_failed_at > max(filter(None, (row.last_ok_at, row.connection.checked_at)), default=NEVER)
    }


def rests(connection, *, now=None):
    """Whether the connection's provider rests. Read the connection with its ``health``. Scope needed."""
    known = getattr(connection, "health", None)
    return known is not None and known.is_resting(now)


def _is_well(health):
    return not health.failures and health.resting_until is None


def _count(health, failure, now):
    if health.counted_from is None or now - health.counted_from > WINDOW:
        # A provider that just rested gets one try, not three.
        came_back = health.resting_until is not None and now - health.resting_until < WINDOW
        health.failures, health.counted_from = (FAILURES - 1 if came_back else 0), now
    health.failures += 1
    if failure.kind == "rate_limited" and failure.retry_after_s:
        health.resting_until = now + timedelta(seconds=min(failure.retry_after_s, LONGEST_REST_S))
    if health.failures >= FAILURES:
        health.resting_until = max(health.resting_until or now, now + REST)
        health.failures, health.counted_from = 0, None  # resting_until tells that it was counted out


def _locked(connection_id):
    """The connection's health row, locked; made when there is none; None when the connection is gone."""
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None:
        return None
    ProviderHealth.objects.bulk_create(
        [ProviderHealth(workspace_id=connection.workspace_id, connection=connection)], ignore_conflicts=True
    )
    return ProviderHealth.objects.select_for_update(of=("self",)).get(connection_id=connection_id)
