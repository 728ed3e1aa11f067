"""Questions without an answer, as the owner decides about them."""

import pytest
from django.urls import reverse

from apps.knowledge.missing import checking
from apps.knowledge.question_models import LikelyQuestion, Origin, QuestionCheck
from berrydesk.db import leases

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(agent):
    return LikelyQuestion.objects.create(
        workspace_id=agent.workspace_id,
        agent=agent,
        origin=Origin.VISITOR,
        key="ship iceland",
        question="Do you ship to Iceland?",
    )


def page(client):
    return client.get(reverse("knowledge_questions")).content.decode()


def test_what_was_said_to_be_no_question_for_us_can_be_shown_again(as_ada, question):
    as_ada.post(reverse("knowledge_question_dismiss", args=[question.pk]))
    assert "1 question said to be none for you" in page(as_ada) and "Write the answer" not in page(as_ada)
    as_ada.post(reverse("knowledge_question_bring_back", args=[question.pk]))
    assert "said to be none for you" not in page(as_ada) and "Write the answer" in page(as_ada)


def test_while_the_questions_are_looked_at_again_the_page_asks_for_what_is_new(as_ada, agent, question):
    polls = 'hx-trigger="every 2s"'
    assert polls not in page(as_ada)
    as_ada.post(reverse("knowledge_questions_again"))
    assert polls in page(as_ada) and "Looking through the questions again" in page(as_ada)
    part = as_ada.get(reverse("knowledge_questions"), {"part": "live"}).content.decode()
    assert polls in part and question.question in part and "<html" not in part
    with leases.claim(QuestionCheck, QuestionCheck.objects.get(agent=agent).pk, for_s=60) as row:
        checking.check(row)
    part = as_ada.get(reverse("knowledge_questions"), {"part": "live"}).content.decode()
    assert polls not in part and 'id="questions-checked" hx-swap-oob="true"' in part


def test_only_who_may_change_the_knowledge_brings_a_question_back(client, mallory, question):
    client.force_login(mallory.user)
    assert client.post(reverse("knowledge_question_bring_back", args=[question.pk])).status_code == 404
