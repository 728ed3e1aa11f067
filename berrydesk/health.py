"""Is it alive, is it ready: for whoever watches the processes."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone

from apps.workspaces.access import open_to_everyone
from berrydesk import pulse
from berrydesk.db.scopes import every_workspace

LATE_AFTER_S = 120
"""A visitor's message that nobody has begun to answer for this long means that the workers do not keep up."""


@open_to_everyone("Says nothing about any workspace.")
def alive(request):
    """200 as long as the process answers."""
    return JsonResponse({"status": "alive"})


@open_to_everyone("Says nothing about any workspace.")
def ready(request):
    """200 when database, migrations, a worker and a queue that keeps up are there; else 503 and what is missing."""
    checks = {"database": False, "migrations": False, "worker": False, "queue": False}
    facts = {}
    try:
        checks["migrations"] = _migrated()
        checks["database"] = True
        if checks["migrations"]:
            facts = {"worker_seen_s": _rounded(pulse.age_s()), "queue_age_s": _rounded(_queue_age_s())}
            checks["worker"] = pulse.age_s() < pulse.DEAD_AFTER_S
            checks["queue"] = facts["queue_age_s"] < LATE_AFTER_S
            facts["row_security"] = _bound_by_policies()
    except DatabaseError:
        checks["database"] = False
    whole = all(checks.values())
    body = {"status": "ready" if whole else "not ready", "checks": checks, **facts}
    return JsonResponse(body, status=200 if whole else 503)


def _migrated():
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _queue_age_s():
    """How long the oldest turn has waited for somebody to begin it."""
    from apps.conversations.models import Turn

    with every_workspace("The queue of the whole installation is measured."):
        waiting = Turn.objects.open().filter(started_at=None).order_by("created_at")
        oldest = waiting.values_list("created_at", flat=True).first()
    return (timezone.now() - oldest).total_seconds() if oldest else 0


def _bound_by_policies():
    """False where the database's role is a superuser: it would pass by row-level security, the second wall."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user")
        return cursor.fetchone()[0]


def _rounded(seconds):
    """Seconds for people; None for never."""
    return None if seconds == float("inf") else round(seconds, 1)
