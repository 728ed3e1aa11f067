"""Retrieval and answerability on public documentation and on small businesses, beside BM25 and embeddings alone."""

import json
import os
from pathlib import Path

from tests.benchmarks.baselines import Bm25, Static
from tests.benchmarks.tables import show

BASES = Path(__file__).with_name("bases")


def main():
    """Print the tables; one line where the public data is missing."""
    begin()
    from tests.conftest import DATA

    bases = [small(path) for path in sorted(BASES.glob("*.json"))]
    if DATA.is_dir():
        bases.insert(0, public(DATA))
    else:
        print(f"The public documentation set is left out: the data is not at {DATA}.")
    agents = [(base, taught(base)) for base in bases]
    _retrieval(agents)
    _answers(agents)


def begin():
    """Django on an embedded PostgreSQL of its own."""
    from tests import beginning  # noqa: F401

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def public(data):
    """The Anthropic documentation: name, language, documents, asks, questions from elsewhere."""
    folder = data / "anthropic_docs"
    documents = json.loads((folder / "anthropic_docs.json").read_text())
    questions = json.loads((folder / "docs_evaluation_dataset.json").read_text())
    foreign = json.loads((data / "clinc150" / "data_small.json").read_text())["oos_test"][:100]
    return {
        "name": "Anthropic docs",
        "language": "en",
        "documents": [(d["chunk_link"], d["chunk_heading"], d["text"]) for d in documents],
        "asks": [(q["question"], set(q["correct_chunks"])) for q in questions],
        "foreign": [question for question, _label in foreign],
    }


def small(path):
    """A small business of our own; an ask without a document is about the business and not answered there."""
    base = json.loads(path.read_text())
    asks = [(question, {document} if document else set()) for question, document in base["asks"]]
    return {**base, "asks": asks, "foreign": []}


def taught(base):
    """An agent in a workspace of its own that learned the base's documents."""
    from apps.agents.models import Agent
    from apps.knowledge import batching
    from apps.workspaces.models import Workspace
    from berrydesk.db.scopes import every_workspace, in_workspace

    with every_workspace("the benchmark founds a workspace"):
        workspace = Workspace.objects.create(name=base["name"], slug=base["name"].lower().replace(" ", "-"))
    with in_workspace(workspace):
        agent = Agent.objects.create(workspace=workspace, name=base["name"])
        batching.batch(agent, [{"external_id": i, "title": t, "text": x} for i, t, x in base["documents"]])
    return agent


def _retrieval(agents):
    from apps.knowledge.retrieval import searching
    from berrydesk.db.scopes import in_workspace

    table = []
    for base, agent in agents:
        ids = [document[0] for document in base["documents"]]
        texts = [f"{title}\n{text}" for _i, title, text in base["documents"]]
        bm25, static = Bm25(texts, base["language"]), Static(texts)
        with in_workspace(agent.workspace_id):
            figures = [
                _score(base, lambda q, m=bm25, ids=ids: [ids[i] for i in m.order(q)]),
                _score(base, lambda q, m=static, ids=ids: [ids[i] for i in m.order(q)]),
                _score(base, lambda q, a=agent: [f.external_id for f in searching.search(a, q)]),
            ]
        for name, (recall, rank) in zip(("BM25", "static embeddings", "Berrydesk"), figures, strict=True):
            ratio = f"{recall / figures[0][0]:.2f}", f"{rank / figures[0][1]:.2f}"
            table.append((base["name"], name, f"{recall:.3f}", f"{rank:.3f}", *ratio))
    show(
        "Retrieval without a model call; baseline: BM25 over whole documents",
        ("knowledge base", "method", "recall@3", "MRR@3", "recall to BM25", "MRR to BM25"),
        table,
    )


def _score(base, method):
    recall = rank = asked = 0
    for question, right in base["asks"]:
        if right:
            first = list(dict.fromkeys(method(question)))[:3]
            recall += len(right & set(first)) / len(right)
            rank += next((1 / n for n, name in enumerate(first, 1) if name in right), 0)
            asked += 1
    return recall / asked, rank / asked


def _answers(agents):
    from berrydesk.db.scopes import in_workspace

    table = []
    for base, agent in agents:
        with in_workspace(agent.workspace_id):
            table.append((base["name"], *_answered(base, agent)))
    show(
        "The built-in answerer",
        (
            "knowledge base",
            "answered",
            "citing a right passage",
            "near misses refused",
            "on topic, unanswered: refused",
            "foreign refused",
        ),
        table,
    )


def _answered(base, agent):
    from apps.knowledge.models import Passage
    from apps.knowledge.retrieval import quoting, searching

    numbers = {}
    for number, external_id in Passage.objects.filter(agent=agent).values_list(
        "number", "document__external_id"
    ):
        numbers.setdefault(external_id, []).append(number)
    answered, cited, near, topic = [], [], [], []
    for question, right in base["asks"]:
        found = searching.search(agent, question, limit=6)
        if not right:
            topic.append(not _is_answered(agent, question, found))
            continue
        answered.append(_is_answered(agent, question, found))
        quotes = quoting.compose(question, found).quotes if answered[-1] else []
        cited.append(any(passage.external_id in right for passage, _words in quotes))
        hidden = {number for external_id in right for number in numbers.get(external_id, ())}
        near.append(
            not _is_answered(agent, question, searching.search(agent, question, limit=6, hidden=hidden))
        )
    foreign = [not _is_answered(agent, q, searching.search(agent, q, limit=6)) for q in base["foreign"]]
    return [_of(values) for values in (answered, cited, near, topic, foreign)]


def _is_answered(agent, question, found):
    from apps.knowledge.retrieval import answerability

    return answerability.assess(agent, question, found).answerable


def _of(values):
    return f"{sum(values)} of {len(values)}" if values else "–"
