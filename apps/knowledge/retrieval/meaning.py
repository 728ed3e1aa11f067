"""Passages near a question in meaning, by the built-in embeddings that every passage has."""

from django.db import connection

from apps.knowledge.index_models import SignBlock
from apps.knowledge.models import Passage
from apps.knowledge.retrieval import resident, signs
from berrydesk.db import binary

_READ = "SELECT block, offsets, signs, far FROM {table} WHERE agent_id = %s ORDER BY block"
_EXACT = (
    "SELECT number FROM {table} WHERE number = ANY(%s::bigint[]) AND embedding IS NOT NULL"
    " ORDER BY embedding <=> %s::halfvec, number LIMIT %s"
)
_UPSERT = (
    "INSERT INTO {table} (workspace_id, agent_id, block, offsets, signs, far) VALUES (%s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (agent_id, block) DO UPDATE SET offsets = excluded.offsets, signs = excluded.signs,"
    " far = excluded.far"
)


def nearest(agent, vector, count, hidden=(), *, state=None):
    """Numbers of the ``count`` passages nearest to ``vector``, nearest first, those in ``hidden`` left out.

    ``state`` is the index's (``resident``); without it everything is read afresh.
    """
    everything = resident.of(state, (agent.pk, "signs"), lambda: _signs(agent))
    numbers = signs.near(everything, vector, count, hidden)
    exact = _EXACT.format(table=Passage._meta.db_table)
    return [number for (number,) in binary.rows(exact, [signs.array(numbers), signs.text(vector), count])]


def _signs(agent):
    return signs.read(_READ.format(table=SignBlock._meta.db_table), [agent.pk])


def change(agent, *, added=(), removed=()):
    """Write (number, unit vector) pairs into the signs and take ``removed`` numbers out. The caller holds the lock."""
    blocks = signs.blocks_of([*(number for number, _v in added), *removed])
    if not blocks:
        return
    known = SignBlock.objects.filter(agent=agent, block__in=blocks).values_list(
        "block", "offsets", "signs", "far"
    )
    with connection.cursor() as cursor:
        for block, row in signs.merged(known, added, removed).items():
            if row:
                sql = _UPSERT.format(table=SignBlock._meta.db_table)
                cursor.execute(sql, (agent.workspace_id, agent.pk, block, *row))
            else:
                SignBlock.objects.filter(agent=agent, block=block).delete()
    resident.changed(agent)
