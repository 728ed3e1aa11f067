"""Follow-ups read without a model, and as whole questions such as a model should write: what rewriting can win at most.

``python -m tests.benchmarks.follow_ups``. Each row: a question, its follow-up, the follow-up as a person wrote it out,
and the document that answers. All small businesses of a language are taught to one agent, so that there is a choice.
"""

import json
from pathlib import Path
from types import SimpleNamespace

from tests.benchmarks import quality
from tests.benchmarks.tables import show

ROWS = Path(__file__).with_name("follow_ups.json")


def main():
    """Print the table."""
    quality.begin()
    rows = json.loads(ROWS.read_text())
    bases = {path.stem: quality.small(path) for path in sorted(quality.BASES.glob("*.json"))}
    agents = {
        language: _taught(language, bases) for language in {base["language"] for base in bases.values()}
    }
    ways = {"its words alone": _alone, "without a model": _without, "written out by a person": _written_out}
    shown = []
    for name, way in ways.items():
        told = [way(agents[bases[base]["language"]], *rest) for base, *rest in rows]
        ranks = [(found, f"{row[0]}/{row[4]}") for found, row in zip(told, rows, strict=True)]
        shown.append(
            (
                name,
                *(
                    f"{_share(document in [f.external_id for f in g.found[:k]] for g, document in ranks):.3f}"
                    for k in (1, 3, 6)
                ),
                f"{_share(g.answerable for g, _document in ranks):.3f}",
            )
        )
    show(
        f"{len(rows)} follow-ups", ("read as", "recall@1", "recall@3", "recall@6", "taken as answered"), shown
    )


def _share(values):
    values = list(values)
    return sum(values) / len(values)


def _taught(language, bases):
    documents = [
        (f"{name}/{key}", title, text)
        for name, base in bases.items()
        if base["language"] == language
        for key, title, text in base["documents"]
    ]
    return quality.taught({"name": f"Businesses {language}", "documents": documents})


def _gather(agent, question, before, **how):
    from apps.answering import gathering
    from apps.answering.admitting import Utterance

    admitted = SimpleNamespace(
        agent=agent,
        question=question,
        conversation=SimpleNamespace(contact=None),
        history=tuple(Utterance("visitor", text) for text in before),
    )
    return gathering.gather(agent.workspace_id, admitted, **how)


def _alone(agent, _before, question, _whole, _document):
    return _gather(agent, question, [])


def _without(agent, before, question, _whole, _document):
    return _gather(agent, question, [before])


def _written_out(agent, before, question, whole, _document):
    return _gather(agent, question, [before], rewritten=whole)


if __name__ == "__main__":
    main()
