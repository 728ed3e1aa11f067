"""A space is filled in the background and takes over when it is complete; whatever fails ends on its row in words."""

import pytest

from apps.knowledge import indexing, tasks
from apps.knowledge.embeddings import choosing, filling
from apps.knowledge.index_models import Calibration
from apps.knowledge.models import Document
from apps.knowledge.retrieval import calibration, spaces
from apps.knowledge.space_models import EmbeddingSpace, SpaceBlock, SpaceVector
from apps.routing import embedders
from apps.routing.embedders import PROBE
from berrydesk.db import leases
from tests.knowledge.embeddings.conftest import (
    PAGES,
    chosen,
    embedded,
    is_whole,
    learn,
    learn_many,
    seconds_to_wait,
    wait_is_over,
    work,
)

pytestmark = pytest.mark.django_db


def test_every_passage_is_embedded_once_and_the_space_takes_over(taught, server, peer):
    space = chosen(taught, server)
    assert (space.dimensions, space.ready_at) == (96, None)
    space = work(space)
    assert space.ready_at and space.due_at is None and space.problem is None
    assert is_whole(space) and embedded(space) == set(PAGES)
    assert sorted(t for t in peer.texts if t in PAGES.values()) == sorted(PAGES.values())


def test_nothing_takes_over_before_it_is_complete(taught, server):
    learn_many(taught, 40)
    space = chosen(taught, server)
    with leases.claim(EmbeddingSpace, space.pk) as row:
        assert not filling.fill(row, run_s=0)
    assert not EmbeddingSpace.objects.in_use().exists()
    assert spaces.counts(space) == (0, 44)
    assert work(space).ready_at


def test_the_threshold_is_laid_in_the_new_space_before_it_takes_over(taught, server):
    learn(
        taught, **{f"q{n}": f"What is part {n} made of? Part {n} is made of material {n}." for n in range(12)}
    )
    calibration.calibrate(taught)
    space = work(chosen(taught, server))
    laid = Calibration.objects.get(agent=taught, space=space)
    assert laid.figures["questions"] >= calibration.LEAST
    assert laid.calibrated_at <= space.ready_at
    assert Calibration.objects.filter(agent=taught, space=None).exists()


def test_what_is_learned_later_is_embedded_in_the_background(taught, server, peer):
    space = work(chosen(taught, server))
    peer.texts.clear()
    learn(taught, kite="A kite flies in strong wind.")
    space.refresh_from_db()
    assert space.due_at
    assert embedded(space) == set(PAGES)
    assert embedded(work(space)) == {*PAGES, "kite"}
    assert [t for t in peer.texts if t != PROBE] == ["A kite flies in strong wind."]
    assert is_whole(space)


def test_what_changes_while_a_space_is_built_is_in_both(taught, server, peer):
    old = work(chosen(taught, server))
    peer.texts.clear()
    new = chosen(taught, server, "words-other")
    learn(taught, kite="A kite flies in strong wind.")
    assert embedded(work(old)) == {*PAGES, "kite"}
    assert embedded(work(new)) == {*PAGES, "kite"}
    old.refresh_from_db()
    assert old.left_at


def test_what_is_forgotten_is_gone_from_the_space(taught, server):
    space = work(chosen(taught, server))
    indexing.forget_documents(taught, Document.objects.filter(external_id="boat"))
    assert embedded(space) == set(PAGES) - {"boat"}
    assert is_whole(space)


def test_a_space_that_was_left_is_taken_away_by_the_sweep(taught, server):
    space = work(chosen(taught, server))
    choosing.built_in(taught)
    assert not EmbeddingSpace.objects.kept().exists()
    assert space in filling.due(space.ready_at)
    assert work(space) is None
    assert not SpaceVector.objects.exists() and not SpaceBlock.objects.exists()
    assert not Calibration.objects.exclude(space=None).exists()


def test_a_rate_limit_is_waited_for_as_long_as_the_provider_says(taught, server, peer):
    space = chosen(taught, server)
    peer.answers = [(429, {"Retry-After": "37"})]
    space = work(space)
    assert "takes no more requests for the moment" in space.problem["message"]
    assert "by itself" in space.problem["remedy"]
    assert 30 < seconds_to_wait(space) <= 37
    asked = len(peer.requests)
    assert work(space).ready_at is None and len(peer.requests) == asked
    wait_is_over(space)
    space = work(space)
    assert space.ready_at and space.problem is None and is_whole(space)


def test_a_server_that_is_down_for_a_while_is_tried_again_ever_later(taught, server, peer):
    space = chosen(taught, server)
    peer.is_down = True
    waits = []
    for _ in range(3):
        space = work(space)
        assert space.failed_at is None and "server error" in space.problem["message"]
        waits.append(seconds_to_wait(space))
        wait_is_over(space)
    assert waits == sorted(waits) and waits[2] > 3 * waits[0]
    peer.is_down = False
    assert is_whole(work(space))


def test_a_refused_key_fails_in_words_until_the_owner_tries_again(taught, server, peer):
    space = chosen(taught, server)
    peer.key = "sk-another-key"
    space = work(space)
    assert space.failed_at and "refused the key" in space.problem["message"]
    peer.key = ""
    assert work(space).ready_at is None
    choosing.try_again(taught)
    assert work(space).ready_at


def test_a_model_of_another_length_midway_fails_the_space_in_words(taught, server, peer):
    learn_many(taught, 60)
    space = chosen(taught, server)
    already = len(peer.requests)

    def swap(number):
        peer.dimensions = 64 if number > already + 1 else 96

    peer.before = swap
    space = work(space)
    assert space.failed_at and space.ready_at is None
    assert "another model now" in space.problem["message"]
    assert set(SpaceVector.objects.filter(space=space).values_list("space__dimensions", flat=True)) == {96}


def test_a_model_swapped_for_one_of_the_same_length_is_noticed_too(taught, server, peer):
    old = work(chosen(taught, server))
    new = chosen(taught, server)
    peer.seed = "two"
    new = work(new)
    assert new.failed_at and "another model now" in new.problem["message"]
    assert not SpaceVector.objects.filter(space=new).exists()
    old.refresh_from_db()
    assert old.left_at is None
    learn(taught, kite="A kite flies in strong wind.")
    old = work(old)
    assert "another model now" in old.problem["message"]
    assert embedded(old) == set(PAGES)


def test_a_passage_too_long_for_the_model_is_shortened(taught, server, peer):
    learn(taught, long=" ".join(f"word{n}" for n in range(900)))
    peer.longest = 300
    space = work(chosen(taught, server))
    assert space.ready_at and is_whole(space)
    assert space.longest < 6000


def test_a_disconnected_provider_fails_what_is_being_built(taught, server):
    space = chosen(taught, server)
    server.delete()
    space.refresh_from_db()
    space = work(space)
    assert space.failed_at and "was disconnected" in space.problem["message"]


def test_choosing_another_model_gives_up_what_is_being_built(taught, server):
    first = chosen(taught, server)
    second = chosen(taught, server, "words-other")
    assert list(EmbeddingSpace.objects.in_the_making()) == [second]
    assert work(first) is None


def test_a_worker_that_lost_its_lease_writes_nothing(taught, server, peer):
    space = chosen(taught, server)
    with leases.claim(EmbeddingSpace, space.pk) as row:
        EmbeddingSpace.objects.filter(pk=space.pk).update(lease_by="another")
        assert filling.fill(row)
    assert not SpaceVector.objects.exists()


def test_an_agent_that_knows_nothing_yet_takes_over_at_once(agent, peer):
    server = embedders.connect(agent.workspace, service="custom", base_url=peer.url, model="words-96")
    assert work(chosen(agent, server)).ready_at


def test_the_pulse_finds_what_is_due(taught, server):
    space = chosen(taught, server)
    assert tasks._sweep_spaces() == 1
    work(space)
    assert tasks._sweep_spaces() == 0


def test_the_estimate_counts_what_would_be_read(taught, server):
    estimate = choosing.estimate(taught, server, "words-96")
    assert estimate.passages == 4 and 30 <= estimate.tokens <= 60
    assert estimate.usd is None
