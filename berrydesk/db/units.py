"""Database work of asynchronous code: one unit in a small pool of threads, holding nothing afterwards."""

import asyncio
import contextvars
import functools
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connections

THREADS = 3
"""At most this many connections serve all streams of a process."""

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="database")


async def database_unit(function, *args, **kwargs):
    """Run ``function`` in a thread, in the caller's context, and give its connection back at the end."""
    context = contextvars.copy_context()
    call = functools.partial(context.run, _unit, function, args, kwargs)
    return await asyncio.get_running_loop().run_in_executor(_pool, call)


def _unit(function, args, kwargs):
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        connections.close_all()
