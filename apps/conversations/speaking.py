"""Somebody other than the visitor says something whole: a teammate, the system, an action that ended."""

from django.db import transaction
from django.utils import timezone

from apps.conversations import presenting
from apps.conversations.models import Author, Conversation, Message


def say(conversation, *, text, author=Author.AGENT, member=None, name="", citations=(), key=""):
    """Store and log one finished message; the same ``key`` again says nothing twice.

    Locks the conversation. Returns the message.
    """
    with transaction.atomic():
        conversation = Conversation.objects.locked(conversation.pk)
        known = conversation.messages.filter(client_id=key).first() if key else None
        if known:
            return known
        row = Message.objects.create(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            author=author,
            member=member,
            name=name or (member.user.get_short_name() if member else ""),
            text=text,
            citations=list(citations),
            client_id=key,
        )
        conversation.last_message_at = timezone.now()
        conversation.save(update_fields=["last_message_at"])
        conversation.log("message", **presenting.message(row))
    return row
