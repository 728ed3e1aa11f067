"""Answers in the making are written down: those of this process together, a few times a second.

One statement for all of them: a hundred visitors who read at once cost the database little more than one.
"""

import asyncio
import logging
from dataclasses import dataclass

from django.db import connection, transaction

from apps.conversations import live
from apps.conversations.models import Message, Turn
from berrydesk.db import notifications, units
from berrydesk.db.scopes import every_workspace
from berrydesk.db.units import database_unit

FLUSH_S = 0.25
"""How often the rows follow the words: what a crash or another process may lag behind."""

log = logging.getLogger(__name__)

# The turns first and in their order, as whoever settles one locks it before its message; a restart meanwhile, or
# another process that has the turn by now, keeps what it wrote.
_STORE = """
WITH said AS (
  SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bigint[], %s::text[])
    AS said (turn, lease_by, message, from_seq, text)
), held AS MATERIALIZED (
  SELECT t.id FROM {turns} t JOIN said ON t.id = said.turn
  WHERE t.lease_by = said.lease_by AND t.lease_until > statement_timestamp()
  ORDER BY t.id FOR NO KEY UPDATE OF t
), stored AS (
  UPDATE {messages} m SET text = said.text FROM said JOIN held ON held.id = said.turn
  WHERE m.id = said.message AND m.is_streaming AND m.text_from_seq = said.from_seq
)
SELECT id FROM held
"""


@dataclass(eq=False)
class Draft:
    """An answer that this process is writing: ``text`` since the event ``from_seq``. ``is_lost``: another has its turn."""

    turn: Turn
    message_id: object
    from_seq: int
    text: str = ""
    is_lost: bool = False


class Flusher:
    """Writes down what it was told of, soon. One for a process; its task lives while there is something to write."""

    def __init__(self):
        self._changed = {}
        self._writing = {}
        self._task = None

    def soon(self, draft):
        """The row says within ``FLUSH_S`` what ``draft`` says then."""
        self._changed[draft.message_id] = draft
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._task = loop.create_task(self._flush())

    def forget(self, draft):
        """Somebody else writes this row from now on."""
        self._changed.pop(draft.message_id, None)
        self._writing.pop(draft.message_id, None)

    async def _flush(self):
        units.go_first()
        while self._changed:
            await asyncio.sleep(FLUSH_S)
            self._writing, self._changed = self._changed, {}
            drafts = list(self._writing.values())
            try:
                held = await database_unit(store, [(draft, draft.from_seq, draft.text) for draft in drafts])
            # Whatever it was: the next round, or the end of the turn, tries again.
            except Exception as problem:
                log.warning("%s answers could not be written down, trying again: %s", len(drafts), problem)
                self._changed = self._writing | self._changed
                continue
            for draft in drafts:
                draft.is_lost = draft.turn.pk not in held


def store(said):
    """The rows of ``said``, (draft, from_seq, text) each, say so where the turn is still ours.

    Returns the keys of the turns that are.
    """
    said = sorted(said, key=lambda one: one[0].turn.pk)
    columns = (
        [draft.turn.pk for draft, _seq, _text in said],
        [draft.turn.lease_by for draft, _seq, _text in said],
        [draft.message_id for draft, _seq, _text in said],
        [seq for _draft, seq, _text in said],
        [text for _draft, _seq, text in said],
    )
    sql = _STORE.format(turns=Turn._meta.db_table, messages=Message._meta.db_table)
    with every_workspace("Answers of several workspaces are written down together."), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql, columns)
            held = {row[0] for row in cursor.fetchall()}
        ours = [draft.turn.conversation_id for draft, _seq, _text in said if draft.turn.pk in held]
        notifications.notify(*(live.draft_key(conversation_id) for conversation_id in ours))
    return held


flusher = Flusher()
