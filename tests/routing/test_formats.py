"""Each provider's own wire format, spoken by a peer that others wrote; and a real model on the CPU."""

import asyncio
import json
import re

import pytest

from apps.routing import catalogue, gateway
from apps.routing.gateway import Limits, ModelChoice, TextDelta, ToolCall, Usage
from tests.peers import llmock, smollm

TILES = [tile.service for tile in catalogue.tiles()]
PATHS = {"anthropic": "", "gemini": "/v1beta"}

REFUND = {
    "type": "function",
    "function": {
        "name": "refund_payment",
        "description": "Refund a payment to the customer.",
        "parameters": {
            "type": "object",
            "properties": {"payment": {"type": "string"}, "amount": {"type": "string"}},
            "required": ["payment"],
        },
    },
}


@pytest.fixture(autouse=True)
def _peers_are_allowed(settings):
    """Only a server of one's own may be here, unless the operator allows it."""
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture(scope="module")
def mock(tmp_path_factory):
    with llmock.running(tmp_path_factory.mktemp("llmock")) as url:
        gateway.warm_now()
        yield url


def choice(mock, service):
    return ModelChoice(
        service, catalogue.default_model(service), "sk-test-1234567890", mock + PATHS.get(service, "/v1")
    )


def chunks_of(choice, messages, **given):
    async def run():
        return [chunk async for chunk in gateway.stream(choice, messages, **given)]

    return asyncio.run(run())


def text_of(chunks):
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextDelta))


def asking(words):
    return [{"role": "system", "content": "Be brief."}, {"role": "user", "content": words}]


@pytest.mark.parametrize("service", TILES)
def test_an_answer_streams_with_its_usage_and_price(mock, service):
    chunks = chunks_of(choice(mock, service), asking("May I return the lamp?"))
    assert text_of(chunks) == llmock.TEXT
    assert sum(isinstance(chunk, TextDelta) for chunk in chunks) > 1
    usage = chunks[-1]
    assert isinstance(usage, Usage)
    assert (usage.prompt_tokens, usage.completion_tokens) == (120, 14)
    assert usage.cost > 0


@pytest.mark.parametrize("service", TILES)
def test_a_tool_is_called_and_its_result_is_read(mock, service):
    asked = asking("Please refund my payment pi_1")
    chunks = chunks_of(choice(mock, service), asked, tools=[REFUND])
    calls = [chunk for chunk in chunks if isinstance(chunk, ToolCall)]
    assert [call.name for call in calls] == ["refund_payment"]
    assert '"pi_1"' in calls[0].arguments
    told = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": calls[0].id,
                "type": "function",
                "function": {"name": calls[0].name, "arguments": calls[0].arguments},
            }
        ],
    }
    result = {
        "role": "tool",
        "tool_call_id": calls[0].id,
        "name": "refund_payment",
        "content": '{"ok": true}',
    }
    chunks = chunks_of(choice(mock, service), [*asked, told, result], tools=[REFUND])
    assert text_of(chunks) == llmock.DONE


@pytest.mark.parametrize("service", TILES)
def test_a_short_answer_comes_whole(mock, service):
    text, usage = asyncio.run(
        gateway.complete(choice(mock, service), asking("Reply with OK."), max_tokens=16)
    )
    assert text == "OK"
    assert isinstance(usage, Usage)


@pytest.mark.parametrize("service", TILES)
def test_the_likeliest_words_are_asked_for_as_each_provider_takes_it(mock, service):
    before = len(llmock.journal(mock))
    asyncio.run(gateway.complete(choice(mock, service), asking("Reply with OK."), max_tokens=16, steady=True))
    sent = json.dumps(llmock.journal(mock)[before:])
    temperatures = {float(found) for found in re.findall(r'"temperature": ([\d.]+)', sent)}
    assert temperatures <= ({0.01} if service == "minimax" else set() if service == "moonshot" else {0.0})


def test_a_real_model_answers_from_a_text():
    patient = Limits(first_token_s=60, gap_s=20, total_s=90, floor_chars_s=0.1)
    sources = "SOURCES\n<source number='1'>Lamps can be returned within 30 days of delivery.</source>"
    asked = [
        {"role": "system", "content": f"Answer from the source in one sentence.\n{sources}"},
        {"role": "user", "content": "Within how many days can I return a lamp?"},
    ]
    with smollm.running() as url:
        chunks = chunks_of(
            ModelChoice(catalogue.CUSTOM, "smollm2", "", url), asked, max_tokens=60, limits=patient
        )
    assert "30" in text_of(chunks)
    assert sum(isinstance(chunk, TextDelta) for chunk in chunks) > 3
    usage = chunks[-1]
    assert usage.prompt_tokens > 20
    assert usage.completion_tokens > 3
    assert usage.cost is None
