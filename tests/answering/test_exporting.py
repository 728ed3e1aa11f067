"""An operator's collector gets each turn as a trace, without a word of anybody."""

import pytest

from apps.answering import exporting
from apps.routing import gateway
from tests.answering.test_models import with_model
from tests.answering.test_turns import answer_of, run, taught  # noqa: F401 — the taught agent is a fixture
from tests.cast import a_conversation
from tests.peers.collector import Collector
from tests.peers.faulty_model import FaultyModel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", autouse=True)
def litellm_is_warm():
    gateway.warm_now()


@pytest.fixture
def collector(settings):
    with Collector() as peer:
        settings.OTLP_ENDPOINT = peer.url
        exporting._provider.cache_clear()
        yield peer
        if exporting._provider.cache_info().currsize:
            exporting._provider().shutdown()
        exporting._provider.cache_clear()


def told(span):
    """A span's attributes as a dict."""
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in span.attributes}


def test_a_turn_is_a_trace_of_its_stages_with_times_and_tokens(taught, vera, collector):  # noqa: F811
    with FaultyModel() as server:
        with_model(taught, server.url)
        chat = a_conversation(taught, with_=vera, saying="Can I return boots?")
        run(chat)
    spans = collector.wait_for("turn")
    root = next(span for span in spans if span.name == "turn")
    stages = [span for span in spans if span.parent_span_id == root.span_id]
    turn = chat.turns.get()
    assert [span.name for span in stages] == list(
        turn.spans.order_by("position").values_list("stage", flat=True)
    )
    assert told(root)["berrydesk.turn"] == str(turn.pk)
    generated = told(next(span for span in stages if span.name == "generate"))
    assert generated["gen_ai.usage.input_tokens"] == turn.prompt_tokens == 120
    assert all(root.start_time_unix_nano <= span.end_time_unix_nano for span in stages)
    assert "boots" not in str(spans) and "return" not in str(spans), "what was said stays here"


def test_a_collector_that_is_away_costs_the_visitor_nothing(taught, vera, collector):  # noqa: F811
    collector.is_away = True
    chat = a_conversation(taught, with_=vera, saying="Do you ship to Norway?")
    run(chat)
    assert "Norway" in answer_of(chat).text
    assert collector.spans == []


def test_without_a_collector_nothing_is_sent(taught, vera):  # noqa: F811
    run(a_conversation(taught, with_=vera, saying="Do you ship to Norway?"))
    assert exporting._provider.cache_info().currsize == 0
