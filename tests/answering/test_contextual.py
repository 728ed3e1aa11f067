"""What a model reads: everything where it fits and pays, else whole documents, else the best passages."""

from decimal import Decimal

import pytest

from apps.answering import contextual
from apps.answering.contextual import Sizes, decide
from apps.connections.models import Connection
from apps.knowledge import batching, curating
from apps.knowledge.models import Document
from apps.knowledge.retrieval import searching
from apps.routing import choosing
from apps.routing.gateway import ModelChoice
from apps.routing.models import ContextMode
from berrydesk.text.sizes import tokens_of

CHEAP, DEAR = Decimal("0.0000001"), Decimal("0.00001")


@pytest.mark.parametrize(
    ("wanted", "sizes", "mode"),
    [
        ("auto", Sizes(600, 900, 3_000, 128_000, CHEAP), "whole"),
        ("auto", Sizes(600, 900, 30_000, 128_000, DEAR), "passages"),
        ("auto", Sizes(600, 750, 30_000, 128_000, DEAR), "documents"),
        ("auto", Sizes(600, 750, 30_000, 128_000, DEAR, DEAR / 100), "whole"),
        ("auto", Sizes(600, 900, None, 128_000, CHEAP), "documents"),
        ("auto", Sizes(600, None, None, 128_000, CHEAP), "passages"),
        ("auto", Sizes(600, 900, 6_000, 8_192, CHEAP), "documents"),
        ("auto", Sizes(600, 900, 5_000, 32_000, is_own=True), "documents"),
        ("auto", Sizes(600, 5_000, 5_000, 32_000, is_own=True), "passages"),
        ("auto", Sizes(600, 900, 5_000, 32_000), "whole"),
        ("passages", Sizes(600, 900, 3_000, 128_000, CHEAP), "passages"),
        ("whole", Sizes(600, 900, 50_000, 128_000, DEAR), "whole"),
        ("whole", Sizes(600, 900, 50_000, 32_000, DEAR), "passages"),
        ("documents", Sizes(600, 5_000, 50_000, 128_000, DEAR), "documents"),
    ],
)
def test_size_window_and_price_decide(wanted, sizes, mode):
    chosen, reason = decide(ContextMode(wanted), sizes)
    assert chosen == mode and reason.endswith(".")


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("We ship to Norway in three days. " * 10, 70, 100), ("送料は無料です。" * 10, 55, 80), ("", 0, 0)],
)
def test_tokens_are_estimated_by_script(text, least, most):
    assert least <= tokens_of(text) <= most


PAGES = [
    {"external_id": "a", "title": "Shipping", "text": "We ship to Norway in three days. It costs €9.90."},
    {"external_id": "b", "title": "Returns", "text": "Boots come back within 30 days. Boots must be unworn."},
    {"external_id": "c", "title": "Policy", "text": "We never give discounts by chat."},
]


@pytest.fixture
def taught(agent):
    batching.batch(agent, PAGES)
    return agent


@pytest.fixture
def gpt(taught, ada):
    connection = Connection.objects.create(
        workspace=ada.workspace,
        kind="provider",
        service="openai",
        name="GPT",
        ok=True,
        model_names=["gpt-5-mini"],
    )
    choosing.choose_model(taught, connection, "gpt-5-mini")
    return (ModelChoice("openai", "gpt-5-mini", "k"),)


def read(agent, question, choices):
    found = searching.search(agent, question, limit=6)
    return found, contextual.context(agent.workspace_id, agent, found, choices)


def test_a_small_knowledge_base_is_read_whole_in_a_lasting_order(taught, gpt):
    _found, one = read(taught, "Do you ship to Norway?", gpt)
    _found, two = read(taught, "Can I return boots?", gpt)
    assert one.mode == two.mode == "whole"
    assert [s.external_id for s in one.sources] == [s.external_id for s in two.sources] == ["a", "b", "c"]
    assert one.sources[0].quote.startswith("We ship to Norway")
    assert "fits" in one.reason and one.tokens < 100


def test_what_the_owner_chose_is_read(taught, gpt):
    choosing.choose_context(taught, "passages")
    found, context = read(taught, "Do you ship to Norway?", gpt)
    assert context.mode == "passages" and context.sources == found


def test_a_pinned_policy_is_always_read_and_once(taught, gpt):
    Document.objects.filter(external_id="c").update(is_pinned=True)
    choosing.choose_context(taught, "passages")
    _found, context = read(taught, "Do you ship to Norway?", gpt)
    assert [s.external_id for s in context.sources].count("c") == 1
    choosing.choose_context(taught, "whole")
    _found, context = read(taught, "Do you ship to Norway?", gpt)
    assert [s.external_id for s in context.sources] == ["a", "b", "c"]


def test_what_was_set_aside_is_not_read(taught, gpt, ada):
    curating.set_aside(Document.objects.get(external_id="b"), by=ada)
    _found, context = read(taught, "Can I return boots?", gpt)
    assert [s.external_id for s in context.sources] == ["a", "c"]
