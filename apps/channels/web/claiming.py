"""A visitor leaves an e-mail address: stored as claimed, which proves nothing."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from apps.channels.web import liveness, verify
from apps.channels.web.errors import EmailUnreadable, NothingHere
from apps.conversations import opening, presenting, receiving
from apps.conversations.models import Contact, Conversation, Rung
from berrydesk.db.scopes import in_workspace

LONGEST = 254


def leave_email(agent, visitor, *, email, client_id):
    """The contact of the open conversation has this address, and the visitor said it: (answer, turn id, visitor).

    Never the contact of somebody else with the same address, and never a verified one: nothing was proved.
    Raises EmailUnreadable, NothingHere.
    """
    email = _read(email)
    with in_workspace(agent.workspace_id):
        liveness.must_hear(agent, visitor)
        verify.pace(visitor)
        with transaction.atomic():
            found = opening.find_open(agent, visitor.key)
            if found is None:
                raise NothingHere()
            conversation = Conversation.objects.locked(found.pk)
            contact = _contact(conversation, email)
            conversation.contact = contact
            conversation.save(update_fields=["contact"])
            received = receiving.receive(conversation, text=email, client_id=client_id)
            conversation.log("email_left")
        known = verify.Visitor(
            visitor.key, str(contact.pk), visitor.verified_until, is_preview=visitor.is_preview
        )
        turn_id = received.turn.pk if received.turn else None
        answer = {
            "message": presenting.message(received.message),
            "after": str(received.after),
            "token": verify.token_for(agent, known),
        }
        return answer, turn_id if received.is_new else None, known


def is_wanted(conversation):
    """True while the conversation waits for an e-mail address."""
    kinds = conversation.events.filter(kind__in=["email_wanted", "email_left"])
    return kinds.order_by("-seq").values_list("kind", flat=True).first() == "email_wanted"


def is_only_claimed(contact):
    """True for a contact whom nobody vouched for: it is known by an address that was typed."""
    return contact is not None and contact.rung != Rung.VERIFIED and not contact.external_id


def _contact(conversation, email):
    contact = conversation.contact
    if contact is None:
        return Contact.objects.create(workspace_id=conversation.workspace_id, email=email, rung=Rung.CLAIMED)
    if is_only_claimed(contact) and contact.email != email:
        contact.email, contact.rung = email, Rung.CLAIMED
        contact.save(update_fields=["email", "rung"])
    return contact


def _read(text):
    text = text.strip()
    try:
        if len(text) > LONGEST:
            raise ValidationError("too long")
        validate_email(text)
    except ValidationError:
        raise EmailUnreadable(email=text[:80]) from None
    return text
