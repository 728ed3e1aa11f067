"""Is it alive, is it ready: for whoever watches the processes."""

import time

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse

from berrydesk import pulse


def alive(request):
    """200 as long as the process answers."""
    return JsonResponse({"status": "alive"})


def ready(request):
    """200 when database, migrations and a worker are there; else 503 with what is missing."""
    checks = {"database": _database(), "migrations": False, "worker": False}
    if checks["database"]:
        executor = MigrationExecutor(connection)
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["worker"] = pulse.age_s() < pulse.DEAD_AFTER_S
    whole = all(checks.values())
    return JsonResponse(
        {"status": "ready" if whole else "not ready", "checks": checks, "at": int(time.time())},
        status=200 if whole else 503,
    )


def _database():
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


alive.open_to = ready.open_to = "everyone: says nothing about any workspace"
