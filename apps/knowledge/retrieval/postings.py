"""The word index of an agent, read and changed block by block."""

from collections import Counter, defaultdict

import numpy
from django.db import connection

from apps.knowledge.index_models import BLOCK, LENGTHS, OF_SOURCE, LanguageCount, TermBlock
from apps.knowledge.retrieval import resident
from berrydesk.db import binary

_LOCK = 0x494E4458  # first key of the advisory lock: one writer an agent

_READ = (
    "SELECT term, array_agg(block ORDER BY block), array_agg(length(offsets) / 2 ORDER BY block),"
    " string_agg(offsets, ''::bytea ORDER BY block), string_agg(counts, ''::bytea ORDER BY block)"
    " FROM {table} WHERE agent_id = %s AND term = ANY(%s) GROUP BY term"
)
"""One row a word: a word of a large agent lies in dozens of blocks, each of which costs a reader as much as a row."""

_OF_SOURCES = "SELECT block, offsets FROM {table} WHERE agent_id = %s AND term = ANY(%s)"
_HOW_MANY = "SELECT term, (sum(length(offsets)) / 2)::bigint FROM {table} WHERE agent_id = %s AND term = ANY(%s) GROUP BY term"

_LANGUAGES = "SELECT language, passages FROM {table} WHERE agent_id = %s AND passages > 0 ORDER BY passages DESC LIMIT 8"

_COUNT = (
    "INSERT INTO {table} (workspace_id, agent_id, language, passages) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (agent_id, language) DO UPDATE SET passages = {table}.passages + excluded.passages"
)

_UPSERT = (
    "INSERT INTO {table} (workspace_id, agent_id, term, block, offsets, counts)"
    " SELECT %s, %s, * FROM unnest(%s::text[], %s::int[], %s::bytea[], %s::bytea[])"
    " ON CONFLICT (agent_id, term, block) DO UPDATE SET offsets = excluded.offsets, counts = excluded.counts"
)
_NOWHERE = resident.Word(numpy.zeros(0, numpy.int32), numpy.zeros(0, "<u2"))

_ROWS = 2000
"""Written with one statement."""


def lock(agent):
    """Wait until this transaction is the only one that changes the agent's index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, str(agent.pk)])


def change(agent, *, added=(), removed=()):
    """Write passages into the index and take others out. The caller holds ``lock``.

    ``added``: (number, source's key, {word: count}, length, language) each; ``removed``: (number, source's key, words,
    language) each.
    """
    additions, removals, spoken = defaultdict(dict), defaultdict(set), Counter()
    for number, source_id, counts, length, language in added:
        block, offset = divmod(number, BLOCK)
        for term, count in counts.items():
            additions[term[:64], block][offset] = min(count, 65535)
        additions[LENGTHS, block][offset] = min(length, 65535)
        additions[_of(source_id), block][offset] = 1
        spoken[language] += 1
    for number, source_id, terms, language in removed:
        block, offset = divmod(number, BLOCK)
        spoken[language] -= 1
        for term in {*terms, LENGTHS, _of(source_id)}:
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
            rows.append((term, block, offsets, counts))
        elif row:
            empty.append((term, block))
    _store(agent, rows, empty)
    _count(agent, spoken)
    resident.changed(agent)


def read(agent, terms):
    """{word: (passage numbers int64, counts)} for the words that occur."""
    return {term: (run.numbers, run.counts) for term, run in _runs(agent, terms).items()}


def placed(agent, terms, places, state):
    """{word: resident.Word} in ``places`` for the words that occur; ``state`` is the index's."""
    found = {}
    if state is not None:
        for term in terms:
            known = resident.words.get((agent.pk, term), places.reading)
            if known is not None:
                found[term] = known
    for term, word in _placed(agent, [term for term in terms if term not in found], places):
        found[term] = word
        if state is not None:
            resident.words.put((agent.pk, term), places.reading, word)
    return {term: word for term, word in found.items() if len(word.at)}


def _placed(agent, terms, places):
    """(word, resident.Word) of each, those too that do not occur."""
    runs = _runs(agent, terms) if terms else {}
    for term in terms:
        run = runs.get(term[:64])
        if run is None:
            yield term, _NOWHERE
            continue
        at = places.at(run)
        known = at >= 0  # else learned while we were looking
        at, counts = (at, run.counts) if known.all() else (at[known], run.counts[known])
        yield term, resident.Word.of(at, counts)


def places(agent, state):
    """Every passage of the agent, and its length; ``state`` is the index's."""
    return resident.of(state, (agent.pk, "places"), lambda: _places(agent))


def _places(agent):
    return resident.Places.of(_runs(agent, [LENGTHS]).get(LENGTHS))


def _runs(agent, terms):
    """{word: Run}"""
    sql = _READ.format(table=TermBlock._meta.db_table)
    rows = binary.rows(sql, [agent.pk, [t[:64] for t in terms]])
    return {
        term: resident.Run(
            numpy.array(blocks),
            numpy.array(sizes),
            numpy.frombuffer(offsets, "<u2"),
            numpy.frombuffer(counts, "<u2"),
        )
        for term, blocks, sizes, offsets, counts in rows
    }


def of_sources(agent, source_ids):
    """Numbers of all passages of these sources of the agent, int64."""
    if not source_ids:
        return numpy.zeros(0, numpy.int64)
    sql = _OF_SOURCES.format(table=TermBlock._meta.db_table)
    found = binary.rows(sql, [agent.pk, [_of(key) for key in source_ids]])
    parts = [numpy.frombuffer(offsets, "<u2").astype(numpy.int64) + block * BLOCK for block, offsets in found]
    return numpy.concatenate(parts) if parts else numpy.zeros(0, numpy.int64)


def counts(agent, terms):
    """{word: how many passages hold it} for the words that occur."""
    sql = _HOW_MANY.format(table=TermBlock._meta.db_table)
    return dict(binary.rows(sql, [agent.pk, [t[:64] for t in terms]])) if terms else {}


def languages(agent):
    """{language code: number of the agent's passages in it}, the most used first."""
    return dict(binary.rows(_LANGUAGES.format(table=LanguageCount._meta.db_table), [agent.pk]))


def _of(source_id):
    return OF_SOURCE.format(source_id=source_id)


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
    for start in range(0, len(rows), _ROWS):
        columns = [list(column) for column in zip(*rows[start : start + _ROWS], strict=True)]
        sql = _UPSERT.format(table=TermBlock._meta.db_table)
        binary.write(sql, [agent.workspace_id, agent.pk, *columns])
    for term, block in empty:
        TermBlock.objects.filter(agent=agent, term=term, block=block).delete()


def _count(agent, spoken):
    with connection.cursor() as cursor:
        for language, more in sorted(spoken.items()):
            if more:
                sql = _COUNT.format(table=LanguageCount._meta.db_table)
                cursor.execute(sql, (agent.workspace_id, agent.pk, language, more))
