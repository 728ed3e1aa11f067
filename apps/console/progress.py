"""How far the set-up is, computed from facts: nothing here is stored."""

from dataclasses import dataclass

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.actions.models import AgentAction
from apps.knowledge import findings
from apps.knowledge.models import Document, Source
from apps.knowledge.question_models import LikelyQuestion
from apps.routing import catalogue
from apps.routing.models import RoutingPolicy

STEPS = ("model", "train", "brand", "actions")


@dataclass(frozen=True)
class Step:
    """One step of the set-up: its name, what is so today in a few words, and whether that is enough."""

    key: str
    number: int
    label: str
    said: str
    is_done: bool
    url: str
    is_here: bool = False


@dataclass(frozen=True)
class Learned:
    """What the sources of an agent amount to."""

    sources: int
    pages: int
    found: int
    is_at_work: bool
    with_problems: int

    @property
    def words(self):
        if not self.sources:
            return _("Not started")
        if self.is_at_work and self.found > self.pages:
            return _("{pages} of {found} pages").format(pages=self.pages, found=self.found)
        if self.is_at_work:
            return ngettext("{n} page so far", "{n} pages so far", self.pages).format(n=self.pages)
        return ngettext("{n} page learned", "{n} pages learned", self.pages).format(n=self.pages)


def learned(agent):
    """What the agent knows today, in numbers."""
    sources = Source.objects.filter(agent=agent)
    documents = Document.objects.filter(agent=agent).kept()
    return Learned(
        sources=sources.count(),
        pages=documents.learned().count(),
        found=sources.aggregate(n=Sum("found"))["n"] or 0,
        is_at_work=sources.at_work().exists(),
        with_problems=documents.with_problems().count()
        + sources.exclude(problem=None).exclude(documents__problem__isnull=False).count(),
    )


def model_in_words(agent):
    """The model that answers, as people call it; None when nothing was chosen yet."""
    policy = RoutingPolicy.objects.select_related("connection").filter(agent=agent).first()
    if policy is None:
        return None
    if policy.is_built_in:
        return _("Built-in answerer")
    return catalogue.human_name(policy.connection.service, policy.model)


def steps(agent, here=""):
    """The four steps with their state from facts."""
    model = model_in_words(agent)
    knows = learned(agent)
    on = AgentAction.objects.enabled().filter(agent=agent).count()
    told = {
        "model": (_("Models"), model or _("Built-in, for now"), model is not None),
        "train": (_("Knowledge"), knows.words, knows.pages > 0 and not knows.is_at_work),
        "brand": (
            _("Look"),
            _look_in_words(agent),
            agent.branded_at is not None or agent.is_live,
        ),
        "actions": (
            _("Actions"),
            ngettext("{n} on", "{n} on", on).format(n=on) if on else _("None on"),
            on > 0,
        ),
    }
    return [
        Step(key, number, *told[key], reverse(f"console:setup_{key}", args=[agent.public_id]), key == here)
        for number, key in enumerate(STEPS, 1)
    ]


def _look_in_words(agent):
    if agent.branded_at:
        return _("Name, colour set")
    return _("Standard look") if agent.is_live else _("Standard look, for now")


def still_open(agent):
    """``unwell`` findings of the sweep and ``missing`` answers to likely questions, as counts."""
    return {
        "unwell": sum(findings.counts(agent).values()),
        "missing": LikelyQuestion.objects.filter(agent=agent).unanswered().count(),
    }
