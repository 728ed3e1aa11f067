"""Turns that no web process is running: taken up by a worker."""

import asyncio
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.answering import running
from apps.conversations.models import Turn
from berrydesk.db import leases
from berrydesk.db.scopes import every_workspace
from berrydesk.db.tasks import DURABLE

GRACE_S = 3
"""A web process claims a turn within milliseconds; one that waits longer needs a worker."""

EXPIRES_S = 10
"""A later sweep sends anew what a busy queue held longer than this: it never fills up with the same turn."""


@shared_task(**DURABLE)
def run_turn(workspace_id, turn_id):
    """Carry one turn to its end."""
    asyncio.run(running.run_in_order(workspace_id, turn_id))


@shared_task(**DURABLE)
def sweep():
    """Every turn that nobody works on is handed to a worker, the oldest of each conversation first."""
    with every_workspace("turns of any workspace may have lost their process"):
        waiting = (
            leases.free(Turn.objects.open())
            .filter(created_at__lt=timezone.now() - timedelta(seconds=GRACE_S))
            .order_by("conversation_id", "created_at")
            .distinct("conversation_id")
            .values_list("workspace_id", "pk")
        )
        found = list(waiting[:500])
    for workspace_id, turn_id in found:
        run_turn.apply_async((str(workspace_id), str(turn_id)), expires=EXPIRES_S)
    return len(found)
