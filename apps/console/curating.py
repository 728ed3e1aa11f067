"""What owners and admins decide about sources and documents; viewers read the same pages without the buttons."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from apps.console import comparing, knowledge, limits
from apps.knowledge import curating, curating_errors, differences, reviewing, scheduling, sharing, sources
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import Document, Source, SourceKind
from apps.knowledge.review_models import PendingChange
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

ROWS = 20


@open_to(Role.ADMIN)
@require_POST
def sync(request, source_id):
    """The source is read again, or reading stops."""
    source = get_object_or_404(Source, pk=source_id)
    if request.POST.get("do") == "stop":
        sources.stop(source)
    else:
        sources.sync_again(source)
    return redirect("knowledge_source", source_id)


@open_to(Role.ADMIN)
@require_POST
def remove(request, source_id):
    """The source is forgotten with all that was learned from it."""
    source = get_object_or_404(Source, pk=source_id)
    sources.delete_source(source, by=request.member)
    messages.success(
        request, _("%(name)s is being removed. No answer is made of it any more.") % {"name": source.name}
    )
    return redirect("knowledge")


@open_to(Role.ADMIN)
@require_POST
def keep(request, source_id):
    """How often it is read, whether changes wait, and who it is for: saved together, or 422 with what was typed."""
    source = get_object_or_404(Source.objects.select_related("agent"), pk=source_id)
    typed = {name: request.POST.get(name, "").strip() for name in ("every", "review", "whom", "attributes")}
    try:
        whom = typed["whom"]
        if whom not in knowledge.WHOM:
            raise curating_errors.NoSuchAudience(what=whom[:60])
        attributes = sharing.parsed(typed["attributes"]) if whom == "some" else {}
        if whom == "some" and not attributes:
            raise curating_errors.NoSuchAudience(what=typed["attributes"][:60])
        if scheduling.can_repeat(source):
            every = int(typed["every"]) if typed["every"].isdecimal() else None
            scheduling.keep_fresh(source, every, by=request.member)
            sources.review_changes(source, typed["review"] == "on", by=request.member)
        sharing.share(
            source,
            is_internal=whom == "team",
            signed_in=whom in ("signed_in", "some"),
            attributes=attributes,
            by=request.member,
        )
    except OwnerError as problem:
        return knowledge.show_source(request, source, problem=problem, typed=typed, status=422)
    messages.success(request, _("Saved."))
    return redirect("knowledge_source", source_id)


@open_to(Role.ADMIN)
@require_POST
def limit(request, source_id):
    """The next sync of a website keeps to what was typed; 422 with it where it cannot be taken."""
    source = get_object_or_404(Source.objects.select_related("agent"), pk=source_id, kind=SourceKind.WEBSITE)
    fields = limits.typed(request.POST)
    try:
        sources.change_limits(source, fields, by=request.member)
    except InvalidConfig as problem:
        return knowledge.show_source(request, source, limits=fields, wrong=problem.errors, status=422)
    messages.success(request, _("Saved. The next sync keeps to these limits."))
    return redirect("knowledge_source", source_id)


@open_to(Role.ADMIN)
@require_POST
def correct(request, source_id, document_id):
    """The document says what was typed, whatever later syncs read."""
    document = _document(source_id, document_id)
    typed = request.POST.get("text", "")
    try:
        curating.correct(document, typed, by=request.member)
    except OwnerError as problem:
        return knowledge.show_document(request, document, problem=problem, typed=typed, status=422)
    messages.success(request, _("Saved. Syncs leave your text as it is."))
    return redirect("knowledge_document", source_id, document_id)


@open_to(Role.ADMIN)
@require_POST
def decide(request, source_id, document_id):
    """Set aside, take back, pin, unpin, restore, or choose between a correction and its page.

    What was pressed in a list (``from``) leads back to it.
    """
    document = _document(source_id, document_id)
    word, by = request.POST.get("do", ""), request.member
    try:
        if word == "restore":
            curating.restore(document, _key(request.POST.get("version")), by=by)
        elif word in _DECISIONS:
            _DECISIONS[word](document, by=by)
        else:
            raise Http404
    except OwnerError as problem:
        return knowledge.show_document(request, document, problem=problem, status=422)
    if word == "take_back":
        messages.success(request, _("Taken back: {title} is used again.").format(title=document))
    if request.POST.get("from") == "source":
        return redirect(f"{reverse('knowledge_source', args=[source_id])}?status={knowledge.SET_ASIDE}")
    if request.POST.get("from") == "set_aside":
        return redirect("knowledge_set_aside")
    return redirect("knowledge_document", source_id, document_id)


_DECISIONS = {
    "set_aside": curating.set_aside,
    "take_back": curating.take_back,
    "pin": curating.pin,
    "unpin": curating.unpin,
    "keep": curating.keep_correction,
    "take_page": curating.take_page,
}


@open_to(Role.VIEWER)
@require_GET
def changes(request, source_id):
    """What a sync found and nobody has looked at yet, each with its differing words."""
    source = get_object_or_404(Source.objects.select_related("agent"), pk=source_id)
    if (
        source.kind == SourceKind.CONVERSATIONS
    ):  # each answer is looked at, and put right, on a page of their own
        return redirect("knowledge_offers", source_id)
    return _show_changes(request, source)


@open_to(Role.ADMIN)
@require_POST
def settle(request, source_id):
    """One change, or all that wait, go live or not."""
    source = get_object_or_404(Source.objects.select_related("agent"), pk=source_id)
    word, key = request.POST.get("do", ""), request.POST.get("change")
    if word not in ("accept", "decline") or source.kind == SourceKind.CONVERSATIONS:
        raise Http404
    if not key:
        _settle_all(request, source, word)
        return redirect("knowledge_changes", source_id)
    change = PendingChange.objects.filter(source=source, pk=_key(key)).select_related("source").first()
    try:
        if change is None:
            raise curating_errors.ChangeOvertaken(title=source.name)
        (reviewing.accept if word == "accept" else reviewing.decline)(change, by=request.member)
    except OwnerError as problem:
        return _show_changes(request, source, problem=problem, status=422)
    return redirect("knowledge_changes", source_id)


def _settle_all(request, source, word):
    if word == "accept":
        count = sources.accept_changes(source, by=request.member)
        said = ngettext("%(n)s change goes live.", "%(n)s changes go live, one after the other.", count)
    else:
        count = reviewing.decline_all(source, by=request.member)
        said = ngettext("%(n)s change was declined.", "%(n)s changes were declined.", count)
    messages.success(request, said % {"n": count})


def _show_changes(request, source, *, problem=None, status=200):
    waiting = source.changes.waiting().oldest_first().select_related("document")
    budget = differences.Budget()
    rows = [{"change": change, "lines": _difference(change, budget)} for change in waiting[:ROWS]]
    context = {
        "place": "knowledge",
        "agent": source.agent,
        "source": source,
        "rows": rows,
        "count": waiting.count(),
        "on_their_way": source.changes.accepted().count(),
        "declined": source.changes.declined().oldest_first()[:ROWS],
        "may_change": request.member.may(Role.ADMIN),
        "problem": problem,
    }
    return knowledge.render(request, "knowledge/changes.html", context, status=status)


def _difference(change, budget):
    if change.kind == "gone":
        return comparing.gone(change.document.text[: knowledge.LONGEST_DIFFERENCE])
    before = change.document.text if change.kind == "changed" else ""
    return knowledge.difference(before, change.text, budget)


def _document(source_id, document_id):
    rows = Document.objects.kept().select_related("source", "agent")
    return get_object_or_404(rows, pk=document_id, source_id=source_id)


def _key(text):
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
