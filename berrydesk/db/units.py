"""Database work of asynchronous code: one unit in a small pool of threads, holding nothing afterwards."""

import asyncio
import contextvars
import functools
import heapq
import itertools
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connections

THREADS = 3
"""At most this many connections serve all streams of a process."""


_arrivals = itertools.count()
_arrived = contextvars.ContextVar("arrived")
"""When whoever wants units first wanted one: a number that a request hands on to the tasks it starts."""

FIRST = -1
"""Before every number of ``_arrivals``: for the heartbeats and drafts of turns at work, which a queue would hold up."""


class Units:
    """Carries units out on a few threads, those of whoever came first before all others.

    Of a crowd that comes at once, so, the first are served whole and need not wait for the last at every step.
    A thread keeps its connection only while another unit waits: who comes in a crowd need not open one each, and
    afterwards none is held.
    """

    def __init__(self, threads):
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="database")
        self._lock = threading.Lock()
        self._waiting = []
        self._serving = 0

    def submit(self, call, arrived):
        """The Future of ``call()``; ``arrived``: the number of whoever wants it."""
        future = Future()
        with self._lock:
            heapq.heappush(self._waiting, (arrived, next(_arrivals), future, call))
            is_more_wanted = self._serving < self._threads
            self._serving += is_more_wanted
        if is_more_wanted:
            self._pool.submit(self._serve)
        return future

    def _serve(self):
        while (job := self._next()) is not None:
            *_order, future, call = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = _carry_out(call, then_close=lambda: not self._waiting)
            except BaseException as problem:
                future.set_exception(problem)
            else:
                future.set_result(result)
        connections.close_all()

    def _next(self):
        with self._lock:
            if self._waiting:
                return heapq.heappop(self._waiting)
            self._serving -= 1
            return None


def _carry_out(call, *, then_close):
    try:
        return call()
    finally:
        for connection in connections.all(initialized_only=True):
            if connection.connection is None:
                continue
            is_unfit = connection.errors_occurred or connection.in_atomic_block or not connection.autocommit
            if is_unfit or then_close():
                connection.close()


_units = Units(THREADS)


def arrive():
    """Whatever the running task and those it starts want from now on is wanted by somebody who came just now."""
    _arrived.set(next(_arrivals))


def go_first():
    """What the running task wants from now on waits for nobody: a lease would run out meanwhile."""
    _arrived.set(FIRST)


async def database_unit(function, *args, **kwargs):
    """Run ``function`` in a thread, in the caller's context, and give its connection back at the end."""
    if _arrived.get(None) is None:
        arrive()
    context = contextvars.copy_context()
    call = functools.partial(context.run, function, *args, **kwargs)
    return await asyncio.wrap_future(_units.submit(call, _arrived.get()))
