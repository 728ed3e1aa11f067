"""A conversation begins, or is found again."""

from django.db import connection, models, transaction

from apps.conversations.models import Channel, Conversation

_NUMBERS = 0x42455252  # the first key of the advisory lock under which numbers are given


def open_conversation(
    agent,
    *,
    channel=Channel.WEB,
    visitor_key="",
    page="",
    contact=None,
    verified_until=None,
    is_preview=False,
    opening_words="",
):
    """A new conversation with ``agent``, numbered within its workspace; so is its visitor, unless it is a try-out.

    ``verified_until``: until when the contact's proof counts here, None for none.
    """
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_NUMBERS, str(agent.workspace_id)]
            )
        last = Conversation.objects.aggregate(n=models.Max("number"), v=models.Max("visitor_number"))
        return Conversation.objects.create(
            workspace_id=agent.workspace_id,
            number=(last["n"] or 0) + 1,
            visitor_number=None if is_preview else _visitor_number(visitor_key, contact, last["v"]),
            agent=agent,
            channel=channel,
            visitor_key=visitor_key,
            page=page[:500],
            contact=contact,
            verified_until=verified_until,
            is_preview=is_preview,
            opening_words=opening_words[:200],
        )


def _visitor_number(key, contact, last):
    """The number that the visitor had before, else the next; the caller holds the lock under which numbers are given."""
    own = models.Q()
    if key:
        own |= models.Q(visitor_key=key)
    if contact:
        own |= models.Q(contact=contact)
    known = Conversation.objects.filter(own).aggregate(n=models.Min("visitor_number"))["n"] if own else None
    return known or (last or 0) + 1


def find_open(agent, visitor_key):
    """The visitor's unresolved conversation with ``agent``, or None."""
    if not visitor_key:
        return None
    return (
        Conversation.objects.filter(agent=agent, visitor_key=visitor_key, resolved_at=None)
        .latest_first()
        .first()
    )
