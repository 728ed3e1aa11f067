"""The inbox: who waits for a person, and what people do about it."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from apps.api import shapes
from apps.api.errors import NobodyToSpeak
from apps.api.paging import one, page
from apps.api.shapes import Cursor, Limit, MessageOut, Page, Text
from apps.conversations.models import Conversation
from apps.inbox import handoff as handing
from apps.inbox.models import Handoff
from apps.workspaces.models import Member, Role

router = Router(tags=["Inbox"])

Email = Annotated[
    Text, Field(max_length=254, description="E-mail address of a member; default: who made the token")
]


class HandoffOut(Schema):
    id: str
    conversation_id: str
    reason: str
    summary: dict
    state: Literal["waiting", "taken", "ended"]
    taken_by: str | None
    created_at: datetime
    taken_at: datetime | None
    ended_at: datetime | None


class HumanMessageIn(Schema):
    text: Annotated[Text, Field(min_length=1, max_length=8000)]
    member: Email | None = None
    client_id: Annotated[Text, Field(max_length=50)] = Field(
        "", description="The same one again says nothing twice"
    )


class AssignIn(Schema):
    member: Email | None = None


class HoldingOut(Schema):
    id: str
    holder: Literal["agent", "human"]
    resolved_at: datetime | None


def _show(handoff):
    ended, taken = handoff.ended_at, handoff.taken_at
    return {
        "id": str(handoff.pk),
        "conversation_id": str(handoff.conversation_id),
        "reason": handoff.reason,
        "summary": handoff.summary,
        "state": "ended" if ended else "taken" if taken else "waiting",
        "taken_by": handoff.taken_by.user.email if handoff.taken_by else None,
        "created_at": handoff.created_at,
        "taken_at": taken,
        "ended_at": ended,
    }


def _find(conversation_id):
    return one(Conversation.objects.all(), conversation_id, "conversation")


def _holding(conversation):
    conversation = Conversation.objects.get(pk=conversation.pk)
    return {
        "id": str(conversation.pk),
        "holder": conversation.holder,
        "resolved_at": conversation.resolved_at,
    }


def _speaker(request, email):
    """The member who acts: the one named, else who made the token, else the first owner. Raises NobodyToSpeak."""
    members = Member.objects.select_related("user").order_by("created_at", "pk")
    if email:
        member = members.filter(user__email=email.strip().lower()).first()
    else:
        made_by = request.caller.token.created_by_id
        member = members.filter(pk=made_by).first() if made_by else members.filter(role=Role.OWNER).first()
    if member is None:
        raise NobodyToSpeak(member=email or "of this token")
    return member


@router.get("/handoffs", response=Page[HandoffOut])
def list_handoffs(
    request, state: Literal["waiting", "open", "all"] = "open", cursor: Cursor = "", limit: Limit = 50
):
    """Conversations that came to people, the newest first."""
    rows = Handoff.objects.select_related("taken_by__user")
    rows = {"waiting": rows.waiting, "open": rows.open, "all": rows.all}[state]()
    return page(rows, _show, cursor=cursor, limit=limit)


@router.post("/conversations/{conversation_id}/messages", response={201: MessageOut})
def send_as_human(request, conversation_id: str, body: HumanMessageIn):
    """A person's words to the visitor. Who writes takes the conversation over."""
    conversation, by = _find(conversation_id), _speaker(request, body.member)
    return Status(
        201, shapes.message(handing.reply(conversation, by=by, text=body.text, client_id=body.client_id))
    )


@router.post("/conversations/{conversation_id}/assign", response=HoldingOut)
def assign_conversation(request, conversation_id: str, body: AssignIn):
    """The member answers from now on; the visitor sees who."""
    conversation = _find(conversation_id)
    handing.take(conversation, by=_speaker(request, body.member))
    return _holding(conversation)


@router.post("/conversations/{conversation_id}/resolve", response=HoldingOut)
def resolve_conversation(request, conversation_id: str):
    """The matter is settled; the visitor's next message begins a new conversation."""
    conversation = _find(conversation_id)
    handing.resolve(conversation, by=request.caller.member)
    return _holding(conversation)


@router.post("/conversations/{conversation_id}/return-to-agent", response=HoldingOut)
def return_to_agent(request, conversation_id: str):
    """The agent speaks again, with what people said as context."""
    conversation = _find(conversation_id)
    handing.return_to_agent(conversation, by=request.caller.member)
    return _holding(conversation)
