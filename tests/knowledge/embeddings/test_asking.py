"""Questions in embeddings of the owner's choice, and what searches when these cannot be had."""

import time

import numpy
import pytest

from apps.console import why
from apps.knowledge.embeddings import asking
from apps.knowledge.retrieval import searching, spaces
from apps.knowledge.space_models import EmbeddingSpace, SpaceVector
from tests.answering.test_turns import answer_of, run
from tests.cast import a_conversation
from tests.knowledge.embeddings.conftest import chosen, learn, work

pytestmark = pytest.mark.django_db(transaction=True)

PARAPHRASE = "Have you got sneakers?"
"""The peer's model knows that sneakers are shoes; no word of it stands on a page."""


def first(agent, question):
    """What is found first and whether the space took part; (None, False) for nothing."""
    meant = asking.of_questions_now(agent, [question])
    found = searching.search(agent, question, meant=meant)
    return (found[0].external_id, found[0].space_id is not None) if found else (None, False)


def test_a_paraphrase_is_found_by_the_owners_model(taught, server):
    work(chosen(taught, server))
    assert first(taught, PARAPHRASE) == ("shoes", True)


def test_the_question_and_the_passage_are_compared_in_one_space(taught, server, peer):
    space = work(chosen(taught, server))
    meant = asking.of_questions_now(taught, [PARAPHRASE])
    assert numpy.allclose(meant.of(PARAPHRASE), peer.vector(PARAPHRASE), atol=1e-4)
    numbers = list(SpaceVector.objects.filter(space=space).values_list("passage_id", flat=True))
    close = spaces.closeness(space.pk, meant.of(PARAPHRASE), numbers)
    for number, text in SpaceVector.objects.values_list("passage_id", "passage__text"):
        assert close[number] == pytest.approx(float(peer.vector(text) @ peer.vector(PARAPHRASE)), abs=2e-3)


def test_two_spaces_are_never_mixed_while_one_follows_the_other(taught, server, peer):
    """At each moment of a change of models, a question and all it is compared with are of one model."""
    old = work(chosen(taught, server))
    peer.dimensions = 128
    peer.seed = "two"
    new = chosen(taught, server)
    learn(taught, kite="A kite flies in strong wind.")
    meant = asking.of_questions_now(taught, [PARAPHRASE])
    assert meant.of(PARAPHRASE) is None  # the old model is not there any more, and the new one not yet
    assert searching.search(taught, "A kite", meant=meant)[0].external_id == "kite"
    new = work(new)
    meant = asking.of_questions_now(taught, [PARAPHRASE])
    assert meant.space_id == new.pk and len(meant.of(PARAPHRASE)) == 128
    assert first(taught, PARAPHRASE) == ("shoes", True)
    # A question that began before the change is compared with nothing of the new space.
    before = spaces.Meant(old.pk, {PARAPHRASE: numpy.ones(96, numpy.float32) / 96**0.5})
    work(old)
    assert searching.search(taught, "Shoes of leather", meant=before)[0].external_id == "shoes"
    assert spaces.nearest(old.pk, before.of(PARAPHRASE), 5) == []
    searching.search(taught, PARAPHRASE, meant=before)


def test_a_passage_not_embedded_yet_is_found_by_its_words(taught, server):
    work(chosen(taught, server))
    learn(taught, kite="A kite flies in strong wind.")
    assert first(taught, "How does a kite fly?") == ("kite", True)


def test_a_server_too_slow_for_a_question_is_left_after_a_second(taught, server, peer):
    space = work(chosen(taught, server))
    peer.delay_s = 3.0
    began = time.monotonic()
    assert first(taught, "Do the shoes consist of leather?") == ("shoes", False)
    assert time.monotonic() - began < 2.5
    space.refresh_from_db()
    assert "did not send its embeddings in time" in space.trouble["message"]


def test_after_three_failures_in_a_row_it_is_left_alone_for_a_moment(taught, server, peer):
    space = work(chosen(taught, server))
    peer.is_down = True
    for _ in range(3):
        assert first(taught, "leather shoes") == ("shoes", False)
    asked = len(peer.requests)
    meant = asking.of_questions_now(taught, ["leather shoes"])
    assert len(peer.requests) == asked
    assert "left alone for a moment" in meant.problem["message"]
    peer.is_down = False
    EmbeddingSpace.objects.filter(pk=space.pk).update(resting_until=None)
    assert first(taught, PARAPHRASE) == ("shoes", True)
    space.refresh_from_db()
    assert (space.failures, space.trouble) == (0, None)


def test_a_model_that_was_swapped_answers_no_question(taught, server, peer):
    work(chosen(taught, server))
    peer.seed = "two"
    meant = asking.of_questions_now(taught, [PARAPHRASE])
    assert meant.of(PARAPHRASE) is None
    assert "another model now" in meant.problem["message"]


def test_a_disconnected_provider_leaves_the_built_in_embeddings(taught, server):
    work(chosen(taught, server))
    server.delete()
    meant = asking.of_questions_now(taught, ["leather shoes"])
    assert "was disconnected" in meant.problem["message"]
    assert first(taught, "leather shoes") == ("shoes", False)


def test_without_a_choice_nobody_is_asked(taught, peer):
    assert asking.of_questions_now(taught, ["leather shoes"]) is spaces.BUILT_IN


def test_the_trace_says_which_embeddings_searched(taught, server, peer, vera):
    work(chosen(taught, server))
    chat = a_conversation(taught, with_=vera, saying="Are the shoes of leather?")
    run(chat)
    assert "leather" in answer_of(chat).text
    (step,) = [s for s in why.explain(chat.turns.get()).steps if s.stage == "embed"]
    assert step.words.startswith("words-96 (Own server at 127.0.0.1")
    peer.is_down = True
    chat = a_conversation(taught, with_=vera, saying="Are the shoes of leather?")
    run(chat)
    assert "leather" in answer_of(chat).text
    (step,) = [s for s in why.explain(chat.turns.get()).steps if s.stage == "embed"]
    assert "server error" in step.words and "built-in embeddings searched instead" in step.words


def test_a_follow_up_is_embedded_with_the_question_in_one_request(taught, server, peer, vera):
    work(chosen(taught, server))
    chat = a_conversation(
        taught, with_=vera, saying="Are the shoes of leather?\nAnd the lamp, does it have a bulb?"
    )
    asked = len(peer.requests)
    run(chat)
    assert len(peer.requests) == asked + 1


def test_without_a_choice_the_trace_has_no_such_step(taught, vera):
    chat = a_conversation(taught, with_=vera, saying="Are the shoes of leather?")
    run(chat)
    assert not chat.turns.get().spans.filter(stage="embed").exists()
