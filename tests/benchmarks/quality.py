"""Retrieval and answerability on the public documentation set, beside BM25 alone and embeddings alone."""

import json
import os

from tests.benchmarks.tables import show


def main():
    """Print the tables; one line where the data is missing."""
    from tests import beginning  # noqa: F401 — an embedded PostgreSQL of its own

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from tests.conftest import DATA

    if not DATA.is_dir():
        print(f"Quality is left out: the public data is not at {DATA}.")
        return
    call_command("migrate", verbosity=0)
    _measure(DATA)


def _measure(data):
    import numpy

    from apps.agents.models import Agent
    from apps.knowledge import batching
    from apps.knowledge.models import Passage
    from apps.knowledge.retrieval import searching
    from apps.workspaces.models import Workspace
    from berrydesk.db.scopes import every_workspace, in_workspace
    from berrydesk.text import embedding

    documents = json.loads((data / "anthropic_docs" / "anthropic_docs.json").read_text())
    questions = json.loads((data / "anthropic_docs" / "docs_evaluation_dataset.json").read_text())
    with every_workspace("the benchmark founds a workspace"):
        workspace = Workspace.objects.create(name="Bench", slug="bench")
    with in_workspace(workspace):
        agent = Agent.objects.create(workspace=workspace, name="Bench")
        given = [
            {
                "external_id": d["chunk_link"],
                "title": d["chunk_heading"],
                "text": d["text"],
                "url": d["chunk_link"],
            }
            for d in documents
        ]
        batching.batch(agent, given)
        names = dict(Passage.objects.values_list("number", "document__external_id"))
        rows = list(Passage.objects.exclude(embedding=None).values_list("number", "embedding"))
        matrix = numpy.array([list(r[1]) for r in rows], numpy.float32)

        def by_words(question):
            asked = searching._Query(question, None, searching._terms(agent, question))
            return [names[n] for n in searching._by_words(agent, asked)[0].tolist()]

        def by_meaning(question):
            order = numpy.argsort(-(matrix @ embedding.embed([question])[0]))[:10]
            return [names[rows[i][0]] for i in order]

        def both(question):
            return [f.external_id for f in searching.search(agent, question, limit=6)]

        baseline = _score(questions, by_words)
        table = []
        for name, method in (("BM25 alone", by_words), ("embeddings alone", by_meaning), ("Berrydesk", both)):
            recall, rank = _score(questions, method)
            table.append(
                (
                    name,
                    f"{recall:.3f}",
                    f"{rank:.3f}",
                    f"{recall / baseline[0]:.2f}",
                    f"{rank / baseline[1]:.2f}",
                )
            )
        show(
            "Retrieval, 232 documents, 100 questions, no model call",
            ("method", "recall@3", "MRR@3", "recall to BM25", "MRR to BM25"),
            table,
        )
        _answers(agent, data, questions)


def _score(questions, method):
    recall = rank = 0.0
    for asked in questions:
        right = set(asked["correct_chunks"])
        first = list(dict.fromkeys(method(asked["question"])))[:3]
        recall += len(right & set(first)) / len(right)
        rank += next((1 / n for n, name in enumerate(first, 1) if name in right), 0)
    return recall / len(questions), rank / len(questions)


def _answers(agent, data, questions):
    from apps.knowledge.retrieval import answerability, quoting, searching

    cited = answered = near = 0
    for asked in questions:
        found = searching.search(agent, asked["question"], limit=20)
        if answerability.assess(agent, asked["question"], found[:6]).answerable:
            answered += 1
            quotes = quoting.compose(asked["question"], found[:6]).quotes
            cited += any(p.external_id in asked["correct_chunks"] for p, _words in quotes)
        left = [f for f in found if f.external_id not in asked["correct_chunks"]][:6]
        near += not answerability.assess(agent, asked["question"], left).answerable
    foreign = json.loads((data / "clinc150" / "data_small.json").read_text())["oos_test"][:100]
    refused = sum(
        not answerability.assess(agent, asked, searching.search(agent, asked, limit=6)).answerable
        for asked, _label in foreign
    )
    show(
        "The built-in answerer",
        ("of 100", "count"),
        [
            ("questions answered", answered),
            ("… citing a right passage", cited),
            ("foreign questions not answered", refused),
            ("near misses (right passage left out of the result) not answered", near),
        ],
    )
