"""Knowledge health: what the sweep found, side by side, with its remedies in one click."""

from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import get_text_list
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from apps.console import framing, why
from apps.knowledge import findings, sweeping
from apps.knowledge.finding_models import IN_PAIRS, Finding, FindingKind, Sweep
from apps.knowledge.models import Passage
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

FOLLOWING = 12
"""Findings listed below the one that is shown."""

DISMISSED = "dismissed"
"""The tab of what was said to be no conflict."""


@open_to(Role.VIEWER)
@require_GET
def index(request):
    """The finding number ``n`` of a ``kind``, and those after it."""
    agent = framing.current_agent(request)
    state = _state(agent)
    if request.GET.get("part") == "state":
        return render(request, "knowledge/health.html#state", state)
    counts = findings.counts(agent) if agent else {}
    kind = _kind(request.GET.get("kind"), counts)
    rows = []
    if agent:
        rows = findings.dismissed(agent) if kind == DISMISSED else findings.shown(agent, kind)
    number = _number(request.GET.get("n"))
    total = rows.count() if agent else 0
    number = min(number, max(total, 1))
    window = list(rows[number - 1 : number + FOLLOWING]) if total else []
    hidden = findings.dismissed(agent).count() if agent else 0
    context = {
        "place": "knowledge",
        "agent": agent,
        "kind": kind,
        "tabs": [(key, label, counts.get(key, 0)) for key, label in FindingKind.choices],
        "dismissed": hidden,
        "asked_model": _asked_model(state["sweep"]) if kind == FindingKind.CONTRADICTION else "",
        "finding": _with_effects(_shown(window[0]), agent) if window else None,
        "number": number,
        "total": total,
        "before": _address(kind, number - 1) if number > 1 else "",
        "after": _address(kind, number + 1) if number < total else "",
        "following": [(_shown(row), _address(kind, number + n)) for n, row in enumerate(window[1:], start=1)],
        "beyond": max(0, total - number - FOLLOWING),
        "may_change": request.member.may(Role.ADMIN),
        **state,
    }
    return render(request, "knowledge/health.html", context)


@open_to(Role.ADMIN)
@require_POST
def sweep(request):
    """Look at what changed, at once."""
    agent = framing.current_agent(request)
    if agent is None:
        raise Http404
    sweeping.ask(agent, in_s=0)
    return redirect("knowledge_health")


@open_to(Role.ADMIN)
@require_POST
def settle(request, finding_id, verb):
    """Do what a button of a finding says, then show the next one."""
    if verb not in VERBS:
        raise Http404
    finding = get_object_or_404(Finding.objects.prefetch_related("places__document__source"), pk=finding_id)
    try:
        messages.success(request, VERBS[verb](finding, request.member))
    except OwnerError as problem:
        messages.error(request, f"{problem.message} {problem.remedy}")
    kind = DISMISSED if verb == "take-back" else finding.kind
    return redirect(_address(kind, _number(request.POST.get("n"))))


def _keep(side):
    def keep(finding, member):
        return _no_longer_read(finding, findings.keep(finding, side, by=member))

    return keep


def _set_aside(finding, member):
    return _no_longer_read(finding, findings.set_aside(finding, by=member))


def _no_longer_read(finding, leaving):
    """What happened, with links to where it is taken back."""
    pages = [
        format_html('<a class="link" href="{}">{}</a>', _page_of(document), document) for document in leaving
    ]
    return format_html(
        _("{agent} no longer reads {pages}. Press Take back on its page to undo this."),
        agent=finding.agent.name,
        pages=mark_safe(get_text_list(pages, _("and"))),  # each of them was escaped above
    )


def _page_of(document):
    return reverse("knowledge_document", args=[document.source_id, document.pk])


def _dismiss(finding, member):
    findings.dismiss(finding, by=member)
    return _("Remembered. It comes back only when one of the texts changes in these words.")


def _take_back(finding, member):
    findings.take_back(finding, by=member)
    return _("It is shown again.")


VERBS = {
    "keep-left": _keep(0),
    "keep-right": _keep(1),
    "set-aside": _set_aside,
    "dismiss": _dismiss,
    "take-back": _take_back,
}


def _state(agent):
    row = Sweep.objects.filter(agent=agent).first() if agent else None
    return {
        "sweep": row,
        "status": row.status if row else "never",
        "at_work": bool(row) and row.status in ("running", "waiting"),
    }


def _shown(finding):
    """A finding as its template shows it."""
    pair = findings.sides(finding)
    remedies = findings.remedies(finding)
    changed = [_changed_at(side.document) for side in pair]
    newer = None
    if len(pair) == 2 and all(changed) and abs((changed[0] - changed[1]).total_seconds()) > 3600:
        newer = 0 if changed[0] > changed[1] else 1
    return {
        "row": finding,
        "sides": [_side(side, at, finding) for side, at in zip(pair, changed, strict=True)],
        "may_keep": "keep_left" in remedies,
        "may_set_aside": "set_aside" in remedies,
        "newer": newer,
        "is_pair": finding.kind in IN_PAIRS,
        "judged": _judged(finding),
        "answers": finding.answers,
    }


def _with_effects(shown, agent):
    """A finding with what keeping either side takes from the agent, and which button is the first choice.

    Where the page that would go says more than the sentence in question, that page is better edited.
    """
    if not shown["may_keep"]:
        return shown | {"effects": [], "keeps_first": None, "edits_first": 0}
    leaving = [[place.document for place in side["side"].places] for side in reversed(shown["sides"])]
    rows = Passage.objects.filter(document__in=[*leaving[0], *leaving[1]]).order_by()
    counts = dict(rows.values_list("document").annotate(n=Count("pk")))
    passages = [sum(counts.get(document.pk, 0) for document in documents) for documents in leaving]
    keeps = 1 if shown["newer"] == 1 else 0
    is_much = passages[keeps] > len(leaving[keeps])
    return shown | {
        "effects": [_effect(agent, *each) for each in zip(leaving, passages, strict=True)],
        "keeps_first": None if is_much else keeps,
        "edits_first": 1 - keeps if is_much else None,
    }


def _effect(agent, documents, passages):
    words = (
        ngettext(
            "%(agent)s stops reading the whole passage of %(titles)s.",
            "%(agent)s stops reading all %(n)s passages of %(titles)s, not only this one.",
            passages,
        )
        if passages > len(documents)
        else _("%(agent)s stops reading %(titles)s.")
    )
    titles = get_text_list([_("“%(title)s”") % {"title": document} for document in documents], _("and"))
    return words % {"agent": agent.name, "n": passages, "titles": titles}


def _asked_model(row):
    """How many doubtful contradictions a model was asked about, and for how much, in words; "" where none was."""
    if row is None or not row.asked_model:
        return ""
    told = ngettext(
        "A model was asked about %(n)s doubtful contradiction so far.",
        "A model was asked about %(n)s doubtful contradictions so far.",
        row.asked_model,
    ) % {"n": row.asked_model}
    return f"{told} " + _("That cost %(price)s.") % {"price": why.money(row.cost)} if row.cost else told


def _judged(finding):
    """What a model said of it, in words; "" where none was asked, or where its owner knew better."""
    if finding.verdict is None or not finding.judged_by:
        return ""
    if not finding.verdict:
        return _("%(model)s says that both can be true.") % {"model": finding.judged_by}
    if not finding.judged_words:
        return _("Confirmed by %(model)s.") % {"model": finding.judged_by}
    left, right = finding.judged_words
    return _("Confirmed by %(model)s: “%(left)s” against “%(right)s”.") % {
        "model": finding.judged_by,
        "left": left,
        "right": right,
    }


def _side(side, changed_at, finding):
    document = side.document
    host = urlsplit(document.url).hostname or document.source.name
    return {
        "side": side,
        "document": document,
        "place": side.place,
        "host": host,
        "changed": timesince(changed_at, depth=1) if changed_at and _is_past(changed_at) else "",
        "url": _page_of(document),
        "is_marked": bool(side.place.marks),
    }


def _is_past(moment):
    return (timezone.now() - moment).total_seconds() > 60


def _changed_at(document):
    return document.modified_at or document.learned_at


def _kind(asked, counts):
    if asked in FindingKind.values or asked == DISMISSED:
        return asked
    return next((key for key in FindingKind.values if counts.get(key)), FindingKind.CONTRADICTION.value)


def _number(text):
    return min(int(text), 100_000) if text and text.isdigit() and int(text) > 0 else 1


def _address(kind, number):
    return reverse("knowledge_health") + "?" + urlencode({"kind": kind, "n": number})
