"""What the agent learned from: its sources, their documents with problems, and the text of each."""

import uuid

from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.console import framing
from apps.knowledge.models import Document, DocumentStatus, Source
from apps.knowledge.question_models import LikelyQuestion
from apps.workspaces.access import Role, open_to

ROWS = 50
LONGEST_SHOWN = 60_000
"""Characters of a document's text on its page."""


@open_to(Role.VIEWER)
@require_GET
def index(request):
    """The sources of the agent in the frame, the newest first."""
    agent = framing.current_agent(request)
    sources = list(Source.objects.filter(agent=agent).newest_first()[:200]) if agent else []
    context = {
        "place": "knowledge",
        "agent": agent,
        "sources": sources,
        "at_work": any(source.is_at_work for source in sources),
        "learned": sum(source.learned for source in sources),
        "missing": LikelyQuestion.objects.filter(agent=agent).unanswered().count() if agent else 0,
        "add_url": framing.url_of(("console:setup_train",), agent) if agent else "",
    }
    template = (
        "knowledge/list.html#sources" if request.GET.get("part") == "sources" else "knowledge/list.html"
    )
    return render(request, template, context)


@open_to(Role.VIEWER)
@require_GET
def source(request, source_id):
    """One source's documents by ``status``, fifty a page after ``after``."""
    found = get_object_or_404(Source.objects.select_related("agent"), pk=source_id)
    status = request.GET.get("status", "")
    status = status if status in DocumentStatus.values else ""
    rows = found.documents.order_by("pk").defer("text")
    if status:
        rows = rows.filter(status=status)
    after = _uuid(request.GET.get("after"))
    if after:
        rows = rows.filter(pk__gt=after)
    documents = list(rows[: ROWS + 1])
    counts = dict(found.documents.order_by().values_list("status").annotate(n=Count("pk")))
    context = {
        "place": "knowledge",
        "agent": found.agent,
        "source": found,
        "documents": documents[:ROWS],
        "further": documents[ROWS - 1].pk if len(documents) > ROWS else "",
        "status": status,
        "is_first_page": not after,
        "total": sum(counts.values()),
        "statuses": [(key, label, counts[key]) for key, label in DocumentStatus.choices if counts.get(key)],
    }
    return render(request, "knowledge/source.html", context)


@open_to(Role.VIEWER)
@require_GET
def document(request, source_id, document_id):
    """What was read from one page or file, as the agent knows it."""
    found = get_object_or_404(
        Document.objects.select_related("source", "agent"), pk=document_id, source_id=source_id
    )
    context = {
        "place": "knowledge",
        "agent": found.agent,
        "source": found.source,
        "document": found,
        "text": found.text[:LONGEST_SHOWN],
        "is_cut": len(found.text) > LONGEST_SHOWN,
        "passages": found.passages.count(),
    }
    return render(request, "knowledge/document.html", context)


def _uuid(text):
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None  # an address that somebody typed shows the first page
