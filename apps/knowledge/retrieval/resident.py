"""What every question reads whole stays in memory until the index changes: lengths of all passages, signs of all; and
of words that are asked again and again, where they stand.

One row an agent names the state of its index (``IndexState``). A search reads that name first, so what is in memory
is never older than the last change that was committed before it; what is read afterwards may be newer by one change,
as it may be without any memory. Without a name nothing is remembered: whoever may not see the row sees no passage.
"""

import functools
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy
from django.db import connection

from apps.knowledge.index_models import BLOCK, IndexState

_RENAME = (
    "INSERT INTO {table} (workspace_id, agent_id, state) VALUES (%s, %s, %s)"
    " ON CONFLICT (agent_id) DO UPDATE SET state = excluded.state"
)

MOST_BYTES = 64 * 2**20
"""Of all agents together: 100,000 passages are some eight million bytes."""

MOST_BYTES_OF_WORDS = 8 * 2**20
"""Of all agents' words together: five bytes for each passage a word stands in."""

ENTRY_BYTES = 500
"""What holding a value takes beside the value: those of no bytes must not pile up."""

_NONE = numpy.zeros(0, "<u2")


@dataclass(frozen=True)
class Run:
    """Postings of one word: ``blocks`` ascending, ``sizes`` beside them: how many of the ``offsets`` and ``counts``,
    which stand on end, are of each.
    """

    blocks: numpy.ndarray
    sizes: numpy.ndarray
    offsets: numpy.ndarray
    counts: numpy.ndarray

    @property
    def numbers(self):
        """The passages' numbers, int64."""
        return numpy.repeat(self.blocks.astype(numpy.int64) * BLOCK, self.sizes) + self.offsets

    @property
    def ends(self):
        """Where the offsets of each block end."""
        return numpy.cumsum(self.sizes)


@dataclass(frozen=True)
class Places:
    """An agent's passages: ``numbers`` ascending, ``lengths`` beside them, each in words to the mean of all.

    ``blocks`` {block: (where its first passage lies in ``numbers``, its offsets ascending)}. ``reading`` is the
    reading's own: places of another one may be others, though they be of the same state.
    """

    numbers: numpy.ndarray
    lengths: numpy.ndarray
    blocks: dict
    reading: object = field(default_factory=object)

    @classmethod
    def of(cls, run):
        """From the run of all passages with their lengths; None: there are none."""
        if run is None:
            return cls(numpy.zeros(0, numpy.int64), numpy.zeros(0), {})
        ends = run.ends.tolist()
        starts = [0, *ends[:-1]]
        blocks = {
            block: (start, run.offsets[start:end])
            for block, start, end in zip(run.blocks.tolist(), starts, ends, strict=True)
        }
        lengths = run.counts.astype(numpy.float32)
        return cls(run.numbers, lengths / (lengths.mean() or 1.0), blocks)

    def at(self, run):
        """Where the passages of a word's run lie in ``numbers``; -1 for one that is not there (yet)."""
        ends, shifts, apart = run.ends.tolist(), [], []
        for block, start, end in zip(run.blocks.tolist(), [0, *ends[:-1]], ends, strict=True):
            first, known = self.blocks.get(block, (0, _NONE))
            own = run.offsets[start:end]
            if _is_unbroken(known) and known[0] <= own[0] and own[-1] <= known[-1]:
                shifts.append(first - int(known[0]))
            else:
                shifts.append(0)
                apart.append((start, end, first, known))
        at = numpy.repeat(shifts, run.sizes) + run.offsets
        for start, end, first, known in apart:
            at[start:end] = _searched(first, known, run.offsets[start:end])
        return at

    @functools.cached_property
    def nbytes(self):
        """What it takes of memory."""
        offsets = sum(offsets.nbytes for _first, offsets in self.blocks.values())
        return self.numbers.nbytes + self.lengths.nbytes + offsets


@dataclass(frozen=True)
class Word:
    """Where the passages of a word lie, and how often it stands in each, in as few bytes as may be."""

    at: numpy.ndarray
    counts: numpy.ndarray

    @classmethod
    def of(cls, at, counts):
        """From arrays of any integers; nothing of theirs is kept."""
        narrow = numpy.uint8 if counts.max(initial=0) < 256 else numpy.uint16
        return cls(at.astype(numpy.int32), counts.astype(narrow))

    @property
    def nbytes(self):
        """What it takes of memory."""
        return self.at.nbytes + self.counts.nbytes


def _is_unbroken(offsets):
    """Whether no passage is missing between the first and the last, as of who learned much at once."""
    return len(offsets) > 0 and int(offsets[-1]) - int(offsets[0]) == len(offsets) - 1


def _searched(first, known, offsets):
    if not len(known):
        return -1
    at = numpy.minimum(numpy.searchsorted(known, offsets), len(known) - 1)
    return numpy.where(known[at] == offsets, at + first, -1)


class Memory:
    """Values under keys, each as of a state; what was longest without a question makes room. Safe among threads."""

    def __init__(self, most_bytes):
        self.most_bytes = most_bytes
        self._bytes = 0
        self._held = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key, state):
        """What is held under ``key`` as of this very state, or None."""
        with self._lock:
            known = self._held.get(key)
            if known is None or (known[0] is not state and known[0] != state):
                return None
            self._held.move_to_end(key)
            return known[1]

    def put(self, key, state, value):
        """``value``, which tells its ``nbytes``, is held under ``key`` in place of what was."""
        with self._lock:
            self._drop(key)
            self._held[key] = state, value
            self._bytes += value.nbytes + ENTRY_BYTES
            while self._bytes > self.most_bytes:
                self._drop(next(iter(self._held)))

    def _drop(self, key):
        known = self._held.pop(key, None)
        if known is not None:
            self._bytes -= known[1].nbytes + ENTRY_BYTES


_whole = Memory(MOST_BYTES)
words = Memory(MOST_BYTES_OF_WORDS)


def of(state, part, read, *, memory=_whole):
    """``part`` of the index that is in ``state``, from memory, else from ``read()``; it tells its ``nbytes``."""
    if state is None:
        return read()
    known = memory.get(part, state)
    if known is None:
        known = read()
        memory.put(part, state, known)
    return known


def changed(agent):
    """The agent's index is in another state once this transaction is committed. The caller holds the index's lock."""
    # A name of its own, not a count: a count that a rollback or a restored backup takes back would come again.
    with connection.cursor() as cursor:
        sql = _RENAME.format(table=IndexState._meta.db_table)
        cursor.execute(sql, [agent.workspace_id, agent.pk, uuid.uuid4()])
