"""A source that its owner removed: hidden in the transaction that says so, then taken away in portions.

The row goes last, so whatever a worker that was killed left over is found and gone on with.
"""

import logging
import time

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.connections.models import Connection
from apps.knowledge import indexing, sweeping
from apps.knowledge.missing import asking
from apps.knowledge.models import Document, Passage, Source, SourceKind
from apps.knowledge.retrieval import postings
from berrydesk.db import leases
from berrydesk.db.leases import LostLease
from berrydesk.db.notifications import notify

log = logging.getLogger(__name__)

RUN_S = 60
"""After this a worker lets others have their turn."""
MOST = 1000
"""Passages gone in one transaction, and documents: the more, the fewer times a block of the index is written; but
others who learn wait for it."""
AGAIN_S = 60
"""What failed, for whatever reason, is tried again after this."""


def begin(row):
    """The source is being removed: hidden, and no longer its sync's, whose lease is worth nothing now. Holds the row's lock."""
    Source.objects.filter(pk=row.pk).update(
        removal_asked_at=timezone.now(), lease_by="", lease_until=None, attempts=0
    )
    notify(row.news_key)


def say(agent):
    """What the agent's questions and findings are worth without the source is looked at soon."""
    asking.ask(agent)
    sweeping.ask(agent)


def remove(source, *, run_s=RUN_S, most=MOST):
    """Take a leased source away with all it holds. True when this run is over, False when another should follow at once."""
    ends_at = time.monotonic() + run_s
    try:
        while not _is_gone(source):
            _forget(source, _portion(source, most))
            if time.monotonic() > ends_at:
                return False
    except LostLease:
        return True
    except Exception:  # whatever it was: the source stays hidden, and is not given up
        log.exception("The removal of source %s broke off and is tried again", source.pk)
        leases.rest(source, for_s=AGAIN_S)
        return True
    say(source.agent)
    return True


def _portion(source, most):
    """Keys of the documents that go next: one at least, and together no more than ``most`` passages."""
    passages = Passage.objects.filter(document=OuterRef("pk")).order_by().values("document")
    size = Coalesce(Subquery(passages.annotate(n=Count("pk")).values("n")), 0)
    rows = Document.objects.filter(source=source).order_by("pk")
    chosen, room = [], most
    for key, passages in rows.annotate(size=size).values_list("pk", "size")[:most]:
        room -= passages
        if chosen and room < 0:
            break
        chosen.append(key)
    return chosen


def _forget(source, keys):
    """The documents are gone; their files first, so that none is left behind by a worker that dies in between."""
    rows = Document.objects.filter(source=source, pk__in=keys)
    for row in rows.exclude(file="").only("file"):
        row.file.storage.delete(row.file.name)
    with transaction.atomic():
        postings.lock(source.agent)
        indexing.forget_documents(source.agent, rows.defer("text"))
        _fence(source)  # last, in the order in which learning takes its locks: the index, then the row


def _is_gone(source):
    """True once nothing is left but the row, which goes now."""
    if Document.objects.filter(source=source).exists():
        return False
    with transaction.atomic():
        postings.lock(source.agent)  # whoever was still learning is done, and nobody begins
        _fence(source)
        if Document.objects.filter(source=source).exists():
            return False
        Source.also_being_removed.filter(pk=source.pk).delete()
        _forget_secrets(source)
        notify(source.news_key)
    return True


def _forget_secrets(source):
    """What a plugin's source alone read through is gone with it. A service's connection is its owner's to remove."""
    if source.connection_id is None or source.kind in SourceKind.values:
        return
    if not Source.also_being_removed.filter(connection=source.connection_id).exists():
        Connection.objects.filter(pk=source.connection_id).delete()


def _fence(source):
    if not leases.still_held(source):
        raise LostLease
