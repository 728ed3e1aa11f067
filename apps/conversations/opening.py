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
):
    """A new conversation with ``agent``, numbered within its workspace.

    ``verified_until``: until when the contact's proof counts here, None for none.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_NUMBERS, str(agent.workspace_id)]
            )
        last = Conversation.objects.aggregate(last=models.Max("number"))["last"] or 0
        return Conversation.objects.create(
            workspace_id=agent.workspace_id,
            number=last + 1,
            agent=agent,
            channel=channel,
            visitor_key=visitor_key,
            page=page[:500],
            contact=contact,
            verified_until=verified_until,
            is_preview=is_preview,
        )


def find_open(agent, visitor_key):
    """The visitor's unresolved conversation with ``agent``, or None."""
    if not visitor_key:
        return None
    return (
        Conversation.objects.filter(agent=agent, visitor_key=visitor_key, resolved_at=None)
        .latest_first()
        .first()
    )
