"""Starting turns: at once in the web process, as a task that outlives the request; else in a worker."""

import asyncio
import functools
import logging

from apps.answering import engine
from apps.conversations.models import Turn
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit

log = logging.getLogger(__name__)

_tasks = set()  # the loop keeps only weak references to its tasks


def start(workspace_id, turn_id, admitted=None):
    """Run the turn in this event loop without waiting for it; ``admitted``: it is leased to us and was read already."""
    task = asyncio.get_running_loop().create_task(run_in_order(workspace_id, turn_id, admitted))
    _tasks.add(task)
    task.add_done_callback(_done)


def to_its_end(work):
    """What the coroutine function ``work`` does is done to its end, though whoever awaits it is cancelled.

    Django cancels a view whose visitor leaves: a turn that was stored, leased to us, would then be run by nobody.
    """

    @functools.wraps(work)
    async def done(*args, **kwargs):
        task = asyncio.get_running_loop().create_task(work(*args, **kwargs))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)
        return await asyncio.shield(task)

    return done


async def run_in_order(workspace_id, turn_id, admitted=None):
    """Run the turn, then whichever turn of its conversation waited for it."""
    while turn_id:
        if not await engine.run(workspace_id, turn_id, admitted):
            return
        admitted = None
        turn_id = await database_unit(_next, workspace_id, turn_id)


def _next(workspace_id, turn_id):
    with in_workspace(workspace_id):
        same = Turn.objects.filter(pk=turn_id).values("conversation_id")
        waiting = Turn.objects.open().filter(conversation_id__in=same).in_order()
        return waiting.values_list("pk", flat=True).first()


def _done(task):
    _tasks.discard(task)
    if not task.cancelled() and task.exception():
        # The lease runs out and the sweep takes the turn up again; the cause belongs in the log.
        log.error("A turn was interrupted", exc_info=task.exception())
