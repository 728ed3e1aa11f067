"""An agent's threshold is laid by its own content."""

import pytest
from django.utils import timezone

from apps.knowledge import batching, indexing, tasks
from apps.knowledge.index_models import Calibration
from apps.knowledge.models import Document, Passage
from apps.knowledge.question_models import QuestionCheck
from apps.knowledge.retrieval import answerability, calibration, searching
from tests.benchmarks.quality import BASES, small


@pytest.fixture
def shop(agent):
    base = small(BASES / "software_service.json")
    batching.batch(agent, [{"external_id": i, "title": t, "text": x} for i, t, x in base["documents"]])
    return agent


def test_a_headed_shop_is_calibrated_by_its_own_headings(shop):
    threshold = calibration.calibrate(shop)
    own = Calibration.objects.get(agent=shop)
    assert calibration.LOWEST <= threshold <= calibration.HIGHEST
    assert own.threshold == threshold
    assert own.passages == 10
    assert own.figures["questions"] >= calibration.LEAST
    assert own.figures["shown_passed"] > 1 - own.figures["hidden_refused"]


def test_the_own_threshold_is_what_counts(shop):
    question = "Is there a free trial?"
    found = searching.search(shop, question)
    assert answerability.assess(shop, question, found).answerable
    Calibration.objects.create(
        workspace_id=shop.workspace_id, agent=shop, threshold=1.0, calibrated_at=shop.created_at
    )
    refused = answerability.assess(shop, question, found)
    assert not refused.answerable
    assert "threshold of 1.00" in refused.reason


def test_it_is_due_at_first_and_again_when_a_fifth_has_changed(shop):
    assert calibration.is_due(shop)
    calibration.calibrate(shop)
    assert not calibration.is_due(shop)
    indexing.forget_documents(shop, Document.objects.filter(agent=shop)[:1])
    assert not calibration.is_due(shop)
    batching.batch(shop, [{"external_id": "new", "title": "New", "text": "Something new is here now."}])
    assert calibration.is_due(shop)


def test_a_few_words_without_headings_keep_the_general_threshold(agent):
    batching.batch(agent, [{"external_id": "one", "title": "", "text": "We sell boots."}])
    assert not calibration.is_due(agent)
    assert calibration.calibrate(agent) == answerability.THRESHOLD


def test_an_empty_agent_is_calibrated_too(agent):
    assert calibration.calibrate(agent) == answerability.THRESHOLD


def test_what_follows_a_batch_calibrates_once(shop):
    check = QuestionCheck.objects.get(agent=shop)
    for _ in range(2):
        QuestionCheck.objects.filter(pk=check.pk).update(due_at=timezone.now())
        tasks.check_questions(str(shop.workspace_id), str(check.pk))
    own = Calibration.objects.get(agent=shop)
    assert own.passages == 10
    assert not calibration.is_due(shop)


def test_hidden_passages_are_not_found(shop):
    numbers = set(Passage.objects.filter(document__external_id="trial").values_list("number", flat=True))
    found = searching.search(shop, "Is there a free trial?", hidden=numbers)
    assert "trial" not in [passage.external_id for passage in found]
