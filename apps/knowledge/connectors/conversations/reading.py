"""Where past conversations come from: uploaded files, and the inbox."""

from django.db.models import Exists, OuterRef

from apps.conversations.models import Author, Conversation, Message
from apps.knowledge import errors
from apps.knowledge.connectors.files.walk import local_copy
from apps.knowledge.connectors.outcome import Outcome

MOST = 20_000
"""Of those answered here the latest."""
CHUNK = 200
LONGEST = 5000
"""Characters of one message that are looked at."""
_ROLES = {Author.VISITOR: "customer", Author.PERSON: "agent"}


def of_files(source, bench):
    """(the conversations of every file of the source, an outcome for each file)."""
    found, outcomes = {}, []
    for document in source.documents.exclude(file="").order_by("created_at", "pk"):
        name = document.external_id
        try:
            with local_copy(document.file) as path:
                read = bench.parser.conversations(path, name=name).about
        except FileNotFoundError:
            outcomes.append(
                Outcome(
                    external_id=name,
                    title=name,
                    problem=errors.FileLost(name=name),
                    failed=True,
                    hides_others=True,
                )
            )
        except errors.Unreadable as problem:
            outcomes.append(
                Outcome(external_id=name, title=name, problem=problem, failed=True, hides_others=True)
            )
        else:
            found |= {one["external_id"]: one for one in read["conversations"]}
            outcomes.append(Outcome(external_id=name, title=name, holds_others=True))
    return list(found.values()), outcomes


def count_of_answered_here(agent):
    """How many conversations ``answered_here`` would look at."""
    return _answered(agent)[:MOST].count()


def answered_here(source):
    """Conversations with the source's agent that a teammate answered and that are resolved."""
    rows = list(_answered(source.agent).select_related("contact").latest_first()[:MOST])
    for start in range(0, len(rows), CHUNK):
        yield from _with_messages(rows[start : start + CHUNK])


def _answered(agent):
    by_person = Message.objects.filter(conversation=OuterRef("pk"), author=Author.PERSON, is_note=False)
    return Conversation.objects.real().filter(Exists(by_person), agent=agent).exclude(resolved_at=None)


def _with_messages(rows):
    said = {row.pk: [] for row in rows}
    messages = Message.objects.filter(conversation__in=rows, author__in=_ROLES, is_note=False)
    for message in messages.in_order().select_related("member__user"):
        name = message.member.user.name if message.member else message.name
        said[message.conversation_id].append(
            {"role": _ROLES[message.author], "text": message.text[:LONGEST], "name": name}
        )
    for row in rows:
        called = [row.contact.name] if row.contact and row.contact.name else []
        called += [one["name"] for one in said[row.pk] if one["name"]]
        yield {
            "external_id": str(row.pk),
            "started_at": row.created_at.isoformat(),
            "subject": "",
            "tags": [],
            "status": "resolved",
            "csat": None,
            "names": called,
            "messages": said[row.pk],
        }
