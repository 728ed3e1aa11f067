"""Who may speak here: the page's origin, the visitor's token, the owner's preview, and how often.

Everything fails closed. Tokens are signed, not stored: nothing exists in the database before a first message.
"""

import math
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.agents.models import Agent, same_origin
from apps.channels.web.errors import BadToken, ForeignOrigin, TooFast, UnknownAgent
from apps.conversations.models import Author, Conversation, Message
from apps.inbox.models import Handoff
from berrydesk.db.scopes import every_workspace
from berrydesk.text.storable import storable

TOKEN_SALT = "berrydesk.widget.visitor"
PREVIEW_SALT = "berrydesk.widget.preview"
TOKEN_MAX_AGE = timedelta(days=180)
PREVIEW_MAX_AGE = timedelta(hours=2)
MESSAGES_PER_VISITOR = 20
MESSAGES_PER_ADDRESS = 60
WINDOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Visitor:
    """Who a token stands for. ``key`` begins with a keyed hash of the address that opened the chat.

    ``verified_until``: how long the proof counts that this browser gave of being ``contact_id``.
    """

    key: str
    contact_id: str | None = None
    verified_until: datetime | None = None
    is_preview: bool = False


def agent_of(public_id):
    """The agent behind a public id. Raises UnknownAgent."""
    with every_workspace("A public id comes from a visitor's page, before any workspace is known."):
        agent = Agent.objects.filter(public_id=storable(public_id)).select_related("workspace").first()
    if agent is None:
        raise UnknownAgent()
    return agent


def origin(agent, request):
    """The origin the page speaks from, allowed; "" for calls from our own pages. Raises ForeignOrigin."""
    said = request.headers.get("Origin", "")
    # A proxy that ends TLS may pass on neither scheme nor host: our own address is known anyway.
    if said in ("", f"{request.scheme}://{request.get_host()}") or same_origin(said, settings.BASE_URL):
        return ""
    allowed = agent.allowed_origins
    if allowed and not any(same_origin(said, one) for one in allowed):
        raise ForeignOrigin(origin=said)
    return said


def preview_for(agent):
    """The signed value that lets the owner try the agent in the console."""
    return signing.dumps({"agent": agent.public_id}, salt=PREVIEW_SALT)


def is_preview(agent, value):
    """True for a value of ``preview_for``. Raises BadToken for any other but none."""
    if not value:
        return False
    if _read(value, PREVIEW_SALT, PREVIEW_MAX_AGE).get("agent") != agent.public_id:
        raise BadToken()
    return True


def new_visitor(request, *, is_preview=False):
    """A visitor nobody has seen before."""
    address = salted_hmac("berrydesk.widget.address", request.META.get("REMOTE_ADDR", ""), algorithm="sha256")
    return Visitor(f"{address.hexdigest()[:16]}.{secrets.token_urlsafe(16)}", is_preview=is_preview)


def new_key(visitor):
    """A key of which no conversation is known, from the same address as ``visitor``."""
    return f"{visitor.key.partition('.')[0]}.{secrets.token_urlsafe(16)}"


def token_for(agent, visitor):
    """The signed token that keeps a visitor's conversation."""
    facts = {
        "agent": agent.public_id,
        "key": visitor.key,
        "contact": visitor.contact_id,
        "until": visitor.verified_until and visitor.verified_until.timestamp(),
        "preview": visitor.is_preview,
    }
    return signing.dumps(facts, salt=TOKEN_SALT)


def visitor_of(agent, token):
    """The visitor behind a token of this agent. Raises BadToken."""
    facts = _read(token, TOKEN_SALT, TOKEN_MAX_AGE)
    if facts.get("agent") != agent.public_id:
        raise BadToken()
    until = facts.get("until")
    return Visitor(
        key=facts["key"],
        contact_id=facts.get("contact"),
        verified_until=datetime.fromtimestamp(until, UTC) if until else None,
        is_preview=bool(facts.get("preview")),
    )


def pace(visitor):
    """Raises TooFast when the visitor, or the address it came from, wrote or called too often within a minute."""
    now = timezone.now()
    since = now - WINDOW
    address = visitor.key.partition(".")[0] + "."
    said = Message.objects.filter(author=Author.VISITOR, created_at__gte=since)
    called = Handoff.objects.filter(created_at__gte=since)
    begun = Conversation.objects.filter(created_at__gte=since, visitor_key__startswith=address)
    of_address = {"conversation__visitor_key__startswith": address}
    of_visitor = {"conversation__visitor_key": visitor.key}
    most = getattr(settings, "WIDGET_MESSAGES_PER_ADDRESS", MESSAGES_PER_ADDRESS)
    limits = (
        ([said.filter(**of_address), called.filter(**of_address)], most),
        ([begun], most),
        ([said.filter(**of_visitor), called.filter(**of_visitor)], MESSAGES_PER_VISITOR),
    )
    for counted, limit in limits:
        moments = sorted(moment for rows in counted for moment in rows.values_list("created_at", flat=True))
        if len(moments) >= limit:  # it lets go when so many are older than the window that one more fits
            raise TooFast(after_s=math.ceil((moments[-limit] + WINDOW - now).total_seconds()) + 1)


def _read(value, salt, max_age):
    try:
        facts = signing.loads(value, salt=salt, max_age=max_age) if isinstance(value, str) else None
    except signing.BadSignature:
        facts = None
    if not isinstance(facts, dict):
        raise BadToken()
    return facts
