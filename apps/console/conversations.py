"""All conversations by filter, and one of them with its sources and its reasons."""

import base64
import binascii
import uuid
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.console import threads, why
from apps.conversations.models import Channel, Conversation, Outcome, Turn
from apps.workspaces.access import Role, open_to

ROWS = 50


@open_to(Role.VIEWER)
@require_GET
def index(request):
    """Real conversations, the latest first, fifty a page; ``outcome``, ``channel`` and ``before`` in the URL."""
    outcome = _one_of(Outcome, request.GET.get("outcome"))
    channel = _one_of(Channel, request.GET.get("channel"))
    ended = Turn.objects.filter(conversation=OuterRef("pk")).exclude(outcome="").order_by("-created_at")
    rows = Conversation.objects.real().select_related("agent", "contact").latest_first()
    rows = rows.annotate(outcome=Subquery(ended.values("outcome")[:1]))
    if outcome:
        rows = rows.filter(outcome=outcome)
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
        "outcomes": Outcome.choices,
        "channels": Channel.choices,
    }
    return render(request, "conversations/list.html", context)


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
