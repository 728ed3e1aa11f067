"""What a visitor does in the widget, each as one unit of database work in the agent's workspace."""

from django.db import connection, transaction
from django.utils import timezone

from apps.agents.models import Installation
from apps.answering import admitting
from apps.channels.web import claiming, identity, liveness, verify
from apps.channels.web.errors import NothingHere
from apps.conversations import opening, presenting, receiving
from apps.conversations.models import Contact, Conversation, Holder
from apps.inbox import handoff
from berrydesk.db.scopes import in_workspace

MOST_WEBSITES = 50
"""Noted per agent, besides the owner's own."""


def welcome(agent, visitor, *, origin, page):
    """What the panel shows first; notes the website on which it was opened."""
    with in_workspace(agent.workspace_id):
        if not visitor.is_preview:
            _note_website(agent, origin, page)
        liveness.must_hear(agent, visitor)
        found = opening.find_open(agent, visitor.key)
        return {
            "agent": look(agent),
            "token": verify.token_for(agent, visitor),
            "conversation": _told(found) if found else None,
        }


def _note_website(agent, origin, page):
    """The widget was opened on a page of ``origin``. Anybody can claim one: strangers' are noted up to a number."""
    if not origin or origin == "null":
        return
    facts = {"page": page[:500], "last_seen_at": timezone.now()}
    known = Installation.objects.filter(agent=agent, origin=origin[:255])
    if known.update(**facts):
        return
    is_full = Installation.objects.filter(agent=agent).count() >= MOST_WEBSITES
    if agent.is_own_site(origin) or not is_full:
        Installation.objects.update_or_create(
            workspace_id=agent.workspace_id, agent=agent, origin=origin[:255], defaults=facts
        )


def look(agent):
    """The agent as visitors see it."""
    return {
        "name": agent.name,
        "greeting": agent.greeting,
        "questions": agent.questions,
        "color": agent.color,
        "position": agent.position,
        "theme": agent.theme,
        "language": agent.language,
        "logo_url": agent.logo.url if agent.logo else None,
    }


def _told(conversation):
    # The position first: what is said meanwhile is told twice, which is harmless, and never left out.
    last = receiving.last_seq(conversation)
    told = [presenting.message(row) for row in conversation.messages.filter(is_note=False).in_order()]
    cards = {}
    for data in (
        conversation.events.filter(kind="action", seq__lte=last)
        .order_by("seq")
        .values_list("data", flat=True)
    ):
        cards[data["run_id"]] = {**cards.get(data["run_id"], {}), **data}
    state, person = _holder(conversation)
    return {
        "messages": told,
        "actions": list(cards.values()),
        "wants_email": claiming.is_wanted(conversation),
        "last_event_id": str(last),
        "state": state,
        "person": person,
    }


def _holder(conversation):
    if conversation.resolved_at:
        return "closed", None
    if conversation.holder == Holder.AGENT:
        return "agent", None
    open_handoff = conversation.handoffs.open().select_related("taken_by__user").first()
    by = open_handoff.taken_by if open_handoff else None
    return ("human", presenting.person(by)) if by else ("waiting", None)


def write(agent, visitor, *, text, client_id, page, page_facts=None):
    """The visitor's words are stored; returns (answer, turn id or None, the Admitted where it is to be run at once).

    ``page_facts``: what the website says about them, kept for the team.
    """
    with in_workspace(agent.workspace_id):
        liveness.must_hear(agent, visitor)
        verify.pace(visitor)
        said = {"text": text, "client_id": client_id, "page": page}
        with transaction.atomic():
            conversation = _open(agent, visitor)
            if conversation:
                received = receiving.receive(conversation, **said)
            else:
                opened = _opened(visitor)
                received = receiving.begin(agent, **said, claim_for_s=admitting.LEASE_S, **opened)
            if page_facts:
                rows = Conversation.objects.filter(pk=received.message.conversation_id)
                rows.update(page_facts=page_facts)
        turn_id = received.turn.pk if received.turn else None
        answer = {
            "message": presenting.message(received.message),
            "turn_id": turn_id and str(turn_id),
            "after": str(received.after),
        }
        admitted = admitting.at_once(received, agent) if received.is_claimed else None
        return answer, turn_id if received.is_new else None, admitted


def following(agent, visitor):
    """The id of the visitor's conversation. Raises NothingHere."""
    with in_workspace(agent.workspace_id):
        latest = Conversation.objects.filter(agent=agent, visitor_key=visitor.key).latest_first().first()
        if latest is None:
            raise NothingHere()
        return latest.pk


def ask_for_person(agent, visitor, *, page):
    """People take over; a conversation begins if there was none. Raises TooFast."""
    with in_workspace(agent.workspace_id), transaction.atomic():
        liveness.must_hear(agent, visitor)
        verify.pace(visitor)
        conversation = _conversation(agent, visitor, page)
        after = receiving.last_seq(conversation)
        handoff.ask_for_person(conversation)
        return {"after": str(after)}


def back_to_agent(agent, visitor):
    """The agent speaks again."""
    with in_workspace(agent.workspace_id):
        liveness.must_serve(agent, visitor)
        conversation = opening.find_open(agent, visitor.key)
        if conversation is None:
            raise NothingHere()
        after = receiving.last_seq(conversation)
        handoff.return_to_agent(conversation)
        return {"after": str(after)}


def decide(agent, visitor, run_id, *, is_yes):
    """The visitor confirmed or cancelled a run of their own conversation. Raises NothingHere."""
    from apps.actions import running
    from apps.actions.models import ActionRun

    with in_workspace(agent.workspace_id):
        if is_yes:
            liveness.must_serve(agent, visitor)
        run = ActionRun.objects.filter(
            pk=run_id, conversation__agent=agent, conversation__visitor_key=visitor.key
        ).first()
        if run is None:
            raise NothingHere()
        decided = running.confirm(run) if is_yes else running.cancel(run)
        return {"state": str((decided or run).state)}


def identify(agent, visitor, jwt):
    """The token of a visitor whom the owner's site vouches for; the open conversation is theirs.

    Two customers at one browser never read each other: for another customer a new conversation begins.
    """
    with in_workspace(agent.workspace_id), transaction.atomic():
        contact, until = identity.verified_contact(agent, jwt)
        conversation = opening.find_open(agent, visitor.key)
        known = (
            str(conversation.contact_id) if conversation and conversation.contact_id else visitor.contact_id
        )
        if known and claiming.is_only_claimed(Contact.objects.filter(pk=known).first()):
            known = None  # an address that was typed says nothing about who that was
        is_another = known is not None and known != str(contact.pk)
        if conversation and not is_another:
            conversation.contact, conversation.verified_until = contact, until
            conversation.save(update_fields=["contact", "verified_until"])
        key = verify.new_key(visitor) if is_another else visitor.key
        identified = verify.Visitor(key, str(contact.pk), until, visitor.is_preview)
        return {"token": verify.token_for(agent, identified), "is_another": is_another}


def _conversation(agent, visitor, page):
    """The visitor's open conversation, or a new one: one even when two messages begin it at once."""
    found = _open(agent, visitor)
    return found or opening.open_conversation(agent, page=page, **_opened(visitor))


def _open(agent, visitor):
    """The visitor's open conversation, or None: then nobody else begins one before the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [visitor.key])
    return opening.find_open(agent, visitor.key)


def _opened(visitor):
    return {
        "visitor_key": visitor.key,
        "contact": _contact(visitor),
        "verified_until": visitor.verified_until,
        "is_preview": visitor.is_preview,
    }


def _contact(visitor):
    return Contact.objects.filter(pk=visitor.contact_id).first() if visitor.contact_id else None
