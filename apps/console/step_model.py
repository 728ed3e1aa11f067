"""Step 1: who answers. Connect a provider or a server of one's own, choose a model, or need neither."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from apps.connections.models import Connection
from apps.console import embeddings, pricing, wizard
from apps.console.entering import find_agent
from apps.routing import catalogue, choosing, families, health, providers
from apps.routing.checking import choice_of
from apps.routing.errors import AddressMalformed, AddressMissing, NoSuchModel
from apps.routing.models import ContextMode, Fallback, RoutingPolicy
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

WAYS = ("built-in", "provider", "own")
MOST_CHOICES = 40
"""Models offered per provider; whoever wants another one types it as its provider's model list has it."""


@dataclass(frozen=True)
class Choice:
    """One model that may be chosen; ``value`` names its connection too."""

    value: str
    name: str
    price: str
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """The models behind one connection."""

    connection: Connection
    choices: tuple[Choice, ...]


@open_to(Role.ADMIN)
def page(request, public_id):
    """Which of three ways, and what stands behind it; the address says which way is looked at."""
    agent = find_agent(request, public_id)
    return wizard.answer(request, "console/step_model.html", _context(agent, request.GET))


@open_to(Role.ADMIN)
@wizard.opened_shows("model")
@require_POST
@sensitive_post_parameters("api_key")
def connect(request, public_id):
    """Check the key or the address with a live call; what is wrong comes back at the field."""
    agent = find_agent(request, public_id)
    service = request.POST.get("provider", "")
    typed = {
        "provider": service,
        "base_url": request.POST.get("base_url", ""),
        "models": request.POST.get("models", ""),
    }
    way = "own" if service == catalogue.CUSTOM else "provider"
    try:
        connection, checked = _connect(request, service, typed)
    except OwnerError as problem:
        at = "base_url" if isinstance(problem, AddressMissing | AddressMalformed) else "api_key"
        context = _context(agent, {"way": way, "provider": service}) | {"typed": typed, "problem_at": at}
        return wizard.answer(request, "console/step_model.html", context, problem=problem)
    if checked.ok:
        _answer_with_the_first(agent, connection, by=request.member)
        return redirect(f"{wizard.address_of(agent, 'model')}?way={way}&provider={service}")
    context = _context(agent, {"way": way, "provider": service}) | {"typed": typed, "problem_at": "api_key"}
    return wizard.answer(request, "console/step_model.html", context, problem=checked.problem)


@open_to(Role.ADMIN)
@wizard.opened_shows("model")
@require_POST
def choose(request, public_id):
    """The agent answers with this model, or with the built-in answerer."""
    agent = find_agent(request, public_id)
    key, _colon, model = request.POST.get("model", "").partition(":")
    try:
        if key == "built-in":
            choosing.choose_model(agent, None, "", by=request.member)
            return redirect(f"{wizard.address_of(agent, 'model')}?way=built-in")
        connection = _connection(key)
        choosing.choose_model(agent, connection, model, by=request.member)
        if "fallback" in request.POST:
            _choose_fallback(agent, request.POST["fallback"], (connection, model), by=request.member)
        if request.POST.get("context") in ContextMode.values:
            _choose_context(agent, request.POST["context"], by=request.member)
        if "helps" in request.POST:
            helps = {name: name in request.POST for name in ("reorders", "rewrites")}
            choosing.choose_help(agent, **helps, by=request.member)
    except OwnerError as problem:
        return wizard.answer(
            request, "console/step_model.html", _context(agent, request.GET), problem=problem
        )
    way = "own" if connection.service == catalogue.CUSTOM else "provider"
    return redirect(f"{wizard.address_of(agent, 'model')}?way={way}&provider={connection.service}")


@open_to(Role.ADMIN)
@require_POST
def check_again(request, public_id, connection_id):
    """Ask the provider once more."""
    agent = find_agent(request, public_id)
    connection = get_object_or_404(Connection.objects.providers(), pk=connection_id)
    checked = providers.check_again(connection)
    way = "own" if connection.service == catalogue.CUSTOM else "provider"
    if checked.ok:
        _answer_with_the_first(agent, connection, by=request.member)
        return redirect(f"{wizard.address_of(agent, 'model')}?way={way}&provider={connection.service}")
    context = _context(agent, {"way": way, "provider": connection.service}) | {"problem_at": "api_key"}
    return wizard.answer(request, "console/step_model.html", context, problem=checked.problem)


@open_to(Role.ADMIN)
@require_POST
def disconnect(request, public_id, connection_id):
    """The provider and its key are gone."""
    agent = find_agent(request, public_id)
    connection = get_object_or_404(Connection.objects.providers(), pk=connection_id)
    way = "own" if connection.service == catalogue.CUSTOM else "provider"
    service = connection.service
    providers.disconnect(connection, by=request.member)
    return redirect(f"{wizard.address_of(agent, 'model')}?way={way}&provider={service}")


def _connect(request, service, typed):
    names = [name for name in typed["models"].replace(",", "\n").split("\n") if name.strip()]
    working = Connection.objects.providers().filter(service=service, ok=True).first()
    if working and service != catalogue.CUSTOM and not catalogue.provider(service).needs_url:
        checked = providers.replace_key(working, api_key=request.POST.get("api_key", ""), by=request.member)
        return working, checked
    return providers.connect(
        request.workspace,
        provider=service,
        api_key=request.POST.get("api_key", ""),
        base_url=typed["base_url"],
        models=names,
        by=request.member,
    )


def _answer_with_the_first(agent, connection, by):
    """In the set-up the first connected model answers, unless one is chosen already; a live agent's never changes so."""
    if agent.is_live:
        return
    policy = RoutingPolicy.objects.filter(agent=agent).first()
    if policy and not policy.is_built_in:
        return
    offered = providers.models_of(connection)
    if offered:
        choosing.choose_model(agent, connection, offered[0].model, by=by)


def _choose_fallback(agent, value, chosen, by):
    """One further model for when the first one fails; an empty value leaves the built-in answerer."""
    key, _colon, model = value.partition(":")
    wanted = [(_connection(key), model)] if value and (key, model) != (str(chosen[0].pk), chosen[1]) else []
    now = Fallback.objects.filter(policy__agent=agent).in_order()
    if [(str(row.connection_id), row.model) for row in now] != [(str(c.pk), m) for c, m in wanted]:
        choosing.choose_fallbacks(agent, wanted, by=by)


def _choose_context(agent, mode, by):
    if not RoutingPolicy.objects.filter(agent=agent, context_mode=mode).exists():
        choosing.choose_context(agent, mode, by=by)


def _connection(key):
    found = Connection.objects.providers().filter(pk=key).first() if len(key) == 36 else None
    if found is None:
        raise NoSuchModel(model=key[:60] or "“”")
    return found


def _context(agent, asked):
    policy = RoutingPolicy.objects.select_related("connection").filter(agent=agent).first()
    connections = list(Connection.objects.providers().order_by("created_at", "pk"))
    in_trouble = health.trouble()
    for one in connections:
        one.trouble = in_trouble.get(one.pk)
    way = _way(asked.get("way"), policy, connections)
    service = asked.get("provider") or _provider_looked_at(policy, connections, way)
    provider = catalogue.provider("custom" if way == "own" else service) if way != "built-in" else None
    others = [p for p in catalogue.providers() if not p.is_tile and p.service != catalogue.CUSTOM]
    groups = [Group(one, tuple(_choices(one, policy))) for one in connections if one.ok]
    is_chosen = policy is not None and not policy.is_built_in
    looked_at = [one for one in connections if provider and one.service == provider.service]
    return wizard.context_of(agent, "model") | {
        "way": way,
        "tiles": families.TILES,
        "others": others,
        "connected": {one.service for one in connections if one.ok},
        "provider": provider,
        "is_other": bool(provider) and not provider.is_tile and way == "provider",
        "connections": looked_at,
        "waits_to_be_chosen": agent.is_live and _waits_to_be_chosen(policy, looked_at),
        "groups": groups,
        "fallback": _fallback(policy),
        "contexts": ContextMode.choices,
        "policy": policy,
        "embeddings": embeddings.in_words(agent),
        "is_built_in": policy is not None and policy.is_built_in,
        "answers": _answering(policy),
        "chosen_price": pricing.per_thousand(policy.connection.service, policy.model) if is_chosen else "",
        "assumption": pricing.assumption(policy.connection.service, policy.model) if is_chosen else "",
        "reads": pricing.window(policy.connection.service, policy.model) if is_chosen else "",
        "rewriting_costs": _costs_of(policy, pricing.REWRITING_TOKENS) if is_chosen else "",
        "reordering_costs": _costs_of(policy, pricing.REORDERING_TOKENS) if is_chosen else "",
        "typed": {},
        "asks_other": asked.get("provider") == "other",
    }


def _costs_of(policy, tokens):
    asked = choosing.for_asides(choosing.choose(policy.agent).choices) or choice_of(
        policy.connection, policy.model
    )
    return pricing.thousand_calls(asked.provider, asked.model, *tokens)


def _waits_to_be_chosen(policy, looked_at):
    """True when what is looked at works and answers nobody yet."""
    working = {one.pk for one in looked_at if one.ok}
    return bool(working) and (policy is None or policy.connection_id not in working)


def _way(wanted, policy, connections):
    if wanted in WAYS:
        return wanted
    return _answering(policy) or ("provider" if connections else "built-in")


def _fallback(policy):
    """What the second select shows as chosen; empty: the built-in answerer."""
    first = policy.fallbacks.in_order().first() if policy else None
    return f"{first.connection_id}:{first.model}" if first else ""


def _answering(policy):
    """Which of the three ways the agent answers by today; "" before anything was chosen."""
    if policy is None:
        return ""
    if policy.is_built_in:
        return "built-in"
    return "own" if policy.connection.service == catalogue.CUSTOM else "provider"


def _provider_looked_at(policy, connections, way):
    if policy and not policy.is_built_in and policy.connection.service != catalogue.CUSTOM:
        return policy.connection.service
    tried = [one.service for one in connections if one.service != catalogue.CUSTOM]
    return tried[-1] if tried else families.TILES[0].service


def _choices(connection, policy):
    chosen = policy.model if policy and policy.connection_id == connection.pk else ""
    offered = providers.models_of(connection)
    shown = offered[:MOST_CHOICES]
    if chosen and chosen not in {one.model for one in shown}:
        shown = [catalogue.model(connection.service, chosen), *shown]
    for one in shown:
        price = pricing.per_thousand(connection.service, one.model)
        yield Choice(f"{connection.pk}:{one.model}", one.name, price, one.model == chosen)
