"""People take a conversation over, answer in it, and give it back."""

from django.db import transaction
from django.utils import timezone

from apps.conversations import presenting, speaking
from apps.conversations.models import Author, Conversation, Holder
from apps.conversations.phrases import phrase
from apps.inbox.errors import AlreadyTaken, ConversationEnded, EmptyReply
from apps.inbox.models import Handoff, Reason
from apps.inbox.summary import summarise
from berrydesk.db import notifications
from berrydesk.text.storable import storable


def inbox_key(workspace_id):
    """What open inboxes of a workspace listen to."""
    return f"inbox:{workspace_id}"


def hand_over(conversation, *, reason):
    """Give the conversation to people, tell the visitor, and say why; asking twice is asking once.

    Locks the conversation. Returns the open handoff. Raises ConversationEnded.
    """
    with transaction.atomic():
        conversation = _going_on(conversation)
        handoff = conversation.handoffs.open().first()
        if handoff is None:
            handoff = Handoff.objects.create(
                workspace_id=conversation.workspace_id,
                conversation=conversation,
                reason=reason,
                summary=summarise(conversation, reason),
            )
            conversation.change_holder(Holder.HUMAN)
            words = phrase("person_called", conversation.language)
            conversation.log("handoff", state="waiting", person=None, text=words)
            if reason != Reason.ACTION:  # of an action the visitor was told in its own words
                speaking.say(conversation, text=words, author=Author.SYSTEM, key=f"handoff:{handoff.pk}")
            notifications.notify(inbox_key(conversation.workspace_id))
    return handoff


def ask_for_person(conversation):
    """The visitor wants a person, and gets one."""
    return hand_over(conversation, reason=Reason.ASKED)


def take(conversation, *, by):
    """``by`` answers from now on; the visitor sees who. Raises AlreadyTaken, ConversationEnded.

    A conversation that nobody handed over can be taken as well.
    """
    with transaction.atomic():
        conversation = _going_on(conversation)
        handoff = conversation.handoffs.open().select_related("taken_by__user").first()
        if handoff is None:
            handoff = Handoff.objects.create(
                workspace_id=conversation.workspace_id,
                conversation=conversation,
                reason=Reason.TAKEN,
                summary=summarise(conversation, Reason.TAKEN),
            )
            conversation.change_holder(Holder.HUMAN)
        if handoff.taken_by_id and handoff.taken_by_id != by.pk:
            raise AlreadyTaken(name=handoff.taken_by.user.get_short_name())
        if handoff.taken_by_id is None:
            handoff.taken_at, handoff.taken_by = timezone.now(), by
            handoff.save(update_fields=["taken_at", "taken_by"])
            words = phrase("person_joined", conversation.language, name=by.user.get_short_name())
            conversation.log("handoff", state="human", person=presenting.person(by), text=words)
            speaking.say(conversation, text=words, author=Author.SYSTEM, key=f"taken:{handoff.pk}")
            notifications.notify(inbox_key(conversation.workspace_id))
    return handoff


def reply(conversation, *, by, text, client_id=""):
    """A teammate's words reach the visitor, once; who replies takes the conversation.

    Raises EmptyReply, AlreadyTaken, ConversationEnded.
    """
    text = storable(text).strip()
    if not text:
        raise EmptyReply()
    key = client_id and f"reply:{storable(client_id)}"
    with transaction.atomic():
        conversation = Conversation.objects.locked(conversation.pk)
        known = conversation.messages.filter(client_id=key).first() if key else None
        if known:  # sent once more because the first answer was lost; meanwhile it may have been resolved
            return known
        take(conversation, by=by)
        return speaking.say(conversation, text=text, author=Author.PERSON, member=by, key=key)


def return_to_agent(conversation, *, by=None):
    """The agent speaks again, with what the people said as context; the visitor is told."""
    with transaction.atomic():
        conversation = Conversation.objects.locked(conversation.pk)
        handoff = conversation.handoffs.open().first()
        if handoff is None:
            return conversation
        _end(handoff, by)
        conversation.change_holder(Holder.AGENT)
        words = phrase("agent_back", conversation.language, name=conversation.agent.name)
        conversation.log("handoff", state="agent", person=None, text=words)
        speaking.say(conversation, text=words, author=Author.SYSTEM, key=f"returned:{handoff.pk}")
        notifications.notify(inbox_key(conversation.workspace_id))
    return conversation


def resolve(conversation, *, by=None):
    """The matter is settled; a new message of the visitor begins a new conversation."""
    with transaction.atomic():
        conversation = Conversation.objects.locked(conversation.pk)
        if conversation.resolved_at:
            return conversation
        handoff = conversation.handoffs.open().first()
        if handoff:
            _end(handoff, by)
        conversation.resolved_at = timezone.now()
        conversation.save(update_fields=["resolved_at"])
        words = phrase("resolved", conversation.language)
        conversation.log("handoff", state="closed", person=None, text=words)
        speaking.say(conversation, text=words, author=Author.SYSTEM, key=f"resolved:{conversation.pk}")
        notifications.notify(inbox_key(conversation.workspace_id))
    return conversation


def _going_on(conversation):
    conversation = Conversation.objects.locked(conversation.pk)
    if conversation.resolved_at:
        raise ConversationEnded()
    return conversation


def _end(handoff, by):
    handoff.ended_at, handoff.ended_by = timezone.now(), by
    handoff.save(update_fields=["ended_at", "ended_by"])
