"""The inbox: who waits for a person, the conversation, and the person who writes."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.actions.models import ActionRun
from apps.answering import deciding
from apps.console import threads
from apps.conversations.models import Conversation
from apps.inbox import handoff
from apps.inbox.models import Handoff, Reason
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

LISTED = 100
"""Open conversations in one list; the rest is counted."""

YOURS, ALL = "yours", "all"


@open_to(Role.TEAMMATE)
@require_GET
def index(request):
    """The lists, and nothing opened yet."""
    context = _lists(request)
    if request.GET.get("part") == "list":
        return _fragment(request, "inbox/page.html#list", context, context["list_state"])
    return render(request, "inbox/page.html", context)


@open_to(Role.TEAMMATE)
@require_GET
def show(request, number):
    """One conversation between the lists and its person; ``part=thread`` and ``part=list`` are its live parts."""
    conversation = threads.find(number)
    if request.GET.get("part") == "list":
        context = _lists(request, conversation)
        return _fragment(request, "inbox/page.html#list", context, context["list_state"])
    if request.GET.get("part") == "thread":
        context = _thread(request, conversation)
        return _fragment(request, "inbox/page.html#thread", context, context["thread_state"])
    return _page(request, conversation)


@open_to(Role.TEAMMATE)
@require_POST
def reply(request, number):
    """The visitor reads the answer; what could not be sent stays in the box with its reason."""
    conversation = threads.find(number)
    text = request.POST.get("text", "")
    try:
        handoff.reply(
            conversation, by=request.member, text=text, client_id=request.POST.get("client_id", "")[:36]
        )
    except OwnerError as problem:
        return _page(request, conversation, problem=problem, text=text)
    return redirect("inbox_conversation", number)


@open_to(Role.TEAMMATE)
@require_POST
def take(request, number):
    """The member answers from now on."""
    conversation = threads.find(number)
    try:
        handoff.take(conversation, by=request.member)
    except OwnerError as problem:
        return _page(request, conversation, problem=problem)
    return redirect("inbox_conversation", number)


@open_to(Role.TEAMMATE)
@require_POST
def hand_back(request, number):
    """The agent answers again; the lists come next."""
    conversation = threads.find(number)
    handoff.return_to_agent(conversation, by=request.member)
    messages.success(request, _("%(agent)s answers again.") % {"agent": conversation.agent.name})
    return redirect("inbox")


@open_to(Role.TEAMMATE)
@require_POST
def resolve(request, number):
    """Done with; whoever waits longest comes next."""
    conversation = threads.find(number)
    handoff.resolve(conversation, by=request.member)
    messages.success(request, _("Resolved: %(who)s.") % {"who": threads.person_of(conversation)})
    waiting = _open().waiting().values_list("conversation__number", flat=True).first()
    return redirect("inbox_conversation", waiting) if waiting else redirect("inbox")


@open_to(Role.TEAMMATE)
@require_POST
def approve(request, number, run_id):
    """The run that waited for a yes will be done."""
    return _decide(request, number, run_id, deciding.approve, _("Approved: %(title)s."))


@open_to(Role.TEAMMATE)
@require_POST
def decline(request, number, run_id):
    """The run that waited for a yes is over, and nothing was done."""
    return _decide(request, number, run_id, deciding.decline, _("Declined: %(title)s. Nothing was done."))


@open_to(Role.TEAMMATE)
@require_POST
def happened(request, number, run_id):
    """A person looked at the service: what nobody could tell of was done."""
    words = _("Noted as done: %(title)s. The visitor was told.")
    return _decide(request, number, run_id, deciding.settle, words, happened=True)


@open_to(Role.TEAMMATE)
@require_POST
def did_not_happen(request, number, run_id):
    """A person looked at the service: what nobody could tell of was not done, and may be asked for again."""
    words = _("Noted as not done: %(title)s. The visitor was told and may ask again.")
    return _decide(request, number, run_id, deciding.settle, words, happened=False)


def _decide(request, number, run_id, decide, words, **facts):
    conversation = threads.find(number)
    run = get_object_or_404(ActionRun, pk=run_id, conversation=conversation)
    try:
        decide(run, by=request.member, **facts)
    except OwnerError as problem:
        return _page(request, conversation, problem=problem)
    messages.success(request, words % {"title": run})
    return redirect("inbox_conversation", number)


def _page(request, conversation, *, problem=None, text=""):
    context = {**_lists(request, conversation), **_thread(request, conversation), **_person(conversation)}
    context.update(problem=problem, text=text, client_id=uuid.uuid4())
    return render(request, "inbox/page.html", context, status=422 if problem else 200)


def _fragment(request, template, context, state):
    """A live part, or 204 when the page already shows it so."""
    if request.GET.get("state") == state:
        return HttpResponse(status=204)
    return render(request, template, context)


def _open():
    return (
        Handoff.objects.open()
        .filter(conversation__is_preview=False, conversation__resolved_at=None)
        .select_related("conversation__agent", "conversation__contact", "taken_by__user")
        .longest_first()
    )


def _lists(request, conversation=None):
    show_all = request.GET.get("show") == ALL
    runs = _needing_person()
    found = _open()
    if not show_all:
        found = found.filter(taken_by=None) | found.filter(taken_by=request.member)
    rows = list(found[: LISTED + 1])
    for row in (*rows, *runs):
        row.person = threads.person_of(row.conversation)
    # Whoever only waits for a decision about an action stands in the list of these.
    decided_on = {run.conversation_id for run in runs}
    waiting = [
        r for r in rows if r.taken_by_id is None
        and not (r.reason == Reason.ACTION and r.conversation_id in decided_on)
    ]  # fmt: skip
    groups = [
        ("waiting", _("Waiting for you"), waiting),
        ("yours", _("You answer"), [r for r in rows if r.taken_by_id == request.member.pk]),
        ("others", _("Others answer"), [r for r in rows if r.taken_by_id not in (None, request.member.pk)]),
    ]
    minute = int(timezone.now().timestamp() // 60)
    parts = [f"{r.pk.hex[-8:]}{r.taken_by_id is None:d}" for r in rows] + [r.pk.hex[-8:] for r in runs]
    return {
        "place": "inbox",
        "approvals": [run for run in runs if run.needs_approval],
        "lost": [run for run in runs if run.is_lost],
        "groups": [group for group in groups if group[2] or group[0] == "waiting"],
        "nothing_open": not rows and not runs,
        "more": len(rows) > LISTED,
        "show": ALL if show_all else YOURS,
        "list_state": "-".join([str(minute), *parts])[:1500],
        "conversation": conversation,
    }


def _needing_person():
    # Those of the owner's own try-outs too: what they would do is real.
    rows = ActionRun.objects.needing_person()
    return list(rows.select_related("conversation__agent", "conversation__contact").longest_first()[:LISTED])


def _thread(request, conversation):
    said = threads.messages_of(conversation)
    latest = conversation.handoffs.select_related("taken_by__user").order_by("-created_at").first()
    needed = list(ActionRun.objects.needing_person().filter(conversation=conversation).longest_first())
    asked = "".join(run.pk.hex[-6:] for run in needed)
    taken = f"{latest.taken_by_id}{latest.ended_at}" if latest else ""
    return {
        "conversation": conversation,
        "person": threads.person_of(conversation),
        "said": said,
        "latest": latest,
        "is_open": bool(latest and latest.ended_at is None),
        "is_mine": bool(latest and latest.ended_at is None and latest.taken_by_id == request.member.pk),
        "deciding": needed,
        "thread_state": f"{threads.state_of(said, conversation)}-{taken}-{asked}".replace(" ", ""),
    }


def _person(conversation):
    earlier = Conversation.objects.none()
    if conversation.contact_id:
        earlier = Conversation.objects.filter(contact_id=conversation.contact_id).exclude(pk=conversation.pk)
    return {
        "earlier": earlier.latest_first()[:5],
        "runs": ActionRun.objects.filter(conversation=conversation).latest_first()[:5],
        "rung": conversation.rung() if conversation.contact else "",
    }
