"""Vectors of passages by a model of the owner's choice: written, counted, and compared within their own space."""

from dataclasses import dataclass, field

import numpy
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.knowledge.models import Passage
from apps.knowledge.retrieval import resident, signs
from apps.knowledge.space_models import EmbeddingSpace, SpaceBlock, SpaceVector
from berrydesk.db import binary

_READ = "SELECT block, offsets, signs, far FROM {table} WHERE space_id = %s ORDER BY block"
_NEAREST = (
    "SELECT passage_id FROM {table} WHERE space_id = %s AND passage_id = ANY(%s::bigint[])"
    " ORDER BY vector <=> %s::halfvec, passage_id LIMIT %s"
)
_CLOSENESS = "SELECT passage_id, 1 - (vector <=> %s::halfvec) FROM {table} WHERE space_id = %s AND passage_id = ANY(%s)"
_UPSERT = (
    "INSERT INTO {table} (workspace_id, space_id, block, offsets, signs, far) VALUES (%s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (space_id, block) DO UPDATE SET offsets = excluded.offsets, signs = excluded.signs,"
    " far = excluded.far"
)


@dataclass(frozen=True)
class Meant:
    """Questions in the space they are asked in; without a space, in the built-in embeddings alone.

    ``vectors`` {question: unit vector}. ``name`` is the model's; ``problem`` says why it was not used after all.
    """

    space_id: object = None
    vectors: dict = field(default_factory=dict)
    name: str = ""
    problem: dict | None = None

    def of(self, query):
        """The question's vector in the space, or None."""
        return self.vectors.get(query)


BUILT_IN = Meant()


def nearest(space_id, vector, count, hidden=(), *, state=None):
    """Numbers of the ``count`` passages of the space nearest to ``vector``, nearest first.

    ``state`` is that of the agent's index (``resident``); without it everything is read afresh.
    """
    numbers = signs.near(
        resident.of(state, (space_id, "signs"), lambda: _signs(space_id)), vector, count, hidden
    )
    sql = _NEAREST.format(table=SpaceVector._meta.db_table)
    return [n for (n,) in binary.rows(sql, [space_id, signs.array(numbers), signs.text(vector), count])]


def _signs(space_id):
    return signs.read(_READ.format(table=SpaceBlock._meta.db_table), [space_id])


def closeness(space_id, vector, numbers):
    """{number: cosine with ``vector``} of those passages that have their vector in the space."""
    sql = _CLOSENESS.format(table=SpaceVector._meta.db_table)
    return dict(binary.rows(sql, [signs.text(vector), space_id, numbers]))


def missing(space):
    """The agent's passages without a vector in the space."""
    there = SpaceVector.objects.filter(space=space, passage=OuterRef("pk"))
    return Passage.objects.filter(~Exists(there), agent=space.agent_id).kept()


def add(space, vectors):
    """``vectors``, {passage number: unit vector}, are found from now on; passages gone meanwhile are left out.

    The caller holds the index's lock. Adding twice is the same as adding once.
    """
    there = set(Passage.objects.filter(number__in=vectors).values_list("number", flat=True))
    vectors = {number: vector for number, vector in vectors.items() if number in there}
    SpaceVector.objects.bulk_create(
        [
            SpaceVector(workspace_id=space.workspace_id, space=space, passage_id=number, vector=vector)
            for number, vector in vectors.items()
        ],
        ignore_conflicts=True,
    )
    _change(space, added=list(vectors.items()))
    resident.changed(space.agent)


def passages_changed(agent, *, removed=()):
    """The agent's spaces know that passages came or went. The caller holds the index's lock."""
    kept = EmbeddingSpace.objects.filter(agent=agent).kept()
    for space in kept if removed else ():
        _change(space, removed=removed)
    kept.update(due_at=timezone.now())


def counts(space):
    """(passages that have their vector, passages in all)."""
    total = Passage.objects.filter(agent=space.agent_id).kept().count()
    return min(SpaceVector.objects.filter(space=space).count(), total), total


def unit(vector):
    """The vector at length one, as float32."""
    vector = numpy.asarray(vector, numpy.float32)
    return vector / max(float(numpy.linalg.norm(vector)), 1e-9)


def _change(space, *, added=(), removed=()):
    blocks = signs.blocks_of([*(number for number, _v in added), *removed])
    known = SpaceBlock.objects.filter(space=space, block__in=blocks).values_list(
        "block", "offsets", "signs", "far"
    )
    with connection.cursor() as cursor:
        for block, row in signs.merged(known, added, removed).items():
            if row:
                sql = _UPSERT.format(table=SpaceBlock._meta.db_table)
                cursor.execute(sql, (space.workspace_id, space.pk, block, *row))
            else:
                SpaceBlock.objects.filter(space=space, block=block).delete()
