"""A chat over the API: a message in, the events of its turn out, on any process, more than once if need be."""

import json
import time
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from apps.agents.models import Agent
from apps.answering import admitting
from apps.api import contacting, idempotency, shapes
from apps.api.errors import NobodyElse, TurnNotFinished
from apps.api.paging import one
from apps.conversations import following, receiving
from apps.conversations.models import Author, Conversation, Event, Message, Outcome, Turn
from berrydesk.db.scopes import in_workspace
from berrydesk.db.units import database_unit

LONGEST_WAIT_S = 120
"""A turn has settled long before; beyond this the caller is told to follow the events."""


@dataclass(frozen=True)
class Begun:
    """A message that was received. ``turn_id`` is None when a person holds the conversation.

    ``before`` are turns that end before this one begins; ``after`` is the last event before the message.
    """

    conversation_id: str
    message_id: str
    turn_id: str | None
    after: int
    before: list
    is_new: bool = True


@dataclass(frozen=True)
class Started:
    """``admitted``: the turn is leased to this process, which knows already what it asks; None where it is not."""

    begun: Begun
    admitted: admitting.Admitted | None = None


def begin(workspace_id, agent_id, asked, *, key="", print_=""):
    """Store what was asked, once per ``key``; returns Started.

    Raises NotFound, KeyReused and what ``receive`` raises.
    """
    with in_workspace(workspace_id), transaction.atomic():
        agent = one(Agent.objects.select_related("workspace"), agent_id, "agent")
        if not key:
            return _receive(agent, asked)
        known, is_ours = idempotency.taken(workspace_id, key, print_)
        if not is_ours:
            return Started(Begun(**{**json.loads(known.body), "is_new": False}))
        started = _receive(agent, asked)
        known.body, known.status = json.dumps(asdict(started.begun)), 200
        known.save(update_fields=["body", "status"])
        return started


def _receive(agent, asked):
    contact = contacting.known(agent.workspace_id, **asked.contact.dict()) if asked.contact else None
    until = timezone.now() + contacting.BELIEVED_FOR if contact else None
    if asked.conversation_id:
        rows = Conversation.objects.filter(agent=agent)
        conversation = one(rows, asked.conversation_id, "conversation")
        if contact and conversation.contact_id not in (None, contact.pk):
            raise NobodyElse()
        if contact:
            conversation.contact, conversation.verified_until = contact, until
            conversation.save(update_fields=["contact", "verified_until"])
    else:
        opened = {"channel": asked.channel, "contact": contact, "verified_until": until}
        received = receiving.begin(agent, text=asked.message, claim_for_s=admitting.LEASE_S, **opened)
        return Started(_begun(received, []), admitting.at_once(received, agent))
    received = receiving.receive(conversation, text=asked.message)
    turn = received.turn
    before = conversation.turns.open().exclude(pk=turn.pk).values_list("pk", flat=True) if turn else []
    return Started(_begun(received, [str(pk) for pk in before]))


def _begun(received, before):
    turn = received.turn
    return Begun(
        conversation_id=str(received.message.conversation_id),
        message_id=str(received.message.pk),
        turn_id=str(turn.pk) if turn else None,
        after=received.after,
        before=before,
    )


async def events(workspace_id, begun):
    """Yield ``(name, data, position)`` of the turn until its ``done``, and None as a heartbeat."""
    waiting_for = set(begun.before)
    ends_at = time.monotonic() + LONGEST_WAIT_S
    position = str(begun.after)
    while begun.turn_id and (left := ends_at - time.monotonic()) > 0:
        news_of = following.follow(workspace_id, begun.conversation_id, position, for_s=min(left, 55))
        async for news in news_of:
            if news is None:
                yield None
                continue
            position = news.position
            if waiting_for:
                waiting_for.discard(news.data.get("turn"))
                continue
            if is_end(news, begun.turn_id):
                yield "done", await database_unit(whole, workspace_id, begun), position
                return
            if told := translate(news):
                yield *told, position
    if begun.turn_id:
        raise TurnNotFinished(seconds=LONGEST_WAIT_S, conversation=begun.conversation_id)
    yield "done", await database_unit(whole, workspace_id, begun), position


def is_end(news, turn_id):
    """True for the event that ends the turn."""
    return news.kind in ("done", "turn") and news.data.get("turn") == turn_id


def translate(news):
    """``(name, data)`` as the API tells an event of the log, or None for what only the widget needs."""
    data = news.data
    match news.kind:
        case "status" if data.get("text"):
            return "status", {"text": data["text"]}
        case "delta":
            return "delta", {"text": data["text"]}
        case "restart":
            return "restart", {}
        case "citations":
            return "citations", {"citations": shapes.citations(data["citations"])}
        case "action":
            return "action", action(data)
        case "error":
            return "error", {"detail": data.get("text", "")}
    return None


def action(data):
    """An action event of the log as the API shows it."""
    return {"run_id": data["run_id"], "state": data["state"], "preview": data.get("card") or {}}


def whole(workspace_id, begun):
    """The object that ``done`` carries: the answer, where it came from, what it cost."""
    with in_workspace(workspace_id):
        turn = Turn.objects.filter(pk=begun.turn_id).first() if begun.turn_id else None
        said = _said(begun, turn)
        offered = (
            Event.objects.filter(conversation_id=begun.conversation_id, kind="action")
            .after(begun.after)
            .last()
        )
        return {
            "conversation_id": begun.conversation_id,
            "message": {
                "id": str(said.pk) if said else None,
                "text": said.text if said else "",
                "citations": shapes.citations(said.citations) if said else [],
                "status": _status(turn),
            },
            "action": action(offered.data) if offered and turn else None,
            "trace_id": str(turn.pk) if turn else None,
            "model": turn.model if turn else "",
            "cost": shapes.cost(turn.cost if turn else None),
        }


def _said(begun, turn):
    """The answer; where a person was called instead, the words that said so."""
    rows = Message.objects.filter(conversation_id=begun.conversation_id, is_note=False)
    answer = rows.filter(turn=turn, author=Author.AGENT).in_order().last() if turn else None
    return answer or rows.filter(author=Author.SYSTEM).in_order().last()


def _status(turn):
    """The four ways a chat's answer can end; what was said without a question or an effect is an answer too."""
    if turn is None or turn.outcome in (Outcome.SUPERSEDED, Outcome.HANDED_OFF):
        return str(Outcome.HANDED_OFF)
    if turn.outcome in (Outcome.SMALL_TALK, Outcome.ASKED_BACK, Outcome.REFUSED):
        return str(Outcome.ANSWERED)
    return str(turn.outcome or Outcome.UNANSWERED)
