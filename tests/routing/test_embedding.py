"""Embeddings through the gateway: each provider's own wire format, and what goes wrong in words."""

import asyncio
import time

import numpy
import pytest

from apps.routing import embedding_models, families, gateway, reading_errors
from apps.routing.gateway import EmbeddingFailed, ModelChoice
from tests.peers import llmock
from tests.peers.embedder import Embedder

KEY = "sk-test-1234567890"
PATHS = {"gemini": "/v1beta", "cohere": "/v2/embed"}


@pytest.fixture(autouse=True)
def _peers_are_allowed(settings):
    """Only a server of one's own may be here, unless the operator allows it."""
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture
def peer():
    with Embedder(key=KEY) as running:
        gateway.warm_now()
        yield running


def own(peer, model="words-96"):
    return ModelChoice("custom", model, KEY, peer.url)


def embed(choice, texts, **given):
    return asyncio.run(gateway.embed(choice, texts, **given))


@pytest.mark.parametrize("service", sorted(families.EMBEDDERS))
def test_each_provider_is_asked_through_our_own_wire(peer, service):
    offered = embedding_models.models(service)
    model = offered[0].model if offered else "an-embedding-model"
    choice = ModelChoice(service, model, KEY, peer.root + PATHS.get(service, "/v1"))
    found, _usage = embed(choice, ["A lamp", "A boat"])
    assert found.shape == (2, 96)
    assert numpy.allclose(found[0], peer.vector("A lamp"), atol=1e-5)
    assert numpy.allclose(found[1], peer.vector("A boat"), atol=1e-5)


def test_a_server_of_ones_own_counts_tokens_and_costs_what_nobody_knows(peer):
    found, usage = embed(own(peer), ["A lamp"])
    assert numpy.linalg.norm(found[0]) == pytest.approx(1, abs=1e-5)
    assert (usage.prompt_tokens, usage.cost) == (2, None)


def test_a_known_price_is_counted(peer):
    choice = ModelChoice("openai", "text-embedding-3-small", KEY, peer.url)
    _found, usage = embed(choice, ["one two three"])
    assert float(usage.cost) == pytest.approx(3 * 2e-8)


def test_vectors_come_in_the_order_of_the_texts(peer):
    peer.breaks = lambda answer: {**answer, "data": answer["data"][::-1]}
    found, _usage = embed(own(peer), ["A lamp", "A boat"])
    assert numpy.allclose(found[0], peer.vector("A lamp"), atol=1e-5)


@pytest.mark.parametrize(
    ("service", "setting"),
    [("voyage", ("query", "document")), ("cohere", ("search_query", "search_document"))],
)
def test_questions_are_told_from_passages(peer, service, setting):
    choice = ModelChoice(service, "any", KEY, peer.root + PATHS.get(service, "/v1"))
    embed(choice, ["Where?"], asks=True)
    embed(choice, ["Here."])
    assert tuple(body["input_type"] for _path, _headers, body in peer.requests) == setting


def test_open_models_are_sent_the_words_they_were_taught_with(peer):
    embed(own(peer, "intfloat/multilingual-e5-large"), ["Where?"], asks=True)
    embed(own(peer, "nomic-embed-text:v1.5"), ["Here."])
    embed(own(peer, "bge-m3"), ["Here."])
    assert peer.texts == ["query: Where?", "search_document: Here.", "Here."]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "key"),
        (404, "unknown_model"),
        (429, "rate_limited"),
        (500, "down"),
        (400, "no_embeddings"),
        (501, "no_embeddings"),
    ],
)
def test_an_error_is_said_in_words(peer, status, kind):
    peer.answers = [(status, {"Retry-After": "7"})]
    with pytest.raises(EmbeddingFailed) as caught:
        embed(own(peer), ["A lamp"])
    assert caught.value.kind == kind
    assert caught.value.code == f"embedding_{kind}"
    assert caught.value.retry_after_s == 7
    assert KEY not in str(caught.value) + caught.value.said
    assert "answerer" not in caught.value.remedy


BROKEN = {
    "one missing": (lambda a: {**a, "data": a["data"][:1]}, "empty"),
    "of different lengths": (
        lambda a: {**a, "data": [a["data"][0], {**a["data"][1], "embedding": [0.1, 0.2]}]},
        "garbage",
    ),
    "words": (lambda a: {**a, "data": [{**one, "embedding": ["a"]} for one in a["data"]]}, "garbage"),
    "nothing but zeros": (
        lambda a: {**a, "data": [{**one, "embedding": [0.0] * 8} for one in a["data"]]},
        "garbage",
    ),
    "no JSON": (lambda _a: b"<html>Welcome</html>", "garbage"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_embedding_is_refused(peer, name):
    peer.breaks, kind = BROKEN[name]
    with pytest.raises(EmbeddingFailed) as caught:
        embed(own(peer), ["A lamp", "A boat"])
    assert caught.value.kind == kind


def test_a_slow_server_is_left_in_time(peer):
    peer.delay_s = 3.0
    began = time.monotonic()
    with pytest.raises(EmbeddingFailed) as caught:
        embed(own(peer), ["A lamp"], limit_s=0.3)
    assert time.monotonic() - began < 1.5
    assert caught.value.kind == "timeout"


def test_a_server_that_is_not_there_is_said_so(peer):
    with pytest.raises(EmbeddingFailed) as caught:
        embed(ModelChoice("custom", "m", "", "http://127.0.0.1:9/v1"), ["A lamp"])
    assert caught.value.kind == "unreachable"


def test_a_key_is_never_sent_into_the_own_network_of_a_provider_elsewhere(peer, settings):
    settings.BERRYDESK_FETCH_ALLOW = []
    with pytest.raises(EmbeddingFailed) as caught:
        embed(ModelChoice("voyage", "voyage-4", KEY, peer.url), ["A lamp"])
    assert caught.value.kind == "address"
    assert peer.requests == []


@pytest.mark.parametrize(
    ("service", "path"), [("openai", "/v1"), ("mistral", "/v1"), ("cohere", "/v2/embed")]
)
def test_the_formats_are_read_as_others_wrote_them_down(tmp_path, service, path):
    nothing_said = [{"match": {"userMessage": "nobody asks this"}, "response": {"content": "."}}]
    with llmock.running(tmp_path, nothing_said) as url:
        gateway.warm_now()
        choice = ModelChoice(service, "any-embedding", KEY, url + path)
        found, _usage = embed(choice, ["A lamp", "A boat", "A lamp"])
    assert found.shape[0] == 3
    assert numpy.allclose(found[0], found[2]) and not numpy.allclose(found[0], found[1])


def test_a_server_without_embeddings_is_told_from_one_without_the_model():
    assert reading_errors.makes_none(404, "404 page not found")
    assert not reading_errors.makes_none(404, "The model `bge-m4` does not exist")
    assert reading_errors.makes_none(500, "this model does not support embeddings")
    assert not reading_errors.makes_none(500, "Loading model") and not reading_errors.makes_none(None, "")


def test_what_llama_cpp_calls_an_internal_error_is_a_text_too_long():
    said = "input (3001 tokens) is too large to process. increase the physical batch size (current batch size: 512)"
    assert reading_errors.kind_of_answer(500, said) == "context"
    assert reading_errors.kind_of_answer(500, "Loading model") == "down"
