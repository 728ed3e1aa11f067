"""Home: until launch what is next, afterwards this week and who needs a person; and the sample business."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.agents import making
from apps.agents.models import Installation
from apps.console import numbers, progress, threads, wizard
from apps.console.entering import find_agent
from apps.console.sample import loading
from apps.inbox.models import Handoff
from apps.routing import health
from apps.routing.models import RoutingPolicy
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

MOST_WAITING = 6


@dataclass(frozen=True)
class Check:
    """One line of the checklist: done, next, or later."""

    title: str
    words: str
    is_done: bool
    url: str
    press: str
    is_next: bool = False


@open_to(Role.VIEWER)
def page(request, public_id):
    """The checklist until the agent is live, then the week."""
    agent = find_agent(request, public_id)
    waiting = _waiting()
    context = {
        "agent": agent,
        "place": "home",
        "waiting": waiting,
        "waiting_count": Handoff.objects.waiting().filter(conversation__is_preview=False).count(),
        "checks": checklist(agent),
        "may_change": request.member.may(Role.ADMIN),
        "knows": progress.learned(agent),
        "trouble": _model_trouble(agent),
    }
    if agent.is_live:
        context["week"] = numbers.this_week(request.workspace)
        context |= progress.still_open(agent)
        context["may_answer"] = request.member.may(Role.TEAMMATE)
        return render(request, "console/home_live.html", context)
    context |= {
        "preview": wizard.preview_of(agent),
        "may_load_sample": context["may_change"] and loading.may_load(),
        "left": sum(not one.is_done for one in context["checks"]),
    }
    return render(request, "console/home_setup.html", context)


@require_POST
@open_to(Role.ADMIN)
def go_live(request, public_id):
    """The agent is live; it can be taken back in Channels."""
    agent = find_agent(request, public_id)
    making.publish(agent, by=request.member)
    messages.success(request, _("{name} is live.").format(name=agent.name))
    return redirect("console:home", agent.public_id)


@require_POST
@open_to(Role.ADMIN)
def load_sample(request):
    """The invented business is there to be tried: its agent, its pages, its look."""
    try:
        agent = loading.load(request.workspace, by=request.member)
    except OwnerError as problem:
        messages.error(request, str(problem))
        return redirect("/")
    messages.success(
        request,
        _("Nordlicht Outdoor is invented. {name} is learning its pages; ask something.").format(
            name=agent.name
        ),
    )
    return redirect("console:home", agent.public_id)


def checklist(agent):
    """What has to be so before customers meet the agent, each line from facts; the first open one is next."""
    model, train, brand, _actions = progress.steps(agent)
    noted = Installation.objects.filter(agent=agent).latest_first()
    seen = next((one for one in noted if agent.is_own_site(one.origin)), None)
    lines = [
        Check(
            _("Model chosen") if model.is_done else _("Choose who answers"),
            model.said,
            model.is_done,
            model.url,
            _("Choose a model"),
        ),
        Check(
            train.said if train.is_done else _("Teach {name} your business").format(name=agent.name),
            _knowledge_words(agent),
            train.is_done,
            train.url,
            _("Add knowledge"),
        ),
        Check(
            _("Looks like your business") if brand.is_done else _("Make it look like yours"),
            _("Name, colour, greeting and first questions"),
            brand.is_done,
            brand.url,
            _("Change the look"),
        ),
        Check(
            _("Installed on {site}").format(site=seen.origin.split("://")[-1])
            if seen
            else _("Put {name} on your site").format(name=agent.name),
            _("One line of code; Berrydesk tells you when it sees it"),
            seen is not None,
            reverse("console:channels", args=[agent.public_id]),
            _("Show the line"),
        ),
    ]
    upcoming = next((at for at, one in enumerate(lines) if not one.is_done), None)
    return [
        Check(one.title, one.words, one.is_done, one.url, one.press, at == upcoming)
        for at, one in enumerate(lines)
    ] + [_launch(agent, is_next=upcoming is None)]


def _launch(agent, is_next):
    return Check(
        _("Go live"),
        _("Conversations then count, and Home shows your week"),
        agent.is_live,
        reverse("console:go_live", args=[agent.public_id]),
        _("Go live"),
        is_next and not agent.is_live,
    )


def _knowledge_words(agent):
    knows = progress.learned(agent)
    if knows.with_problems:
        return ngettext(
            "{n} page could not be read, and nothing waits for it",
            "{n} pages could not be read, and nothing waits for them",
            knows.with_problems,
        ).format(n=knows.with_problems)
    return _("Its website, files, texts, questions and answers")


def _model_trouble(agent):
    """What the provider of the agent's model failed with since it last answered, or None."""
    policy = RoutingPolicy.objects.filter(agent=agent).first()
    return health.trouble().get(policy.connection_id) if policy and not policy.is_built_in else None


def _waiting():
    rows = Handoff.objects.waiting().filter(conversation__is_preview=False).longest_first()
    waiting = list(rows.select_related("conversation__contact")[:MOST_WAITING])
    for row in waiting:
        row.person = threads.person_of(row.conversation)
    return waiting


def snippet_of(agent):
    """The line for the owner's website."""
    return making.snippet(agent, settings.BASE_URL)
