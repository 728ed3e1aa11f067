"""What the trace and the console say of turns that went otherwise than answered from the pages."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.connections.models import Connection
from apps.console import numbers, why
from apps.inbox import handoff
from apps.routing import choosing, gateway, health
from apps.routing.failures import ModelFailed
from apps.routing.models import ProviderHealth
from tests.answering.test_turns import run, taught  # noqa: F401 — the taught agent is a fixture
from tests.cast import Vera, a_conversation

pytestmark = pytest.mark.django_db(transaction=True)


def step_of(conversation, stage):
    return next(step for step in why.explain(conversation.turns.get()).steps if step.stage == stage)


def value_of(workspace, label):
    return next(one.value for one in numbers.this_week(workspace).numbers if one.label == label)


@pytest.fixture
def unreachable(agent):
    """Ada's agent asks a model server that does not run."""
    gateway.warm_now()
    connection = Connection.objects.create(
        workspace=agent.workspace,
        kind="provider",
        service="custom",
        name="Ours",
        base_url="http://127.0.0.1:9/v1",
        secrets={},
        model_names=["small"],
        ok=True,
        checked_at=timezone.now(),
    )
    choosing.choose_model(agent, connection, "small")
    return connection


def test_a_model_that_failed_is_explained_in_words(agent, vera, unreachable):
    chat = a_conversation(agent, with_=vera, saying="What is the price?")
    run(chat)
    words = step_of(chat, "generate").words
    assert "could not be reached at its address" in words and "ModelFailed" not in words
    assert chat.turns.get().spans.get(stage="generate").output["code"] == "model_unreachable"


def test_a_provider_in_trouble_is_shown_until_it_answers_again(agent, unreachable, client, ada):
    failure = ModelFailed("credit", provider="Ours", model="small", said="insufficient_quota")
    health.note_failure(unreachable.pk, failure, model="small")
    client.force_login(ada.user)
    for page in ("console:home", "console:setup_model"):
        shown = client.get(reverse(page, args=[agent.public_id])).content.decode()
        assert "the account has no credit" in shown and "insufficient_quota" in shown
        assert "It answers." not in shown
    health.note_success(unreachable.pk)
    assert health.trouble() == {}
    assert "no credit" not in client.get(reverse("console:home", args=[agent.public_id])).content.decode()


def test_what_says_nothing_about_the_provider_is_no_trouble(unreachable):
    health.note_failure(unreachable.pk, ModelFailed("context", provider="Ours"), model="small")
    assert health.trouble() == {} and ProviderHealth.objects.get().last_failed_at


@pytest.mark.parametrize(
    ("said", "words", "outcome"),
    [
        ("Hello", "Answered the greeting", "small_talk"),
        ("Do you sell rockets to the moon?", "does not know", "unanswered"),
        ("Do you ship to Norway?", "Quoted your pages word for word", "answered"),
    ],
)
def test_why_says_what_the_built_in_answerer_did(taught, vera, said, words, outcome):  # noqa: F811
    chat = a_conversation(taught, with_=vera, saying=said)
    run(chat)
    assert words in step_of(chat, "quote").words and chat.turns.get().outcome == outcome


def test_a_greeting_is_no_answered_question(taught, ada):  # noqa: F811
    chats = [
        a_conversation(taught, with_=Vera(key), saying=said) for key, said in (("a", "Hello"), ("b", "Hallo"))
    ]
    for chat in chats:
        run(chat)
    assert value_of(ada.workspace, "Answered") == "–"
    asked = a_conversation(taught, with_=Vera("c"), saying="Do you ship to Norway?")
    run(asked)
    assert value_of(ada.workspace, "Answered") == "100 %"


def test_each_number_leads_to_the_conversations_behind_it(taught, ada, client):  # noqa: F811
    asked = a_conversation(taught, with_=Vera("a"), saying="Do you ship to Norway?")
    run(asked)
    run(a_conversation(taught, with_=Vera("b"), saying="Hello"))
    waiting = a_conversation(taught, with_=Vera("c"), saying="A person, please")
    run(waiting)
    client.force_login(ada.user)
    behind = {one.label: one for one in numbers.this_week(ada.workspace).numbers}
    shown = {label: client.get(one.url).content.decode() for label, one in behind.items()}
    assert "Do you ship to Norway?" in shown["Answered"] and "A person, please" not in shown["Answered"]
    assert "A person, please" in shown["Handed to a person"]
    assert "Do you ship" not in shown["Handed to a person"]
    assert all(one.means for one in behind.values())


def test_a_button_pressed_is_an_outcome_too(agent, vera, ada, client):
    chat = a_conversation(agent, with_=vera, saying="Hello")
    run(chat)
    handoff.ask_for_person(chat)
    client.force_login(ada.user)
    listed = client.get(reverse("conversations"), {"outcome": "handed_off"}).content.decode()
    assert "Handed to a person" in listed and "Hello" in listed
    assert "Hello" not in client.get(reverse("conversations"), {"outcome": "small_talk"}).content.decode()
