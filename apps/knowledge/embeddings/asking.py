"""The vectors of questions: made once for each question, within a second or so, else the built-in embeddings do."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

import numpy
from django.utils import timezone

from apps.knowledge.embeddings import using
from apps.knowledge.embeddings.errors import Disconnected, OtherModel, Resting
from apps.knowledge.retrieval.spaces import BUILT_IN, Meant
from apps.knowledge.space_models import EmbeddingSpace
from apps.routing import gateway, wire
from apps.routing.checking import choice_of
from apps.routing.embedders import ALIKE, PROBE
from apps.routing.gateway import ModelChoice
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit
from berrydesk.errors import OwnerError

log = logging.getLogger(__name__)

LIMIT_S = 1.2
"""A visitor waits for this before the first word."""

BATCH = 31
"""Texts in a request, to which the probe comes: 32 is what many servers of one's own take at once."""

FAILURES, REST_S, LONGEST_REST_S = 3, 30, 300
"""After so many failures in a row no question is sent for half a minute, or for what the provider asks."""


@dataclass(frozen=True)
class InUse:
    """The space an agent's questions are asked in, with all that needs no database. ``probe``: as a question."""

    space_id: object
    workspace_id: object
    name: str
    dimensions: int
    probe: numpy.ndarray
    choice: ModelChoice | None
    is_resting: bool
    is_in_trouble: bool


def in_use(agent):
    """The agent's InUse, or None: the built-in embeddings. Scope needed."""
    space = EmbeddingSpace.objects.in_use().filter(agent=agent).select_related("connection").first()
    if space is None:
        return None
    connection = space.connection
    return InUse(
        space_id=space.pk,
        workspace_id=space.workspace_id,
        name=name_of(space),
        dimensions=space.dimensions,
        probe=probes(space)[1],
        choice=choice_of(connection, space.model) if connection else None,
        is_resting=space.resting_until is not None and space.resting_until > timezone.now(),
        is_in_trouble=space.trouble is not None or space.failures > 0,
    )


async def of_questions(used, texts, *, limit_s=LIMIT_S):
    """(Meant, the Usage of each request that was answered) of ``texts`` in the space ``used``, an InUse or None.

    ``limit_s`` is for each ``BATCH`` of them. Never raises for what a provider does.
    """
    usages: list = []
    if used is None:
        return BUILT_IN, usages
    try:
        vectors = await _vectors(used, texts, limit_s, usages)
    except OwnerError as failure:
        if not isinstance(failure, Resting | Disconnected):
            await database_unit(_note_failure, used, failure)
        return Meant(name=used.name, problem=failure.as_dict()), usages
    if used.is_in_trouble:
        await database_unit(_note_success, used)
    return Meant(used.space_id, dict(zip(texts, vectors, strict=True)), used.name), usages


def of_questions_now(agent, texts, *, limit_s=LIMIT_S):
    """The Meant of ``texts``, for code that is not asynchronous and holds no transaction. Scope needed."""
    used = in_use(agent)
    if not used or not texts:
        return BUILT_IN
    meant, usages = asyncio.run(_alone(used, texts, limit_s))
    for usage in usages:
        using.note(agent, used.choice, usage)
    return meant


def must_be_the_model(name, vectors, expected):
    """Raises OtherModel where the probe's vector, the first of ``vectors``, is another than the space has."""
    if vectors.shape[1] != len(expected) or float(vectors[0] @ expected) < ALIKE:
        raise OtherModel(model=name)


def probes(space):
    """(2, dimensions) float32, unit length: what the model made of the probe as a passage and as a question."""
    found = numpy.array(space.probe, numpy.float32).reshape(2, -1)
    return found / numpy.linalg.norm(found, axis=1, keepdims=True)


def name_of(space):
    """The model as people read it."""
    return f"{space.model} ({space.connection.name})" if space.connection else space.model


async def _alone(used, texts, limit_s):
    try:
        return await of_questions(used, texts, limit_s=limit_s)
    finally:
        await wire.transport.leave_loop()


async def _vectors(used, texts, limit_s, usages):
    if used.choice is None:
        raise Disconnected(model=used.name)
    if used.is_resting:
        raise Resting(model=used.name)
    vectors: list = []
    for start in range(0, len(texts), BATCH):
        some = [PROBE, *texts[start : start + BATCH]]
        found, usage = await gateway.embed(used.choice, some, asks=True, limit_s=limit_s)
        usages.append(usage)
        must_be_the_model(used.name, found, used.probe)
        vectors.extend(found[1:])
    return vectors


def _note_failure(used, failure):
    log.info("Questions are searched without %s: %s", used.name, failure)
    asked = getattr(failure, "retry_after_s", None)
    with in_workspace(used.workspace_id):
        space = EmbeddingSpace.objects.filter(pk=used.space_id).first()
        if space is None:
            return
        failures, now = space.failures + 1, timezone.now()
        rest_s = min(asked or REST_S, LONGEST_REST_S) if asked or failures >= FAILURES else 0
        EmbeddingSpace.objects.filter(pk=space.pk).update(
            trouble=failure.as_dict() | {"said": getattr(failure, "said", "")},
            failures=failures,
            resting_until=now + timedelta(seconds=rest_s) if rest_s else None,
        )


def _note_success(used):
    with in_workspace(used.workspace_id):
        EmbeddingSpace.objects.filter(pk=used.space_id).update(trouble=None, failures=0, resting_until=None)
