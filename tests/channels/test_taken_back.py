"""An agent that was taken back serves nobody on the website; the owner's preview and people go on."""

import pytest
from django.urls import reverse

from apps.agents import making
from apps.agents.models import Agent, Installation
from apps.channels.web import verify
from apps.conversations import opening
from apps.conversations.models import Message
from apps.inbox import handoff
from tests.channels.test_protocol import Widget, refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def widget(client, agent):
    return Widget(client, making.publish(agent)).open()


def test_the_widget_refuses_in_words_and_is_still_seen(client, agent, widget, ada):
    Installation.objects.all().delete()
    making.take_back(agent, by=ada)
    told = refused(Widget(client, agent)("open"), 403, "taken_back")
    assert "Lumi does not answer on this website" in told["detail"]
    refused(widget("messages", text="Hello?"), 403, "taken_back")
    refused(widget("person"), 403, "taken_back")
    assert not Message.objects.exists()
    assert Installation.objects.filter(agent=agent).exists()


def test_the_chat_page_says_so(client, agent):
    making.take_back(making.publish(agent))
    page = client.get(f"/chat/{agent.public_id}")
    assert page.status_code == 503 and "Nobody answers here at the moment" in page.content.decode()


def test_the_owners_preview_goes_on(client, agent):
    making.take_back(making.publish(agent))
    preview = Widget(client, agent, origin="")
    preview.token = preview("open", preview=verify.preview_for(agent)).json()["token"]
    assert preview("messages", text="Hello?").status_code == 200


def test_whom_a_person_answers_may_go_on(agent, widget, ben):
    widget("person")
    conversation = opening.find_open(agent, verify.visitor_of(agent, widget.token).key)
    handoff.take(conversation, by=ben)
    making.take_back(agent)
    assert widget("messages", text="Are you there?").status_code == 200
    refused(widget("back"), 403, "taken_back")


def test_going_live_again_serves_again(client, agent, widget, ada):
    client.force_login(ada.user)
    assert client.post(reverse("console:take_back", args=[agent.public_id])).status_code == 302
    assert "Taken back" in client.get(reverse("console:channels", args=[agent.public_id])).content.decode()
    refused(widget("messages", text="Hello?"), 403, "taken_back")
    client.post(reverse("console:go_live", args=[agent.public_id]))
    assert Agent.objects.get().is_live and widget("messages", text="Hello?").status_code == 200
