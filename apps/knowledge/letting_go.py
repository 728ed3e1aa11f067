"""Documents whose page, file or entry is there no more are forgotten, unless their owner has a say in it."""

from django.db import transaction

from apps.knowledge import curating_errors, indexing, reviewing
from apps.knowledge.history_models import Correction
from apps.knowledge.models import Document, DocumentStatus
from apps.knowledge.retrieval import postings

GONE = ("page_not_found", "noindex", "blocked_by_robots", "leaves_site")
"""Problems that mean that a page learned before is no longer there for visitors, or no longer ours to read."""


def forget(source, document, fence):
    """False where the document stays although its page is gone: corrected by its owner, or for review.

    ``fence()`` is called in the transaction, last.
    """
    with transaction.atomic():
        postings.lock(source.agent)
        is_kept = Correction.objects.filter(document=document).exists()
        if is_kept:
            problem = curating_errors.PageOfCorrectionGone(title=str(document)).as_dict()
            Document.objects.filter(pk=document.pk).update(problem=problem)
        elif source.reviews_changes and document.status == DocumentStatus.LEARNED:
            reviewing.hold_gone(source, document)
            is_kept = True
        else:
            indexing.forget_document(document)
        fence()  # last, in the order in which learning takes its locks: the index, then the row
    return not is_kept


def forget_what_is_gone(source, fence):
    """Gone are the documents that this sync did not meet, and learned ones whose page is there no more."""
    for document in source.documents.exclude(seen_in_sync=source.sync_number):
        forget(source, document, fence)
    met = source.documents.learned().filter(seen_in_sync=source.sync_number, problem__code__in=GONE)
    for document in met:
        if not forget(source, document, fence):
            continue
        Document.objects.create(
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
