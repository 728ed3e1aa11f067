"""How often a page was used in answers: what says the same word for word is used with it, and an answer counts once."""

import json

import pytest

from apps.conversations.models import Message
from apps.knowledge import findings
from apps.knowledge.finding_models import Finding, FindingPlace
from tests.answering.test_turns import answer_of, run
from tests.cast import a_conversation, a_source
from tests.knowledge.test_sweeping import swept

pytestmark = pytest.mark.django_db(transaction=True)

TWIN = (
    "Parcels to Norway take 3 to 5 working days and cost €9.90. Customs may ask you for a form, which lies in the parcel "
    "and is filled in already. Parcels that nobody takes in come back to us after two weeks, and we write to you."
)


@pytest.fixture
def duplicate(agent, vera):
    """Two pages that say the same, and a visitor who was answered from them."""
    a_source(agent, "shipping", TWIN)
    a_source(agent, "delivery", TWIN)
    chat = a_conversation(agent, with_=vera, saying="How long do parcels to Norway take?")
    run(chat)
    assert "3 to 5" in answer_of(chat).text
    swept(agent)
    return Finding.objects.get(kind="duplicate"), answer_of(chat)


def test_twins_are_used_together_and_the_answer_counts_once(duplicate):
    finding, answer = duplicate
    assert sorted(FindingPlace.objects.filter(finding=finding).values_list("answers", flat=True)) == [1, 1]
    assert [side.answers for side in findings.sides(finding)] == [1, 1]
    assert finding.answers == 1
    assert len(answer.documents) == 2


def test_visitors_are_told_no_keys(duplicate):
    _finding, answer = duplicate
    told = json.dumps([answer.citations, [event.data for event in answer.conversation.events.all()]])
    assert not [key for key in answer.documents if str(key) in told]


def test_answers_from_before_name_their_page_and_count_once(agent, duplicate):
    finding, _answer = duplicate
    Message.objects.filter(author="agent").update(documents=None)
    swept(agent)
    finding.refresh_from_db()
    assert finding.answers == 1
    assert sorted(side.answers for side in findings.sides(finding)) == [0, 1]


def test_two_sources_with_one_page_are_not_taken_for_each_other(agent, vera):
    """One address read by two sources, and only one of the two says what was quoted."""
    a_source(agent, "one", "Parcels to Norway take 3 to 5 working days.")
    other = a_source(agent, "two", f"TODO: write about Norway. {TWIN}")
    other.documents.update(external_id="one0", title="one 0")
    chat = a_conversation(agent, with_=vera, saying="How long do parcels to Norway take?")
    run(chat)
    swept(agent)
    used = set(answer_of(chat).documents)
    for place in FindingPlace.objects.all():
        assert place.answers == int(place.document_id in used)
