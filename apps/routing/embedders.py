"""Who can make embeddings for a workspace: connected providers, and services that do nothing else."""

import asyncio
import time
from dataclasses import dataclass

import numpy
from django.db import transaction
from django.utils.translation import gettext as _

from apps.connections import keeping
from apps.connections.models import Connection, Kind
from apps.routing import catalogue, embedding_models, errors, families, gateway, providers, wire
from apps.routing.checking import choice_of
from apps.routing.failures import EmbeddingFailed, EmbeddingNotTried
from apps.workspaces import auditing

CHECK_S = 20.0
"""A server of one's own may load the model first."""

PROBE = "Where do I find the price list and the opening hours?"
"""A sentence that no model changes its mind about: other numbers for it, another model."""

ALIKE = 0.97
"""The probe's vectors of one model are this close to each other, however its server rounds and whatever it is sent
with. Those of two models lie about 0; a server that pools wrongly gave between 0.57 and 0.99.
"""

_BESIDE = ("Yes.", "The ferry leaves at nine and comes back at four.", "Is it true? " * 20)
"""Texts of several lengths, with which the probe must mean what it means alone."""


@dataclass(frozen=True)
class Tried:
    """A live call that worked: ``probe`` are the vectors of ``PROBE`` as a passage and as a question."""

    probe: numpy.ndarray
    ms: int

    @property
    def dimensions(self):
        return self.probe.shape[1]


def connect(workspace, *, service, api_key="", base_url="", model, by=None):
    """A service is connected for embeddings alone and made one with ``model``; returns the Connection.

    What fails is not kept. Raises EmbeddingNotTried, UnknownProvider, KeyMissing, KeyMalformed, AddressMissing,
    AddressMalformed, NoSuchModel. Takes seconds. Scope needed.
    """
    if service != catalogue.CUSTOM and service not in families.EMBEDDERS_ONLY:
        raise errors.UnknownProvider(provider=service[:60] or "“”")
    known = catalogue.provider(service)
    secret, address = providers.clean_key(known, api_key), providers.clean_address(known, base_url)
    model = model.strip()
    if not model:
        raise errors.NoSuchModel(model="“”")
    tried = Connection(kind=Kind.EMBEDDINGS, service=service, base_url=address, secrets={"api_key": secret})
    check(tried, model)
    with transaction.atomic():
        connection = keeping.keep(
            workspace,
            kind=Kind.EMBEDDINGS,
            service=service,
            name=providers.name_of(known, address),
            secrets={"api_key": secret} if secret else {},
            base_url=address,
            hint_of=secret,
            replacing=_before(service, address),
        )
        names = [*dict.fromkeys([*connection.model_names, model])]
        keeping.note_check(connection, ok=True, model_names=names)
        words = _("Connected {provider} for embeddings.").format(provider=connection.name)
        auditing.record(workspace, by, "embeddings.connected", connection, words)
    return connection


def check(connection, model):
    """Make an embedding by a live call: what it came to, as Tried. Raises EmbeddingNotTried. Takes seconds."""
    began = time.monotonic()
    choice = choice_of(connection, model)
    try:
        probe = asyncio.run(_try(choice))
    except EmbeddingFailed as failure:
        told = {"provider": failure.provider, "model": failure.model, "said": failure.said}
        raise EmbeddingNotTried(failure.kind, **told) from None
    return Tried(probe, round((time.monotonic() - began) * 1000 / 3))


async def _try(choice):
    try:
        passage, _used = await gateway.embed(choice, [PROBE], limit_s=CHECK_S)
        question, _used = await gateway.embed(choice, [PROBE], asks=True, limit_s=CHECK_S)
        beside, _used = await gateway.embed(choice, [PROBE, *_BESIDE], limit_s=CHECK_S)
    finally:
        await wire.transport.leave_loop()
    names = {"provider": gateway.provider_name(choice), "model": choice.model}
    if not passage.shape[1] == question.shape[1] == beside.shape[1]:
        raise EmbeddingFailed("garbage", **names)
    if float(passage[0] @ beside[0]) < ALIKE:
        raise EmbeddingFailed("unsteady", **names)
    return numpy.concatenate([passage, question])


def offered():
    """(connection, its embedding models as EmbeddingModel) for each that works. Scope needed."""
    found = Connection.objects.for_models().working().order_by("created_at", "pk")
    return [(one, models_of(one)) for one in found if embedding_models.may_embed(one.service)]


def models_of(connection):
    """The embedding models of a connection: those of the catalogue; where it knows none, all that are listed."""
    known = list(embedding_models.models(connection.service))
    if known:
        return known
    return [embedding_models.model(connection.service, name) for name in connection.model_names]


def named(name):
    """The connection and model that ``openai/text-embedding-3-small`` means. Raises NoSuchModel. Scope needed."""
    service, _slash, model = name.partition("/")
    if model and embedding_models.may_embed(service):
        found = Connection.objects.for_models().working().filter(service=service)
        connection = found.order_by("kind", "-created_at").first()
        if connection is not None:
            return connection, model
    raise errors.NoSuchModel(model=name[:160])


def _before(service, address):
    found = Connection.objects.select_for_update(of=("self",)).filter(kind=Kind.EMBEDDINGS, service=service)
    return found.filter(base_url=address).first()
