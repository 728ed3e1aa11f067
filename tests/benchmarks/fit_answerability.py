"""Fits the weights of ``retrieval.answerability``: ``python -m tests.benchmarks.fit_answerability``.

Every knowledge base is told by weights that were fitted without it; the last line is fitted on all of them and
belongs into ``answerability.WEIGHTS``. Questions as visitors ask them only: headings make poor ones.
"""

import json

import numpy

from tests.benchmarks import quality
from tests.benchmarks.tables import show

RIDGE = 0.01
KEPT = 0.92
"""Share of the answerable questions that must pass: the threshold is laid there, and the bias puts it at 0.5."""

SHARES = {"answerable": 1.0, "near": 1.0, "topic": 0.5, "foreign": 2.0}
"""How much each kind of question counts within its knowledge base."""

LARGE, SMALL = 1.0, 0.35
FOREIGN = slice(100, 160)
"""Not those of the acceptance test."""


def main():
    quality.begin()
    from tests.conftest import DATA

    bases = [quality.public(DATA), *(quality.small(path) for path in sorted(quality.BASES.glob("*.json")))]
    foreign = json.loads((DATA / "clinc150" / "data_small.json").read_text())["oos_test"][FOREIGN]
    kinds = {base["name"]: _kinds(base, [question for question, _label in foreign]) for base in bases}
    rows = []
    for name in kinds:
        weights, bias = _fitted([kinds[other] for other in kinds if other != name])
        rows.append((name, *_told(kinds[name], weights, bias)))
    show(
        "Told apart by weights fitted without the base",
        ("knowledge base", "near: AUROC", "refused", "topic: AUROC", "refused", "foreign: AUROC", "refused"),
        rows,
    )
    weights, bias = _fitted(list(kinds.values()))
    bias -= float(numpy.quantile(_first(kinds)["answerable"] @ weights + bias, 1 - KEPT))
    print(dict(zip(_names(), weights.round(3).tolist(), strict=True)), "BIAS", round(bias, 3))
    show(
        "By all weights",
        ("base", *["AUROC", "refused"] * 3),
        [(n, *_told(k, weights, bias)) for n, k in kinds.items()],
    )


def _names():
    from apps.knowledge.retrieval import answerability

    return list(answerability.WEIGHTS)


def _first(kinds):
    return next(iter(kinds.values()))


def _kinds(base, foreign):
    """{kind of question: (n, features)}."""
    from apps.knowledge.models import Passage
    from berrydesk.db.scopes import in_workspace

    agent = quality.taught(base)
    found = {kind: [] for kind in SHARES}
    with in_workspace(agent.workspace_id):
        numbers = {}
        rows = Passage.objects.filter(agent=agent).values_list("number", "document__external_id")
        for number, external_id in rows:
            numbers.setdefault(external_id, []).append(number)
        for question, right in base["asks"]:
            found["answerable" if right else "topic"].append(_features(agent, question))
            if right:
                hidden = {number for name in right for number in numbers.get(name, ())}
                found["near"].append(_features(agent, question, hidden))
        found["foreign"] = [_features(agent, question) for question in foreign]
    wide = len(_names())
    return {kind: numpy.array([r for r in rows if r]).reshape(-1, wide) for kind, rows in found.items()}


def _features(agent, question, hidden=()):
    from apps.knowledge.retrieval import answerability, searching

    found = searching.search(agent, question, limit=6, hidden=hidden)[: answerability.LOOKED_AT]
    return list(answerability.measured(question, *found).values()) if found else None


def _fitted(bases):
    """Weights and bias of a logistic with a ridge over standardised features, by Newton's method."""
    rows, labels, weights = [], [], []
    for kinds in bases:
        size = LARGE if len(kinds["answerable"]) > 50 else SMALL
        for kind, share in SHARES.items():
            if len(kinds[kind]):
                rows.append(kinds[kind])
                labels.append(numpy.full(len(kinds[kind]), float(kind == "answerable")))
                weights.append(numpy.full(len(kinds[kind]), size * share / len(kinds[kind])))
    x, y, w = numpy.vstack(rows), numpy.concatenate(labels), numpy.concatenate(weights)
    w = w / w.sum()
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = numpy.hstack([(x - mean) / spread, numpy.ones((len(x), 1))])
    ridge = 2 * RIDGE * numpy.eye(z.shape[1])
    ridge[-1, -1] = 1e-6
    b = numpy.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + numpy.exp(-(z @ b)))
        b = b - numpy.linalg.solve((z.T * (w * p * (1 - p))) @ z + ridge, z.T @ (w * (p - y)) + ridge @ b)
    return b[:-1] / spread, float(b[-1] - (b[:-1] * mean / spread).sum())


def _told(kinds, weights, bias):
    """AUROC, and share refused while the base's own 90 % are kept, for near misses, its topic and foreign ones."""
    good, told = kinds["answerable"] @ weights + bias, []
    least = numpy.quantile(good, 0.1)
    for kind in ("near", "topic", "foreign"):
        bad = kinds[kind] @ weights + bias
        if not len(bad):
            told.extend(("–", "–"))
            continue
        above = (good[:, None] > bad).mean() + 0.5 * (good[:, None] == bad).mean()
        told.extend((f"{above:.3f}", f"{(bad < least).mean():.0%}"))
    return told


if __name__ == "__main__":
    main()
