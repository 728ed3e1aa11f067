"""An action that has to know the e-mail address asks for it; what is typed there is claimed and proves nothing."""

import asyncio
import sys

import pytest

from apps.actions import registry, wiring
from apps.actions.models import ActionRun
from apps.answering import running
from apps.channels.web import claiming, verify, visiting
from apps.channels.web.errors import EmailUnreadable
from apps.conversations import opening
from apps.conversations.models import Contact, Rung
from tests.channels.test_protocol import Widget, a_jwt, refused

pytestmark = pytest.mark.django_db(transaction=True)

CODE = """
from berrydesk_sdk import Action, Effect, Identity, Outcome, Preview
from pydantic import BaseModel, ConfigDict, Field

class Cancel(Action):
    title = "Cancel an order"
    effect = Effect.WRITE
    identity = Identity.CLAIMED
    examples = ["Cancel my order"]
    class Parameters(BaseModel):
        model_config = ConfigDict(extra="forbid")
        order: str = Field(title="order number", description="As on the receipt: A-1001", pattern=r"^A-[0-9]{4}$")
    def preview(self, context, parameters):
        return Preview(title="Cancel the order", rows=(("Order", parameters.order), ("For", context.contact.email)),
                       confirm_label="Cancel the order", subject=parameters.order)
    def perform(self, context, parameters):
        return Outcome.succeeded(message="Cancelled.")
"""


@pytest.fixture
def cancelling(tmp_path, agent):
    """Ada's agent cancels orders of customers who left their e-mail address."""
    info = tmp_path / "berrydesk_claims-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: berrydesk-claims\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[berrydesk.actions]\nclaims.cancel = berrydesk_claims:Cancel\n")
    (tmp_path / "berrydesk_claims.py").write_text(CODE)
    sys.path.insert(0, str(tmp_path))
    registry.forget()
    yield wiring.wire(agent, "claims.cancel", enabled=True)
    sys.path.remove(str(tmp_path))
    sys.modules.pop("berrydesk_claims", None)
    registry.forget()


@pytest.fixture
def widget(client, agent):
    return Widget(client, agent).open()


@pytest.fixture
def visitor(agent, widget):
    return verify.visitor_of(agent, widget.token)


def answered(agent, turn_id, admitted=None):
    asyncio.run(running.run_in_order(agent.workspace_id, turn_id, admitted))


def ask(agent, visitor, text):
    _told, turn_id, admitted = visiting.write(agent, visitor, text=text, client_id="", page="")
    answered(agent, turn_id, admitted)
    return opening.find_open(agent, visitor.key)


def leave(agent, visitor, email):
    told, turn_id, known = claiming.leave_email(agent, visitor, email=email, client_id="")
    answered(agent, turn_id)
    return told, known


def last_words(chat):
    return chat.messages.filter(author="agent").in_order().last().text


def test_the_address_is_asked_for_and_the_wish_goes_on(agent, cancelling, visitor):
    chat = ask(agent, visitor, "Cancel my order A-1001")
    assert "Please leave it below" in last_words(chat) and claiming.is_wanted(chat)
    assert not ActionRun.objects.exists()
    leave(agent, visitor, "vera@example.com")
    run = ActionRun.objects.get()
    assert run.state == "proposed" and ["For", "vera@example.com"] in run.preview["rows"]
    assert run.card["cancel_label"] == "No, thanks"
    chat.refresh_from_db()
    assert chat.rung() == Rung.CLAIMED and not claiming.is_wanted(chat)


def test_what_is_missing_is_named_and_the_wish_survives_both_questions(agent, cancelling, visitor):
    chat = ask(agent, visitor, "Cancel my order")
    assert "Please tell me this first: order number (as on the receipt: A-1001)." in last_words(chat)
    ask(agent, visitor, "A-1001")
    assert claiming.is_wanted(chat)
    leave(agent, visitor, "vera@example.com")
    assert ActionRun.objects.get().state == "proposed"


def test_a_german_visitor_is_asked_in_german(agent, cancelling, visitor):
    agent.language = "de"
    agent.save()
    chat = ask(
        agent, visitor, "Bitte: Cancel my order A-1001, ich möchte das wirklich nicht mehr haben, danke schön"
    )
    if claiming.is_wanted(chat):
        assert "E-Mail-Adresse" in last_words(chat)


@pytest.mark.parametrize(
    "text", ["", "vera", "vera@", "a" * 300 + "@example.com", "vera@example.com\nBcc: x"]
)
def test_what_is_no_address_is_said(agent, cancelling, visitor, text):
    ask(agent, visitor, "Cancel my order A-1001")
    with pytest.raises(EmailUnreadable):
        claiming.leave_email(agent, visitor, email=text, client_id="")
    assert not Contact.objects.exists()


def test_over_the_wire_the_field_comes_back_after_a_reload(widget, agent, cancelling, visitor):
    refused(widget("email", email="vera@example.com"), 404, "nothing_here")
    ask(agent, visitor, "Cancel my order A-1001")
    assert widget("open").json()["conversation"]["wants_email"] is True
    assert refused(widget("email", email="vera"), 422, "email_unreadable")
    told = widget("email", email="vera@example.com").json()
    assert told["message"]["text"] == "vera@example.com" and told["token"]
    assert widget("open").json()["conversation"]["wants_email"] is False


def test_nobody_becomes_somebody_else_by_typing_their_address(agent, cancelling, visitor):
    ada_known = Contact.objects.create(
        workspace_id=agent.workspace_id, external_id="customer-1", email="vera@example.com", rung="verified"
    )
    chat = ask(agent, visitor, "Cancel my order A-1001")
    leave(agent, visitor, "vera@example.com")
    chat.refresh_from_db()
    assert chat.contact != ada_known and chat.contact.rung == Rung.CLAIMED


def test_who_signs_in_afterwards_keeps_the_conversation(widget, agent, cancelling, visitor):
    chat = ask(agent, visitor, "Cancel my order A-1001")
    told, _known = leave(agent, visitor, "vera@example.com")
    widget.token = told["token"]
    answer = widget("identify", jwt=a_jwt(agent.identity_secret)).json()
    assert answer["is_another"] is False
    chat.refresh_from_db()
    assert chat.rung() == Rung.VERIFIED


def test_the_plain_chat_page_asks_as_well(client, agent, cancelling):
    page = f"/chat/{agent.public_id}"
    client.post(page, {"text": "Cancel my order A-1001"})
    shown = client.get(page).content.decode()
    assert 'name="email"' in shown and "Your e-mail address" in shown
    wrong = client.post(page, {"email": "vera"})
    assert wrong.status_code == 422 and "is not an e-mail address" in wrong.content.decode()
    assert client.post(page, {"email": "vera@example.com"}).status_code == 302
    assert "Cancel the order" in client.get(page).content.decode()
