"""A message as streams, the widget and the API show it."""

from apps.conversations.models import Author


def message(row):
    """What the wire protocol calls a message; ``text`` is empty while the answer is still streaming."""
    return {
        "message": str(row.pk),
        "id": str(row.pk),
        "author": str(row.author),
        "name": row.name,
        "text": "" if row.is_streaming else row.text,
        "citations": row.citations,
        "at": row.created_at.isoformat(),
        "streaming": row.is_streaming,
    }


def person(member):
    """The teammate who speaks, as visitors see them."""
    return {"name": member.user.get_short_name()} if member else None


def speaker(row, agent):
    """The name beside a message."""
    if row.author == Author.AGENT:
        return agent.name
    return row.name
