"""What stays in memory of an index is never older than the index, and nobody's but its workspace's."""

import importlib

import numpy
import pytest
from django.db import connection, transaction

from apps.knowledge import batching, indexing
from apps.knowledge.index_models import IndexState, SignBlock
from apps.knowledge.models import Document, Passage
from apps.knowledge.retrieval import audiences, meaning, postings, resident, searching, signs, spaces
from apps.knowledge.space_models import EmbeddingSpace, SpaceBlock
from berrydesk.db.scopes import in_workspace
from berrydesk.text import embedding


@pytest.fixture
def shop(agent):
    _learn(agent, boots="We sell boots of leather.", tents="Tents for two and for four people.")
    return agent


def _learn(agent, **pages):
    batching.batch(agent, [{"external_id": i, "title": i.title(), "text": t} for i, t in pages.items()])


def _found(agent, question):
    return [passage.external_id for passage in searching.search(agent, question, audience=audiences.OWNER)]


def _state(agent):
    return IndexState.objects.values_list("state", flat=True).get(agent=agent)


def test_a_second_question_is_answered_from_what_the_first_read(shop):
    searching.search(shop, "boots")
    held = postings.places(shop, _state(shop))
    searching.search(shop, "tents")
    assert postings.places(shop, _state(shop)) is held


def test_what_is_learned_between_two_questions_is_found_by_the_second(shop):
    assert "stoves" not in _found(shop, "stoves")
    _learn(shop, stoves="Stoves burn gas or wood.")
    assert _found(shop, "stoves")[0] == "stoves"


def test_what_is_forgotten_between_two_questions_is_not_found_by_the_second(shop):
    assert "boots" in _found(shop, "boots")
    indexing.forget_document(Document.objects.get(external_id="boots"))
    assert _found(shop, "boots") == ["tents"]


def test_a_change_that_is_taken_back_leaves_nothing_in_memory(shop):
    before = _state(shop)
    with transaction.atomic():
        _learn(shop, stoves="Stoves burn gas or wood.")
        assert _found(shop, "stoves")[0] == "stoves"
        transaction.set_rollback(True)
    assert _state(shop) == before
    assert "stoves" not in _found(shop, "stoves")
    _learn(shop, lamps="Lamps shine all night.")
    assert len(postings.places(shop, _state(shop)).numbers) == 3


@pytest.mark.usefixtures("shop")
def test_mallory_finds_nothing_by_an_agent_of_another_workspace(shop, mallory):
    assert _found(shop, "boots")
    with in_workspace(mallory.workspace):
        assert searching.search(shop, "boots", audience=audiences.OWNER) == []


def test_a_word_asked_again_is_not_read_again(shop):
    places, state = postings.places(shop, _state(shop)), _state(shop)
    first = postings.placed(shop, {"boot", "tent", "nobody"}, places, state)
    again = postings.placed(shop, {"boot", "tent", "nobody"}, places, state)
    assert set(first) == {"boot", "tent"}
    assert all(again[word] is first[word] for word in first)


def test_a_word_is_forgotten_with_the_places_it_was_counted_in(shop):
    state = _state(shop)
    first = postings.placed(shop, {"boot"}, postings.places(shop, state), state)
    _learn(shop, more="More boots, and again boots.")
    state = _state(shop)
    places = postings.places(shop, state)
    word = postings.placed(shop, {"boot"}, places, state)["boot"]
    assert len(first["boot"].at) == 1
    assert [places.numbers[at] for at in word.at.tolist()] == sorted(
        Passage.objects.filter(text__icontains="boots").values_list("number", flat=True)
    )
    assert word.counts.tolist() == [1, 2]


def test_without_a_name_of_the_state_no_word_is_remembered(shop):
    places = postings.places(shop, None)
    first = postings.placed(shop, {"boot"}, places, None)["boot"]
    assert postings.placed(shop, {"boot"}, places, None)["boot"] is not first


def test_what_was_longest_without_a_question_makes_room():
    memory, reads = resident.Memory(3000), []

    def read(name):
        reads.append(name)
        return numpy.zeros(100)

    for name in ("first", "second", "first", "third", "first", "second"):
        resident.of("state", (name, "part"), lambda name=name: read(name), memory=memory)
    assert reads == ["first", "second", "third", "second"]


def test_nothing_of_no_size_piles_up_in_memory():
    memory = resident.Memory(10 * resident.ENTRY_BYTES)
    for name in range(100):
        memory.put(name, "state", numpy.zeros(0))
    assert [name for name in range(100) if memory.get(name, "state") is not None] == list(range(90, 100))


@pytest.fixture(scope="module")
def by_chance():
    """20,000 unit vectors about 400 topics, and their signs."""
    chance = numpy.random.default_rng(7)
    topics = chance.normal(size=(400, embedding.DIMENSIONS))[chance.integers(400, size=20_000)]
    vectors = (topics + chance.normal(size=topics.shape)).astype(numpy.float32)
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    columns = numpy.ascontiguousarray(signs.of(vectors).T)
    return vectors, signs.Signs(numpy.arange(len(vectors)) * 3, columns, signs.far(vectors))


def test_signs_choose_what_the_whole_embeddings_choose(by_chance):
    vectors, known = by_chance
    chance, same = numpy.random.default_rng(8), 0
    for asked in vectors[:20] + 0.05 * chance.normal(size=(20, embedding.DIMENSIONS)).astype(numpy.float32):
        exact = set((numpy.argsort(-(vectors @ asked))[:10] * 3).tolist())
        chosen = signs.near(known, asked, 10).tolist()
        assert len(chosen) == 10 * signs.OVERSAMPLING
        same += len(exact & set(chosen))
    assert same >= 0.99 * 200


def test_signs_choose_nothing_that_is_hidden(by_chance):
    vectors, known = by_chance
    best = (numpy.argsort(-(vectors @ vectors[0]))[:20] * 3).tolist()
    chosen = set(signs.near(known, vectors[0], 10, numpy.array(best[:10])).tolist())
    assert not chosen & set(best[:10])
    assert len(chosen & set(best[10:])) >= 9
    all_but_few = numpy.setdiff1d(known.numbers, known.numbers[:50])
    assert sorted(signs.near(known, vectors[0], 10, all_but_few)) == known.numbers[:50].tolist()


def test_signs_change_block_by_block_as_their_passages_come_and_go(by_chance):
    vectors, _known = by_chance
    added = [(number, vectors[number]) for number in (1, 5, 2000)]
    blocks = signs.merged([], added, [])
    assert set(blocks) == {0, 1}
    offsets, of_two, far_of_two = blocks[0]
    assert numpy.frombuffer(offsets, "<u2").tolist() == [1, 5]
    assert (
        of_two == signs.of(vectors[[1, 5]]).tobytes() and far_of_two == signs.far(vectors[[1, 5]]).tobytes()
    )
    again = signs.merged([(0, *blocks[0])], [(3, vectors[3])], [1])
    assert again[0][1] == signs.of(vectors[[3, 5]]).tobytes()
    assert again[0][2] == signs.far(vectors[[3, 5]]).tobytes()
    assert signs.merged([(1, *blocks[1])], [], [2000]) == {1: None}
    older = signs.merged([(0, blocks[0][0], blocks[0][1], b"")], [], [5])
    assert older[0][1:] == (signs.of(vectors[[1]]).tobytes(), bytes(32))


def test_what_was_learned_before_the_update_has_its_second_bits(shop):
    right = {row.block: bytes(row.far) for row in SignBlock.objects.all()}
    space = EmbeddingSpace.objects.create(
        workspace_id=shop.workspace_id, agent=shop, model="m", dimensions=70, longest=500, probe=[0.0] * 70
    )
    numbers = list(Passage.objects.values_list("number", flat=True))
    spaces.add(space, {number: spaces.unit(numpy.arange(70) - 30.0 - number % 7) for number in numbers})
    in_space = {row.block: bytes(row.far) for row in SpaceBlock.objects.all()}
    assert all(right.values()) and all(in_space.values())
    SignBlock.objects.update(far=b"")
    SpaceBlock.objects.update(far=b"")
    assert _found(shop, "boots")[0] == "boots"
    with connection.schema_editor() as editor:
        importlib.import_module("apps.knowledge.migrations.0021_far_from_zero").fill(None, editor)
    assert {row.block: bytes(row.far) for row in SignBlock.objects.all()} == right
    assert {row.block: bytes(row.far) for row in SpaceBlock.objects.all()} == in_space


def _run(*blocks):
    """From (block, offsets, counts) each."""
    return resident.Run(
        numpy.array([block for block, _offsets, _counts in blocks]),
        numpy.array([len(offsets) for _block, offsets, _counts in blocks]),
        numpy.concatenate([numpy.array(offsets, "<u2") for _block, offsets, _counts in blocks]),
        numpy.concatenate([numpy.array(counts, "<u2") for _block, _offsets, counts in blocks]),
    )


def test_passages_that_lie_far_apart_are_placed_by_their_own_block():
    places = resident.Places.of(_run((0, [5, 9], [10, 20]), (7, [0], [30])))
    assert places.numbers.tolist() == [5, 9, 7 * 4096]
    assert places.lengths.tolist() == [0.5, 1.0, 1.5]
    asked = _run((0, [9, 10], [1, 1]), (7, [0], [1]), (8, [1], [1]))
    assert places.at(asked).tolist() == [1, -1, 2, -1]


def test_passages_that_lie_side_by_side_are_placed_though_more_came_meanwhile():
    places = resident.Places.of(_run((0, range(100, 4096), [10] * 3996), (1, range(50), [10] * 50)))
    asked = _run((0, [100, 4095], [1, 1]), (1, [0, 49, 50], [1, 1, 1]))
    assert places.at(asked).tolist() == [0, 3995, 3996, 4045, -1]
    assert places.at(_run((1, [3, 4], [1, 1]))).tolist() == [3999, 4000]


def test_an_agent_that_learned_nothing_has_no_place(agent):
    assert len(postings.places(agent, None).numbers) == 0
    assert meaning.nearest(agent, embedding.embed(["boots"])[0], 5) == []
