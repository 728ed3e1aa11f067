"""Conversations and their traces."""

from datetime import datetime
from typing import Literal

from django.db.models import OuterRef, Subquery
from ninja import Query, Router, Schema
from pydantic import Field

from apps.agents.models import Agent
from apps.api import shapes
from apps.api.paging import one, page
from apps.api.shapes import ContactOut, Cursor, Limit, MessageOut, Money, Page
from apps.conversations.models import Channel, Conversation, Outcome, Turn

router = Router(tags=["Conversations"])


class ConversationRow(Schema):
    id: str
    number: int
    agent_id: str
    channel: str
    language: str
    opening_words: str
    holder: Literal["agent", "human"]
    outcome: str | None = Field(description="How the newest finished turn ended")
    contact: ContactOut | None
    created_at: datetime
    last_message_at: datetime
    resolved_at: datetime | None


class ConversationOut(ConversationRow):
    messages: list[MessageOut]
    trace_ids: list[str]


class SpanOut(Schema):
    stage: str
    started_at: datetime
    ms: int
    input: dict
    output: dict
    prompt_tokens: int | None
    completion_tokens: int | None
    cost: Money | None


class TraceOut(Schema):
    id: str
    conversation_id: str
    outcome: str | None
    model: str
    confidence: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost: Money | None
    first_token_ms: int | None
    total_ms: int | None
    created_at: datetime
    finished_at: datetime | None
    spans: list[SpanOut]


class Filters(Schema):
    agent_id: str | None = None
    outcome: Literal[tuple(Outcome.values)] | None = None
    channel: Literal[tuple(Channel.values)] | None = None
    since: datetime | None = Field(None, description="Begun at or after this moment")
    until: datetime | None = Field(None, description="Begun before this moment")


def _with_outcome():
    finished = (
        Turn.objects.filter(conversation=OuterRef("pk")).exclude(finished_at=None).order_by("-finished_at")
    )
    rows = Conversation.objects.real().select_related("contact")
    return rows.annotate(outcome=Subquery(finished.values("outcome")[:1]))


def _row(conversation):
    return {
        "id": str(conversation.pk),
        "number": conversation.number,
        "agent_id": str(conversation.agent_id),
        "channel": conversation.channel,
        "language": conversation.language,
        "opening_words": conversation.opening_words,
        "holder": conversation.holder,
        "outcome": conversation.outcome or None,
        "contact": shapes.contact(conversation),
        "created_at": conversation.created_at,
        "last_message_at": conversation.last_message_at,
        "resolved_at": conversation.resolved_at,
    }


@router.get("/conversations", response=Page[ConversationRow])
def list_conversations(request, filters: Query[Filters], cursor: Cursor = "", limit: Limit = 50):
    """Conversations, the newest first, without the owner's own try-outs."""
    rows = _with_outcome()
    wanted = {
        "agent_id": filters.agent_id and one(Agent.objects.all(), filters.agent_id, "agent").pk,
        "outcome": filters.outcome,
        "channel": filters.channel,
        "created_at__gte": filters.since,
        "created_at__lt": filters.until,
    }
    rows = rows.filter(**{field: value for field, value in wanted.items() if value is not None})
    return page(rows, _row, cursor=cursor, limit=limit)


@router.get("/conversations/{conversation_id}", response=ConversationOut)
def get_conversation(request, conversation_id: str):
    """One conversation with its messages; notes of the team are left out."""
    conversation = one(_with_outcome(), conversation_id, "conversation")
    messages = conversation.messages.filter(is_note=False, is_streaming=False).in_order()
    return {
        **_row(conversation),
        "messages": [shapes.message(m) for m in messages],
        "trace_ids": [str(pk) for pk in conversation.turns.in_order().values_list("pk", flat=True)],
    }


@router.get("/traces/{trace_id}", response=TraceOut)
def get_trace(request, trace_id: str):
    """Why the agent said what it said: every step of one turn, with time, tokens and cost."""
    turn = one(Turn.objects.all(), trace_id, "trace")
    return {
        "id": str(turn.pk),
        "conversation_id": str(turn.conversation_id),
        "outcome": turn.outcome or None,
        "model": turn.model,
        "confidence": turn.confidence,
        "prompt_tokens": turn.prompt_tokens,
        "completion_tokens": turn.completion_tokens,
        "cost": shapes.cost(turn.cost),
        "first_token_ms": turn.first_token_ms,
        "total_ms": turn.total_ms,
        "created_at": turn.created_at,
        "finished_at": turn.finished_at,
        "spans": [_span(span) for span in turn.spans.order_by("position")],
    }


def _span(span):
    return {
        "stage": span.stage,
        "started_at": span.started_at,
        "ms": span.ms,
        "input": span.input,
        "output": span.output,
        "prompt_tokens": span.prompt_tokens,
        "completion_tokens": span.completion_tokens,
        "cost": shapes.cost(span.cost),
    }
