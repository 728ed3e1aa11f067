"""A plugin is called in a thread of its own and cut off when it hangs."""

import asyncio
import contextvars
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connections

CUT_OFF_S = 10
"""A call that takes longer is given up; its thread is left behind and its result ignored."""

START_WITHIN_S = 5
"""A process that was stopped for longer before the call must not make it: another may have taken over."""

THREADS = 16
"""So many chats of a process may wait for plugins at once; the rest of it does not wait with them."""

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="actions")


class CutOff(Exception):
    """The plugin did not come back in time: what it did is not known. ``thread`` may still be at it."""

    def __init__(self, thread, words=f"It gave no answer within {CUT_OFF_S} seconds."):
        super().__init__(words)
        self.thread = thread


class TooLate(Exception):
    """The call was not made, because this process was held up before it."""


def call(work, *, not_after=None, cut_off_s=CUT_OFF_S):
    """What ``work()`` returns or raises, within ``cut_off_s``. Raises CutOff, TooLate.

    ``not_after`` is the ``time.monotonic()`` after which the call must not begin. No database connection is
    held meanwhile, unless the caller is inside a transaction.
    """
    box = queue.SimpleQueue()

    def carry():
        try:
            if not_after is not None and time.monotonic() > not_after:
                raise TooLate
            box.put((work(), None))
        except BaseException as error:  # handed to the caller, whatever a plugin raises
            box.put((None, error))

    _give_connections_back()
    # A context of its own: what a plugin runs is in no workspace's scope.
    thread = threading.Thread(target=contextvars.Context().run, args=(carry,), name="plugin", daemon=True)
    thread.start()
    try:
        result, error = box.get(timeout=cut_off_s)
    except queue.Empty:
        raise CutOff(thread) from None
    if isinstance(error, Exception):
        raise error
    if error is not None:  # SystemExit and the like of a plugin end its call, not this process
        raise CutOff(thread, f"It ended with {type(error).__name__}.") from error
    return result


async def unit(function, *args):
    """Run ``function``, which calls plugins, in a thread where nobody but other plugin calls waits for it."""
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(_pool, context.run, _carry, function, args)


def _carry(function, args):
    close_old_connections()
    try:
        return function(*args)
    finally:
        connections.close_all()


def _give_connections_back():
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
