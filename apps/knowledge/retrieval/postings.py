"""The word index of an agent, read and changed block by block."""

from collections import defaultdict

import numpy
from django.db import connection

from apps.knowledge.index_models import BLOCK, LENGTHS, TermBlock

_LOCK = 0x494E4458  # first key of the advisory lock: one writer an agent

_UPSERT = (
    "INSERT INTO {table} (workspace_id, agent_id, term, block, offsets, counts) VALUES (%s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (agent_id, term, block) DO UPDATE SET offsets = excluded.offsets, counts = excluded.counts"
)


def lock(agent):
    """Wait until this transaction is the only one that changes the agent's index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, str(agent.pk)])


def change(agent, *, added=(), removed=()):
    """Write passages into the index and take others out. The caller holds ``lock``.

    ``added``: (number, {word: count}, length) each; ``removed``: (number, words) each.
    """
    additions, removals = defaultdict(dict), defaultdict(set)
    for number, counts, length in added:
        block, offset = divmod(number, BLOCK)
        for term, count in counts.items():
            additions[term[:64], block][offset] = min(count, 65535)
        additions[LENGTHS, block][offset] = min(length, 65535)
    for number, terms in removed:
        block, offset = divmod(number, BLOCK)
        for term in {*terms, LENGTHS}:
            removals[term[:64], block].add(offset)
    keys = set(additions) | set(removals)
    known = _load(agent, keys)
    rows, empty = [], []
    for term, block in keys:
        row = known.get((term, block))
        merged = _decode(row) if row else {}
        for offset in removals.get((term, block), ()):
            merged.pop(offset, None)
        merged.update(additions.get((term, block), {}))
        if merged:
            offsets, counts = _encode(merged)
            rows.append((agent.workspace_id, agent.pk, term, block, offsets, counts))
        elif row:
            empty.append((term, block))
    _store(agent, rows, empty)


def read(agent, terms):
    """{word: (passage numbers int64, counts)} for the words that occur; ``LENGTHS`` among them."""
    found = defaultdict(list)
    wanted = TermBlock.objects.filter(agent=agent, term__in=[LENGTHS, *terms]).order_by("block")
    for term, block, offsets, counts in wanted.values_list("term", "block", "offsets", "counts"):
        numbers = numpy.frombuffer(bytes(offsets), "<u2").astype(numpy.int64) + block * BLOCK
        found[term].append((numbers, numpy.frombuffer(bytes(counts), "<u2")))
    return {
        term: (numpy.concatenate([n for n, _c in parts]), numpy.concatenate([c for _n, c in parts]))
        for term, parts in found.items()
    }


def _load(agent, keys):
    blocks = {block for _term, block in keys}
    terms = list({term for term, _block in keys})
    known = {}
    for start in range(0, len(terms), 5000):
        rows = TermBlock.objects.filter(agent=agent, block__in=blocks, term__in=terms[start : start + 5000])
        for term, block, offsets, counts in rows.values_list("term", "block", "offsets", "counts"):
            known[term, block] = (bytes(offsets), bytes(counts))
    return known


def _decode(row):
    return dict(
        zip(numpy.frombuffer(row[0], "<u2").tolist(), numpy.frombuffer(row[1], "<u2").tolist(), strict=True)
    )


def _encode(merged):
    offsets = sorted(merged)
    counts = [merged[offset] for offset in offsets]
    return numpy.array(offsets, "<u2").tobytes(), numpy.array(counts, "<u2").tobytes()


def _store(agent, rows, empty):
    with connection.cursor() as cursor:
        if rows:
            cursor.executemany(_UPSERT.format(table=TermBlock._meta.db_table), rows)
    for term, block in empty:
        TermBlock.objects.filter(agent=agent, term=term, block=block).delete()
