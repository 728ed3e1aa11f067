"""Documents whose page, file or entry is there no more are forgotten, unless their owner has a say in it."""

from django.db import transaction

from apps.knowledge import curating_errors, indexing, reviewing
from apps.knowledge.history_models import Correction
from apps.knowledge.models import Document, DocumentStatus
from apps.knowledge.retrieval import postings

GONE = ("page_not_found", "noindex", "blocked_by_robots", "leaves_site", "youtube_video_gone")
"""Problems that mean that a page learned before is no longer there for visitors, or no longer ours to read."""
PORTION = 100
"""Documents forgotten in one transaction: bounds how long the index stays locked."""


def forget(source, documents, fence, *, leaving=None):
    """The documents (a queryset) are gone, but for those that stay without their page: corrected by their owner, or for review.

    ``leaving(documents)`` writes what shall stand in place of those that are gone. ``fence()`` is called in each
    transaction, last.
    """
    keys = list(documents.order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(keys), PORTION):
        _forget_portion(source, keys[at : at + PORTION], fence, leaving)


def forget_what_is_gone(source, fence, *, unmet):
    """Gone are learned documents whose page is there no more, and with ``unmet`` those that this sync did not meet."""
    if unmet:
        forget(source, source.documents.exclude(seen_in_sync=source.sync_number), fence)
    met = source.documents.learned().filter(seen_in_sync=source.sync_number, problem__code__in=GONE)
    forget(source, met, fence, leaving=lambda documents: _say_why(source, documents))


def _forget_portion(source, keys, fence, leaving):
    with transaction.atomic():
        postings.lock(source.agent)
        documents = list(source.documents.filter(pk__in=keys).defer("text"))
        corrected = set(
            Correction.objects.filter(document__in=documents).values_list("document_id", flat=True)
        )
        gone = []
        for document in documents:
            if document.pk in corrected:
                problem = curating_errors.PageOfCorrectionGone(title=str(document)).as_dict()
                Document.objects.filter(pk=document.pk).update(problem=problem)
            elif source.reviews_changes and document.status == DocumentStatus.LEARNED:
                reviewing.hold_gone(source, document)
            else:
                gone.append(document)
        indexing.forget_documents(source.agent, gone)
        if leaving:
            leaving(gone)
        fence()  # last, in the order in which learning takes its locks: the index, then the row


def _say_why(source, documents):
    """A row for each page that is no longer there, with the reason."""
    Document.objects.bulk_create(
        Document(
            workspace_id=source.workspace_id,
            source=source,
            agent_id=source.agent_id,
            external_id=document.external_id,
            title=document.title,
            url=document.url,
            status=DocumentStatus.SKIPPED,
            problem=document.problem,
            seen_in_sync=source.sync_number,
            set_aside_at=document.set_aside_at,
            set_aside_by_id=document.set_aside_by_id,
        )
        for document in documents
    )
