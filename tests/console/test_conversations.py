"""The list of conversations, one of them, and why an answer was given."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.conversations import opening, speaking
from apps.conversations.models import Conversation, Message, Outcome, Span, Turn
from tests.cast import Vera, a_conversation

pytestmark = pytest.mark.django_db
CITATION = {"n": 1, "title": "Returns", "url": "https://nordlicht.example/returns", "quote": "30 days"}


@pytest.fixture
def answered(agent, vera):
    """Vera asked, a model answered, and its trace is kept; the price of the model is not known."""
    conversation = a_conversation(agent, with_=vera, saying="How long may I return boots?")
    turn = conversation.turns.get()
    Turn.objects.filter(pk=turn.pk).update(
        outcome=Outcome.ANSWERED,
        finished_at=timezone.now(),
        model="peer/small",
        total_ms=2300,
        first_token_ms=900,
    )
    message = speaking.say(conversation, text="30 days. [1]", citations=[CITATION])
    Message.objects.filter(pk=message.pk).update(turn=turn)
    passages = [
        {"title": "Returns", "url": CITATION["url"], "heading": "", "score": 1.0, "text": "Within 30 days"}
    ]
    steps = [
        ("admit", {}, {"question": "How long may I return boots?", "earlier": 0}),
        ("understand", {}, {"language": "en", "kind": "question"}),
        ("route", {}, {"models": ["peer/small"], "reason": ""}),
        ("gather", {}, {"passages": passages, "confidence": 0.82, "answerable": True}),
        ("generate", {"model": "peer/small"}, {"text": "30 days. [1]", "calls": []}),
        ("act", {"tool": "order_status"}, {"result": {"message": "Found the order."}}),
        ("check", {}, {"outcome": "answered", "citations": 1}),
    ]
    for position, (stage, given, output) in enumerate(steps):
        Span.objects.create(
            workspace_id=agent.workspace_id,
            turn=turn,
            stage=stage,
            position=position,
            ms=120,
            input=given,
            output=output,
        )
    return conversation


def page_of(conversation, **query):
    return reverse("conversation", args=[conversation.number]), query


def test_an_empty_list_teaches(as_ada, agent):
    assert "No conversations yet" in as_ada.get(reverse("conversations")).content.decode()


def test_the_thread_shows_sources_and_offers_why(as_ada, answered):
    page = as_ada.get(*page_of(answered)).content.decode()
    turn = answered.turns.get()
    assert CITATION["url"] in page and f"?why={turn.pk}" in page
    assert "Why this answer?" not in page and " style=" not in page


def test_why_says_the_steps_in_words(as_ada, answered):
    turn = answered.turns.get()
    page = as_ada.get(*page_of(answered, why=turn.pk)).content.decode()
    for words in (
        "Why this answer?",
        "A question, in English.",
        "Read 1 passage",
        "82%",
        "Within 30 days",
        "1 source",
    ):
        assert words in page
    assert "Found the order." in page and "First words after 0.9 s" in page


def test_an_unknown_cost_is_called_unknown_and_a_known_one_shown(as_ada, answered):
    turn = answered.turns.get()
    explained = as_ada.get(*page_of(answered, why=turn.pk)).context["why"]
    assert dict(explained.facts)["Cost"] == "unknown"
    Turn.objects.filter(pk=turn.pk).update(cost=Decimal("0.0021"))
    explained = as_ada.get(*page_of(answered, why=turn.pk)).context["why"]
    assert dict(explained.facts)["Cost"] == "$0.0021"


@pytest.mark.parametrize("asked", ["nonsense", "01a217db-0000-7000-8000-000000000000"])
def test_a_foreign_turn_is_not_found(as_ada, answered, asked):
    assert as_ada.get(*page_of(answered, why=asked)).status_code == 404


def test_filters_stand_in_the_address_and_previews_stay_out(as_ada, agent, answered):
    a_conversation(agent, with_=Vera("other"), saying="Still open")
    opening.open_conversation(agent, visitor_key="owner")
    Conversation.objects.filter(visitor_key="owner").update(is_preview=True, opening_words="My own try-out")
    everything = as_ada.get(reverse("conversations")).content.decode()
    assert "Still open" in everything and "My own try-out" not in everything
    chosen = as_ada.get(reverse("conversations"), {"outcome": "answered"}).content.decode()
    assert "How long may I" in chosen and "Still open" not in chosen
    assert "None like that" in as_ada.get(reverse("conversations"), {"channel": "api"}).content.decode()
    assert as_ada.get(reverse("conversations"), {"outcome": "x", "before": "???"}).status_code == 200


def test_the_first_visitor_is_visitor_1_whatever_the_owner_tried_before(as_ada, agent, vera):
    tried = opening.open_conversation(agent, visitor_key="owner", is_preview=True)
    first = a_conversation(agent, with_=vera, saying="Do you mend zips?")
    assert "Visitor 1<" in as_ada.get(reverse("conversations")).content.decode()
    assert "<h1>Visitor 1</h1>" in as_ada.get(reverse("conversation", args=[first.number])).content.decode()
    assert (
        "<h1>Try-out visitor</h1>"
        in as_ada.get(reverse("conversation", args=[tried.number])).content.decode()
    )
    assert "Do you mend zips?" in as_ada.get(reverse("console:palette") + "?q=visitor 1").content.decode()


def test_pages_follow_each_other_without_gap_or_repeat(as_ada, agent):
    now = timezone.now()
    Conversation.objects.bulk_create(
        Conversation(
            workspace_id=agent.workspace_id,
            number=1000 + n,
            agent=agent,
            last_message_at=now,
            opening_words=f"Question {n}",
        )
        for n in range(120)
    )
    seen, before = [], ""
    for _page in range(3):
        context = as_ada.get(reverse("conversations"), {"before": before}).context
        seen += [row.number for row in context["rows"]]
        before = context["older"]
    assert len(seen) == len(set(seen)) == 120 and not before


def test_few_queries(as_ada, answered, django_assert_max_num_queries):
    turn = answered.turns.get()
    for address in (page_of(answered, why=turn.pk), (reverse("conversations"), {})):
        with django_assert_max_num_queries(40) as caught:
            as_ada.get(*address)
        reads = [q for q in caught.captured_queries if ' FROM "' in q["sql"]]
        assert len(reads) <= 15, [q["sql"][:120] for q in reads]


def test_nothing_of_it_exists_for_mallory(client, mallory, answered):
    client.force_login(mallory.user)
    assert client.get(*page_of(answered)).status_code == 404
    assert "How long" not in client.get(reverse("conversations")).content.decode()
