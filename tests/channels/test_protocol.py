"""The wire protocol refuses in words, and does nothing twice."""

import json
import time
import uuid
from datetime import timedelta

import jwt
import pytest
from django.utils import timezone

from apps.channels.web import verify, visiting
from apps.channels.web.errors import TooFast
from apps.conversations.models import Contact, Conversation, Message, Rung
from apps.inbox.models import Handoff

pytestmark = pytest.mark.django_db(transaction=True)  # the views work in threads of their own
SHOP = "https://shop.example"


class Widget:
    """Calls the protocol as a page at ``origin`` does."""

    def __init__(self, client, agent, origin=SHOP):
        self.client, self.agent, self.origin = client, agent, origin
        self.token = None

    def __call__(self, path, **body):
        return self.client.post(
            f"/widget/{self.agent.public_id}/{path}",
            json.dumps({"token": self.token, "page": f"{self.origin}/lamps", **body}),
            content_type="text/plain;charset=UTF-8",
            headers={"origin": self.origin},
        )

    def open(self):
        self.token = self("open").json()["token"]
        return self


@pytest.fixture
def widget(client, agent):
    return Widget(client, agent).open()


@pytest.fixture
def visitor(agent, widget):
    return verify.visitor_of(agent, widget.token)


def write(agent, visitor, text, client_id=""):
    """What the view does, without starting the answer."""
    told, turn_id, _admitted = visiting.write(agent, visitor, text=text, client_id=client_id, page="")
    return told, turn_id


def refused(answer, status, code):
    """The refusal says what happened and what to do, for a page to read."""
    told = answer.json()
    assert (answer.status_code, told["type"]) == (status, f"urn:berrydesk:{code}"), told
    assert answer["Content-Type"] == "application/problem+json"
    assert told["detail"].strip() and told["title"].strip()
    assert "Traceback" not in told["detail"]
    return told


def a_jwt(secret, **claims):
    return jwt.encode(
        {"sub": "customer-7", "exp": int(time.time()) + 600, "name": "Vera", **claims}, secret, "HS256"
    )


def test_opening_stores_nobody(widget):
    assert not Contact.objects.exists() and not Conversation.objects.exists()


def test_an_allowed_page_may_read_and_no_cookie_is_set(client, agent):
    agent.allowed_origins = [SHOP]
    agent.save()
    answer = Widget(client, agent)("open")
    assert answer["Access-Control-Allow-Origin"] == SHOP and "Origin" in answer["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer and not answer.cookies


def test_a_foreign_origin(client, agent):
    agent.allowed_origins = [SHOP]
    agent.save()
    for origin in (
        "https://evil.example",
        "https://shop.example.evil.example",
        "http://shop.example",
        "null",
    ):
        refused(Widget(client, agent, origin)("open"), 403, "foreign_origin")


def test_our_own_pages_are_never_foreign(client, agent, settings):
    """Behind a proxy that ends TLS the request may know neither our scheme nor our host."""
    settings.BASE_URL = "https://desk.example"
    agent.allowed_origins = [SHOP]
    agent.save()
    assert Widget(client, agent, "https://desk.example")("open").status_code == 200
    refused(Widget(client, agent, "http://desk.example")("open"), 403, "foreign_origin")


def test_a_bad_token(widget):
    for token in (None, "", "nonsense", 5, ["x"]):
        widget.token = token
        refused(widget("messages", text="Hello"), 401, "bad_token")


def test_a_flipped_token(widget):
    middle = len(widget.token) // 2
    flipped = "A" if widget.token[middle] != "A" else "B"
    widget.token = widget.token[:middle] + flipped + widget.token[middle + 1 :]
    refused(widget("messages", text="Hello"), 401, "bad_token")


def test_another_agents_token(widget, client, scoped):
    from apps.agents.models import Agent

    other = Widget(client, Agent.objects.create(workspace=scoped, name="Other"))
    other.token = widget.token
    refused(other("messages", text="Hello"), 401, "bad_token")


def test_an_unknown_agent(client):
    answer = client.post("/widget/nobody/open", "{}", content_type="text/plain")
    refused(answer, 404, "unknown_agent")


def test_an_unreadable_body(client, agent):
    for body in ("{", "[]", '{"page": 5}', '"' + "x" * 70_000 + '"'):
        answer = client.post(f"/widget/{agent.public_id}/open", body, content_type="text/plain")
        refused(answer, 400, "bad_request")


def test_depth_without_end_is_unreadable(widget, client, agent):
    deep = client.post(f"/widget/{agent.public_id}/messages", "[" * 60_000, content_type="text/plain")
    refused(deep, 400, "bad_request")


@pytest.mark.parametrize("odd", ["a\x00b", "half an emoji \ud83d"])
def test_characters_that_cannot_be_kept_are_left_out(agent, widget, odd):
    for given in ({"text": odd}, {"text": "Hi", "client_id": odd}, {"text": "Hi", "page": odd}):
        assert widget("messages", **given).status_code == 200, given
    assert not {"\x00", "\ud83d"} & set("".join(Message.objects.values_list("text", flat=True)))
    proof = a_jwt(agent.identity_secret, name="Ve\x00ra", email="vera\x00@example.com")
    assert widget("identify", jwt=proof).status_code == 200
    refused(widget("identify", jwt=a_jwt(agent.identity_secret, sub="\x00")), 401, "bad_identity")
    refused(widget("events", after="9" * 5000, token=odd), 401, "bad_token")
    refused(Widget(widget.client, agent)("messages", token=odd), 401, "bad_token")


def test_no_such_agent_whatever_it_is_called(client):
    refused(client.post("/widget/%00/open", "{}", content_type="text/plain"), 404, "unknown_agent")


def test_no_visitor_takes_the_place_of_our_own_words(agent, visitor):
    from apps.conversations import speaking

    write(agent, visitor, "Done already", "run:7:succeeded")
    said = speaking.say(Conversation.objects.get(), text="Refunded.", key="run:7:succeeded")
    assert said.text == "Refunded."


def test_people_cannot_be_called_without_end(client, agent, settings):
    settings.WIDGET_MESSAGES_PER_ADDRESS = 3
    answers = [Widget(client, agent).open()("person") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert Handoff.objects.count() == 3


def test_one_visitor_cannot_call_again_and_again(agent, visitor):
    for _ in range(verify.MESSAGES_PER_VISITOR):
        visiting.ask_for_person(agent, visitor, page="")
        visiting.back_to_agent(agent, visitor)
    with pytest.raises(TooFast):
        visiting.ask_for_person(agent, visitor, page="")


def test_a_message_twice_is_one(agent, visitor):
    first, turn = write(agent, visitor, "Where is my lamp?", "c-1")
    again, none = write(agent, visitor, "Where is my lamp?", "c-1")
    assert first["message"]["id"] == again["message"]["id"]
    assert turn and none is None, "the second one starts nothing"
    assert Message.objects.count() == 1


def test_the_pace(agent, widget, visitor):
    for n in range(verify.MESSAGES_PER_VISITOR):
        write(agent, visitor, f"Message {n}")
    answer = widget("messages", text="One more")
    told = refused(answer, 429, "too_fast")
    assert "minute" in told["detail"]
    assert 50 <= int(answer["Retry-After"]) <= 62, "the widget sends it then by itself"
    assert answer["Access-Control-Expose-Headers"] == "Retry-After"


def test_the_wait_is_until_one_more_fits(agent, widget, visitor):
    for n in range(verify.MESSAGES_PER_VISITOR):
        write(agent, visitor, f"Message {n}")
    first = Message.objects.order_by("created_at").first()
    Message.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(seconds=50))
    answer = widget("messages", text="One more")
    assert 1 <= int(answer["Retry-After"]) <= 12
    Message.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(seconds=61))
    assert widget("messages", text="One more").status_code == 200


def test_many_visitors_from_one_address(agent, widget, visitor, settings):
    settings.WIDGET_MESSAGES_PER_ADDRESS = 3
    for n in range(3):
        write(agent, verify.Visitor(verify.new_key(visitor)), f"Message {n}")
    refused(widget("messages", text="One more"), 429, "too_fast")


def test_a_foreign_run(widget):
    for verb in ("confirm", "cancel"):
        refused(widget(f"runs/{uuid.uuid4()}/{verb}"), 404, "nothing_here")


def test_no_conversation_to_follow_or_give_back(widget):
    refused(widget("events", after="0"), 404, "nothing_here")
    refused(widget("back"), 404, "nothing_here")


def test_a_proven_customer(agent, widget, visitor):
    write(agent, visitor, "Where is my lamp?")
    answer = widget("identify", jwt=a_jwt(agent.identity_secret))
    assert answer.json()["is_another"] is False
    assert Conversation.objects.get().contact.external_id == "customer-7"


def test_another_customer_at_the_same_browser_reads_nothing(agent, widget, visitor):
    write(agent, visitor, "Where is my lamp?")
    widget.token = widget("identify", jwt=a_jwt(agent.identity_secret)).json()["token"]
    answer = widget("identify", jwt=a_jwt(agent.identity_secret, sub="customer-8")).json()
    widget.token = answer["token"]
    assert answer["is_another"] is True
    assert widget("open").json()["conversation"] is None
    assert Conversation.objects.get().contact.external_id == "customer-7"


def a_browser_of_vera(client, agent, **claims):
    """A browser in which she wrote and then signed in: its widget and its conversation."""
    here = Widget(client, agent).open()
    write(agent, verify.visitor_of(agent, here.token), "Hello")
    here.token = here("identify", jwt=a_jwt(agent.identity_secret, **claims)).json()["token"]
    return here, Conversation.objects.latest("number")


def test_a_proof_counts_where_it_was_given_and_until_it_runs_out(client, agent):
    _library, there = a_browser_of_vera(client, agent)
    assert there.rung() == Rung.VERIFIED
    later = timezone.now() + timedelta(hours=1)
    assert there.rung(later) == Rung.ANONYMOUS, "it has run out, and nobody gave an e-mail address"
    Conversation.objects.filter(pk=there.pk).update(verified_until=timezone.now() - timedelta(hours=1))
    _home, here = a_browser_of_vera(client, agent, email="vera@example.com")
    there.refresh_from_db()
    assert here.contact == there.contact and here.rung() == Rung.VERIFIED
    assert there.rung() == Rung.CLAIMED, "whoever sits at the library's browser is not she"


def test_the_proof_goes_with_the_browser_into_its_next_conversation(client, agent):
    from apps.inbox import handoff

    here, first = a_browser_of_vera(client, agent)
    handoff.resolve(first)
    write(agent, verify.visitor_of(agent, here.token), "One more thing")
    second = Conversation.objects.latest("number")
    assert second != first and second.rung() == Rung.VERIFIED
    assert second.verified_until == first.verified_until, "writing on renews no proof"


def test_an_earlier_conversation_stays_whose_it_was(agent, widget, visitor):
    from apps.inbox import handoff

    write(agent, visitor, "Where is my lamp?")
    handoff.resolve(Conversation.objects.get())
    widget("identify", jwt=a_jwt(agent.identity_secret))
    assert Conversation.objects.get().contact is None


def _flipped(token):
    head, body, signature = token.split(".")
    return f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def test_a_proof_that_proves_nothing(agent, widget):
    secret, soon = agent.identity_secret, int(time.time()) + 600
    proofs = {
        "a flipped bit": _flipped(a_jwt(secret)),
        "another site's secret": a_jwt("another secret of another site, long enough"),
        "run out": a_jwt(secret, exp=soon - 1200),
        "valid for a day": a_jwt(secret, exp=soon + 86400),
        "no end": jwt.encode({"sub": "x"}, secret, "HS256"),
        "nobody": jwt.encode({"exp": soon}, secret, "HS256"),
        "another algorithm": jwt.encode({"sub": "x", "exp": soon}, secret, "HS512"),
        "no algorithm": jwt.encode({"sub": "x", "exp": soon}, None, "none"),
        "no JWT": "no.jwt",
        "not even ASCII": "é.è.ê",
        "nothing": None,
    }
    for what, proof in proofs.items():
        assert widget("identify", jwt=proof).status_code == 401, what
        refused(widget("identify", jwt=proof), 401, "bad_identity")
    assert not Contact.objects.exists()


def test_what_the_page_says_is_kept_for_the_team_and_proves_nothing(widget, agent):
    said = {
        "plan": "Pro",
        "cart": 49,
        "vip": True,
        "email": "vera@example.com",
        "deep": {"a": 1},
        "long": "x" * 900,
    }
    assert widget("messages", text="Hi", client_id="a", attributes=said).status_code == 200
    chat = Conversation.objects.get(agent=agent)
    assert chat.page_facts["plan"] == "Pro" and chat.page_facts["cart"] == "49"
    assert "deep" not in chat.page_facts and len(chat.page_facts["long"]) == 200
    assert chat.contact is None and chat.rung() == Rung.ANONYMOUS
    for nonsense in ("text", ["a"], 7, {"\x00": "\ud800"}, {str(n): "x" for n in range(500)}):
        answer = widget("messages", text="Again", client_id=str(uuid.uuid4()), attributes=nonsense)
        assert answer.status_code == 200
    chat.refresh_from_db()
    assert len(chat.page_facts) <= 20
