"""Which model answers: what the owner chose, and in which order models are asked in a turn."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.connections.models import Connection, Kind
from apps.routing import catalogue, health, prices, providers
from apps.routing.checking import choice_of
from apps.routing.errors import NoSuchModel, NotAProvider
from apps.routing.gateway import ModelChoice
from apps.routing.models import ContextMode, Fallback, RoutingPolicy
from apps.workspaces import auditing
from berrydesk.db.scopes import in_workspace

ASIDE_TOKENS = (1_500, 30)
"""Read and written in a short question beside the answer."""


@dataclass(frozen=True)
class Route:
    """The models to ask, in order; none: the built-in answerer. ``reason`` says why, in words.

    ``reorders`` and ``rewrites``: how the owner lets a model help to find before it answers; ``reads``: what it reads.
    """

    choices: tuple[ModelChoice, ...] = ()
    reason: str = ""
    reorders: bool = False
    rewrites: bool = False
    reads: ContextMode = ContextMode.AUTO

    @property
    def choice(self):
        """The model asked first, or None for the built-in answerer."""
        return self.choices[0] if self.choices else None

    @property
    def fallbacks(self):
        return self.choices[1:]


def choose_model(agent, connection, model, by=None):
    """The agent answers with ``model`` behind ``connection``; with neither, by the built-in answerer.

    Returns the RoutingPolicy. Raises NotAProvider, NoSuchModel. Scope needed.
    """
    if connection is not None:
        _must_have(connection, model)
    with transaction.atomic():
        policy, _made = RoutingPolicy.objects.update_or_create(
            agent=agent,
            defaults={
                "workspace_id": agent.workspace_id,
                "connection": connection,
                "model": model if connection else "",
                "chosen_at": timezone.now(),
                "chosen_by": by,
            },
        )
        told = catalogue.human_name(connection.service, model) if connection else _("the built-in answerer")
        words = _("{agent} answers with {model}.").format(agent=agent.name, model=told)
        auditing.record(agent.workspace_id, by, "routing.chosen", policy, words)
    return policy


def choose_fallbacks(agent, chosen, by=None):
    """These models, ``[(connection, model), …]``, answer in this order when the first one fails.

    Returns the RoutingPolicy. Raises NotAProvider, NoSuchModel. Scope needed.
    """
    for connection, model in chosen:
        _must_have(connection, model)
    with transaction.atomic():
        policy, _made = RoutingPolicy.objects.get_or_create(
            agent=agent, defaults={"workspace_id": agent.workspace_id, "chosen_by": by}
        )
        Fallback.objects.filter(policy=policy).delete()
        Fallback.objects.bulk_create(
            Fallback(
                workspace_id=agent.workspace_id,
                policy=policy,
                position=place,
                connection=connection,
                model=model,
            )
            for place, (connection, model) in enumerate(chosen)
        )
        words = _("{agent} has {count} fallback models.").format(agent=agent.name, count=len(chosen))
        auditing.record(agent.workspace_id, by, "routing.fallbacks_chosen", policy, words)
    return policy


def choose_context(agent, mode, by=None):
    """A model of this agent reads ``mode`` (see ContextMode) for each question from now on. Scope needed."""
    with transaction.atomic():
        policy, _made = RoutingPolicy.objects.update_or_create(
            agent=agent,
            defaults={"context_mode": ContextMode(mode)},
            create_defaults={
                "workspace_id": agent.workspace_id,
                "context_mode": ContextMode(mode),
                "chosen_by": by,
            },
        )
        words = _("{agent} reads {what}.").format(agent=agent.name, what=ContextMode(mode).label)
        auditing.record(agent.workspace_id, by, "routing.context_chosen", policy, words)
    return policy


def choose_help(agent, *, reorders=None, rewrites=None, by=None):
    """A model of this agent re-orders what was found, and rewrites follow-up questions, or it does not.

    None leaves it as it was. Returns the RoutingPolicy. Scope needed.
    """
    with transaction.atomic():
        policy, _made = RoutingPolicy.objects.select_for_update(of=("self",)).get_or_create(
            agent=agent, defaults={"workspace_id": agent.workspace_id, "chosen_by": by}
        )
        for name, wanted in (("reorders", reorders), ("rewrites", rewrites)):
            if wanted is None or wanted == getattr(policy, name):
                continue
            setattr(policy, name, wanted)
            policy.save(update_fields=[name])
            words = _HELP_WORDS[name, wanted].format(agent=agent.name)
            auditing.record(agent.workspace_id, by, "routing.help_chosen", policy, words)
    return policy


_HELP_WORDS = {
    ("reorders", True): gettext_lazy("A model re-orders what {agent} found."),
    ("reorders", False): gettext_lazy("What {agent} found stays in the order it was found in."),
    ("rewrites", True): gettext_lazy("A model rewrites follow-up questions to {agent}."),
    ("rewrites", False): gettext_lazy("Follow-up questions to {agent} are read without a model."),
}


def for_asides(choices):
    """Who is asked short questions beside the answer: the cheapest of ``choices``, else the first; None without any."""
    if not choices:
        return None
    costs = [prices.cost(one.provider, one.model, *ASIDE_TOKENS) for one in choices]
    if (
        costs[0] is None
    ):  # a server of one's own costs nothing, and what has no price is not known to be dearer
        return choices[0]
    return min(zip(choices, costs, strict=True), key=lambda pair: (pair[1] is None, pair[1]))[0]


def named(name):
    """The connection and model that a LiteLLM name means: ``openai/gpt-6-luna``, or a model's own name.

    A working connection goes first, then the latest. Raises NoSuchModel. Scope needed.
    """
    service, _slash, model = name.partition("/")
    found = list(Connection.objects.providers().order_by("-ok", "-created_at"))
    for connection in found:
        if connection.service == service and model and _has(connection, model):
            return connection, model
    for connection in found:
        if name in {m.model for m in providers.models_of(connection)}:
            return connection, name
    raise NoSuchModel(model=name[:160])


def choose(agent):
    """The Route of an agent's next answer: resting and removed providers are left out. Scope needed."""
    policy = _policy_of(agent)
    if policy is None:
        return Route((), _("The built-in answerer: no model is chosen yet."))
    fallbacks = policy.fallbacks.in_order().select_related("connection__health")
    wanted = [(policy.connection, policy.model)] if not policy.is_built_in else []
    if not wanted and not policy.model:
        return Route((), _("The built-in answerer: the owner chose it."))
    wanted += [(row.connection, row.model) for row in fallbacks]
    usable = [(c, m) for c, m in wanted if not health.rests(c)]
    choices = tuple(choice_of(connection, model) for connection, model in usable)
    helps = {"reorders": policy.reorders, "rewrites": policy.rewrites} if choices else {}
    return Route(choices, _reason(policy, wanted, usable), **helps, reads=ContextMode(policy.context_mode))


def _policy_of(agent):
    rows = RoutingPolicy.objects.filter(agent=agent).select_related("connection__health")
    return next(iter(rows), None)


def route(workspace_id, agent):
    """``choose``, for code that has no scope of its own."""
    with in_workspace(workspace_id):
        return choose(agent)


def note_failure(workspace_id, choice, failure):
    """The failure of ``choice`` is on record, for people and for the circuit breaker."""
    with in_workspace(workspace_id):
        health.note_failure(choice.connection_id, failure, model=choice.model)


def note_success(workspace_id, choice):
    """``choice`` answered: its provider is well."""
    with in_workspace(workspace_id):
        health.note_success(choice.connection_id)


def _reason(policy, wanted, usable):
    if not usable:
        if not wanted:
            return _("The built-in answerer: the provider of the chosen model was disconnected.")
        return _(
            "The built-in answerer: every chosen provider failed just now and is left alone for a moment."
        )
    connection, model = usable[0]
    told = catalogue.human_name(connection.service, model)
    if usable[0] == wanted[0] and not policy.is_built_in:
        return _("{model}: the owner chose it.").format(model=told)
    return _("{model}, a fallback: the model before it cannot answer just now.").format(model=told)


def _must_have(connection, model):
    if connection is None or connection.kind != Kind.PROVIDER:
        raise NotAProvider()
    if not _has(connection, model):
        raise NoSuchModel(model=model[:160])


def _has(connection, model):
    """True when the provider listed the model, or listed none at all: then its owner knows."""
    listed = connection.model_names or ()
    if model in listed:
        return True
    known = bool(catalogue.facts_of(connection.service, model))
    return known or (bool(model) and not listed)
