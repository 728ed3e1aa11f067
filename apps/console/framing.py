"""The frame around every page: where one can go, which agent it is about, and who waits."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from apps.actions.models import ActionRun
from apps.agents.models import Agent
from apps.inbox.models import Handoff
from apps.workspaces.access import Role, may_open

AGENT_KEY = "agent"
"""The session's name for the agent whose pages were opened last."""


@dataclass(frozen=True)
class Place:
    """One page of the navigation. ``names`` are the URL names it may have; the first that exists wins."""

    key: str
    label: str
    icon: str
    names: tuple[str, ...]
    url: str = ""
    is_here: bool = False
    count: int = 0


PLACES = (
    Place("home", _("Home"), "home", ("console:home",)),
    Place("inbox", _("Inbox"), "inbox", ("inbox", "inbox:inbox")),
    Place("conversations", _("Conversations"), "chat", ("conversations", "conversations:list")),
    Place("knowledge", _("Knowledge"), "book", ("knowledge", "knowledge:list")),
    Place("models", _("Models"), "chip", ("console:setup_model",)),
    Place("actions", _("Actions"), "bolt", ("console:actions",)),
    Place("channels", _("Channels"), "share", ("console:channels",)),
    Place("look", _("Look"), "drop", ("console:look",)),
    Place("settings", _("Settings"), "sliders", ("settings", "settings:index")),
)


@dataclass(frozen=True)
class Frame:
    """Everything the frame shows about where one is; ``places`` are those that the reader's role may open."""

    agent: Agent | None
    agents: tuple[Agent, ...]
    places: tuple[Place, ...]
    waiting: int
    may_add_agents: bool

    @property
    def here(self):
        return next((place for place in self.places if place.is_here), None)

    @property
    def inbox(self):
        return next((place for place in self.places if place.key == "inbox"), None)

    @property
    def home(self):
        return self.places[0] if self.places else None

    @property
    def others(self):
        """What does not fit into the bar of a phone."""
        return tuple(place for place in self.places if place.key not in ("inbox", "home"))


def frame_of(request, *, place="", agent=None):
    """The frame for this request. Reads the workspace in scope."""
    agents = tuple(Agent.objects.oldest_first())
    agent = agent if isinstance(agent, Agent) else current_agent(request, agents)
    waiting = waiting_count()
    places = tuple(_places(request.member, agent, place, waiting))
    return Frame(agent, agents, places, waiting, request.member.may(Role.ADMIN))


def waiting_count():
    """How many conversations wait for a person: handed over and not taken, or with an action to decide on.

    An action of the owner's own try-out counts as well: what it would do is real.
    """
    handed = Handoff.objects.waiting().filter(conversation__is_preview=False).values("conversation_id")
    alone = (
        ActionRun.objects.needing_person()
        .exclude(conversation_id__in=handed)
        .values("conversation_id")
        .distinct()
    )
    return handed.count() + alone.count()


def current_agent(request, agents=None):
    """The agent whose pages this person opened last, else the workspace's oldest, else None."""
    agents = tuple(Agent.objects.oldest_first()) if agents is None else agents
    chosen = request.session.get(AGENT_KEY)
    return next((one for one in agents if one.public_id == chosen), agents[0] if agents else None)


def remember_agent(request, agent):
    """Pages that belong to no agent show this one in the frame from now on."""
    if request.session.get(AGENT_KEY) != agent.public_id:
        request.session[AGENT_KEY] = agent.public_id


def url_of(names, agent):
    """The address of the first of ``names`` that exists, or "". Pages of an agent take its ``public_id``."""
    tries = [(name, {"public_id": agent.public_id}) for name in names] if agent else []
    for name, values in [*tries, *((name, {}) for name in names)]:
        try:
            return reverse(name, kwargs=values)
        except NoReverseMatch:
            continue  # this installation has no such page, or it takes other values
    return ""


def initials(name):
    """One or two letters for a face; of a numbered visitor the number, which tells them apart."""
    words = name.replace("@", " ").split()
    if len(words) > 1 and words[-1].isdecimal():
        return words[-1][-3:]
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words[:1])).upper()


def _places(member, agent, here, waiting):
    for place in PLACES:
        if (url := url_of(place.names, agent)) and may_open(member, url):
            count = waiting if place.key == "inbox" else 0
            yield Place(place.key, place.label, place.icon, place.names, url, place.key == here, count)
