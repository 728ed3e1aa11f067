"""Who leaves the page while the first message is stored has asked all the same, and is answered at once."""

import asyncio
import json
import threading

import pytest
from django.db import connection, transaction
from django.test import AsyncClient

from apps.conversations.models import Conversation, Turn
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit
from tests.channels.test_protocol import Widget

pytestmark = pytest.mark.django_db(transaction=True)


def _hold(held, gate):
    """No conversation is stored until ``gate`` opens."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Conversation._meta.db_table} IN EXCLUSIVE MODE")
            held.set()
            gate.wait(20)
    finally:
        connection.close()


def _waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def _settled(workspace_id):
    with in_workspace(workspace_id):
        return [turn.outcome for turn in Turn.objects.all() if turn.outcome]


async def _until(ask, *args):
    async with asyncio.timeout(10):  # before the lease of a turn that nobody runs is over
        while not (told := await database_unit(ask, *args)):
            pass
    return told


def leave(workspace_id, path, **sent):
    """POST, and go away while the database is at work for it; returns what became of the turns."""

    async def story():
        held, gate = threading.Event(), threading.Event()
        holding = asyncio.create_task(asyncio.to_thread(_hold, held, gate))
        try:
            await asyncio.to_thread(held.wait, 20)
            asked = asyncio.create_task(AsyncClient().post(path, **sent))
            await _until(_waiting)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        finally:
            gate.set()
            await holding
        return await _until(_settled, workspace_id)

    return asyncio.run(story())


def test_who_leaves_the_widget_is_answered(client, agent):
    widget = Widget(client, agent).open()
    body = json.dumps({"token": widget.token, "text": "Do you deliver?", "client_id": "1"})
    there = f"/widget/{agent.public_id}/messages"
    assert len(leave(agent.workspace_id, there, data=body, content_type="text/plain")) == 1


def test_who_leaves_the_plain_page_is_answered(agent):
    data = {"text": "Do you deliver?", "client_id": "1"}
    assert len(leave(agent.workspace_id, f"/chat/{agent.public_id}", data=data)) == 1
