"""Documents that another program hands over: added or replaced by their own ids, searchable at once."""

import re
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from apps.knowledge import indexing, sweeping
from apps.knowledge.missing import asking
from apps.knowledge.models import Source, SourceKind, SourceStatus
from apps.knowledge.retrieval import postings
from berrydesk.db.leases import LostLease
from berrydesk.errors import OwnerError

MOST = 1000
LONGEST_CHARACTERS = 2_000_000


class TooMany(OwnerError):
    code = "too_many_documents"
    message = "{count} documents came at once; {most} are possible."
    remedy = "Send them in several calls."


class NoId(OwnerError):
    code = "no_external_id"
    message = "The document has no external_id, so it could not be replaced later."
    remedy = "Give each document an id of your own."


class EmptyText(OwnerError):
    code = "empty"
    message = "The document has no text."
    remedy = "Send the text that the agent should know."


class TooLong(OwnerError):
    code = "too_long"
    message = "The document has {length} characters; {limit} are possible."
    remedy = "Send it in parts, each with an id of its own."


class BadAddress(OwnerError):
    code = "bad_document_url"
    message = "The document's url is not a web address, so nothing could link to it."
    remedy = "Send an address that begins with https://, or leave url out."


@dataclass
class Batched:
    """How many documents were added, replaced or unchanged; ``failed``: [{external_id, code, message, remedy}]."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    failed: list = field(default_factory=list)


def batch(agent, documents):
    """Learn up to 1,000 documents ({external_id, title, text, url?}); one bad document disturbs no other.

    They are searchable when this returns. The last of several with the same id counts. Raises TooMany.
    """
    if len(documents) > MOST:
        raise TooMany(count=len(documents), most=MOST)
    outcome, good = Batched(), {}
    for document in documents:
        problem = _problem(document)
        if problem:
            outcome.failed.append({"external_id": document.get("external_id") or "", **problem.as_dict()})
        else:
            good[document["external_id"]] = document
    source, words = _learn(agent, [_item(d) for d in good.values()])
    for word in words:
        setattr(outcome, word, getattr(outcome, word) + 1)
    Source.objects.filter(pk=source.pk).update(
        status=SourceStatus.READY, learned=source.documents.learned().count(), last_sync_at=timezone.now()
    )
    asking.ask(agent)
    if outcome.added or outcome.replaced:
        sweeping.ask(agent)
    return outcome


def _learn(agent, items):
    """The source that holds the items, and what became of each; a source that is removed meanwhile is followed by a new one."""
    while True:
        source = _source(agent)
        try:
            return source, indexing.learn_documents(source, items, fence=source.must_stay)
        except LostLease:
            continue


def _item(document):
    return {
        "external_id": str(document["external_id"]),
        "title": document.get("title") or "",
        "text": document["text"],
        "url": document.get("url") or "",
        "language": None,
    }


def _problem(document):
    text = document.get("text") or ""
    if not str(document.get("external_id") or "").strip():
        return NoId()
    if not text.strip():
        return EmptyText()
    if len(text) > LONGEST_CHARACTERS:
        return TooLong(length=len(text), limit=LONGEST_CHARACTERS)
    if document.get("url") and not re.match(r"(?i)https?://[^\s/]", document["url"]):
        return BadAddress()
    return None


def _source(agent):
    """The one source of what comes by the API; the first batch makes it."""
    known = Source.objects.filter(agent=agent, kind=SourceKind.API)
    source = known.first()
    if source is None:
        with transaction.atomic():
            postings.lock(agent)
            source = known.first() or Source.objects.create(
                workspace_id=agent.workspace_id,
                agent=agent,
                kind=SourceKind.API,
                name="API",
                status=SourceStatus.READY,
            )
    return source
