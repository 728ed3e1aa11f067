"""The palette: pages, people, conversations and settings found by a few letters."""

from dataclasses import dataclass

from django.db.models import Q
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.agents.models import Agent
from apps.console import framing, threads
from apps.conversations.models import Contact, Conversation
from apps.knowledge.models import Document
from apps.workspaces.access import Role, open_to

MOST = 6

SETTINGS = (
    (gettext_lazy("Models, providers and keys"), "chip", ("console:setup_model",)),
    (gettext_lazy("Add a source: files, websites and services"), "book", ("console:setup_train",)),
    (gettext_lazy("Look: name, colour, greeting and first questions"), "drop", ("console:look",)),
    (gettext_lazy("Allowed websites, snippet and identity secret"), "share", ("console:channels",)),
    (gettext_lazy("Workspace: name and time zone"), "sliders", ("settings:index",)),
    (gettext_lazy("Members, invitations and roles"), "people", ("settings:members",)),
    (gettext_lazy("API tokens"), "keyhole", ("settings:tokens",)),
    (gettext_lazy("Audit log"), "lines", ("settings:log",)),
    (gettext_lazy("My security: password, passkeys and second step (2FA)"), "shield", ("mfa_index",)),
)


@dataclass(frozen=True)
class Found:
    """One line of the palette."""

    label: str
    icon: str
    url: str
    note: str = ""


@open_to(Role.VIEWER)
def palette(request):
    """What matches ``q``; without it, the pages."""
    wanted = " ".join(request.GET.get("q", "").split())[:80]
    agent = framing.current_agent(request)
    groups = [
        (_("Pages"), _pages(request, agent, wanted)),
        (_("Settings"), _settings(agent, wanted) if request.member.may(Role.ADMIN) else []),
        (_("People"), _people(agent, wanted)),
        (_("Conversations"), _conversations(agent, wanted)),
        (_("Documents"), _documents(agent, wanted)),
        (_("Agents"), _agents(wanted)),
    ]
    context = {
        "groups": [(title, found) for title, found in groups if found],
        "wanted": wanted,
        "agent": agent,
    }
    return render(request, "console/_found.html" if request.htmx else "console/found.html", context)


def _pages(request, agent, wanted):
    places = framing.frame_of(request, agent=agent).places
    return [
        Found(str(p.label), p.icon, p.url) for p in places if wanted.casefold() in str(p.label).casefold()
    ]


def _settings(agent, wanted):
    if not wanted:
        return []
    found = []
    for label, icon, (name, *rest) in SETTINGS:
        if wanted.casefold() in str(label).casefold() and (agent or not name.startswith("console:")):
            values = [agent.public_id, *rest] if name.startswith("console:") else []
            found.append(Found(str(label), icon, reverse(name, args=values)))
    return found


def _people(agent, wanted):
    if len(wanted) < 2:
        return []
    rows = Contact.objects.filter(Q(name__icontains=wanted) | Q(email__icontains=wanted)).order_by("-seen_at")
    found = []
    for contact in rows.prefetch_related("conversations")[:MOST]:
        latest = max(contact.conversations.all(), key=lambda c: c.last_message_at, default=None)
        if latest and (url := conversation_url(latest)):
            found.append(Found(str(contact), "person", url, contact.email if contact.name else ""))
    return found


def _conversations(agent, wanted):
    if len(wanted) < 2:
        return []
    matches = Q(opening_words__icontains=wanted)
    number = wanted.rpartition(" ")[2].lstrip("#")
    if number.isdecimal():  # "#19" as in its address, "visitor 19" as its page is called, "19" as either
        matches |= Q(number=int(number[:9]))
        matches |= Q(visitor_number=int(number[:9]))
    rows = Conversation.objects.real().filter(matches).select_related("contact").latest_first()[:MOST]
    return [
        Found(str(one), "chat", url, threads.person_of(one)) for one in rows if (url := conversation_url(one))
    ]


def _documents(agent, wanted):
    if len(wanted) < 2 or agent is None:
        return []
    rows = Document.objects.filter(agent=agent, title__icontains=wanted).kept().select_related("source")
    rows = rows.order_by("title", "pk").defer("text")[:MOST]
    return [
        Found(str(one), "file", reverse("knowledge_document", args=[one.source_id, one.pk]), one.source.name)
        for one in rows
    ]


def _agents(wanted):
    if not wanted:
        return []
    rows = Agent.objects.filter(name__icontains=wanted).oldest_first()[:MOST]
    return [Found(one.name, "home", reverse("console:home", args=[one.public_id])) for one in rows]


def conversation_url(conversation):
    """Where the conversation is read, or "" when this installation has no such page."""
    for name in ("conversation", "conversations:conversation", "inbox:conversation"):
        try:
            return reverse(name, args=[conversation.number])
        except NoReverseMatch:
            continue  # the next name may be the one
    return ""
