"""Questions without an answer, as the owner decides about them."""

import pytest
from django.urls import reverse

from apps.knowledge.question_models import LikelyQuestion, Origin

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada.user)
    return client


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


def test_only_who_may_change_the_knowledge_brings_a_question_back(client, mallory, question):
    client.force_login(mallory.user)
    assert client.post(reverse("knowledge_question_bring_back", args=[question.pk])).status_code == 404
