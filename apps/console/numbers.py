"""This week in five numbers, each counted from rows that are true today."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.console import why
from apps.console.pricing import dollars
from apps.conversations.models import QUESTIONS, Conversation, Outcome, Turn
from apps.inbox.models import Handoff
from apps.knowledge.embeddings import using


@dataclass(frozen=True)
class Number:
    """A number, what it counts in words, and the same for yesterday."""

    label: str
    value: str
    note: str
    means: str
    url: str


@dataclass(frozen=True)
class Week:
    """``since`` is Monday, midnight, in the workspace's time zone."""

    since: object
    numbers: tuple[Number, ...]
    conversations: int


def this_week(workspace, now=None):
    """What happened with real customers since Monday; try-outs of the owner are not counted."""
    now = timezone.localtime(now or timezone.now(), _zone(workspace))
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=today.weekday())
    week = _counted(since, now)
    day = _counted(today - timedelta(days=1), today)
    return Week(since, tuple(_told(week, day, since)), week["conversations"])


def _zone(workspace):
    try:
        return ZoneInfo(workspace.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _counted(since, until):
    conversations = Conversation.objects.real().filter(created_at__gte=since, created_at__lt=until)
    turns = Turn.objects.filter(
        conversation__is_preview=False, created_at__gte=since, created_at__lt=until, finished_at__isnull=False
    )
    told = turns.aggregate(
        all=Count("pk", filter=Q(outcome__in=QUESTIONS)),
        answered=Count("pk", filter=Q(outcome=Outcome.ANSWERED)),
        spent=Sum("cost"),
        unpriced=Count("pk", filter=Q(cost=None) & ~Q(model="")),
    )
    handed = Handoff.objects.filter(conversation__in=conversations).values("conversation").distinct().count()
    firsts = sorted(turns.exclude(first_token_ms=None).values_list("first_token_ms", flat=True))
    embedding = using.spent(since, until)
    told["spent"] = (told["spent"] or 0) + embedding["spent"]
    told["unpriced"] += embedding["unpriced"]
    return told | {
        "conversations": conversations.count(),
        "handed": handed,
        "first": firsts[len(firsts) // 2] if firsts else None,
    }


def _behind(since, outcome=""):
    """The address of the conversations behind a number."""
    return f"{reverse('conversations')}?{urlencode({'since': since.date().isoformat(), 'outcome': outcome})}"


def _told(week, day, since):
    yield Number(
        _("Conversations"),
        f"{week['conversations']:,}",
        _("{n} yesterday").format(n=f"{day['conversations']:,}"),
        _("Conversations that customers began this week."),
        _behind(since),
    )
    yield Number(
        _("Answered"),
        _share(week["answered"], week["all"]),
        _yesterday(_share(day["answered"], day["all"])),
        _(
            "Share of this week's questions that your agent answered. Greetings, and asking for a detail, "
            "are not counted; what it could not answer, could not do or handed over is."
        ),
        _behind(since, Outcome.ANSWERED),
    )
    yield Number(
        _("Handed to a person"),
        _share(week["handed"], week["conversations"]),
        _yesterday(_share(day["handed"], day["conversations"])),
        _("Share of this week's conversations that came to your team."),
        _behind(since, Outcome.HANDED_OFF),
    )
    yield Number(
        _("First words after"),
        _seconds(week["first"]),
        _yesterday(_seconds(day["first"])),
        _("Half of this week's answers began sooner than this."),
        _behind(since),
    )
    yield Number(
        _("Spent"),
        _spent(week),
        _yesterday(_spent(day)),
        _(
            "What your providers charge for this week's answers and for embedding your pages, by the catalogue's prices."
        ),
        _behind(since),
    )


def _share(part, whole):
    return f"{round(100 * part / whole)} %" if whole else "–"


def _seconds(ms):
    return "–" if ms is None else why.seconds(ms)


def _spent(counted):
    if counted["unpriced"]:
        return (
            _("at least {amount}").format(amount=dollars(counted["spent"] or 0))
            if counted["spent"]
            else _("unknown")
        )
    return dollars(counted["spent"] or 0)


def _yesterday(value):
    return _("{value} yesterday").format(value=value) if value != "–" else _("nothing yesterday")
