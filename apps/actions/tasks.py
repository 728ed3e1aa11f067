"""Runs are carried out by workers; the sweep finds those that lost theirs."""

from celery import shared_task
from django.utils import timezone

from apps.actions import running
from apps.actions.models import ActionRun, State
from berrydesk.db import leases
from berrydesk.db.scopes import every_workspace, in_workspace
from berrydesk.db.tasks import DURABLE

MOST_AT_ONCE = 200
EXPIRES_S = 10
"""A later sweep sends anew what a busy queue held longer than this: it never fills up with the same run."""


@shared_task(**DURABLE)
def run_action(workspace_id, run_id):
    """Carry one run as far as it goes now."""
    with in_workspace(workspace_id):
        running.perform(run_id)


@shared_task(**DURABLE)
def sweep():
    """Runs that nobody works on are handed to a worker; those nobody agreed to in time are ended."""
    with every_workspace("runs of any workspace may have lost their worker"):
        due = list(
            leases.free(ActionRun.objects.due())
            .order_by("created_at")
            .values_list("workspace_id", "pk")[:MOST_AT_ONCE]
        )
        late = list(
            ActionRun.objects.filter(
                state__in=[State.PROPOSED, State.AWAITING_APPROVAL], expires_at__lt=timezone.now()
            )[:MOST_AT_ONCE]
        )
    for workspace_id, run_id in due:
        run_action.apply_async((str(workspace_id), str(run_id)), expires=EXPIRES_S)
    for run in late:
        with in_workspace(run.workspace_id):
            running.expire(run)
    return len(due) + len(late)
