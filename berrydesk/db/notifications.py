"""News between processes: ``NOTIFY`` in a transaction, one listening connection per process.

A notification carries keys, and with a key at most the number of what is new; what happened is read from rows.
A lost one costs a moment, because whoever waits also looks by itself every few seconds.
"""

import asyncio
import contextlib
import logging

import psycopg
from django.db import connection, connections

CHANNEL = "berrydesk"
MARK = "#"
"""Behind it a notification tells its listeners a little more than the key: the number of what is new."""

KEYS_AT_ONCE = 100
"""A notification holds up to 8,000 bytes."""
RETRY_S = 1.0

log = logging.getLogger(__name__)


def notify(*keys):
    """Wake whoever waits for one of ``keys``, words without a space, when the current transaction commits."""
    with connection.cursor() as cursor:
        for some in batched(keys, KEYS_AT_ONCE):
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, " ".join(some)])


def batched(things, size):
    """Lists of at most ``size`` of ``things``, in their order."""
    return [things[start : start + size] for start in range(0, len(things), size)]


class Hub:
    """This process's listeners by key. The connection is opened with the first and lives with the loop."""

    def __init__(self):
        self._listeners = {}
        self._task = None

    @contextlib.asynccontextmanager
    async def subscribe(self, key, on_news):
        """Call ``on_news(mark)`` in the event loop whenever ``key`` is notified; ``mark`` is empty where none was told."""
        self._ensure_listening()
        listeners = self._listeners.setdefault(key, [])
        listeners.append(on_news)
        try:
            yield
        finally:
            listeners.remove(on_news)
            if not listeners:
                self._listeners.pop(key, None)

    def _ensure_listening(self):
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._task = loop.create_task(self._listen())

    async def _listen(self):
        while True:
            try:
                await self._listen_once()
            except (psycopg.Error, OSError) as error:
                log.warning("Listening to the database was interrupted: %s", error)
                await asyncio.sleep(RETRY_S)

    async def _listen_once(self):
        parameters = connections["default"].get_connection_params()
        parameters = {k: v for k, v in parameters.items() if k not in ("pool", "cursor_factory", "context")}
        parameters.pop("prepare_threshold", None)
        link = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
        async with link:
            await link.execute(f"LISTEN {CHANNEL}")
            self._wake_all()  # whatever was said while nobody listened
            async for news in link.notifies():
                for told in news.payload.split(" "):
                    key, _, mark = told.partition(MARK)
                    for on_news in list(self._listeners.get(key, ())):
                        on_news(mark)

    def _wake_all(self):
        for listeners in list(self._listeners.values()):
            for on_news in list(listeners):
                on_news("")


hub = Hub()
