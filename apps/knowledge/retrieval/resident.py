"""What every question reads whole stays in memory until the index changes: lengths of all passages, signs of all.

One row an agent names the state of its index (``IndexState``). A search reads that name first, so what is in memory
is never older than the last change that was committed before it; what is read afterwards may be newer by one change,
as it may be without any memory. Without a name nothing is remembered: whoever may not see the row sees no passage.
"""

import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass

import numpy
from django.db import connection

from apps.knowledge.index_models import BLOCK, IndexState

_RENAME = (
    "INSERT INTO {table} (workspace_id, agent_id, state) VALUES (%s, %s, %s)"
    " ON CONFLICT (agent_id) DO UPDATE SET state = excluded.state"
)

MOST_BYTES = 64 * 2**20
"""Of all agents together: 100,000 passages are some five million bytes."""

_NONE = numpy.zeros(0, "<u2")

_lock = threading.Lock()
_held = OrderedDict()


@dataclass(frozen=True)
class Places:
    """An agent's passages: ``numbers`` ascending, ``lengths`` beside them, each in words to the mean of all.

    ``blocks`` {block: (where its first passage lies in ``numbers``, its offsets ascending)}.
    """

    numbers: numpy.ndarray
    lengths: numpy.ndarray
    blocks: dict

    @classmethod
    def of(cls, blocks):
        """From (block, offsets, lengths) ascending."""
        numbers, starts, first = [], {}, 0
        for block, offsets, _lengths in blocks:
            starts[block] = first, offsets
            numbers.append(offsets.astype(numpy.int64) + block * BLOCK)
            first += len(offsets)
        if not blocks:
            return cls(numpy.zeros(0, numpy.int64), numpy.zeros(0), starts)
        lengths = numpy.concatenate([of_block for _block, _offsets, of_block in blocks]).astype(numpy.float32)
        return cls(numpy.concatenate(numbers), lengths / (lengths.mean() or 1.0), starts)

    def at(self, blocks):
        """Where the passages of (block, offsets) pairs lie in ``numbers``; -1 for one that is not there (yet)."""
        return numpy.concatenate([self._within(block, offsets) for block, offsets in blocks])

    def _within(self, block, offsets):
        first, known = self.blocks.get(block, (0, _NONE))
        if len(known) == BLOCK:  # as most are of who learned much at once: an offset is its own place
            return offsets.astype(numpy.int64) + first
        if not len(known):
            return numpy.full(len(offsets), -1)
        at = numpy.minimum(numpy.searchsorted(known, offsets), len(known) - 1)
        return numpy.where(known[at] == offsets, at + first, -1)

    @property
    def nbytes(self):
        """What it takes of memory."""
        offsets = sum(offsets.nbytes for _first, offsets in self.blocks.values())
        return self.numbers.nbytes + self.lengths.nbytes + offsets


def of(state, part, read, *, most_bytes=MOST_BYTES):
    """``part`` of the index that is in ``state``, from memory, else from ``read()``; it tells its ``nbytes``."""
    if state is None:
        return read()
    with _lock:
        known = _held.get(part)
        if known is not None and known[0] == state:
            _held.move_to_end(part)
            return known[1]
    fresh = read()
    with _lock:
        _held[part] = state, fresh
        _held.move_to_end(part)
        while sum(value.nbytes for _state, value in _held.values()) > most_bytes:
            _held.popitem(last=False)
    return fresh


def changed(agent):
    """The agent's index is in another state once this transaction is committed. The caller holds the index's lock."""
    # A name of its own, not a count: a count that a rollback or a restored backup takes back would come again.
    with connection.cursor() as cursor:
        sql = _RENAME.format(table=IndexState._meta.db_table)
        cursor.execute(sql, [agent.workspace_id, agent.pk, uuid.uuid4()])
