"""What customers are likely to ask and nothing answers yet."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.conversations import opening, receiving
from apps.conversations.models import Outcome, Turn
from apps.knowledge import batching, indexing, sources, tasks
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.missing import asking, checking, closing
from apps.knowledge.models import Source
from apps.knowledge.question_models import LikelyQuestion, QuestionCheck
from apps.knowledge.retrieval import answerability, searching
from berrydesk.db import leases
from tests.knowledge.test_sources import carry

PAGES = [
    {
        "external_id": "shipping",
        "title": "Shipping",
        "text": "Shipping costs €4.90. Delivery takes three days to Germany.",
    },
    {
        "external_id": "returns",
        "title": "Returns",
        "text": "You can return boots within 30 days. You get your money back in a week.",
    },
    {
        "external_id": "zips",
        "title": "Do you repair zips?",
        "text": "Do you repair zips?\n\nYes, in our workshop in Bremen, within ten days.",
    },
]


@pytest.fixture
def taught(agent):
    batching.batch(agent, PAGES)
    return agent


def look(agent):
    asking.ask(agent, in_s=0)
    row = QuestionCheck.objects.get(agent=agent)
    tasks.check_questions(str(agent.workspace_id), str(row.pk))
    return {one.question: one for one in LikelyQuestion.objects.filter(agent=agent)}


def somebody_asked(agent, words, times=1):
    for n in range(times):
        chat = opening.open_conversation(agent, visitor_key=f"v{n}{words}")
        turn = receiving.receive(chat, text=words).turn
        Turn.objects.filter(pk=turn.pk).update(outcome=Outcome.UNANSWERED, finished_at=timezone.now())


def test_what_is_answered_is_told_from_what_is_missing(taught):
    found = look(taught)
    assert found["How much does shipping cost?"].is_answerable
    assert found["Do you repair zips?"].is_answerable and found["Do you repair zips?"].origin == "heading"
    assert not found["Which payment methods do you accept?"].is_answerable
    assert not found["How do I reset my password?"].is_answerable


def test_what_visitors_asked_in_vain_comes_first(taught):
    somebody_asked(taught, "Do you sell climbing ropes?", times=3)
    somebody_asked(taught, "do you SELL climbing ropes")
    found = look(taught)
    first = LikelyQuestion.objects.filter(agent=taught).unanswered().most_asked_first().first()
    assert (first.origin, first.times) == ("visitor", 4)
    assert "climbing ropes" in first.question
    assert sum("ropes" in question for question in found) == 1


def test_an_answer_that_is_written_is_learned(taught, ada):
    look(taught)
    for words, answer in (
        ("Which payment methods do you accept?", "We accept cards, PayPal and bank transfer."),
        ("What are your opening hours?", "We are open Monday to Friday, 9 to 18."),
    ):
        question = LikelyQuestion.objects.get(agent=taught, question=words)
        carry(closing.answer(question, answer, by=ada))
        found = searching.search(taught, words, limit=6)
        assert answer in found[0].text and answerability.assess(taught, words, found).answerable
    assert taught.sources.filter(kind="qa").count() == 1
    assert look(taught)["Which payment methods do you accept?"].is_answerable


def test_an_empty_answer_comes_back(taught, ada):
    look(taught)
    question = LikelyQuestion.objects.filter(agent=taught).unanswered().first()
    with pytest.raises(InvalidConfig):
        closing.answer(question, "", by=ada)
    assert not taught.sources.filter(kind="qa").exists()


def test_what_is_no_question_for_us_stays_away(taught, ada):
    look(taught)
    question = LikelyQuestion.objects.filter(agent=taught).unanswered().first()
    closing.dismiss(question, by=ada)
    again = look(taught)[question.question]
    assert again.dismissed_at and again not in LikelyQuestion.objects.unanswered()


def test_a_sync_asks_for_a_check_and_nothing_is_checked_twice(agent):
    source = carry(sources.add_source(agent, kind="text", config={"text": "We ship to Norway."}))
    row = QuestionCheck.objects.get(agent=source.agent)
    assert row.due_at > timezone.now() and not asking.due(timezone.now()).exists()
    assert asking.due(timezone.now() + timedelta(minutes=1)).get() == row
    look(agent)
    row.refresh_from_db()
    assert row.due_at is None and row.checked_at


def test_a_check_without_its_lease_writes_nothing(taught):
    asking.ask(taught, in_s=0)
    row = leases.take(QuestionCheck.objects.filter(agent=taught), for_s=20)
    QuestionCheck.objects.filter(pk=row.pk).update(lease_by="another")
    checking.check(row)
    assert not LikelyQuestion.objects.exists()


def test_of_products_that_not_everybody_may_know_nothing_is_asked(agent):
    about = {"everyone": {}, "gold": {"audience": {"tier": ["gold"]}}, "team": {"is_internal": True}}
    for name, more in about.items():
        feed = Source.objects.create(
            workspace_id=agent.workspace_id, agent=agent, kind="feed", name=name, status="ready", **more
        )
        item = {"external_id": name, "title": f"Boot for {name}", "text": "A warm and sturdy boot."}
        indexing.learn_documents(feed, [item])
    asked = {question for question, one in look(agent).items() if one.origin == "product"}
    assert len(asked) == 1 and "Boot for everyone" in asked.pop()
