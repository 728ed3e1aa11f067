"""All conversations by filter, and one of them with its sources and its reasons."""

import base64
import binascii
import uuid
from datetime import date, datetime, time

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, Value, When
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.console import threads, why
from apps.conversations.models import Channel, Conversation, Outcome, Turn
from apps.inbox.models import Handoff
from apps.workspaces.access import Role, open_to

ROWS = 50


@open_to(Role.VIEWER)
@require_GET
def index(request):
    """Real conversations, the latest first, fifty a page; the filters in the URL."""
    outcome = _one_of(Outcome, request.GET.get("outcome"))
    channel = _one_of(Channel, request.GET.get("channel"))
    since = _day(request.GET.get("since", ""))
    rows = Conversation.objects.real().select_related("agent", "contact").latest_first()
    rows = _since(_with_outcome(rows), outcome, since)
    if channel:
        rows = rows.filter(channel=channel)
    if place := _read_cursor(request.GET.get("before", "")):
        at, pk = place
        rows = rows.filter(Q(last_message_at__lt=at) | Q(last_message_at=at, pk__lt=pk))
    found = list(rows[: ROWS + 1])
    for row in found:
        row.person = threads.person_of(row)
        row.outcome_words = Outcome(row.outcome).label if row.outcome else ""
    context = {
        "place": "conversations",
        "rows": found[:ROWS],
        "older": _cursor(found[ROWS - 1]) if len(found) > ROWS else "",
        "is_first_page": place is None,
        "outcome": outcome,
        "channel": channel,
        "since": since,
        "outcomes": Outcome.choices,
        "channels": Channel.choices,
    }
    return render(request, "conversations/list.html", context)


def _with_outcome(rows):
    """Each row with ``outcome``: how its last turn ended, or that people took it over since."""
    ended = Turn.objects.filter(conversation=OuterRef("pk")).exclude(outcome="").order_by("-created_at")
    rows = rows.annotate(last_outcome=Subquery(ended.values("outcome")[:1]))
    rows = rows.annotate(last_turn_at=Subquery(ended.values("created_at")[:1]))
    handed = Handoff.objects.filter(conversation=OuterRef("pk"))
    later = Q(created_at__gt=OuterRef("last_turn_at")) | Q(conversation__turns__isnull=True)
    return rows.annotate(
        outcome=Case(
            When(Exists(handed.filter(later)), then=Value(str(Outcome.HANDED_OFF))),
            default="last_outcome",
            output_field=CharField(),
        )
    )


def _since(rows, outcome, since):
    """Those of an outcome; since a day, all that had a turn which ended so: what a number on Home counts."""
    if since is None:
        return rows.filter(outcome=outcome) if outcome else rows
    midnight = timezone.make_aware(datetime.combine(since, time.min))
    if outcome in ("", Outcome.HANDED_OFF):
        rows = rows.filter(created_at__gte=midnight)
        handed = Exists(Handoff.objects.filter(conversation=OuterRef("pk")))
        return rows.filter(handed) if outcome else rows
    ended = Turn.objects.filter(conversation=OuterRef("pk"), outcome=outcome, created_at__gte=midnight)
    return rows.filter(Exists(ended.filter(finished_at__isnull=False)))


def _day(text):
    """The day of ``2026-11-23``, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@open_to(Role.VIEWER)
@require_GET
def show(request, number):
    """The thread; ``why`` opens the reasons of one answer beside it."""
    conversation = threads.find(number)
    said = threads.messages_of(conversation)
    context = {
        "place": "conversations",
        "conversation": conversation,
        "person": threads.person_of(conversation),
        "said": said,
        "why_links": True,
        "why": None,
        "latest": conversation.handoffs.select_related("ended_by__user").order_by("-created_at").first(),
    }
    if asked := request.GET.get("why"):
        context["why"] = why.explain(_turn(conversation, asked))
    return render(request, "conversations/page.html", context)


def _turn(conversation, asked):
    try:
        return conversation.turns.get(pk=uuid.UUID(asked))
    except (ValueError, Turn.DoesNotExist) as error:
        raise Http404 from error


def _one_of(choices, value):
    return value if value in choices.values else ""


def _cursor(row):
    return base64.urlsafe_b64encode(f"{row.last_message_at.isoformat()}|{row.pk}".encode()).decode()


def _read_cursor(text):
    """(moment, pk) of the last row seen, or None: an address that somebody typed shows the first page."""
    try:
        at, pk = base64.urlsafe_b64decode(text.encode()).decode().split("|")
        return datetime.fromisoformat(at), uuid.UUID(pk)
    except (ValueError, binascii.Error):
        return None
