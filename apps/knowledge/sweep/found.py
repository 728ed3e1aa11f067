"""What the sweep hands over: a finding, with the places where it stands."""

import hashlib
from dataclasses import dataclass, field

LONGEST_SHOWN = 900
"""Characters of a paragraph that are shown with a finding."""


@dataclass(frozen=True)
class Place:
    """Where it stands: a document, the headings above, the paragraph, and the words in it to mark."""

    document_id: object
    heading: str
    text: str
    marks: tuple = ()

    @property
    def words(self):
        """The marked words, in one line."""
        return " … ".join(self.text[a:b] for a, b in self.marks)


@dataclass(frozen=True)
class Found:
    """A finding: ``left`` alone, or ``left`` against ``right``. ``subject`` heads it, ``terms`` say what it is about.

    ``confidence`` 0 to 1: below ``comparing.SURE`` it is shown only when a model confirmed it.
    """

    kind: str
    severity: str
    subject: str
    explanation: str
    left: Place
    right: Place | None = None
    confidence: float = 1.0
    terms: frozenset = field(default_factory=frozenset)

    @property
    def documents(self):
        """Ids of the documents that it is about."""
        return {place.document_id for place in (self.left, self.right) if place is not None}

    @property
    def key(self):
        """The same for the same words in whatever documents, and whichever side they stand on."""
        sides = sorted(_plain(p.text) + "\x00" + _plain(p.words) for p in (self.left, self.right) if p)
        if self.kind in ONE_A_DOCUMENT:
            sides = sorted(str(p.document_id) for p in (self.left, self.right) if p)
        return hashlib.sha256("\x01".join([self.kind, *sides]).encode()).hexdigest()


ONE_A_DOCUMENT = frozenset({"duplicate", "empty", "outdated", "draft", "jargon", "broken_link"})
"""Kinds that are about documents as such: one finding for each, or for each pair."""


def place(page, statement, marks):
    """The statement's paragraph with ``marks`` ((start, end) in the statement) marked."""
    text, offset = statement.block, statement.offset
    if len(text) > LONGEST_SHOWN:
        start = max(0, offset - 200)
        text, offset = text[start : start + LONGEST_SHOWN], offset - start
    moved = tuple((a + offset, b + offset) for a, b in marks if b + offset <= len(text))
    return Place(page.pk, " › ".join(statement.above), text, moved)


def of_page(page, text="", marks=()):
    """A place that is the document as a whole."""
    return Place(page.pk, "", text[:LONGEST_SHOWN], tuple(marks))


def _plain(text):
    return " ".join(text.lower().split())
