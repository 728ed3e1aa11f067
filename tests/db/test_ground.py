"""Units, news and secrets: what every app stands on."""

import asyncio
import contextlib

import pytest
from cryptography.fernet import Fernet
from django.db import connection, transaction

from berrydesk import crypto
from berrydesk.db import notifications
from berrydesk.db.scopes import current_workspace_id, in_workspace
from berrydesk.db.units import database_unit


def _backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _is_connected(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid])
        return bool(cursor.fetchone()[0])


def _say(key, *, and_fail=False):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        notifications.notify(key)
        if and_fail:
            raise ZeroDivisionError


def _cut_listeners():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query = 'LISTEN berrydesk' AND datname = current_database()"
        )
        return cursor.rowcount


@pytest.mark.django_db(transaction=True)
def test_a_unit_holds_no_connection_afterwards():
    pid = asyncio.run(database_unit(_backend))
    assert not _is_connected(pid)


def test_a_unit_works_in_its_callers_workspace(ada):
    async def asked():
        with in_workspace(ada.workspace):
            return await database_unit(current_workspace_id)

    assert asyncio.run(asked()) == ada.workspace_id


@pytest.mark.django_db(transaction=True)
def test_news_arrives_after_commit_and_only_then():
    async def story():
        hub, heard = notifications.Hub(), asyncio.Event()
        async with hub.subscribe("tea", lambda _mark: heard.set()):
            await asyncio.wait_for(heard.wait(), 5)  # the first wake-up: listening has begun
            heard.clear()
            await database_unit(_say, "tea", and_fail=True)
            await database_unit(_say, "coffee")
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(heard.wait(), 0.3)
            await database_unit(_say, "tea")
            await asyncio.wait_for(heard.wait(), 5)

    asyncio.run(story())


@pytest.mark.django_db(transaction=True)
def test_who_listens_is_woken_after_a_lost_connection():
    async def story():
        hub, heard = notifications.Hub(), asyncio.Event()
        async with hub.subscribe("tea", lambda _mark: heard.set()):
            await asyncio.wait_for(heard.wait(), 5)
            heard.clear()
            assert await database_unit(_cut_listeners) == 1
            await asyncio.wait_for(heard.wait(), 10)
            heard.clear()
            await database_unit(_say, "tea")
            await asyncio.wait_for(heard.wait(), 5)

    asyncio.run(story())


def test_a_rotated_key_still_reads_old_secrets(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [old]
    kept = crypto.encrypt("sk-secret")
    assert "sk-secret" not in kept
    settings.ENCRYPTION_KEYS = [new, old]
    assert crypto.decrypt(kept) == "sk-secret"
    settings.ENCRYPTION_KEYS = [new]
    with pytest.raises(crypto.CannotDecrypt, match="BERRYDESK_ENCRYPTION_KEYS"):
        crypto.decrypt(kept)
