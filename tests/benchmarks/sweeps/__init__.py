"""Knowledge bases with planted faults, and look-alikes that are none. ``unseen_…`` were not looked at while the rules were made,
``second_…`` came later, of other trades, and were tried once before any rule was mended. ``rental_…`` and ``dental_…`` are
of another author, who had not seen the rules: they were mended by what was missed in the first; of the second
its author's list of faults and what was found were seen, never its text, and weights were chosen once by which findings were
wrong. ``gym_…`` and ``invoicing_…``, and later ``library_…`` and ``plants_…``, again by authors who knew no rule, were tried once
and then mended by what was wrong in them; a handful of pairs in them are right though nobody planted them, and count as wrong. ``branches_…`` are three practices of one business: its pages of one pattern are look-alikes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HALVES = ("seen", "unseen", "second", "rental", "dental", "gym", "invoicing", "library", "plants", "branches")
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Base:
    """``documents``: (id, title, text); ``faults``: (kind, ids, what); ``clean``: (ids, why it is none).

    ``missing``: addresses of the site that its last sync did not find.
    """

    name: str
    language: str
    now: datetime
    documents: tuple
    faults: tuple
    clean: tuple
    missing: tuple = ()


def bases(half):
    """The knowledge bases of one of ``HALVES``."""
    return [read(path) for path in sorted(FOLDER.glob(f"{half}_*.txt"))]


def read(path):
    """A knowledge base from its file."""
    head, *parts = re.split(r"^=== ", path.read_text(), flags=re.M)
    facts = dict(line.split(": ", 1) for line in head.strip().splitlines())
    last, _line, tail = parts[-1].partition("--- faults\n")
    faults, _line, clean = tail.partition("--- clean\n")
    documents = []
    for part in [*parts[:-1], last]:
        first, _newline, text = part.partition("\n")
        name, title = (bit.strip() for bit in first.split("|", 1))
        documents.append((name, title, text.strip()))
    return Base(
        facts["name"],
        facts["language"],
        datetime.fromisoformat(facts["now"]).replace(hour=12, tzinfo=UTC),
        tuple(documents),
        tuple(_fault(line) for line in faults.strip().splitlines()),
        tuple(_named(line) for line in clean.strip().splitlines()),
        tuple(facts.get("missing", "").split()),
    )


def _fault(line):
    kind, rest = line.split(":", 1)
    return (kind.strip(), *_named(rest))


def _named(line):
    ids, words = line.split(":", 1)
    return frozenset(each.strip() for each in ids.split("+")), words.strip()
