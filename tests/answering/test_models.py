"""A model answers with sources; whatever fails, the visitor gets a useful answer in time, and only once."""

import asyncio
import time

import pytest
from django.db import connection

from apps.actions import wiring
from apps.connections.models import Connection
from apps.conversations import following
from apps.inbox.models import Handoff
from apps.routing import choosing, gateway
from apps.routing.models import ProviderHealth
from tests.answering.test_turns import answer_of, run, taught  # noqa: F401 — the taught agent is a fixture
from tests.cast import Vera, a_conversation
from tests.peers import smollm
from tests.peers.faulty_model import FAULTS, FaultyModel

pytestmark = pytest.mark.django_db(transaction=True)

SOON_S = 10
NO_ANSWER = sorted({*FAULTS} - {None, "redirect", "echo_key"})


@pytest.fixture(scope="module", autouse=True)
def litellm_is_warm():
    gateway.warm_now()


def with_model(agent, url, model="bench"):
    connection = Connection.objects.create(
        workspace=agent.workspace,
        kind="provider",
        service="custom",
        name="Ours",
        base_url=url,
        secrets={"api_key": "k"},
        ok=True,
        model_names=[model],
    )
    choosing.choose_model(agent, connection, model)


def heard(conversation):
    """What a visitor's widget shows of the last answer, from the stream alone."""

    async def collect():
        told = following.follow(conversation.workspace_id, conversation.pk, "0", for_s=0)
        return [news async for news in told if news]

    text = ""
    for news in asyncio.run(collect()):
        if news.kind == "restart":
            text = ""
        elif news.kind == "delta":
            text += news.data["text"]
        elif news.kind == "done":
            text = news.data["text"]
    return text


def test_a_model_answers_with_the_source_it_names(taught, vera):  # noqa: F811
    with FaultyModel(text="Norway takes 3 to 5 working days [1].") as server:
        with_model(taught, server.url)
        chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
        run(chat)
    answer = answer_of(chat)
    assert answer.text == "Norway takes 3 to 5 working days [1]."
    assert answer.citations[0]["url"] == "https://nordlicht.example/shipping"
    turn = chat.turns.get()
    assert turn.model == "custom/bench"
    assert turn.prompt_tokens


def test_a_success_that_cannot_be_noted_leaves_the_answer_as_it_is(taught, vera, caplog):  # noqa: F811
    table = ProviderHealth._meta.db_table
    with FaultyModel(text="Norway takes 3 to 5 working days [1].") as server:
        with_model(taught, server.url)
        chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
        alter(f"ALTER TABLE {table} ADD CONSTRAINT none_is_well CHECK (last_ok_at IS NULL) NOT VALID")
        try:
            run(chat)
        finally:
            alter(f"ALTER TABLE {table} DROP CONSTRAINT none_is_well")
    assert answer_of(chat).text == "Norway takes 3 to 5 working days [1]."
    assert "was answered, but not noted for its provider" in caplog.text
    assert "a person takes over" not in caplog.text


def alter(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_marks_without_a_source_and_foreign_pictures_do_not_stand(taught, vera):  # noqa: F811
    with FaultyModel(
        text="Yes [1] [9]. ![x](https://evil.example/?q=1) [more](https://evil.example)"
    ) as server:
        with_model(taught, server.url)
        chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
        run(chat)
    assert "evil" not in answer_of(chat).text
    assert "[9]" not in answer_of(chat).text
    assert heard(chat) == answer_of(chat).text


@pytest.mark.parametrize("fault", NO_ANSWER)
def test_whatever_fails_there_is_a_useful_answer_in_time(taught, vera, fault):  # noqa: F811
    with FaultyModel(fault) as server:
        with_model(taught, server.url)
        chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
        began = time.monotonic()
        run(chat)
        took = time.monotonic() - began
    answer = answer_of(chat)
    assert "Norway" in answer.text or Handoff.objects.exists()
    assert chat.messages.filter(author="agent").count() == 1
    assert heard(chat) == answer.text
    assert took < SOON_S + 1  # a promise to visitors, not a measure of speed


@pytest.fixture
def refunding(taught):  # noqa: F811
    """Refunds are switched on; whoever is not signed in is told so, in a moment."""
    wiring.wire(taught, "stripe.refund", enabled=True, settings={"secret_key": "sk_test_x"}, policy={})


def test_a_model_that_goes_on_asking_for_actions_gets_no_more_time(taught, vera, refunding):  # noqa: F811
    with FaultyModel(tool_after_s=2.5) as server:
        with_model(taught, server.url)
        run(
            a_conversation(taught, with_=vera, saying="Can I return boots?")
        )  # a process's first call takes longer
        server.fault = "tools_for_ever"
        chat = a_conversation(taught, with_=Vera("another browser"), saying="Do you ship to Norway?")
        began = time.monotonic()
        run(chat)
        took = time.monotonic() - began
        assert server.calls >= 3, "its tools were called"
    assert "Norway" in answer_of(chat).text
    assert chat.turns.get().model == "built-in"
    assert took < SOON_S + 1  # a promise to visitors, not a measure of speed


def test_a_small_real_model_answers(taught, vera):  # noqa: F811
    with smollm.running() as url:
        with_model(taught, url, "smollm2")
        chat = a_conversation(taught, with_=vera, saying="How long do parcels to Norway take?")
        run(chat)
    assert chat.turns.get().outcome in ("answered", "unanswered")
    assert answer_of(chat).text
