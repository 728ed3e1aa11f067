"""Whatever a model server does wrong has a name, in time, and ends the request."""

import asyncio
import contextlib
import time

import pytest
from asgiref.sync import sync_to_async

from apps.connections.models import Connection
from apps.routing import catalogue, checking, gateway, prices
from apps.routing.gateway import Limits, ModelChoice, ModelFailed, TextDelta, ToolCall, Usage
from tests.peers.faulty_model import TEXT, FaultyModel

QUICK = Limits(first_token_s=4.0, gap_s=1.0, total_s=6.0)
ASKED = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "May I return it?"}]
REFUND = {
    "type": "function",
    "function": {
        "name": "refund_payment",
        "description": "Refund a payment.",
        "parameters": {"type": "object", "properties": {"payment": {"type": "string"}}},
    },
}

KINDS = {
    "server_error": "down",
    "unavailable": "down",
    "rate_limited": "rate_limited",
    "no_credit": "credit",
    "payment": "credit",
    "bad_key": "key",
    "forbidden": "permission",
    "unknown_model": "unknown_model",
    "context": "context",
    "filter_at_once": "filtered",
    "hang": "timeout",
    "hang_after_headers": "timeout",
    "drip": "slow",
    "stall": "slow",
    "cut": "cut",
    "cut_politely": "cut",
    "cut_in_tool": "cut",
    "drop": "down",
    "garbage": "garbage",
    "garbage_json": "garbage",
    "garbage_stream": "garbage",
    "empty": "garbage",
    "empty_stream": "empty",
    "filter": "filtered",
    "wrong_arguments": "bad_arguments",
    "unknown_tool": "unknown_tool",
    "error_event": "rate_limited",
}


@pytest.fixture(autouse=True)
def _peers_are_allowed(settings):
    """Only a server of one's own may be here, unless the operator allows it."""
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture(scope="module", autouse=True)
def _imported():
    gateway.warm_now()


def ask(server, *, limits=QUICK, tools=(REFUND,), provider=catalogue.CUSTOM, base=None):
    """What the gateway gave: (chunks, failure or None)."""
    choice = ModelChoice(
        provider, catalogue.default_model(provider) or "small", "sk-test-1234567890", base or server.url
    )

    async def run():
        chunks = []
        try:
            async for chunk in gateway.stream(choice, ASKED, tools=list(tools) or None, limits=limits):
                chunks.append(chunk)
        except ModelFailed as failure:
            return chunks, failure
        return chunks, None

    return asyncio.run(run())


def text_of(chunks):
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextDelta))


def test_a_fine_answer_streams_and_is_counted():
    with FaultyModel() as server:
        chunks, failure = ask(server, limits=Limits(first_token_s=30, gap_s=30, total_s=60))
    assert failure is None
    assert text_of(chunks).strip() == TEXT
    assert len([c for c in chunks if isinstance(c, TextDelta)]) > 5
    assert chunks[-1] == Usage(120, 14, None)
    assert server.calls == 1


def test_usage_that_the_server_keeps_to_itself_is_unknown():
    with FaultyModel(usage=False) as server:
        chunks, _failure = ask(server)
    assert chunks[-1] == Usage(None, None, None)


def test_a_connection_that_ends_badly_behind_a_whole_answer_spoils_nothing():
    with FaultyModel(ends=False) as server:
        chunks, failure = ask(server)
    assert failure is None
    assert text_of(chunks).strip() == TEXT
    assert chunks[-1] == Usage(120, 14, None)


def test_a_line_without_end_cannot_be_read():
    with FaultyModel(deltas=[{"content": "Thirty "}, {"content": "x" * 5 * 2**20}]) as server:
        chunks, failure = ask(server)
    assert text_of(chunks) == "Thirty "
    assert failure.kind == "garbage"


@pytest.mark.parametrize(("fault", "kind"), KINDS.items())
def test_every_fault_has_its_name_within_the_limits(fault, kind):
    with FaultyModel(fault) as server:
        began = time.monotonic()
        chunks, failure = ask(server)
        took = time.monotonic() - began
    assert failure is not None, chunks
    assert failure.kind == kind, (failure.kind, failure.said)
    assert took < QUICK.total_s + 1
    assert server.calls == 1, "asked again behind our back"
    assert failure.message and failure.remedy
    assert "sk-test" not in failure.said
    assert "sk-abcdef" not in failure.said
    assert not any(isinstance(chunk, ToolCall) for chunk in chunks)


def test_the_wait_that_a_provider_asks_for_is_known():
    with FaultyModel("rate_limited") as server:
        _chunks, failure = ask(server)
    assert failure.retry_after_s == 7


@pytest.mark.parametrize("provider", [p.service for p in catalogue.providers()])
def test_a_key_never_follows_a_redirect(provider):
    with FaultyModel() as elsewhere:
        with FaultyModel("redirect", redirect_to=f"http://127.0.0.1:{elsewhere.port}") as server:
            _chunks, failure = ask(server, provider=provider)
        assert failure.kind == "redirected", failure.said
        assert elsewhere.requests == []


def test_a_key_that_a_server_repeats_does_not_reach_the_trace():
    key = "eyJhbGciOi.Zm9vYmFy.0123456789"
    with FaultyModel("echo_key") as server:
        choice = ModelChoice(catalogue.CUSTOM, "small", key, server.url)
        with pytest.raises(ModelFailed) as refused:
            asyncio.run(gateway.complete(choice, ASKED))
    assert refused.value.kind == "key"
    assert "No account for" in refused.value.said
    assert key not in refused.value.said


def test_nobody_listening_is_unreachable():
    _chunks, failure = ask(None, base="http://127.0.0.1:9/v1")
    assert failure.kind == "unreachable"


def test_a_name_that_does_not_exist_is_unreachable():
    _chunks, failure = ask(None, base="http://no-such-host.invalid/v1")
    assert failure.kind == "unreachable"


def test_tls_towards_a_plain_server_is_said_so():
    with FaultyModel() as server:
        _chunks, failure = ask(None, base=f"https://127.0.0.1:{server.port}/v1")
    assert failure.kind == "tls"


def test_leaving_early_hangs_up():
    async def one_chunk(choice):
        chunks = gateway.stream(choice, ASKED, limits=QUICK)
        async with contextlib.aclosing(chunks):
            async for _chunk in chunks:
                return

    with FaultyModel("stall") as server:
        asyncio.run(one_chunk(ModelChoice("custom", "small", "", server.url)))
        assert server.wait_until_hung_up()


def test_cancelling_hangs_up():
    async def cancelled(choice):
        async def read():
            async for _chunk in gateway.stream(choice, ASKED):
                pass

        task = asyncio.create_task(read())
        await asyncio.sleep(0.5)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()

    with FaultyModel("hang") as server:
        asyncio.run(cancelled(ModelChoice("custom", "small", "", server.url)))
        assert server.wait_until_hung_up()


def test_a_check_leaves_the_streams_of_the_server_alone():
    async def both(slow, other):
        choice = ModelChoice("custom", "small", "", slow.url)
        text = ""
        async for chunk in gateway.stream(choice, ASKED, limits=Limits()):
            if not text:
                row = Connection(service="custom", base_url=other.url, secrets={})
                checked = await sync_to_async(checking.check)(row)
            text += chunk.text if isinstance(chunk, TextDelta) else ""
        return text, checked

    with FaultyModel(token_s=0.1) as slow, FaultyModel() as other:
        text, checked = asyncio.run(both(slow, other))
    assert checked.ok
    assert text.strip() == TEXT


def test_an_answer_that_flows_may_outlast_the_total():
    words = " ".join(["steady"] * 100)
    with FaultyModel(text=words, token_s=0.05) as server:
        chunks, failure = ask(server, limits=Limits(first_token_s=3, gap_s=2, total_s=3))
    assert failure is None
    assert text_of(chunks).split() == words.split()


def test_thinking_aloud_is_not_part_of_the_answer():
    with FaultyModel(text="<think>The policy says thirty.</think> Thirty days.") as server:
        chunks, _failure = ask(server)
    assert text_of(chunks).strip() == "Thirty days."


def test_a_thought_that_comes_as_a_part_is_not_part_of_the_answer():
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "The policy says thirty."}]}
    text = [
        {"type": "text", "text": "Thirty "},
        {"type": "text", "text": "days"},
        {"type": "text", "text": 1},
    ]
    with FaultyModel(deltas=[{"content": [thought]}, {"content": text}, {"content": "."}]) as server:
        chunks, failure = ask(server)
    assert failure is None
    assert text_of(chunks) == "Thirty days."


def part(arguments, *, call="", name=""):
    """Of a tool call, as servers send it that give it no index."""
    named = {"id": call} if call else {}
    return {
        "tool_calls": [{**named, "function": {**({"name": name} if name else {}), "arguments": arguments}}]
    }


@pytest.mark.parametrize("names", [{"call": "a"}, {}])
def test_parts_of_calls_without_an_index_are_put_together(names):
    name = REFUND["function"]["name"]
    said = [
        part('{"payment":', name=name, **names),
        part(' "pi_1"'),
        part("}"),
        part('{"payment": "pi', call="b", name=name),
        part('_2"}'),
    ]
    with FaultyModel(deltas=said) as server:
        chunks, failure = ask(server)
    assert failure is None
    calls = [one.arguments for one in chunks if isinstance(one, ToolCall)]
    assert calls == ['{"payment": "pi_1"}', '{"payment": "pi_2"}']


@pytest.mark.parametrize(
    "cached", [{"prompt_tokens_details": {"cached_tokens": 100}}, {"prompt_cache_hit_tokens": 100}]
)
def test_what_a_provider_had_in_its_cache_is_priced_so_whatever_it_calls_it(cached):
    with FaultyModel(
        usage={"prompt_tokens": 120, "completion_tokens": 14, "total_tokens": 134, **cached}
    ) as server:
        chunks, _failure = ask(server, provider="openai")
    model = catalogue.default_model("openai")
    assert prices.cost("openai", model, 120, 14, 100) < prices.cost("openai", model, 120, 14)
    assert chunks[-1].cost == prices.cost("openai", model, 120, 14, 100)


def test_without_a_key_the_operators_own_is_not_sent(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-operators-own")
    with FaultyModel() as server:
        choice = ModelChoice("custom", "small", "", server.url)
        text, _usage = asyncio.run(gateway.complete(choice, ASKED))
    assert text.strip() == TEXT
    assert all("operators" not in str(request["headers"]) for request in server.requests)
