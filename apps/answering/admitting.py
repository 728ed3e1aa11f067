"""First stage: claim the turn, and read everything the later stages need in one go."""

import time
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from apps.answering.errors import Superseded, TurnTaken
from apps.conversations.models import Author, Contact, Conversation, Message, Turn
from berrydesk.db import leases
from berrydesk.db.scopes import in_workspace

LEASE_S = 15
"""A dead process is noticed after this long; the sweep looks every few seconds."""

REMEMBERED_MESSAGES = 12


@dataclass(frozen=True)
class Utterance:
    """One earlier message, as the engine reads it."""

    author: str
    text: str


@dataclass(frozen=True)
class Admitted:
    """What the visitor asks (``question``: all messages of the turn) and where it stands.

    ``read_at`` is the ``time.monotonic()`` of this process from which the visitor waits for words.
    """

    turn: Turn
    revision: int
    conversation: Conversation
    agent: object
    workspace_name: str
    contact: Contact | None
    question: str
    history: tuple[Utterance, ...]
    read_at: float = field(default_factory=time.monotonic)


def claim(workspace_id, turn_id):
    """Lease the turn. Raises TurnTaken when it is not to be run here and now.

    An earlier open turn of the same conversation goes first: one at a time.
    """
    with in_workspace(workspace_id), transaction.atomic():
        known = Turn.objects.open().filter(pk=turn_id).first()
        if known is None:
            raise TurnTaken
        # Always the conversation before the turn: whoever locks both does it in this order.
        Conversation.objects.locked(known.conversation_id)
        earlier = Turn.objects.open().filter(
            conversation_id=known.conversation_id, created_at__lt=known.created_at
        )
        if earlier.exists():
            raise TurnTaken
        turn = leases.take(Turn.objects.open().filter(pk=turn_id), for_s=LEASE_S)
        if turn is None:
            raise TurnTaken
        if turn.started_at is None:
            Turn.objects.filter(pk=turn.pk).update(started_at=timezone.now())
    return turn


def admit(workspace_id, turn):
    """Read the turn's question and surroundings. Raises Superseded when it is not to be answered any more."""
    with in_workspace(workspace_id):
        now = Turn.objects.only("revision", "ownership").get(pk=turn.pk)
        conversation = Conversation.objects.select_related("agent", "contact", "workspace").get(
            pk=turn.conversation_id
        )
        if not conversation.awaits_agent(now):
            raise Superseded
        asked = Message.objects.filter(turn=turn, author=Author.VISITOR).in_order()
        question = "\n".join(asked.values_list("text", flat=True))
        earlier = (
            Message.objects.filter(conversation=conversation, is_note=False, is_streaming=False)
            .exclude(turn=turn)
            .exclude(author=Author.SYSTEM)
            .order_by("-created_at", "-pk")[:REMEMBERED_MESSAGES]
        )
        history = tuple(Utterance(m.author, m.text) for m in reversed(list(earlier)) if m.text)
    return Admitted(
        turn=turn,
        revision=now.revision,
        conversation=conversation,
        agent=conversation.agent,
        workspace_name=conversation.workspace.name,
        contact=conversation.contact,
        question=question,
        history=history,
    )


def at_once(received, agent):
    """A conversation's first turn, leased when its message was received, which is all that there is to read."""
    conversation = received.message.conversation
    return Admitted(
        turn=received.turn,
        revision=received.turn.revision,
        conversation=conversation,
        agent=agent,
        workspace_name=agent.workspace.name,
        contact=conversation.contact,
        question=received.message.text,
        history=(),
    )


def keep(workspace_id, turn):
    """True while the lease is ours; prolongs it."""
    with in_workspace(workspace_id):
        return leases.extend(turn, for_s=LEASE_S)
