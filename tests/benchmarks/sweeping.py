"""The sweep on knowledge bases with planted faults: precision and recall for each kind, and what its cost grows with."""

import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from tests.benchmarks import quality, sweeps
from tests.benchmarks.tables import show

SIZES = (250, 1000, 4000)


def main():
    """Print the tables."""
    quality.begin()
    for half in sweeps.HALVES:
        _quality(half)
    _cost()


def _quality(half):
    total, rows = Counter(), []
    for base in sweeps.bases(half):
        judged, _lines = judge(base)
        total += judged
    for kind in sorted({kind for kind, _what in total}):
        hit, planted, wrong = (total[kind, what] for what in ("hit", "planted", "wrong"))
        found = hit + wrong
        rows.append((kind, planted, hit, wrong, _share(hit, found), _share(hit, planted)))
    hit, planted, wrong = (
        sum(n for (_kind, w), n in total.items() if w == what) for what in ("hit", "planted", "wrong")
    )
    rows.append(("all", planted, hit, wrong, _share(hit, hit + wrong), _share(hit, planted)))
    show(
        f"The sweep, planted faults of “{half}”, without a model",
        ("kind", "planted", "found", "wrong", "precision", "recall"),
        rows,
    )


def judge(base):
    """({(kind, hit|planted|wrong): n}, lines that say which) for one knowledge base."""
    from apps.knowledge import findings
    from berrydesk.db.scopes import in_workspace

    agent = quality.taught({"name": f"{base.name} {time.monotonic_ns()}", "documents": base.documents})
    with in_workspace(agent.workspace_id):
        for url in base.missing:
            _not_found(agent, url)
        swept(agent, base.now)
        found = [
            (row.kind, frozenset(p.document.external_id for p in row.places.all()), row)
            for row in findings.shown(agent)
        ]
    counted, lines, open_faults = Counter(), [], list(base.faults)
    for kind, ids, what in base.faults:
        counted[kind, "planted"] += 1
        if any(k == kind and ids <= documents for k, documents, _row in found):
            counted[kind, "hit"] += 1
        else:
            lines.append(f"missed {kind} {'+'.join(sorted(ids))}: {what}")
    for kind, documents, row in found:
        if not any(k == kind and ids & documents == ids for k, ids, _what in open_faults):
            counted[kind, "wrong"] += 1
            lines.append(f"wrong  {kind} {'+'.join(sorted(documents))}: {row.explanation}")
    return counted, lines


def _not_found(agent, url):
    """A sync of the site asked for this address, and it was not there."""
    from apps.knowledge.models import Document, DocumentStatus, Source

    Document.objects.create(
        workspace_id=agent.workspace_id,
        agent=agent,
        source=Source.objects.get(agent=agent),
        external_id=url,
        url=url,
        status=DocumentStatus.SKIPPED,
        problem={"code": "page_not_found", "message": "There is no page.", "remedy": "Check the address."},
    )


def swept(agent, now):
    """The agent's sweep after it ran to its end."""
    from apps.knowledge import sweeping
    from apps.knowledge.finding_models import Sweep
    from berrydesk.db import leases

    row = sweeping.ask(agent, in_s=0)
    with leases.claim(Sweep, row.pk, for_s=900) as row:
        while not sweeping.sweep(row, now=now):
            pass
    return Sweep.objects.get(pk=row.pk)


def _share(part, whole):
    return f"{part / whole:.2f}" if whole else "–"


def _cost():
    rows = []
    for size in SIZES:
        rows.append(_sizes(size))
    first, last = rows[0], rows[-1]
    ratio = [f"{last[i] / max(first[i], 1e-9):.1f}" for i in (1, 2, 3, 4)]
    table = [(n, f"{s:.1f}", pairs, f"{one:.2f}", one_pairs) for n, s, pairs, one, one_pairs in rows]
    show(
        f"What a sweep costs; {SIZES[-1] // SIZES[0]} times the documents, and one changed document among them",
        ("documents", "all: seconds", "all: pairs compared", "one: seconds", "one: pairs compared"),
        [*table, ("ratio", *ratio)],
    )


def _sizes(size):
    from apps.knowledge import batching
    from berrydesk.db.scopes import in_workspace

    documents = [(f"d{n}", f"Article {n}", article(n)) for n in range(size)]
    agent = quality.taught({"name": f"Sweep {size} {time.monotonic_ns()}", "documents": documents[:1000]})
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    with in_workspace(agent.workspace_id):
        for start in range(1000, size, 1000):
            batch = documents[start : start + 1000]
            batching.batch(agent, [{"external_id": i, "title": t, "text": x} for i, t, x in batch])
        began = time.monotonic()
        row = swept(agent, now)
        whole_s, pairs = time.monotonic() - began, row.compared
        batching.batch(
            agent, [{"external_id": "d7", "title": "Article 7", "text": article(7) + " It is blue."}]
        )
        began = time.monotonic()
        row = swept(agent, now)
        return size, whole_s, pairs, time.monotonic() - began, row.compared


_THINGS = [f"{a}{b}" for a in ("tent", "lamp", "boot", "stove", "rope", "jacket", "filter", "bottle", "glove", "pack") for b in
           ("ara", "bel", "cor", "dun", "eno", "fir", "gal", "hov", "ilo", "jun", "kem", "lor", "mav", "nid", "ost", "pel", "quo", "rin", "sol", "tam")]  # fmt: skip
_SAYS = (
    "The {thing} weighs {n} g and comes with a warranty of {m} years.",
    "Delivery of the {thing} takes {m} working days and costs €{n}.",
    "You can return the {thing} within {n} days.",
    "A repair of the {thing} costs €{n} and takes {m} days.",
    "We do not ship the {thing} to Norway.",
    "Wash the {thing} by hand and dry it in the shade.",
)


def article(number):
    """A page of some sentences about a few of many things, the same for the same number."""
    chance = random.Random(number)
    things = chance.sample(_THINGS, 2)
    return " ".join(
        say.format(
            thing=f"{chance.choice(things)} {number}", n=chance.randint(20, 400), m=chance.randint(2, 9)
        )
        for say in chance.sample(_SAYS, 5)
    )


if __name__ == "__main__":
    if sys.argv[1:]:
        quality.begin()
        for each in sweeps.bases(sys.argv[1]):
            print(each.name, *judge(each)[1], sep="\n  ")
    else:
        main()
