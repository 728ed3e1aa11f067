"""Past conversations under step 2, and what was found in them: looked at, put right, accepted or declined."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from apps.console import wizard
from apps.console.entering import find_agent
from apps.console.errors import NoFileChosen, NothingShown
from apps.knowledge import curating_errors, reviewing, sources
from apps.knowledge.connectors.conversations import reading
from apps.knowledge.models import Source, SourceKind
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

ROWS = 20


@open_to(Role.ADMIN)
def page(request, public_id):
    """Upload an export, or learn from what was answered here; a file without conversations comes back as 422."""
    agent = find_agent(request, public_id)
    problem = None
    if request.method == "POST":
        try:
            if request.POST.get("own"):
                config = {"own": True}
                sources.add_source(agent, kind=SourceKind.CONVERSATIONS, config=config, by=request.member)
            elif not request.FILES.get("file"):
                raise NoFileChosen()
            else:
                sources.add_conversations(agent, request.FILES["file"], by=request.member)
            return redirect(wizard.address_of(agent, "train"))
        except OwnerError as refused:
            problem = refused
    context = wizard.context_of(agent, "train") | {
        "answered": reading.count_of_answered_here(agent),
        "offering": _offering(agent),
    }
    response = wizard.answer(request, "console/past_conversations.html", context | {"file_problem": problem})
    response.status_code = 422 if problem else 200
    return response


@open_to(Role.VIEWER)
@require_GET
def offers(request, source_id):
    """The questions and answers of a source that nobody has decided about, twenty at a time."""
    source = _source(source_id)
    if source.kind != SourceKind.CONVERSATIONS:
        return redirect("knowledge_changes", source_id)
    return _show(request, source)


@open_to(Role.ADMIN)
@require_POST
def settle(request, source_id):
    """One answer is accepted as it was typed, or declined; or all that were shown are accepted as they were."""
    source = _source(source_id)
    word = request.POST.get("do", "") if source.kind == SourceKind.CONVERSATIONS else ""
    try:
        if word == "accept_shown":
            keys = [key for key in map(_key, request.POST.getlist("shown")[:ROWS]) if key]
            if not keys:
                raise NothingShown()
            count = sources.accept_changes(source, by=request.member, only=keys)
            said = ngettext("%(n)s answer goes live.", "%(n)s answers go live.", count) % {"n": count}
            messages.success(request, said)
        elif word in ("accept", "decline"):
            _settle_one(request, source, word)
        else:
            raise Http404
    except OwnerError as problem:
        return _show(request, source, problem=problem, status=422)
    return redirect("knowledge_offers", source_id)


def _settle_one(request, source, word):
    key = _key(request.POST.get("change"))
    change = source.changes.filter(pk=key, accepted_at=None).select_related("source", "document").first()
    if change is None:
        raise curating_errors.ChangeOvertaken(title=source.name)
    if word == "decline":
        reviewing.decline(change, by=request.member)
        return
    question, answer = request.POST.get("question", ""), request.POST.get("answer", "")
    reviewing.accept_pair(change, question, answer, by=request.member)
    messages.success(request, _("Accepted. Your agent answers with it now."))


def _show(request, source, *, problem=None, status=200):
    waiting = source.changes.waiting().oldest_first().select_related("document")
    rows = [_row(change) for change in waiting[:ROWS]]
    if problem:
        typed = {name: request.POST.get(name, "") for name in ("change", "question", "answer")}
        for row in rows:
            if str(row["change"].pk) == typed["change"]:
                row |= {"question": typed["question"], "answer": typed["answer"], "problem": problem}
    context = {
        "place": "knowledge",
        "agent": source.agent,
        "source": source,
        "rows": rows,
        "count": waiting.count(),
        "on_their_way": source.changes.accepted().count(),
        "declined": [_row(change) for change in source.changes.declined().order_by("-declined_at")[:ROWS]],
        "may_change": request.member.may(Role.ADMIN),
        "problem": None if any(row.get("problem") for row in rows) else problem,
    }
    return render(request, "knowledge/offers.html", context, status=status)


def _row(change):
    question, _gap, answer = change.text.partition("\n\n")
    _before, _gap, earlier = (
        change.document.text.partition("\n\n") if change.kind == "changed" else ("", "", "")
    )
    return {
        "change": change,
        "question": question,
        "answer": answer,
        "earlier": earlier,
        "times": change.facts.get("conversations", 1),
    }


def _offering(agent):
    """Sources with answers that wait."""
    found = Source.objects.filter(agent=agent, kind=SourceKind.CONVERSATIONS).newest_first()[:20]
    return [(source, count) for source in found if (count := source.changes.waiting().count())]


def _source(source_id):
    return get_object_or_404(Source.objects.select_related("agent"), pk=source_id)


def _key(text):
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
