"""Chat: ask, stream, resume."""

from typing import Annotated, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from apps.answering import running
from apps.api import chatting, idempotency, sse
from apps.api.paging import one
from apps.api.shapes import CitationOut, ContactIn, Money, Text
from apps.conversations import following, receiving
from apps.conversations.models import Conversation
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit

router = Router(tags=["Chat"])

_STREAM = {
    "responses": {
        200: {
            "description": "The answer; with stream, Server-Sent Events",
            "content": {"text/event-stream": {}},
        }
    }
}


class ChatIn(Schema):
    message: Annotated[Text, Field(min_length=1, max_length=receiving.LONGEST_MESSAGE)]
    conversation_id: str | None = Field(None, description="Go on with this conversation")
    contact: ContactIn | None = None
    channel: Literal["api", "web"] = "api"
    stream: bool = Field(False, description="Answer as Server-Sent Events")


class ChatMessageOut(Schema):
    id: str | None
    text: str
    citations: list[CitationOut]
    status: Literal["answered", "unanswered", "handed_off", "awaiting_confirmation"]


class ActionOffer(Schema):
    run_id: str
    state: str
    preview: dict


class ChatOut(Schema):
    conversation_id: str
    message: ChatMessageOut
    action: ActionOffer | None
    trace_id: str | None
    model: str
    cost: Money | None


@router.post("/agents/{agent_id}/chat", response=ChatOut)
async def chat(request, agent_id: str, body: ChatIn):
    """Ask the agent. With ``stream``: events ``started``, ``status``, ``delta``, ``restart``, ``citations``,
    ``action``, ``done`` (this same object) and ``error``; each has an id to resume behind.
    """
    workspace_id = request.caller.workspace_id
    key = idempotency.key_of(request)
    print_ = idempotency.fingerprint(request) if key else ""
    begun = await _begin(workspace_id, agent_id, body, key=key, print_=print_)
    if body.stream:
        return sse.stream(request, _told(workspace_id, begun))
    async for event in chatting.events(workspace_id, begun):
        if event and event[0] == "done":
            return event[1]


@running.to_its_end
async def _begin(workspace_id, agent_id, asked, **once):
    started = await database_unit(chatting.begin, workspace_id, agent_id, asked, **once)
    begun = started.begun
    if begun.turn_id and begun.is_new and not begun.before:
        running.start(workspace_id, begun.turn_id, started.admitted)
    return begun


async def _told(workspace_id, begun):
    yield "started", {"conversation_id": begun.conversation_id, "trace_id": begun.turn_id}, str(begun.after)
    async for event in chatting.events(workspace_id, begun):
        yield event


@router.get("/conversations/{conversation_id}/events", response={200: None}, openapi_extra=_STREAM)
async def conversation_events(
    request, conversation_id: str, after: Annotated[str, Query(max_length=60)] = "", wait: bool = True
):
    """Resume a stream behind the event id ``after`` (or the header ``Last-Event-ID``), from any process.

    Ends after the ``done`` of the last turn, or after 55 seconds of waiting; ``wait=false`` tells only what is
    there already.
    """
    workspace_id = request.caller.workspace_id
    after = after or request.headers.get("Last-Event-ID", "")[:60]
    conversation = await database_unit(_find, workspace_id, conversation_id)
    return sse.stream(request, _resumed(workspace_id, str(conversation.pk), after, 55 if wait else 0))


def _find(workspace_id, conversation_id):
    with in_workspace(workspace_id):
        return one(Conversation.objects.all(), conversation_id, "conversation")


async def _resumed(workspace_id, conversation_id, after, for_s):
    async for news in following.follow(workspace_id, conversation_id, after, for_s=for_s):
        if news is None:
            yield None
            continue
        data = news.data
        if news.kind in ("done", "turn"):
            begun, is_last = await database_unit(_ended, workspace_id, conversation_id, data["turn"])
            yield "done", await database_unit(chatting.whole, workspace_id, begun), news.position
            if is_last:
                return
        elif news.kind == "message" and data["author"] in ("person", "system"):
            yield "message", {k: data[k] for k in ("id", "author", "name", "text", "at")}, news.position
        elif told := chatting.translate(news):
            yield *told, news.position


def _ended(workspace_id, conversation_id, turn_id):
    with in_workspace(workspace_id):
        conversation = Conversation.objects.get(pk=conversation_id)
        asked = conversation.messages.filter(turn=turn_id, author="visitor").in_order().first()
        event = conversation.events.filter(kind="message", data__id=str(asked.pk)).first() if asked else None
        begun = chatting.Begun(conversation_id, "", turn_id, event.seq if event else 0, [])
        return begun, not conversation.turns.open().exists()
