"""Streams: everything that happens in a conversation, from any point on, exactly once.

A position is ``"<seq>"``, or ``"<seq>:<offset>"`` while an answer is being written: the last logged event
seen, and how many characters of that answer were sent. Whoever hands a position back gets what follows it,
on any process, byte for byte.
"""

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field

from apps.conversations import live
from apps.conversations.models import Conversation, Event, Message
from berrydesk.db import binary
from berrydesk.db.notifications import hub
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit

POLL_S = 5
"""A stream looks again this often even without news, in case a notification was lost."""


@dataclass(frozen=True)
class Position:
    """``seq`` of the last event seen and ``offset`` characters sent of the answer being written."""

    seq: int = 0
    offset: int = 0

    @classmethod
    def parse(cls, text):
        """Read what ``str`` wrote; nonsense is the beginning."""
        seq, _, offset = str(text or "0").partition(":")
        if re.fullmatch("[0-9]{1,30}", seq) and re.fullmatch("[0-9]{0,9}", offset):
            return cls(min(int(seq), 2**62), int(offset or 0))
        return cls()

    def __str__(self):
        return f"{self.seq}:{self.offset}" if self.offset else str(self.seq)


_ROWS = (
    "(SELECT NULL::bigint, text_from_seq, id, text, NULL::jsonb FROM {messages}"
    " WHERE workspace_id = %s AND conversation_id = %s AND is_streaming ORDER BY id LIMIT 1)"
    " UNION ALL (SELECT seq, NULL, NULL, kind, data FROM {events}"
    " WHERE workspace_id = %s AND conversation_id = %s AND seq > %s ORDER BY seq LIMIT 500)"
)
"""Both as they are at one moment: the answer in the making, then the events in their order."""


@dataclass(frozen=True)
class _Row:
    """One line of the event log."""

    seq: int
    kind: str
    data: dict


@dataclass(frozen=True)
class News:
    """One thing to tell: ``kind`` and ``data`` as in the wire protocol, ``position`` to resume behind it."""

    kind: str
    data: dict
    position: str


@dataclass
class _Reader:
    """Turns rows into news; knows how far it has told."""

    seq: int
    offset: int
    from_seq: int = 0  # no text older than this counts
    told: list = field(default_factory=list)

    def events(self, rows):
        for row in rows:
            if (row.kind == "message" and row.data.get("streaming")) or row.kind == "restart":
                self.offset, self.from_seq = 0, row.seq
            elif row.kind == "done":
                self._rest(row)
            self.seq = row.seq
            self._tell(row.kind, row.data)

    def text(self, message_id, from_seq, text):
        """Tell what of an answer in the making was not told yet."""
        if not self.from_seq <= from_seq <= self.seq:
            return
        self.from_seq = from_seq
        if len(text) > self.offset:
            words, self.offset = text[self.offset :], len(text)
            self._tell("delta", {"message": message_id, "text": words})

    def _rest(self, row):
        whole = row.data.get("text", "")
        # Of an answer that was rewritten at its end nobody is told half: all of it, or what they have stays.
        if len(whole) > self.offset and (self.offset == 0 or not row.data.get("rewritten")):
            words, self.offset = whole[self.offset :], len(whole)
            self._tell("delta", {"message": row.data["message"], "text": words})
        self.offset, self.from_seq = 0, row.seq

    def _tell(self, kind, data):
        self.told.append(News(kind, data, str(Position(self.seq, self.offset))))

    def take(self):
        told, self.told = self.told, []
        return told


async def follow(workspace_id, conversation_id, after, *, for_s=55, heartbeat_s=15):
    """Yield ``News`` behind the position ``after`` for ``for_s`` seconds; None every ``heartbeat_s`` of silence.

    Holds no database connection while it waits.
    """
    start = Position.parse(after)
    reader = _Reader(start.seq, start.offset)
    ends_at = time.monotonic() + for_s
    waker = _Waker(conversation_id, reader)
    async with _listening(conversation_id, waker):
        needs_rows, last_word = True, time.monotonic()
        while True:
            await _read(reader, workspace_id, conversation_id, needs_rows)
            for news in reader.take():
                last_word = time.monotonic()
                yield news
            now = time.monotonic()
            if now >= ends_at:
                return
            if now - last_word >= heartbeat_s:
                last_word = now
                yield None
            needs_rows = await waker.wait(min(POLL_S, ends_at - now, heartbeat_s))


async def _read(reader, workspace_id, conversation_id, needs_rows):
    writing = live.of(conversation_id)
    if needs_rows or writing is None or writing.from_seq > reader.seq:
        rows, draft = await database_unit(_rows, workspace_id, conversation_id, reader.seq)
        reader.events(rows)
        if draft:
            reader.text(*draft)
    # Looked up again: the turn went on while the rows were read.
    if writing := live.of(conversation_id):
        reader.text(writing.message_id, writing.from_seq, writing.text)


def _rows(workspace_id, conversation_id, seq):
    """Events behind ``seq``, and (message, from_seq, text) of the answer in the making, if there is one."""
    sql = _ROWS.format(messages=Message._meta.db_table, events=Event._meta.db_table)
    asked = [workspace_id, conversation_id]
    with in_workspace(workspace_id):
        found = binary.rows(sql, [*asked, *asked, seq])
    draft = next(((str(key), from_seq, text) for _no, from_seq, key, text, _none in found if key), None)
    return [_Row(seq, kind, data) for seq, _from, key, kind, data in found if not key], draft


class _Waker:
    """What a stream sleeps on: news in the rows, or only further words of this process."""

    def __init__(self, conversation_id, reader):
        self._conversation_id = conversation_id
        self._reader = reader
        self._event = asyncio.Event()
        self._rows = False
        self._newest = 0

    def on_rows(self, mark=""):
        """There is a new row; ``mark`` is the number of the event, where it is one."""
        if not mark:
            self._rows = True
        elif int(mark) > self._reader.seq:
            self._newest = max(self._newest, int(mark))
        else:
            return  # read already, when this process wrote it
        self._event.set()

    def on_text(self):
        self._event.set()

    def on_draft(self, _mark):
        """The row has further words: news only where another process writes them.

        So it is, too, where what this one writes is of a turn that another took meanwhile.
        """
        writing = live.of(self._conversation_id)
        if writing is None or writing.from_seq < self._reader.from_seq:
            self.on_rows()

    async def wait(self, timeout_s):
        """Sleep until there is news; True when the rows must be read."""
        try:
            await asyncio.wait_for(self._event.wait(), timeout_s)
        except TimeoutError:
            return True
        rows, self._rows = self._rows or self._newest > self._reader.seq, False
        self._event.clear()
        return rows


@contextlib.asynccontextmanager
async def _listening(conversation_id, waker):
    with live.watched(conversation_id, waker.on_text):
        async with (
            hub.subscribe(f"conversation:{conversation_id}", waker.on_rows),
            hub.subscribe(live.draft_key(conversation_id), waker.on_draft),
        ):
            yield


def exists(workspace_id, conversation_id):
    """True when the workspace has this conversation."""
    with in_workspace(workspace_id):
        return Conversation.objects.filter(pk=conversation_id).exists()
