"""The owner chooses what searches by meaning: the built-in embeddings, or a model of a provider or of their own."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Left, Length
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.knowledge.models import Passage
from apps.knowledge.space_models import EmbeddingSpace
from apps.routing import embedders, embedding_models, errors
from apps.workspaces import auditing
from berrydesk.text.sizes import tokens_of

SAMPLED = 200
"""Passages whose tokens are estimated one by one; the others by their characters."""


@dataclass(frozen=True)
class Estimate:
    """What embedding everything takes; ``usd`` is None where no price is known."""

    passages: int
    tokens: int
    usd: Decimal | None


def choose(agent, connection, model, *, by=None):
    """A space for ``model`` behind ``connection`` is being built; it takes over when it is complete.

    Returns the EmbeddingSpace. Raises EmbeddingFailed, NoSuchModel. Takes seconds; hold no transaction meanwhile.
    """
    if not embedding_models.may_embed(connection.service) or not model.strip():
        raise errors.NoSuchModel(model=model[:160] or "“”")
    tried = embedders.check(connection, model.strip())
    return begin(agent, connection, model.strip(), tried, by=by)


def begin(agent, connection, model, tried, *, by=None):
    """``choose`` after its live call, in one transaction. Scope needed."""
    now = timezone.now()
    with transaction.atomic():
        EmbeddingSpace.objects.in_the_making().filter(agent=agent).update(left_at=now)
        space = EmbeddingSpace.objects.create(
            workspace_id=agent.workspace_id,
            agent=agent,
            connection=connection,
            model=model[:160],
            dimensions=tried.dimensions,
            probe=tried.probe.reshape(-1),
            longest=embedding_models.model(connection.service, model).longest,
            chosen_by=by,
            due_at=now,
        )
        words = _("{agent} is to search by meaning with {model}.").format(agent=agent.name, model=model)
        auditing.record(agent.workspace_id, by, "embeddings.chosen", space, words)
    return space


def built_in(agent, *, by=None):
    """The built-in embeddings search from now on, and nothing is being built. Scope needed."""
    with transaction.atomic():
        left = EmbeddingSpace.objects.filter(agent=agent).kept().update(left_at=timezone.now())
        if left:
            words = _("{agent} searches by meaning with the built-in embeddings.").format(agent=agent.name)
            auditing.record(agent.workspace_id, by, "embeddings.built_in", agent, words)


def stop_building(agent, *, by=None):
    """What is being built is given up; what is in use stays. Scope needed."""
    with transaction.atomic():
        left = EmbeddingSpace.objects.in_the_making().filter(agent=agent).update(left_at=timezone.now())
        if left:
            words = _("{agent} keeps the embeddings it has.").format(agent=agent.name)
            auditing.record(agent.workspace_id, by, "embeddings.given_up", agent, words)


def try_again(agent, *, by=None):
    """What failed or waits is tried at once. Scope needed."""
    EmbeddingSpace.objects.filter(agent=agent).kept().update(
        failed_at=None, problem=None, attempts=0, due_at=timezone.now(), resting_until=None, failures=0
    )
    waiting = EmbeddingSpace.objects.filter(agent=agent, lease_by="").kept()
    waiting.update(lease_until=None)
    auditing.record(
        agent.workspace_id, by, "embeddings.tried_again", agent, _("Tried once more to embed the passages.")
    )


def estimate(agent, connection, model):
    """What embedding the agent's passages with ``model`` takes. Scope needed."""
    known = embedding_models.model(connection.service, model)
    rows = Passage.objects.filter(agent=agent).kept()
    count = rows.count()
    total = rows.aggregate(n=Sum(Length(Left("text", known.longest))))["n"] or 0
    sample = list(rows.order_by("number").values_list("text", flat=True)[:SAMPLED])
    characters = sum(len(text) for text in sample)
    share = sum(tokens_of(text) for text in sample) / characters if characters else 0
    tokens = round(total * share)
    return Estimate(count, tokens, None if known.price is None else tokens * Decimal(str(known.price)))
