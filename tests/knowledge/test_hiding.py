"""What a reader may not see is known by its source, whatever became of its passages, and never shown."""

import importlib
import random

import pytest
from django.core.management import call_command
from django.db import connection

from apps.agents.models import Agent
from apps.knowledge import curating, indexing, sources
from apps.knowledge.index_models import OF_SOURCE, IndexState, TermBlock
from apps.knowledge.models import Document, Passage, Source
from apps.knowledge.retrieval import audiences, beforehand, postings, searching
from berrydesk.db.scopes import in_workspace
from tests.cast import a_source, carry_away
from tests.knowledge.test_removing import found

pytestmark = pytest.mark.django_db

INTERNAL = "Staff may quietly offer a voucher for late parcels to Norway."


def _hidden(agent, audience):
    return audience.hidden(agent, beforehand.read(agent).limited)


def assert_every_passage_stands_under_its_source(agent):
    for source in Source.also_being_removed.all():
        passages = Passage.objects.filter(document__source=source)
        numbers = postings.of_sources(agent, [source.pk]).tolist()
        assert sorted(numbers) == sorted(passages.values_list("number", flat=True))
    terms = {
        OF_SOURCE.format(source_id=key) for key in Passage.objects.values_list("document__source", flat=True)
    }
    assert set(TermBlock.objects.filter(term__startswith=" ").values_list("term", flat=True)) == terms


def test_whatever_becomes_of_passages_they_stand_under_their_source(agent):
    chance = random.Random(7)
    several = [a_source(agent, f"s{n}", "Boots.", "Parcels.", is_internal=n == 1) for n in range(3)]
    for _ in range(25):
        source = chance.choice(several)
        document = source.documents.order_by("pk").first()
        what = chance.choice(("learn", "change", "forget", "aside", "back", "correct"))
        if what == "learn" or document is None:
            name, text = f"d{chance.random()}", f"# Size {chance.random()}\n\nBoots. " * chance.randint(1, 30)
            indexing.learn_document(source, external_id=name, title="", text=text)
        elif what == "change":
            text = f"Other boots {chance.random()}."
            indexing.learn_document(source, external_id=document.external_id, title="", text=text)
        elif what == "forget":
            indexing.forget_document(document)
        elif what == "aside":
            curating.set_aside(document)
        elif what == "back":
            curating.take_back(document)
        else:
            curating.correct(document, f"Boots, corrected {chance.random()}.")
        assert_every_passage_stands_under_its_source(agent)
    sources.delete_source(several[1])
    carry_away(several[1])
    assert_every_passage_stands_under_its_source(agent)
    assert Passage.objects.exists()


def test_a_closed_source_is_hidden_by_its_numbers(agent):
    a_source(agent, "open", "Parcels to Norway take 3 days.")
    internal = a_source(agent, "internal", INTERNAL, "Voucher code NORD for Norway.", is_internal=True)
    numbers = sorted(Passage.objects.filter(document__source=internal).values_list("number", flat=True))
    assert sorted(_hidden(agent, audiences.PUBLIC).tolist()) == numbers
    assert not len(_hidden(agent, audiences.OWNER))
    for number in numbers:
        assert number not in searching.meaning.nearest(
            agent, searching.embedding.embed(["voucher for Norway"])[0], 10, _hidden(agent, audiences.PUBLIC)
        )
    Source.objects.filter(pk=internal.pk).update(is_internal=False)
    assert not len(_hidden(agent, audiences.PUBLIC))


def test_a_closed_source_stays_hidden_where_its_numbers_are_stale(agent):
    a_source(agent, "open", "Parcels to Norway take 3 days.", INTERNAL)
    a_source(agent, "internal", INTERNAL, "Voucher code NORD for Norway.", is_internal=True)
    TermBlock.objects.filter(term__startswith=" ").delete()
    assert not len(_hidden(agent, audiences.PUBLIC))
    passages = searching.search(agent, "voucher for late parcels to Norway")
    assert passages and {passage.title.split()[0] for passage in passages} == {"open"}
    assert not any(
        title.startswith("internal") for passage in passages for _id, _key, title, _url in passage.others
    )


def test_what_was_learned_before_the_update_is_hidden_too(agent, mallory):
    a_source(agent, "open", *[f"Parcel {n} to Norway." for n in range(40)])
    a_source(agent, "internal", INTERNAL, *[f"Voucher {n}." for n in range(300)], is_internal=True)
    kept = TermBlock.objects.filter(term__startswith=" ").order_by("term", "block")
    before = [(row.term, row.block, bytes(row.offsets), bytes(row.counts)) for row in kept]
    kept.delete()
    migration = importlib.import_module("apps.knowledge.migrations.0018_index_filled")
    for _ in range(2):
        with connection.schema_editor() as editor:
            migration.fill(None, editor)
        rows = TermBlock.objects.filter(term__startswith=" ").order_by("term", "block")
        assert [(row.term, row.block, bytes(row.offsets), bytes(row.counts)) for row in rows] == before
    assert_every_passage_stands_under_its_source(agent)
    assert not any(title.startswith("internal") for title in found(agent, "voucher for late parcels"))


@pytest.mark.django_db(transaction=True)
def test_an_installation_that_knows_something_is_updated(ada):
    with in_workspace(ada.workspace):
        agent = Agent.objects.create(workspace=ada.workspace, name="Lumi")
        a_source(agent, "internal", INTERNAL, is_internal=True)
    call_command("migrate", "knowledge", "0016", verbosity=0)
    with in_workspace(ada.workspace):
        TermBlock.objects.filter(term__startswith=" ").delete()
    call_command("migrate", verbosity=0)
    with in_workspace(ada.workspace):
        assert_every_passage_stands_under_its_source(agent)
        assert IndexState.objects.get().agent == agent


def test_no_documents_no_numbers(agent):
    assert not len(postings.of_sources(agent, [])) and not len(_hidden(agent, audiences.PUBLIC))
    assert not Document.objects.exists()
