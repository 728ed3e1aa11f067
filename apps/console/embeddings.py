"""Search by meaning, under Models: the built-in embeddings, or a model of a provider or of one's own server."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from apps.connections import keeping
from apps.connections.models import Connection, Kind
from apps.console import pricing, why, wizard
from apps.console.entering import find_agent
from apps.knowledge.embeddings import asking, choosing, using
from apps.knowledge.retrieval import spaces
from apps.knowledge.space_models import EmbeddingSpace
from apps.routing import catalogue, embedders, families
from apps.routing.errors import AddressMalformed, AddressMissing, KeyMalformed, KeyMissing, NoSuchModel
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

PAGE = "console/embeddings.html"
VERBS = {"built-in": choosing.built_in, "stop": choosing.stop_building, "again": choosing.try_again}


@dataclass(frozen=True)
class Group:
    """The embedding models behind one connection, as (value, name with price); ``is_own`` takes typed names."""

    connection: Connection
    choices: list
    is_own: bool


@require_GET
@open_to(Role.ADMIN)
def page(request, public_id):
    """What searches by meaning today, what is being built, and the way to another model."""
    agent = find_agent(request, public_id)
    if request.GET.get("part") == "state":
        return _state(request, agent)
    return wizard.answer(request, PAGE, _context(agent, request.GET))


@open_to(Role.ADMIN)
@wizard.opened_shows("embeddings")
@require_POST
def check(request, public_id):
    """One embedding by a live call, and what embedding everything would take; nothing changes."""
    agent = find_agent(request, public_id)
    context = _context(agent, request.POST)
    try:
        connection, model = _picked(request.POST)
        tried = embedders.check(connection, model)
    except OwnerError as problem:
        return wizard.answer(request, PAGE, context | {"problem_at": "model"}, problem=problem)
    said = _("{model} answers: {n} numbers for each passage, in {ms}.").format(
        model=model, n=f"{tried.dimensions:,}", ms=why.seconds(tried.ms)
    )
    takes = _takes(choosing.estimate(agent, connection, model), connection)
    return wizard.answer(request, PAGE, context | {"tried": said, "takes": takes})


@open_to(Role.ADMIN)
@wizard.opened_shows("embeddings")
@require_POST
def choose(request, public_id):
    """The model is tried once more and its embeddings are being made; nothing else changes until they are."""
    agent = find_agent(request, public_id)
    try:
        connection, model = _picked(request.POST)
        choosing.choose(agent, connection, model, by=request.member)
    except OwnerError as problem:
        context = _context(agent, request.POST) | {"problem_at": "model"}
        return wizard.answer(request, PAGE, context, problem=problem)
    return redirect("console:embeddings", agent.public_id)


@open_to(Role.ADMIN)
@wizard.opened_shows("embeddings")
@require_POST
@sensitive_post_parameters("api_key")
def connect(request, public_id):
    """A service that makes embeddings alone is tried and kept; its model is picked in the form."""
    agent = find_agent(request, public_id)
    typed = {name: request.POST.get(name, "") for name in ("service", "base_url", "name")}
    try:
        connection = embedders.connect(
            request.workspace,
            service=typed["service"],
            api_key=request.POST.get("api_key", ""),
            base_url=typed["base_url"] if typed["service"] == catalogue.CUSTOM else "",
            model=typed["name"],
            by=request.member,
        )
    except OwnerError as problem:
        context = _context(agent, {}) | {"problem_at": _field_of(problem), "typed": typed}
        return wizard.answer(request, PAGE, context, problem=problem)
    address = reverse("console:embeddings", args=[agent.public_id])
    return redirect(f"{address}?model={connection.pk}:{typed['name'].strip()}")


@open_to(Role.ADMIN)
@wizard.opened_shows("embeddings")
@require_POST
def change(request, public_id, verb):
    """Back to the built-in embeddings, no new ones after all, or once more what failed."""
    agent = find_agent(request, public_id)
    if verb not in VERBS:
        raise Http404
    VERBS[verb](agent, by=request.member)
    return redirect("console:embeddings", agent.public_id)


@open_to(Role.ADMIN)
@require_POST
def forget(request, public_id, connection_id):
    """A service for embeddings and its key are gone."""
    agent = find_agent(request, public_id)
    connection = get_object_or_404(Connection, kind=Kind.EMBEDDINGS, pk=connection_id)
    keeping.forget(connection, by=request.member)
    return redirect("console:embeddings", agent.public_id)


def in_words(agent):
    """What searches by meaning, and whether something else is to, in a few words."""
    kept = EmbeddingSpace.objects.filter(agent=agent).kept()
    used, coming = kept.in_use().first(), kept.in_the_making().first()
    name = used.model if used else _("the built-in embeddings")
    if coming and coming.failed_at:
        return _("{name}; {other} failed").format(name=name, other=coming.model)
    if coming:
        return _("{name}; {other} is being prepared").format(name=name, other=coming.model)
    return _("{name}, which failed lately").format(name=name) if used and used.trouble else name


def _state(request, agent):
    answer = render(request, f"{PAGE}#state", {"agent": agent} | _standing(agent))
    if not EmbeddingSpace.objects.filter(agent=agent).in_the_making().exists():
        answer["HX-Refresh"] = "true"  # what stands below has changed too
    return answer


def _context(agent, asked):
    connections = Connection.objects.filter(kind=Kind.EMBEDDINGS).order_by("created_at", "pk")
    groups = [_group(one, models) for one, models in embedders.offered()]
    return wizard.context_of(agent, "model") | {
        **_standing(agent),
        "groups": groups,
        "takes_names": any(group.is_own for group in groups),
        "picked": asked.get("model", ""),
        "named": asked.get("named", ""),
        "services": [(catalogue.CUSTOM, _("A server of your own")), *sorted(families.EMBEDDERS_ONLY.items())],
        "connections": connections,
        "typed": {"service": catalogue.CUSTOM},
    }


def _standing(agent):
    """What is in use and what is being built, with true counts."""
    kept = EmbeddingSpace.objects.filter(agent=agent).kept().select_related("connection")
    used, coming = kept.in_use().first(), kept.in_the_making().first()
    for space in filter(None, (used, coming)):
        space.name = asking.name_of(space)
        space.embedded, space.passages = spaces.counts(space)
        space.came_to = _came_to(*using.so_far(agent, space.model))
    return {"used": used, "coming": coming, "is_working": bool(coming and not coming.failed_at)}


def _came_to(tokens, cost):
    """What embedding came to so far, in words; "" where the server counts nothing."""
    if not tokens:
        return ""
    told = ngettext("{n} token so far", "{n} tokens so far", tokens).format(n=f"{tokens:,}")
    return f"{told}, {pricing.dollars(cost)}" if cost else told


def _group(connection, models):
    is_own = connection.service == catalogue.CUSTOM
    choices = [_choice(connection, model) for model in models]
    if is_own and not choices:
        choices = [(f"{connection.pk}:", _("the one named below"))]
    return Group(connection, choices, is_own)


def _choice(connection, model):
    value = f"{connection.pk}:{model.model}"
    if model.price is None:
        return value, model.name
    million = pricing.dollars(model.price * 1_000_000)
    return value, _("{name} · {price} per million tokens").format(name=model.name, price=million)


def _picked(asked):
    """The connection and model of a form: the typed name goes before the listed one, on one's own server."""
    key, _colon, model = asked.get("model", "").partition(":")
    found = Connection.objects.for_models().working().filter(pk=key).first() if len(key) == 36 else None
    named = asked.get("named", "").strip()
    if found and named and found.service == catalogue.CUSTOM:
        model = named
    if found is None or not model:
        raise NoSuchModel(model=model[:60] or "“”")
    return found, model


def _field_of(problem):
    """The field of the connecting form at which a problem stands."""
    if isinstance(problem, AddressMissing | AddressMalformed):
        return "base_url"
    if isinstance(problem, KeyMissing | KeyMalformed):
        return "api_key"
    return "name" if isinstance(problem, NoSuchModel) else "connect"


def _takes(estimate, connection):
    count = ngettext("{n} passage", "{n} passages", estimate.passages)
    facts = {"passages": count.format(n=f"{estimate.passages:,}"), "tokens": f"{estimate.tokens:,}"}
    if connection.service == catalogue.CUSTOM:
        return _("To embed: {passages}, about {tokens} tokens, on your own server.").format(**facts)
    if estimate.usd is None:
        return _("To embed: {passages}, about {tokens} tokens. The catalogue knows no price.").format(**facts)
    facts["price"] = pricing.dollars(float(estimate.usd))
    return _("To embed: {passages}, about {tokens} tokens. That costs about {price}, once.").format(**facts)
