"""Channels: the website. The snippet, where it was seen, who may show it, and who customers are."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.agents import making
from apps.agents.models import Agent, Installation, new_identity_secret
from apps.channels.web import installation
from apps.console.entering import find_agent
from apps.workspaces import auditing
from apps.workspaces.access import Role, open_to
from berrydesk.errors import OwnerError

MOST_ORIGINS = 50


@open_to(Role.ADMIN)
def page(request, public_id):
    """Everything about the agent's place on websites."""
    agent = find_agent(request, public_id)
    return render(request, "console/channels.html", facts_of(agent))


@open_to(Role.ADMIN)
def installed(request, public_id):
    """Whether a website has shown the widget: asked again and again while a page waits for it."""
    agent = find_agent(request, public_id)
    return render(request, "console/_installed.html", facts_of(agent))


@require_POST
@open_to(Role.ADMIN)
def check_page(request, public_id):
    """Look at a page of the owner's: is the snippet there, and may it run?"""
    agent = find_agent(request, public_id)
    typed = request.POST.get("page", "").strip()[:2000]
    look = installation.look_at(agent, typed) if typed else None
    context = facts_of(agent) | {"page_typed": typed, "look": look, "page_missing": not typed}
    return render(request, "console/channels.html", context, status=200 if typed else 422)


@require_POST
@open_to(Role.ADMIN)
def allow(request, public_id):
    """Only these websites may show the agent; none named: any may."""
    agent = find_agent(request, public_id)
    typed = request.POST.get("origins", "")
    origins, problems = read_origins(typed)
    if not problems:
        try:
            _change_origins(agent, origins, by=request.member)
        except OwnerError as problem:
            problems = [str(problem)]
    if problems:
        context = facts_of(agent) | {"origins": typed, "problems": problems}
        return render(request, "console/channels.html", context, status=422)
    messages.success(request, _("Saved."))
    return redirect("console:channels", agent.public_id)


@require_POST
@open_to(Role.OWNER)
def new_secret(request, public_id):
    """Another identity secret; what the old one signed is refused from now on."""
    agent = find_agent(request, public_id)
    agent.identity_secret = new_identity_secret()
    agent.save(update_fields=["identity_secret"])
    words = _("Replaced the identity secret of “{name}”.").format(name=agent.name)
    auditing.record(request.workspace, request.member, "agent.secret_replaced", agent, words)
    messages.success(request, _("There is a new identity secret. Put it on your server now."))
    return redirect("console:channels", agent.public_id)


@require_POST
@open_to(Role.ADMIN)
def take_back(request, public_id):
    """No visitor meets the agent on the website any more; its data stays."""
    agent = find_agent(request, public_id)
    making.take_back(agent, by=request.member)
    messages.success(
        request,
        _("{name} answers nobody on your website any more. You can still try it here.").format(
            name=agent.name
        ),
    )
    return redirect("console:channels", agent.public_id)


def read_origins(text):
    """``(origins, problems)`` from one address per line; a path is cut off, https is assumed."""
    origins, problems = [], []
    is_url = URLValidator(["http", "https"])
    for line in text.replace(",", "\n").split("\n"):
        line = line.strip()
        if not line:
            continue
        address = line if "://" in line else f"https://{line}"
        parts = urlsplit(address)
        try:
            if parts.hostname not in ("localhost",):
                is_url(f"{parts.scheme}://{parts.netloc}/")
        except ValidationError:
            problems.append(
                _("“{line}” is not a website. Write it like https://www.shop.example.").format(line=line[:80])
            )
            continue
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        if origin not in origins:
            origins.append(origin)
    if len(origins) > MOST_ORIGINS:
        problems.append(_("Up to {n} websites fit.").format(n=MOST_ORIGINS))
    return origins, problems


def _change_origins(agent, origins, by):
    if origins == agent.allowed_origins:
        return
    branded_before = agent.branded_at
    making.change(agent, by=by, allowed_origins=origins)
    if branded_before is None:  # where it may stand says nothing about how it looks
        Agent.objects.filter(pk=agent.pk).update(branded_at=None)


def facts_of(agent):
    """Snippet, addresses and where the widget was seen."""
    seen = list(Installation.objects.filter(agent=agent).latest_first()[:10])
    return {
        "agent": agent,
        "place": "channels",
        "snippet": making.snippet(agent, settings.BASE_URL),
        "chat_url": f"{settings.BASE_URL}/chat/{agent.public_id}",
        "origins": "\n".join(agent.allowed_origins),
        "seen": seen,
        "now": timezone.now(),
        "problems": [],
    }
