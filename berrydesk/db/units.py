"""Database work of asynchronous code: one unit in a small pool of threads, holding nothing afterwards."""

import asyncio
import contextvars
import functools
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connections

THREADS = 4
"""At most this many connections serve all streams of a process."""

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="database")
_slow_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="slow-database")


async def database_unit(function, *args, **kwargs):
    """Run ``function`` in a thread, in the caller's context, and give its connection back at the end."""
    return await _in(_pool, function, args, kwargs)


async def slow_unit(function, *args, **kwargs):
    """``database_unit`` for work that also waits for somebody else's service: it never delays the others."""
    return await _in(_slow_pool, function, args, kwargs)


async def _in(pool, function, args, kwargs):
    context = contextvars.copy_context()
    call = functools.partial(context.run, _unit, function, args, kwargs)
    return await asyncio.get_running_loop().run_in_executor(pool, call)


def _unit(function, args, kwargs):
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        connections.close_all()
