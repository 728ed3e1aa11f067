"""What the agent learned from: its sources, their documents with problems, and the text of each."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from apps.console import comparing, framing, limits
from apps.knowledge import differences, findings, history, scheduling, sharing, wording
from apps.knowledge.history_models import Correction
from apps.knowledge.models import Document, DocumentStatus, Source
from apps.knowledge.question_models import LikelyQuestion
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

ROWS = 50
LONGEST_SHOWN = 60_000
"""Characters of a document's text on its page."""
LONGEST_DIFFERENCE = 100_000

SET_ASIDE = "set_aside"
"""Beside the statuses of documents: those that the owner set aside, whatever was read of them."""

UNREAD = ("config", "cursor")
"""Of a source in a list: pasted texts and bookmarks may be long, and the list shows neither."""

WHOM = {
    "all": _("everyone"),
    "signed_in": _("signed-in customers"),
    "some": _("signed-in customers with these attributes"),
    "team": _("your team alone: it guides the agent and is never shown"),
}


@open_to(Role.VIEWER)
@require_GET
def index(request):
    """The sources of the agent in the frame, the newest first."""
    agent = framing.current_agent(request)
    page = request.GET.get("page")
    context = _listed(agent, page, may_change=request.member.may(Role.ADMIN))
    template = (
        "knowledge/list.html#sources" if request.GET.get("part") == "sources" else "knowledge/list.html"
    )
    return render(request, template, context)


def _listed(agent, page=None, *, may_change=True):
    """What the list of sources and the synonyms below it need."""
    rows = Source.also_being_removed.filter(agent=agent).newest_first().defer(*UNREAD)
    shown = Paginator(rows, ROWS).get_page(page)
    sources = list(shown)
    return {
        "place": "knowledge",
        "agent": agent,
        "sources": sources,
        "shown": shown,
        "at_work": any(source.is_at_work or source.is_being_removed for source in sources),
        "missing": LikelyQuestion.objects.filter(agent=agent).unanswered().count() if agent else 0,
        "synonyms": "\n".join(", ".join(group) for group in wording.of(agent)) if agent else "",
        "aside": Document.objects.filter(agent=agent).set_aside().count() if agent else 0,
        "unwell": sum(findings.counts(agent).values()) if agent else 0,
        "add_url": framing.url_of(("console:setup_train",), agent) if agent and may_change else "",
        "may_change": may_change,
    }


@open_to(Role.ADMIN)
@require_POST
def synonyms(request):
    """The owner's synonyms are those of the form, one group a line; 422 keeps what was typed."""
    agent = framing.current_agent(request)
    if agent is None:
        raise Http404
    typed = request.POST.get("synonyms")
    try:
        if typed is None:
            raise wording.SynonymAlone(line="…")
        wording.replace(agent, wording.read(typed))
    except OwnerError as problem:
        said = {"synonyms": typed or "", "synonyms_problem": problem}
        context = {**_listed(agent), **said}
        return render(request, "knowledge/list.html", context, status=422)
    messages.success(request, _("The synonyms are saved."))
    return redirect("knowledge")


@open_to(Role.VIEWER)
@require_GET
def source(request, source_id):
    """One source's documents by ``status``, fifty a page after ``after``."""
    found = get_object_or_404(Source.objects.select_related("agent"), pk=source_id)
    return show_source(request, found)


def show_source(request, found, *, problem=None, typed=None, status=200, **more):
    """The page of a source; with a ``problem``, what was ``typed`` stays in the form. ``more`` is for the page."""
    wanted = request.GET.get("status", "")
    wanted = wanted if wanted in (*DocumentStatus.values, SET_ASIDE) else ""
    rows = found.documents.order_by("pk").select_related("correction").defer("text", "correction__page_text")
    if wanted:
        rows = rows.set_aside() if wanted == SET_ASIDE else rows.filter(status=wanted, set_aside_at=None)
    after = _uuid(request.GET.get("after"))
    if after:
        rows = rows.filter(pk__gt=after)
    documents = list(rows[: ROWS + 1])
    in_use = found.documents.filter(set_aside_at=None).order_by()
    counts = dict(in_use.values_list("status").annotate(n=Count("pk")))
    counts[SET_ASIDE] = found.documents.set_aside().count()
    statuses = [*DocumentStatus.choices, (SET_ASIDE, _("Set aside"))]
    context = {
        "place": "knowledge",
        "agent": found.agent,
        "source": found,
        "documents": documents[:ROWS],
        "further": documents[ROWS - 1].pk if len(documents) > ROWS else "",
        "status": wanted,
        "is_first_page": not after,
        "total": sum(counts.values()),
        "statuses": [(key, label, counts[key]) for key, label in statuses if counts.get(key)],
        "overtaken": Correction.objects.filter(document__source=found).overtaken().count(),
        "waiting": found.changes.waiting().count(),
        "may_change": request.member.may(Role.ADMIN),
        "problem": problem,
        "limits": limits.of(found),
        **_keeping(found, typed),
        **more,
    }
    if request.GET.get("part") != "state":
        return render(request, "knowledge/source.html", context, status=status)
    answer = render(request, "knowledge/source.html#state", context)
    if not found.is_at_work:
        answer["HX-Refresh"] = "true"  # what stands below has changed too
    return answer


@open_to(Role.VIEWER)
@require_GET
def set_aside(request):
    """The agent's documents that were set aside, of all its sources, the latest first."""
    agent = framing.current_agent(request)
    rows = Document.objects.filter(agent=agent).set_aside().order_by("-set_aside_at", "pk")
    rows = rows.select_related("source", "set_aside_by__user").defer("text", "source__config")
    context = {
        "place": "knowledge",
        "agent": agent,
        "shown": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "may_change": request.member.may(Role.ADMIN),
    }
    return render(request, "knowledge/set_aside.html", context)


def _keeping(found, typed):
    """How a source is kept, as sentences and as the form that changes them."""
    attributes = found.audience.get("attributes") if isinstance(found.audience, dict) else None
    whom = "team" if found.is_internal else "some" if attributes else "signed_in" if found.audience else "all"
    rhythms = [(str(hours or ""), label) for hours, label in scheduling.CHOICES]
    if found.every_hours and str(found.every_hours) not in dict(rhythms):
        rhythms.append((str(found.every_hours), scheduling.words(found.every_hours)))
    return {
        "can_repeat": scheduling.can_repeat(found),
        "rhythm": scheduling.words(found.every_hours),
        "news": scheduling.news(found),
        "for_whom": sharing.words(found),
        "rhythms": rhythms,
        "whom_choices": WHOM.items(),
        "typed": typed
        or {
            "every": str(found.every_hours or ""),
            "review": "on" if found.reviews_changes else "off",
            "whom": whom,
            "attributes": sharing.typed(found),
        },
    }


@open_to(Role.VIEWER)
@require_GET
def document(request, source_id, document_id):
    """What was read from one page or file, as the agent knows it."""
    found = get_object_or_404(
        Document.objects.kept().select_related("source", "agent"), pk=document_id, source_id=source_id
    )
    return show_document(request, found)


def show_document(request, found, *, problem=None, typed=None, status=200):
    """The page of a document; with a ``problem``, what was ``typed`` stays in the box."""
    correction = Correction.objects.filter(document=found).select_related("by__user").first()
    budget = differences.Budget()
    earlier = [
        {"text": text, "lines": difference(text.text, found.text, budget)} for text in history.of(found)[1:]
    ]
    context = {
        "place": "knowledge",
        "agent": found.agent,
        "source": found.source,
        "document": found,
        "text": found.text[:LONGEST_SHOWN],
        "is_cut": len(found.text) > LONGEST_SHOWN,
        "passages": found.passages.count(),
        "correction": correction,
        "page_lines": difference(found.text, correction.page_text)
        if correction and correction.page_changed_at
        else [],
        "earlier": earlier,
        "may_change": request.member.may(Role.ADMIN),
        "problem": problem,
        "typed": found.text if typed is None else typed,
        "is_long": len(found.text if typed is None else typed) > LONGEST_SHOWN,
        "is_typing": typed is not None or "correct" in request.GET,
    }
    return render(request, "knowledge/document.html", context, status=status)


def difference(before, after, budget=None):
    """Two texts as they are read, with their differing words; very long ones by their beginnings."""
    return comparing.lines(before[:LONGEST_DIFFERENCE], after[:LONGEST_DIFFERENCE], budget)


def _uuid(text):
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None  # an address that somebody typed shows the first page
