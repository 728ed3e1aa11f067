"""Syncs and sweeps of the knowledge, carried by workers."""

import time
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.knowledge import removing, reviewing, scheduling, sweeping, syncing
from apps.knowledge.embeddings import filling
from apps.knowledge.finding_models import Sweep
from apps.knowledge.missing import asking, checking
from apps.knowledge.models import Source
from apps.knowledge.question_models import QuestionCheck
from apps.knowledge.retrieval import calibration
from apps.knowledge.review_models import PendingChange
from apps.knowledge.space_models import EmbeddingSpace
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
def remove_source(workspace_id, source_id):
    """Take a source that is being removed away: to its end, or to the end of this run's time, then wake the next."""
    with in_workspace(workspace_id):
        leaving = Source.also_being_removed.being_removed()
        with leases.claim(Source, source_id, for_s=LEASE_S, among=leaving) as source:
            is_over = source is None or removing.remove(source)
    if not is_over:
        remove_source.delay(workspace_id, source_id)


@shared_task(**DURABLE)
def carry_out_changes(workspace_id, source_id):
    """Every accepted change of the source is live; what this run leaves over, the next does."""
    ends_at = time.monotonic() + syncing.RUN_S
    with in_workspace(workspace_id):
        source = Source.objects.filter(pk=source_id).first()
        is_over = source is None or reviewing.carry_out(source, lambda: time.monotonic() > ends_at)
    if not is_over:
        carry_out_changes.delay(workspace_id, source_id)


@shared_task(**DURABLE)
def check_questions(workspace_id, check_id):
    """An agent's threshold fits what it knows today, and its likely questions are asked of that."""
    with in_workspace(workspace_id), leases.claim(QuestionCheck, check_id, for_s=LEASE_S) as row:
        if row and row.due_at:
            calibration.keep_up(row.agent)
            checking.check(row)


@shared_task(**DURABLE)
def embed_passages(workspace_id, space_id):
    """Carry the embeddings of one space on: to their end, or to the end of this run's time, then wake the next."""
    with in_workspace(workspace_id), leases.claim(EmbeddingSpace, space_id, for_s=LEASE_S) as space:
        is_over = space is None or filling.fill(space)
    if not is_over:
        embed_passages.delay(workspace_id, space_id)


@shared_task(**DURABLE)
def sweep():
    """Whatever should be at work and that nobody works on is handed to a worker: how many rows that are."""
    _begin_due()
    return _sweep_syncs() + _sweep_removals() + _sweep_changes() + _sweep_questions() + _sweep_spaces()


def _begin_due():
    """A sync of every source whose time has come waits for a worker."""
    now = timezone.now()
    with every_workspace("sources of any workspace may be due"):
        found = list(Source.objects.due(now).order_by("next_sync_at")[:500])
    for source in found:
        with in_workspace(source.workspace_id):
            scheduling.begin_if_due(source, now)


def _sweep_removals():
    with every_workspace("removals of any workspace may have lost their worker"):
        late = leases.free(Source.also_being_removed.being_removed()).filter(
            removal_asked_at__lt=timezone.now() - timedelta(seconds=GRACE_S)
        )
        found = list(late.order_by("removal_asked_at").values_list("workspace_id", "pk")[:500])
    for workspace_id, source_id in found:
        remove_source.apply_async((str(workspace_id), str(source_id)), expires=EXPIRES_S)
    return len(found)


def _sweep_changes():
    with every_workspace("accepted changes of any workspace may have lost their worker"):
        late = PendingChange.objects.accepted().filter(
            accepted_at__lt=timezone.now() - timedelta(seconds=GRACE_S), source__removal_asked_at=None
        )
        found = list(late.order_by().values_list("workspace_id", "source_id").distinct()[:500])
    for workspace_id, source_id in found:
        carry_out_changes.apply_async((str(workspace_id), str(source_id)), expires=EXPIRES_S)
    return len(found)


def _sweep_questions():
    with every_workspace("the knowledge of any workspace may have changed"):
        found = list(leases.free(asking.due(timezone.now())).values_list("workspace_id", "pk")[:100])
    for workspace_id, check_id in found:
        check_questions.apply_async((str(workspace_id), str(check_id)), expires=EXPIRES_S)
    return len(found)


def _sweep_spaces():
    with every_workspace("the embeddings of any workspace may lack some"):
        found = list(leases.free(filling.due(timezone.now())).values_list("workspace_id", "pk")[:100])
    for workspace_id, space_id in found:
        embed_passages.apply_async((str(workspace_id), str(space_id)), expires=EXPIRES_S)
    return len(found)


def _sweep_syncs():
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


@shared_task(**DURABLE)
def sweep_knowledge(workspace_id, sweep_id):
    """Carry one agent's sweep on: to its end, or to the end of this run's time, then wake the next."""
    with in_workspace(workspace_id), leases.claim(Sweep, sweep_id, for_s=LEASE_S) as row:
        is_over = row is None or row.due_at is None or sweeping.sweep(row)
    if not is_over:
        sweep_knowledge.delay(workspace_id, sweep_id)


@shared_task(**DURABLE)
def sweep_due():
    """Every agent's knowledge that is due to be swept and that nobody sweeps is handed to a worker."""
    with every_workspace("sweeps of any workspace may be due"):
        found = list(sweeping.due_sweeps(timezone.now()).values_list("workspace_id", "pk")[:200])
    for workspace_id, sweep_id in found:
        sweep_knowledge.apply_async((str(workspace_id), str(sweep_id)), expires=EXPIRES_S)
    return len(found)
