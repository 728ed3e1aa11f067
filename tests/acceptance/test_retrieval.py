"""The public documentation set, through the real index: found, cited, and admitted not to know."""

import json

import pytest

from apps.agents.models import Agent
from apps.knowledge import batching
from apps.knowledge.models import Passage
from apps.knowledge.retrieval import answerability, quoting, searching
from apps.workspaces.models import Workspace
from berrydesk.db.scopes import every_workspace, in_workspace
from tests.conftest import DATA

FOLDER = DATA / "anthropic_docs"
QUESTIONS = json.loads((FOLDER / "docs_evaluation_dataset.json").read_text())


@pytest.fixture(scope="module")
def taught(django_db_setup, django_db_blocker):
    """An agent that learned the 232 passages."""
    with django_db_blocker.unblock():
        with every_workspace("a test founds a workspace"):
            workspace = Workspace.objects.create(name="Docs", slug="docs")
        with in_workspace(workspace):
            agent = Agent.objects.create(workspace=workspace, name="Docs")
            documents = [
                {
                    "external_id": d["chunk_link"],
                    "title": d["chunk_heading"],
                    "text": d["text"],
                    "url": d["chunk_link"],
                }
                for d in json.loads((FOLDER / "anthropic_docs.json").read_text())
            ]
            assert batching.batch(agent, documents).added == 232
            yield agent
        with every_workspace("what the module made is taken away"):
            workspace.delete()


@pytest.mark.django_db
def test_recall_and_rank_are_at_the_promised_level(taught):
    recall = rank = 0.0
    for asked in QUESTIONS:
        right = set(asked["correct_chunks"])
        found = searching.search(taught, asked["question"], limit=6)
        first = list(dict.fromkeys(f.external_id for f in found))[:3]
        recall += len(right & set(first)) / len(right)
        rank += next((1 / n for n, f in enumerate(first, 1) if f in right), 0)
    assert recall / len(QUESTIONS) >= 0.78
    assert rank / len(QUESTIONS) >= 0.93


@pytest.mark.django_db
def test_right_passages_are_cited(taught):
    cited = 0
    for asked in QUESTIONS:
        found = searching.search(taught, asked["question"], limit=6)
        if answerability.assess(taught, asked["question"], found).answerable:
            quotes = quoting.compose(asked["question"], found).quotes
            cited += any(passage.external_id in asked["correct_chunks"] for passage, _words in quotes)
    assert cited >= 85


@pytest.mark.django_db
def test_near_misses_are_refused_and_what_is_known_is_answered(taught):
    numbers = {}
    rows = Passage.objects.filter(agent=taught).values_list("number", "document__external_id")
    for number, external_id in rows:
        numbers.setdefault(external_id, set()).add(number)
    answered = refused = 0
    for asked in QUESTIONS:
        hidden = set().union(*(numbers[right] for right in asked["correct_chunks"]))
        shown = searching.search(taught, asked["question"], limit=6)
        near = searching.search(taught, asked["question"], limit=6, hidden=hidden)
        answered += answerability.assess(taught, asked["question"], shown).answerable
        refused += not answerability.assess(taught, asked["question"], near).answerable
    assert answered >= 90
    assert refused >= 55


@pytest.mark.django_db
def test_foreign_questions_are_not_answered(taught):
    foreign = json.loads((DATA / "clinc150" / "data_small.json").read_text())["oos_test"][:100]
    admitted = sum(
        not answerability.assess(taught, asked, searching.search(taught, asked, limit=6)).answerable
        for asked, _label in foreign
    )
    assert admitted >= 90
