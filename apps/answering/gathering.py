"""The passages that may hold the answer, and whether they are likely to."""

from dataclasses import dataclass, field

from apps.conversations.phrases import phrase
from apps.knowledge.models import Passage
from apps.knowledge.retrieval import answerability, places, searching
from berrydesk.db.scopes import in_workspace

PASSAGES = 6
"""How many passages a model reads; the measured recall grows little beyond."""

FOLLOW_UP_WORDS = 5
"""A question this short usually leans on the one before it."""


LINES = 4
"""Messages of a burst that are tried one by one."""


@dataclass(frozen=True)
class Gathered:
    """``found`` best first; ``query`` is what was searched; ``knows_anything`` is False before any training.

    ``sources`` are what a model is given to read, where that is more than what was found (``contextual``).
    """

    query: str
    found: list = field(default_factory=list)
    confidence: float = 0.0
    answerable: bool = False
    knows_anything: bool = True
    sources: list = field(default_factory=list)

    @property
    def read(self):
        """What a model reads, in the order of the marks it may use."""
        return self.sources or self.found


def gather(workspace_id, admitted):
    """Search the agent's knowledge for the question; a short follow-up is read with the question before it."""
    with in_workspace(workspace_id):
        best = _look(admitted.agent, admitted.question)
        for query in () if best.answerable else _other_readings(admitted):
            read = _look(admitted.agent, query)
            best = read if read.confidence > best.confidence else best
        return best


def _other_readings(admitted):
    """Of a burst, each message alone; of a short follow-up, the question before it as well."""
    lines = [line for line in admitted.question.splitlines() if line.strip()]
    if len(lines) > 1:
        yield from lines[:LINES]
    if len(admitted.question.split()) <= FOLLOW_UP_WORDS:
        before = next((u.text for u in reversed(admitted.history) if u.author == "visitor"), "")
        if before:
            yield f"{before}\n{admitted.question}"


def _look(agent, query):
    found = searching.search(agent, query, limit=PASSAGES)
    if not found:
        return Gathered(query=query, knows_anything=Passage.objects.filter(agent=agent).exists())
    assessed = answerability.assess(agent, query, found)
    return Gathered(query=query, found=found, confidence=assessed.confidence, answerable=assessed.answerable)


def citation(number, found, quote):
    """A citation as the message keeps it: a snapshot that outlives the passage.

    ``place`` says where in a long document the quote stands, such as "page 3", in the document's language.
    """
    kind, where = places.place_of(found) or ("", "")
    return {
        "n": number,
        "title": found.title,
        "url": places.link_of(found),
        "external_id": found.external_id,
        "place": phrase(kind, found.language, n=where) if kind in ("page", "slide") else where,
        "quote": quote[:500],
    }
