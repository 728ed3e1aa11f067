"""Step 2: what the agent should know. One box takes anything; each source says how far it is, in words."""

from datetime import timedelta

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.console import limits, tiles, wizard
from apps.console.entering import find_agent
from apps.console.errors import NeitherAddressNorText, NothingGiven
from apps.knowledge import sources
from apps.knowledge.models import Document, Source, SourceKind, SourceStatus
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

MOST_PROBLEMS = 50
JUST_NOW = timedelta(minutes=2)
"""Whoever gave something so lately knows that it is taken."""
LONG_WORD = 100
"""A single word shorter than this is a mistyped address; in Japanese and Chinese a longer one may be a text."""
EMPTY_PAIR = {"question": "", "answer": ""}
ICONS = {
    SourceKind.WEBSITE: "globe",
    SourceKind.FILE: "file",
    SourceKind.TEXT: "text",
    SourceKind.QA: "question",
    SourceKind.API: "plug",
    SourceKind.NOTION: "notion",
    SourceKind.CONVERSATIONS: "chat",
    SourceKind.DRIVE: "drive",
}


@open_to(Role.ADMIN)
def page(request, public_id):
    """The box and the sources."""
    agent = find_agent(request, public_id)
    return wizard.answer(request, "console/step_train.html", _context(agent))


@open_to(Role.ADMIN)
def rows(request, public_id):
    """The sources alone: asked every two seconds while one of them is being read."""
    agent = find_agent(request, public_id)
    return render(request, "console/_sources_again.html", _context(agent))


@open_to(Role.ADMIN)
def problems(request, public_id, source_id):
    """Why documents of a source were not learned, one by one."""
    agent = find_agent(request, public_id)
    source = get_object_or_404(Source, agent=agent, pk=source_id)
    rows = Document.objects.filter(source=source).with_problems().order_by("title", "pk")
    context = {
        "agent": agent,
        "source": source,
        "documents": rows[:MOST_PROBLEMS],
        "more": max(0, rows.count() - MOST_PROBLEMS),
    }
    return render(
        request, "console/_source_problems.html" if request.htmx else "console/source_problems.html", context
    )


@open_to(Role.ADMIN)
@wizard.opened_shows("train")
@require_POST
def add(request, public_id):
    """Learn from what stands in the box: files, an address, or a text."""
    agent = find_agent(request, public_id)
    typed, given = request.POST.get("anything", "").strip(), limits.typed(request.POST)
    how = {"by": request.member, "is_internal": bool(request.POST.get("team"))}
    try:
        _add(agent, typed, given, request.FILES.getlist("files"), how)
    except NothingGiven as problem:
        return _nothing_given(request, agent, problem)
    except OwnerError as problem:
        wrong = limits.wrong(problem)
        context = _context(agent) | {
            "typed": typed,
            "limits": given,
            "wrong": wrong,
            "team": how["is_internal"],
        }
        if wrong:
            return render(request, "console/step_train.html", context, status=422)
        return wizard.answer(request, "console/step_train.html", context, problem=problem)
    return redirect(wizard.address_of(agent, "train"))


def _nothing_given(request, agent, problem):
    """An empty box is a mistake only where nothing is on its way: files are taken the moment they are chosen."""
    context = _context(agent)
    if not any(
        source.is_at_work or source.created_at > timezone.now() - JUST_NOW for source in context["sources"]
    ):
        return wizard.answer(request, "console/step_train.html", context, problem=problem)
    return render(request, "console/step_train.html", context | {"is_empty": True}, status=422)


@open_to(Role.ADMIN)
@wizard.opened_shows("train")
@require_POST
def add_pairs(request, public_id):
    """Learn questions with their answers, word for word."""
    agent = find_agent(request, public_id)
    pairs = [
        {"question": question.strip(), "answer": answer.strip()}
        for question, answer in zip(
            request.POST.getlist("question"), request.POST.getlist("answer"), strict=False
        )
        if question.strip() or answer.strip()
    ]
    try:
        name = pairs[0]["question"][:80] if pairs else ""
        sources.add_source(agent, kind=SourceKind.QA, name=name, config={"pairs": pairs}, by=request.member)
    except OwnerError as problem:
        context = _context(agent) | {"pairs": pairs or [EMPTY_PAIR], "pairs_problem": problem}
        response = wizard.answer(request, "console/step_train.html", context)
        response.status_code = 422
        return response
    return redirect(wizard.address_of(agent, "train"))


@open_to(Role.ADMIN)
@require_POST
def change(request, public_id, source_id, verb):
    """Read a source again, stop reading it, or forget it."""
    agent = find_agent(request, public_id)
    source = get_object_or_404(Source, agent=agent, pk=source_id)
    try:
        VERBS[verb](source, request.member)
    except OwnerError as problem:
        return wizard.answer(request, "console/step_train.html", _context(agent), problem=problem)
    if request.htmx:
        return render(request, "console/_sources_again.html", _context(agent))
    return redirect(wizard.address_of(agent, "train"))


VERBS = {
    "again": lambda source, by: sources.sync_again(source),
    "stop": lambda source, by: sources.stop(source),
    "delete": lambda source, by: sources.delete_source(source, by=by),
}


def _add(agent, typed, given, files, how):
    if not typed and not files:
        raise NothingGiven()
    if files:
        sources.add_files(agent, files, **how)
    if typed:
        kind, config = sources.guess_kind(typed)
        if kind == SourceKind.TEXT and len(typed.split()) == 1 and len(typed) < LONG_WORD:
            raise NeitherAddressNorText(typed=typed)
        if kind == SourceKind.WEBSITE:
            config |= limits.given(given)
        sources.add_source(agent, kind=kind, name="", config=config, **how)


def _context(agent):
    rows = Source.also_being_removed.filter(agent=agent).newest_first()
    found = list(rows.defer("config").with_opening())
    for source in found:
        source.icon = ICONS.get(source.kind, "file" if source.kind in SourceKind.values else "plug")
        source.handled = source.learned + source.skipped + source.failed
        source.problem_count = source.skipped + source.failed
    offered, broken = tiles.of_plugins()
    return wizard.context_of(agent, "train") | {
        "sources": found,
        "tiles": [*tiles.TILES, *offered],
        "broken": broken,
        "is_at_work": any(source.is_at_work or source.is_being_removed for source in found),
        "pairs": [EMPTY_PAIR],
        "typed": "",
        "limits": limits.NONE,
        "Status": SourceStatus,
    }
