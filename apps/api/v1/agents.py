"""Agents."""

from datetime import datetime
from typing import Annotated, Literal

from django.conf import settings
from django.db import transaction
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from apps.agents import making
from apps.agents.models import Agent
from apps.api.paging import one, page
from apps.api.shapes import Cursor, Limit, Page, ProblemShape, Text
from apps.connections.models import Connection
from apps.knowledge.embeddings import choosing as embeddings
from apps.knowledge.retrieval import spaces
from apps.knowledge.space_models import EmbeddingSpace
from apps.routing import choosing, embedders, providers
from apps.routing.errors import NoSuchModel
from apps.routing.models import ContextMode, RoutingPolicy

router = Router(tags=["Agents"])

AgentName = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class AgentIn(Schema):
    name: AgentName
    language: Annotated[Text, Field(max_length=10)] = "en"


class AgentChange(Schema):
    """What is left out stays as it is."""

    name: AgentName | None = None
    greeting: Annotated[Text, Field(max_length=300)] | None = None
    questions: list[Annotated[Text, Field(max_length=200)]] | None = Field(None, max_length=6)
    color: str | None = Field(None, pattern=r"^#[0-9a-fA-F]{6}$")
    position: Literal["left", "right"] | None = None
    theme: Literal["page", "light", "dark"] | None = None
    language: Annotated[Text, Field(max_length=10, min_length=2)] | None = None
    allowed_origins: list[Annotated[Text, Field(max_length=255)]] | None = Field(None, max_length=50)
    model: Annotated[Text, Field(max_length=220)] | None = Field(
        None, description="LiteLLM's name of a model of a connected provider; empty: the built-in answerer"
    )
    fallbacks: list[Annotated[Text, Field(max_length=220)]] | None = Field(
        None, max_length=5, description="Models asked in this order when the first one fails"
    )
    context: Literal["auto", "passages", "documents", "whole"] | None = Field(
        None, description="What a model is given to read for each question"
    )
    reorders: bool | None = Field(None, description="A model re-orders what was found before it answers")
    rewrites: bool | None = Field(None, description="A model makes follow-up questions whole for the search")
    embeddings: Annotated[Text, Field(max_length=220)] | None = Field(
        None,
        description="A connected provider's model that searches by meaning, once every passage is embedded;"
        " empty: the built-in embeddings",
    )


class EmbeddingsNext(Schema):
    """Embeddings in the making: they take over when every passage has its own."""

    model: str
    embedded: int
    passages: int
    failed: bool = Field(description="Nothing is tried any more until the model is chosen again")
    problem: ProblemShape | None


class AgentOut(Schema):
    id: str
    public_id: str
    name: str
    status: Literal["draft", "live"]
    snippet: str
    chat_url: str
    greeting: str
    questions: list[str]
    color: str
    position: str
    theme: str
    language: str
    allowed_origins: list[str]
    model: str | None = Field(description="null: the built-in answerer")
    fallbacks: list[str]
    context: str
    reorders: bool
    rewrites: bool
    embeddings: str | None = Field(description="null: the built-in embeddings")
    embeddings_next: EmbeddingsNext | None
    created_at: datetime
    published_at: datetime | None


def show(agent):
    """An agent as the API shows it."""
    return {
        "id": str(agent.pk),
        "public_id": agent.public_id,
        "name": agent.name,
        "status": "live" if agent.is_live else "draft",
        "snippet": making.snippet(agent, settings.BASE_URL),
        "chat_url": f"{settings.BASE_URL}/chat/{agent.public_id}",
        "greeting": agent.greeting,
        "questions": agent.questions,
        "color": agent.color,
        "position": agent.position,
        "theme": agent.theme,
        "language": agent.language,
        "allowed_origins": agent.allowed_origins,
        **_models_of(agent),
        **_embeddings_of(agent),
        "created_at": agent.created_at,
        "published_at": agent.published_at,
    }


def _models_of(agent):
    policy = RoutingPolicy.objects.select_related("connection").filter(agent=agent).first()
    if policy is None:
        policy = RoutingPolicy()  # as it will be with the first model
        return {
            "model": None,
            "fallbacks": [],
            "context": ContextMode.AUTO,
            "reorders": policy.reorders,
            "rewrites": policy.rewrites,
        }
    rows = policy.fallbacks.in_order().select_related("connection")
    return {
        "model": None if policy.is_built_in else f"{policy.connection.service}/{policy.model}",
        "fallbacks": [f"{row.connection.service}/{row.model}" for row in rows],
        "context": policy.context_mode,
        "reorders": policy.reorders,
        "rewrites": policy.rewrites,
    }


def _embeddings_of(agent):
    kept = EmbeddingSpace.objects.filter(agent=agent).select_related("connection")
    used, coming = kept.in_use().first(), kept.in_the_making().first()
    shown = {"embeddings": _model_of(used) if used else None, "embeddings_next": None}
    if coming:
        embedded, passages = spaces.counts(coming)
        shown["embeddings_next"] = {
            "model": _model_of(coming),
            "embedded": embedded,
            "passages": passages,
            "failed": coming.failed_at is not None,
            "problem": coming.problem,
        }
    return shown


def _model_of(space):
    return f"{space.connection.service}/{space.model}" if space.connection else space.model


def _embeddings_for(name):
    """What choosing this model for embeddings needs, found out by a live call; None for the built-in ones.

    Raises NoSuchModel, EmbeddingFailed.
    """
    if not name:
        return None
    connection, model = embedders.named(name)
    return connection, model, embedders.check(connection, model)


def _choose_model(agent, name, by):
    """The agent answers with this model. Raises NoSuchModel."""
    if not name:
        choosing.choose_model(agent, None, "", by=by)
        return
    service, _, model = name.partition("/")
    for connection in Connection.objects.providers().working().filter(service=service).order_by("-pk"):
        if any(m.model == model for m in providers.models_of(connection)):
            choosing.choose_model(agent, connection, model, by=by)
            return
    raise NoSuchModel(model=name)


def find(agent_id):
    """The agent of this id in the caller's workspace. Raises NotFound."""
    return one(Agent.objects.all(), agent_id, "agent")


@router.get("/agents", response=Page[AgentOut])
def list_agents(request, cursor: Cursor = "", limit: Limit = 50):
    """Every agent, the newest first."""
    return page(Agent.objects.all(), show, cursor=cursor, limit=limit)


@router.post("/agents", response={201: AgentOut})
def make_agent(request, body: AgentIn):
    """A new agent. It answers its chat at once, with the built-in answerer until a model is chosen."""
    return Status(201, show(making.make(request.caller.workspace, by=request.caller.member, **body.dict())))


@router.get("/agents/{agent_id}", response=AgentOut)
def get_agent(request, agent_id: str):
    """One agent."""
    return show(find(agent_id))


@router.patch("/agents/{agent_id}", response=AgentOut)
def change_agent(request, agent_id: str, body: AgentChange):
    """Change what is given; the rest stays."""
    fields = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    agent, by = find(agent_id), request.caller.member
    chosen = _embeddings_for(fields["embeddings"]) if "embeddings" in fields else None
    with transaction.atomic():
        if fields.pop("embeddings", None) is not None:
            embeddings.begin(agent, *chosen, by=by) if chosen else embeddings.built_in(agent, by=by)
        if "model" in fields:
            _choose_model(agent, fields.pop("model"), by)
        if "fallbacks" in fields:
            choosing.choose_fallbacks(agent, [choosing.named(n) for n in fields.pop("fallbacks")], by=by)
        if "context" in fields:
            choosing.choose_context(agent, fields.pop("context"), by=by)
        helps = {name: fields.pop(name) for name in ("reorders", "rewrites") if name in fields}
        if helps:
            choosing.choose_help(agent, **helps, by=by)
        return show(making.change(agent, by=by, **fields) if fields else agent)


@router.post("/agents/{agent_id}/publish", response=AgentOut)
def publish_agent(request, agent_id: str):
    """Put the agent live for visitors. Publishing twice changes nothing."""
    return show(making.publish(find(agent_id), by=request.caller.member))


@router.post("/agents/{agent_id}/take-back", response=AgentOut)
def take_back_agent(request, agent_id: str):
    """No visitor meets the agent on a website any more; its API chat goes on. Publishing serves them again."""
    return show(making.take_back(find(agent_id), by=request.caller.member))
