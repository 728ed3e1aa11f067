"""A conversation as the team reads it: found by its number, its messages in order."""

from django.http import Http404
from django.utils.translation import gettext as _

from apps.conversations.models import Author, Conversation

SHOWN = 200
"""Messages of one thread on a page; longer ones show their end and say so."""


def find(number):
    """The conversation of this workspace. Raises Http404."""
    found = Conversation.objects.select_related("agent", "contact").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def messages_of(conversation):
    """The last messages in order, each with ``speaker`` and ``by`` for the template."""
    rows = conversation.messages.select_related("member__user").order_by("-created_at", "-pk")
    shown = list(reversed(rows[:SHOWN]))
    for row in shown:
        row.speaker = _speaker(row, conversation)
        row.face = conversation.agent if row.author == Author.AGENT else row.speaker
    return shown


def person_of(conversation):
    """Who writes, as a name: what is known, else which visitor it is."""
    contact = conversation.contact
    if contact and (contact.name or contact.email):
        return str(contact)
    if conversation.is_preview:
        return _("Try-out visitor")
    return _("Visitor {number}").format(number=conversation.visitor_number)


def state_of(messages, conversation):
    """Changes whenever the thread would look different."""
    last = messages[-1] if messages else None
    streaming = sum(len(m.text) for m in messages if m.is_streaming)
    parts = (
        len(messages),
        last and last.pk,
        streaming,
        conversation.ownership,
        bool(conversation.resolved_at),
    )
    return "-".join(str(part) for part in parts)


def _speaker(row, conversation):
    if row.author == Author.AGENT:
        return conversation.agent.name
    if row.author == Author.PERSON and row.member:
        return row.member.user.get_short_name()
    return row.name or person_of(conversation)
