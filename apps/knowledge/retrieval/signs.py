"""Signs of embeddings: two bits for each dimension, in blocks of consecutive passage numbers: is it above zero, is it far.

Those of 100,000 passages are some megabytes, read in blocks and compared by counting bits; the nearest of them are
weighed, and the nearest of these compared exactly. So there is no approximate index to build, to keep per agent or to
clean up.
"""

from dataclasses import dataclass

import numpy

from apps.knowledge.index_models import BITS_BLOCK
from berrydesk.db import binary

MOST_BITS = 1024
"""Of longer vectors the first dimensions: what is chosen by them is then compared in full."""

COARSE_SHARE, COARSE_LEAST = 0.05, 2000
"""Passages kept by counting bits alone, before the question's own numbers weigh the bits."""

WEIGHED = 80
"""Passages kept for each one wanted when the question's own numbers have weighed the first bits alone."""

OVERSAMPLING = 16
"""Passages compared exactly for each one wanted: recall@10 against an exact scan is above 0.99 of 100,000. Each costs
the database a page; by the first bits alone it takes more than 60 to come as far."""

FAR = 0.7
"""Of a vector's root mean square: a number beyond it is far from zero."""

_FARTHER = 2
"""By how much a number beyond ``FAR`` is farther from zero than one within, in the mean of a normal distribution, about."""

_EIGHT = numpy.unpackbits(numpy.arange(256, dtype=numpy.uint8)[:, None], axis=1).astype(numpy.float32)
"""The eight signs in each byte."""


def of(vectors):
    """(n, words) uint64: the signs of (n, dimensions) vectors, filled up with zeros to whole words."""
    return numpy.packbits(_fitted(vectors) > 0, axis=1).view(numpy.uint64)


def far(vectors):
    """(n, words) uint64: where (n, dimensions) vectors are far from zero, filled up as ``of`` does."""
    cut = vectors[:, :MOST_BITS]
    beyond = FAR * numpy.sqrt(numpy.mean(cut * cut, axis=1, keepdims=True))
    return numpy.packbits(_filled(numpy.abs(cut) > beyond), axis=1).view(numpy.uint64)


@dataclass(frozen=True)
class Signs:
    """``numbers`` of passages, and beside them their signs: ``columns`` (words, n) uint64, a word of all in a row; and
    ``far`` (n, words) uint64.
    """

    numbers: numpy.ndarray
    columns: numpy.ndarray
    far: numpy.ndarray

    @property
    def nbytes(self):
        """What it takes of memory."""
        return self.numbers.nbytes + self.columns.nbytes + self.far.nbytes


def near(signs, vector, count, hidden=()):
    """Numbers of the passages worth comparing exactly, when the ``count`` nearest to ``vector`` are wanted."""
    closed = numpy.isin(signs.numbers, hidden) if len(hidden) else numpy.zeros(0, bool)
    many = len(signs.numbers) - int(closed.sum())
    kept = max(COARSE_LEAST, int(many * COARSE_SHARE))
    if kept < many:
        distance = _distance(signs.columns, vector)
        if len(closed):
            distance[closed] = len(signs.columns) * 64 + 1  # farther than any can be
        at = _least(distance, kept)
    else:
        at = numpy.flatnonzero(~closed) if len(closed) else numpy.arange(many)
    if count * OVERSAMPLING >= len(at):
        return signs.numbers[at]
    rows = numpy.ascontiguousarray(signs.columns[:, at].T)
    if count * WEIGHED < len(at):
        best = numpy.argpartition(-_weighed(rows, vector), count * WEIGHED)[: count * WEIGHED]
        at, rows = at[best], rows[best]
    far_rows = signs.far[at]
    # Of plus or minus one, and thrice that where it is far, less what is the same for all.
    above, both, beyond = _weighed(numpy.concatenate([rows, rows & far_rows, far_rows]), vector).reshape(
        3, -1
    )
    closeness = above + _FARTHER * (2 * both - beyond) / 2
    return signs.numbers[at[numpy.argpartition(-closeness, count * OVERSAMPLING)[: count * OVERSAMPLING]]]


def _distance(columns, vector):
    """In how many dimensions each differs in sign."""
    distance = numpy.zeros(columns.shape[1], numpy.uint16)
    for column, asked in zip(columns, of(vector[None, :])[0], strict=True):
        distance += numpy.bitwise_count(column ^ asked)
    return distance


def _least(distance, kept):
    """Where the ``kept`` least lie, ascending: distances are few, so counting them sorts them."""
    up_to = numpy.cumsum(numpy.bincount(distance))
    last = int(numpy.searchsorted(up_to, kept))
    chosen = distance < last
    short = kept - int(up_to[last - 1]) if last else kept
    chosen[numpy.flatnonzero(distance == last)[:short]] = True
    return numpy.flatnonzero(chosen)


def _weighed(rows, vector):
    """The sum of the question's own numbers where each is above zero: looked up for eight signs at a time."""
    eights = _fitted(vector[None, :])[0].reshape(-1, 8)
    sums = (_EIGHT @ eights.T).T.astype(numpy.float32)  # (bytes, 256)
    total = numpy.zeros(len(rows), numpy.float32)
    for looked_up, byte in zip(sums, numpy.ascontiguousarray(rows.view(numpy.uint8).T), strict=True):
        total += looked_up.take(byte)
    return total


def read(sql, parameters):
    """The signs in rows of (block, offsets, signs, far)."""
    found = binary.rows(sql, parameters)
    if not found:
        return Signs(
            numpy.zeros(0, numpy.int64), numpy.zeros((1, 0), numpy.uint64), numpy.zeros((0, 1), numpy.uint64)
        )
    numbers = numpy.concatenate(
        [numpy.frombuffer(o, "<u2").astype(numpy.int64) + block * BITS_BLOCK for block, o, _s, _f in found]
    )
    found = [(block, offsets, signs, _beside(signs, far)) for block, offsets, signs, far in found]
    rows, far_rows = (
        numpy.frombuffer(b"".join(row[n] for row in found), numpy.uint64).reshape(len(numbers), -1)
        for n in (2, 3)
    )
    return Signs(numbers, numpy.ascontiguousarray(rows.T), far_rows)


def blocks_of(numbers):
    """The blocks in which these passages lie."""
    return {number // BITS_BLOCK for number in numbers}


def merged(known, added, removed):
    """{block: (offsets, signs, far)} after a change, None for a block that is empty by now.

    ``known``: (block, offsets, signs, far) of every block concerned that there is; ``added``: (number, vector) each.
    """
    kept = {block: {} for block in blocks_of([*(number for number, _v in added), *removed])}
    for block, offsets, signs, far_bits in known:
        places = numpy.frombuffer(bytes(offsets), "<u2").tolist()
        bits = bytes(signs), _beside(signs, bytes(far_bits))
        kept[block].update(zip(places, _each(bits, len(places)), strict=True))
    for number in removed:
        kept[number // BITS_BLOCK].pop(number % BITS_BLOCK, None)
    if added:
        vectors = numpy.stack([vector for _number, vector in added])
        bits = of(vectors).tobytes(), far(vectors).tobytes()
        for (number, _vector), row in zip(added, _each(bits, len(added)), strict=True):
            kept[number // BITS_BLOCK][number % BITS_BLOCK] = row
    return {block: _packed(here) for block, here in kept.items()}


def _beside(signs, far_bits):
    """``far_bits``, or where they are not of these signs, as of a block that no migration filled: nothing is far."""
    return far_bits if len(far_bits) == len(signs) else bytes(len(signs))


def _each(bits, many):
    """(signs, far) of each of ``many`` passages, from those of all on end."""
    size = len(bits[0]) // max(many, 1)
    return zip(
        *([bytes(b[n : n + size]) for n in range(0, size * many, size or 1)] for b in bits), strict=True
    )


def text(vector):
    """A vector as PostgreSQL reads it."""
    return "[" + ",".join(f"{x:.6f}" for x in vector.tolist()) + "]"


def array(numbers):
    """Numbers as PostgreSQL reads them, one text: hundreds of them are slow to hand over one by one."""
    return "{" + ",".join(map(str, numbers.tolist())) + "}"


def _packed(here):
    if not here:
        return None
    offsets = sorted(here)
    signs, far_bits = (b"".join(here[offset][n] for offset in offsets) for n in (0, 1))
    return numpy.array(offsets, "<u2").tobytes(), signs, far_bits


def _fitted(vectors):
    return _filled(vectors[:, :MOST_BITS])


def _filled(cut):
    missing = -cut.shape[1] % 64
    return numpy.pad(cut, ((0, 0), (0, missing))) if missing else cut
