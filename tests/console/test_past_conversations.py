"""Past conversations on their pages: uploaded, looked at, put right, accepted or declined."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.inbox import handoff
from apps.knowledge import curating_errors, sources
from apps.knowledge.models import Source
from apps.knowledge.retrieval import searching
from tests.cast import a_conversation
from tests.knowledge.test_sources import carry

ANSWERS = [
    ("Do you repair the zips of jackets?", "Yes, we repair zips for 15 EUR."),
    ("How long do refunds take?", "Refunds take five working days."),
]
CSV = "question,answer\n" + "".join(f'"{question}","{answer}"\n' for question, answer in ANSWERS)


@pytest.fixture
def source(agent):
    file = SimpleUploadedFile("tickets.csv", CSV.encode())
    return carry(sources.add_conversations(agent, file))


def page_of(agent):
    return reverse("console:past_conversations", args=[agent.public_id])


def offers_of(source):
    return reverse("knowledge_offers", args=[source.pk])


def settle(client, source, **typed):
    return client.post(reverse("knowledge_offers_settle", args=[source.pk]), typed)


def found(agent, question):
    return " ".join(f.text for f in searching.search(agent, question))


def test_the_tile_leads_to_its_page(as_ada, agent):
    step = as_ada.get(reverse("console:setup_train", args=[agent.public_id])).content.decode()
    assert page_of(agent) in step
    assert "An export of your help desk" in as_ada.get(page_of(agent)).content.decode()


def test_an_upload_becomes_a_source_whose_answers_wait(as_ada, agent):
    file = SimpleUploadedFile("tickets.csv", CSV.encode())
    assert as_ada.post(page_of(agent), {"file": file}).status_code == 302
    source = carry(Source.objects.get())
    step = as_ada.get(reverse("console:setup_train", args=[agent.public_id])).content.decode()
    assert "2 answers wait" in step and offers_of(source) in step
    assert "tickets.csv: 2 answers wait for you." in as_ada.get(page_of(agent)).content.decode()
    assert offers_of(source) in as_ada.get(reverse("knowledge")).content.decode()
    assert offers_of(source) in as_ada.get(reverse("knowledge_source", args=[source.pk])).content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [("product,price\nLamp,49\n", "holds no conversations"), ("", "is empty"), (None, "No file is chosen")],
)
def test_nonsense_comes_back_at_the_field(as_ada, agent, text, words):
    body = {} if text is None else {"file": SimpleUploadedFile("prices.csv", text.encode())}
    answer = as_ada.post(page_of(agent), body)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Source.objects.exists()


def test_what_was_answered_here_is_learned_at_a_press(as_ada, agent, ben, vera):
    assert "0 conversations were answered by your team" in as_ada.get(page_of(agent)).content.decode()
    chat = a_conversation(agent, with_=vera, saying=ANSWERS[0][0])
    handoff.reply(chat, by=ben, text=ANSWERS[0][1])
    handoff.resolve(chat, by=ben)
    assert "1 conversation was answered by your team" in as_ada.get(page_of(agent)).content.decode()
    assert as_ada.post(page_of(agent), {"own": "yes"}).status_code == 302
    source = carry(Source.objects.get())
    assert ANSWERS[0][1] in as_ada.get(offers_of(source)).content.decode()


def test_an_answer_goes_live_as_it_was_put_right(as_ada, agent, source):
    page = as_ada.get(offers_of(source)).content.decode()
    assert all(question in page and answer in page for question, answer in ANSWERS)
    change = source.changes.get(title=ANSWERS[0][0])
    refused = settle(as_ada, source, do="accept", change=change.pk, question="Do you mend zips?", answer=" ")
    assert refused.status_code == 422 and "Do you mend zips?" in refused.content.decode()
    assert not searching.search(agent, "mend zips")
    settle(
        as_ada, source, do="accept", change=change.pk, question="Do you mend zips?", answer="Yes, for 20 EUR."
    )
    assert "20 EUR" in found(agent, "mend zips") and "15 EUR" not in found(agent, "mend zips")
    late = settle(as_ada, source, do="accept", change=change.pk, question="Zips?", answer="Yes.")
    assert late.status_code == 422 and "somebody else has decided" in late.content.decode()


def test_a_declined_answer_can_be_accepted_after_all(as_ada, agent, source):
    change = source.changes.get(title=ANSWERS[1][0])
    settle(as_ada, source, do="decline", change=change.pk)
    page = as_ada.get(offers_of(source)).content.decode()
    assert "Declined" in page and "1 answer from past conversations waits" in page
    settle(as_ada, source, do="accept", change=change.pk, question=ANSWERS[1][0], answer=ANSWERS[1][1])
    assert "five working days" in found(agent, "how long do refunds take")


def test_only_what_was_shown_is_accepted_at_once(as_ada, source):
    change = source.changes.get(title=ANSWERS[0][0])
    settle(as_ada, source, do="accept_shown", shown=[change.pk])
    assert [one.pk for one in source.changes.accepted()] == [change.pk]
    assert source.changes.waiting().count() == 1
    assert settle(as_ada, source, do="accept_shown").status_code == 422
    assert settle(as_ada, source, do="all").status_code == 404
    assert as_ada.get(reverse("knowledge_changes", args=[source.pk])).url == offers_of(source)
    everything = as_ada.post(reverse("knowledge_changes_settle", args=[source.pk]), {"do": "accept"})
    assert everything.status_code == 404 and source.changes.waiting().count() == 1
    with pytest.raises(curating_errors.AlwaysReviewed):
        sources.accept_changes(source)


def test_a_teammate_looks_but_does_not_decide(client, ben, source):
    client.force_login(ben.user)
    page = client.get(offers_of(source)).content.decode()
    assert ANSWERS[0][1] in page and "accept_shown" not in page
    change = source.changes.first()
    assert settle(client, source, do="decline", change=change.pk).status_code == 403


def test_mallory_finds_nothing(client, mallory, source, agent):
    client.force_login(mallory.user)
    assert client.get(offers_of(source)).status_code == 404
    assert settle(client, source, do="accept_shown", shown=[source.changes.first().pk]).status_code == 404
    assert client.get(page_of(agent)).status_code == 404
