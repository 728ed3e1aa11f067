"""Turns that no web process is running: taken up by a worker."""

import asyncio
import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from apps.actions.models import ActionRun
from apps.answering import deciding, running
from apps.conversations.models import Turn
from berrydesk.db import leases
from berrydesk.db.scopes import every_workspace
from berrydesk.db.tasks import DURABLE

log = logging.getLogger(__name__)

GRACE_S = 3
"""A web process claims a turn within milliseconds; one that waits longer needs a worker."""

EXPIRES_S = 10
"""A later sweep sends anew what a busy queue held longer than this: it never fills up with the same turn."""


@shared_task(**DURABLE)
def run_turn(workspace_id, turn_id):
    """Carry one turn to its end."""
    asyncio.run(running.run_in_order(workspace_id, turn_id))


@shared_task(**DURABLE)
def call_person(workspace_id, run_id):
    """An action run that needs a person has one called."""
    deciding.call_person(workspace_id, run_id)


def on_run_needs_person(sender, workspace_id, run_id, **_ignored):
    """News from below: a worker calls somebody. Should the queue not take it, the sweep finds the row."""
    try:
        call_person.delay(workspace_id, run_id)
    except (OSError, OperationalError) as error:
        log.warning("Run %s waits for the sweep, the queue did not take it: %s", run_id, error)


@shared_task(**DURABLE)
def sweep():
    """Every turn that nobody works on is handed to a worker, the oldest of each conversation first.

    Runs of which nobody heard that they need a person are told of again.
    """
    with every_workspace("turns of any workspace may have lost their process"):
        waiting = (
            leases.free(Turn.objects.open())
            .filter(created_at__lt=timezone.now() - timedelta(seconds=GRACE_S))
            .order_by("conversation_id", "created_at")
            .distinct("conversation_id")
            .values_list("workspace_id", "pk")
        )
        found = list(waiting[:500])
        uncalled = list(
            ActionRun.objects.needing_person()
            .filter(person_called_at=None)
            .values_list("workspace_id", "pk")[:500]
        )
    for workspace_id, turn_id in found:
        run_turn.apply_async((str(workspace_id), str(turn_id)), expires=EXPIRES_S)
    for workspace_id, run_id in uncalled:
        call_person.apply_async((str(workspace_id), str(run_id)), expires=EXPIRES_S)
    return len(found)
