"""Syncs, carried by workers."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.knowledge import syncing
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.db.scopes import every_workspace, in_workspace
from berrydesk.db.tasks import DURABLE

LEASE_S = 20
"""A worker that was killed is missed after this long."""
GRACE_S = 10
"""A source that waits longer has lost its wake-up."""
EXPIRES_S = 60
"""A later sweep sends it again anyway."""


@shared_task(**DURABLE)
def sync_source(workspace_id, source_id):
    """Carry one source on: to the end of its sync, or to the end of this run's time, then wake the next."""
    with in_workspace(workspace_id), leases.claim(Source, source_id, for_s=LEASE_S) as source:
        is_over = source is None or syncing.sync(source)
    if not is_over:
        sync_source.delay(workspace_id, source_id)


@shared_task(**DURABLE)
def sweep():
    """Every source that should be at work and that nobody works on is handed to a worker."""
    with every_workspace("sources of any workspace may have lost their worker"):
        waiting = (
            leases.free(Source.objects.at_work())
            .exclude(created_at__gt=timezone.now() - timedelta(seconds=GRACE_S))
            .order_by("created_at")
            .values_list("workspace_id", "pk")
        )
        found = list(waiting[:500])
    for workspace_id, source_id in found:
        sync_source.apply_async((str(workspace_id), str(source_id)), expires=EXPIRES_S)
    return len(found)
