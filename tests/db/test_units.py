"""Whoever came first is served first, and nothing is held while nobody waits."""

import asyncio
import threading

import pytest
from django.db import connection

from berrydesk.db import units
from berrydesk.db.units import database_unit

pytestmark = pytest.mark.django_db(transaction=True)


async def _busy(gate):
    """Every thread is at work until ``gate`` opens; returns the work."""
    at_work = [threading.Event() for _thread in range(units.THREADS)]

    def work(begun):
        begun.set()
        gate.wait(10)

    tasks = [asyncio.create_task(database_unit(work, begun)) for begun in at_work]
    for begun in at_work:
        await asyncio.to_thread(begun.wait, 10)
    return tasks


def test_all_that_the_first_visitor_wants_comes_before_what_the_last_one_wants():
    done, gate = [], threading.Event()

    async def visitor(name, came):
        units.arrive()
        came.set()
        await database_unit(done.append, f"{name} 1")
        await asyncio.create_task(database_unit(done.append, f"{name} 2"))  # a task of theirs came with them

    async def heart():
        units.go_first()
        await database_unit(done.append, "heart")

    async def story():
        tasks, came = await _busy(gate), [asyncio.Event() for _one in range(3)]
        for name, event in zip("abc", came, strict=True):
            tasks.append(asyncio.create_task(visitor(name, event)))
            await event.wait()
        tasks.append(asyncio.create_task(heart()))
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*tasks)

    asyncio.run(story())
    assert done[0] == "heart"
    for earlier, later in ("ab", "bc"):
        assert done.index(f"{earlier} 1") < done.index(f"{later} 1")
    assert sorted(done[1:]) == ["a 1", "a 2", "b 1", "b 2", "c 1", "c 2"]


def test_a_crowd_shares_connections_and_leaves_none():
    def backend():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    async def story():
        return await asyncio.gather(*(database_unit(backend) for _one in range(60)))

    pids = set(asyncio.run(story()))
    assert len(pids) < 30
    with connection.cursor() as cursor:
        for _try in range(100):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(pids)])
            if cursor.fetchone()[0] == 0:
                return
    raise AssertionError("A connection was left.")


def test_a_unit_that_fails_or_leaves_a_transaction_open_spoils_no_other():
    def fails():
        connection.cursor().execute("SELECT 1 / 0")

    def leaves():
        connection.set_autocommit(False)
        connection.cursor().execute("SELECT 1")

    def works():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 7")
            return cursor.fetchone()[0]

    async def story():
        calls = [fails, leaves, works] * 10
        return await asyncio.gather(*(database_unit(call) for call in calls), return_exceptions=True)

    told = asyncio.run(story())
    assert told[2::3] == [7] * 10
    assert all(type(one).__name__ == "DataError" for one in told[0::3])


class _Broken:
    """A connection that cannot even be closed."""

    def __init__(self, whole):
        self._whole = whole

    def close(self):
        self._whole.close()
        raise OSError("The socket is gone.")


def test_units_go_on_behind_connections_that_cannot_be_closed():
    def breaks():
        connection.ensure_connection()
        connection.connection, connection.errors_occurred = _Broken(connection.connection), True

    async def story():
        broken = [await asyncio.gather(database_unit(breaks), return_exceptions=True) for _one in range(9)]
        async with asyncio.timeout(20):
            return broken, await asyncio.gather(*(database_unit(int, "7") for _one in range(9)))

    broken, told = asyncio.run(story())
    assert all(type(one).__name__ == "OSError" for (one,) in broken) and told == [7] * 9
