"""Passages near a question in meaning: signs of the embeddings find some, the embeddings themselves choose.

The signs of 100,000 passages are 3 MB, read in blocks and compared by counting bits; the nearest of them are
then compared exactly. So there is no approximate index to build, to keep per agent or to clean up.
"""

import numpy
from django.db import connection

from apps.knowledge.index_models import BITS_BLOCK, SignBlock
from apps.knowledge.models import Passage
from berrydesk.db import binary

COARSE_SHARE, COARSE_LEAST = 0.05, 2000
"""Passages kept by counting bits alone, before the question's own numbers weigh the bits."""

OVERSAMPLING = 60
"""Passages compared exactly for each one wanted: recall@10 against an exact scan is 0.95 on words drawn by chance,
0.99 on documentation."""

_READ = "SELECT block, offsets, signs FROM {table} WHERE agent_id = %s ORDER BY block"
_EXACT = (
    "SELECT number FROM {table} WHERE number = ANY(%s) AND embedding IS NOT NULL"
    " ORDER BY embedding <=> %s::halfvec, number LIMIT %s"
)
_UPSERT = (
    "INSERT INTO {table} (workspace_id, agent_id, block, offsets, signs) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (agent_id, block) DO UPDATE SET offsets = excluded.offsets, signs = excluded.signs"
)


def nearest(agent, vector, count, hidden=()):
    """Numbers of the ``count`` passages nearest to ``vector``, nearest first, those in ``hidden`` left out."""
    numbers, signs = _read(agent)
    if hidden:
        shown = ~numpy.isin(numbers, list(hidden))
        numbers, signs = numbers[shown], signs[shown]
    kept = max(COARSE_LEAST, int(len(numbers) * COARSE_SHARE))
    if kept < len(numbers):
        distance = numpy.bitwise_count(signs ^ _signs(vector[None, :])).sum(axis=1, dtype=numpy.uint16)
        near = numpy.argpartition(distance, kept)[:kept]
        numbers, signs = numbers[near], signs[near]
    wanted = count * OVERSAMPLING
    if wanted < len(numbers):
        bits = numpy.unpackbits(signs.view(numpy.uint8), axis=1).astype(numpy.float32)
        numbers = numbers[numpy.argpartition(-(bits @ vector), wanted)[:wanted]]
    text = "[" + ",".join(f"{x:.6f}" for x in vector.tolist()) + "]"
    exact = _EXACT.format(table=Passage._meta.db_table)
    return [number for (number,) in binary.rows(exact, [numbers.tolist(), text, count])]


def change(agent, *, added=(), removed=()):
    """Write (number, unit vector) pairs into the signs and take ``removed`` numbers out. The caller holds the lock."""
    blocks = {number // BITS_BLOCK for number, _v in added} | {number // BITS_BLOCK for number in removed}
    if not blocks:
        return
    kept = {block: {} for block in blocks}
    known = SignBlock.objects.filter(agent=agent, block__in=blocks)
    for block, offsets, signs in known.values_list("block", "offsets", "signs"):
        signs = bytes(signs)
        for i, offset in enumerate(numpy.frombuffer(bytes(offsets), "<u2").tolist()):
            kept[block][offset] = signs[i * 32 : i * 32 + 32]
    for number in removed:
        kept[number // BITS_BLOCK].pop(number % BITS_BLOCK, None)
    for number, vector in added:
        kept[number // BITS_BLOCK][number % BITS_BLOCK] = _signs(vector[None, :]).tobytes()
    with connection.cursor() as cursor:
        for block, here in kept.items():
            if here:
                offsets = sorted(here)
                row = (numpy.array(offsets, "<u2").tobytes(), b"".join(here[o] for o in offsets))
                cursor.execute(
                    _UPSERT.format(table=SignBlock._meta.db_table),
                    (agent.workspace_id, agent.pk, block, *row),
                )
            else:
                SignBlock.objects.filter(agent=agent, block=block).delete()


def _read(agent):
    found = binary.rows(_READ.format(table=SignBlock._meta.db_table), [agent.pk])
    if not found:
        return numpy.zeros(0, numpy.int64), numpy.zeros((0, 4), numpy.uint64)
    numbers = [numpy.frombuffer(o, "<u2").astype(numpy.int64) + block * BITS_BLOCK for block, o, _s in found]
    signs = numpy.frombuffer(b"".join(s for _b, _o, s in found), numpy.uint64).reshape(-1, 4)
    return numpy.concatenate(numbers), signs


def _signs(vectors):
    """(n, 4) uint64: one bit for each dimension that is above zero."""
    return numpy.packbits(vectors > 0, axis=1).view(numpy.uint64)
