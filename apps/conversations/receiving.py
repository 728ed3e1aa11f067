"""A visitor's message is stored, and asks for a turn, before anybody is told."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.conversations import opening, presenting
from apps.conversations.errors import ConversationClosed, EmptyMessage, MessageTooLong
from apps.conversations.models import Author, Conversation, Holder, Message, Turn
from berrydesk.db import leases
from berrydesk.text.storable import storable

LONGEST_MESSAGE = 8_000
"""Characters; several pages, more than any question needs."""


@dataclass(frozen=True)
class Received:
    """``turn`` is None when a person holds the conversation. ``after`` is the last event before the message.

    ``is_claimed``: the turn is leased to whoever received the message, and is to be run at once.
    """

    message: Message
    turn: Turn | None
    after: int
    is_new: bool
    is_claimed: bool = False


def receive(conversation, *, text, client_id="", page=""):
    """Store what the visitor said once, and let a turn answer it.

    A message that comes while a turn has not spoken yet joins that turn; a later one asks for the next.
    The same ``client_id`` again stores nothing. Locks the conversation.
    Raises EmptyMessage, MessageTooLong, ConversationClosed.
    """
    text, page, key = _read(text, page, client_id)
    with transaction.atomic(savepoint=False):
        conversation = Conversation.objects.locked(conversation.pk)
        after = last_seq(conversation)
        known = conversation.messages.filter(client_id=key).first() if key else None
        if known:
            return Received(known, known.turn, after, is_new=False)
        if conversation.resolved_at:
            raise ConversationClosed()
        turn = _turn_for(conversation) if conversation.holder == Holder.AGENT else None
        _touch(conversation, text, page)
        message = _said(conversation, turn, text, key)
    return Received(message, turn, after, is_new=True)


def begin(agent, *, text, claim_for_s, client_id="", page="", **opened):
    """A conversation begins with what the visitor said. Returns the Received; its turn is claimed for so many seconds.

    ``opened``: what ``open_conversation`` takes. Raises EmptyMessage, MessageTooLong.
    """
    text, page, key = _read(text, page, client_id)
    with transaction.atomic(savepoint=False):
        conversation = opening.open_conversation(agent, page=page, opening_words=text, **opened)
        turn = Turn.objects.create(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            started_at=timezone.now(),
            **leases.from_the_start(claim_for_s),
        )
        message = _said(conversation, turn, text, key)
    return Received(message, turn, 0, is_new=True, is_claimed=True)


def _read(text, page, client_id):
    text, page = storable(text).strip(), storable(page)
    # Under the same unique names lie our own messages ("run:…:succeeded"): no visitor may take one of theirs.
    key = f"visitor:{storable(client_id)}"[:64] if client_id else ""
    if not text:
        raise EmptyMessage()
    if len(text) > LONGEST_MESSAGE:
        raise MessageTooLong(length=len(text), limit=LONGEST_MESSAGE)
    return text, page, key


def _said(conversation, turn, text, key):
    message = Message.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        turn=turn,
        author=Author.VISITOR,
        text=text,
        client_id=key,
    )
    conversation.log_locked("message", **presenting.message(message))
    return message


def last_seq(conversation):
    """The number of the newest event of the conversation; 0 when there is none."""
    return conversation.events.order_by("-seq").values_list("seq", flat=True).first() or 0


def _turn_for(conversation):
    turn = conversation.turns.unspoken().first()
    if turn is None:
        return Turn.objects.create(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            ownership=conversation.ownership,
        )
    turn.revision += 1
    # A person may have held the conversation and given it back: this message is said to the agent again.
    turn.ownership = conversation.ownership
    turn.save(update_fields=["revision", "ownership"])
    return turn


def _touch(conversation, text, page):
    conversation.last_message_at = timezone.now()
    conversation.opening_words = conversation.opening_words or text[:200]
    conversation.page = page[:500] or conversation.page
    conversation.save(update_fields=["last_message_at", "opening_words", "page"])
