"""The built-in answerer: quotes the owner's pages, says that it quotes, and never invents."""

from dataclasses import dataclass, field

from apps.answering.gathering import citation
from apps.conversations.models import Outcome
from apps.conversations.phrases import phrase
from apps.knowledge.retrieval import quoting

BUILT_IN = "built-in"
"""What the trace and the API call this answerer where they name a model."""


@dataclass(frozen=True)
class Answer:
    """A whole answer: its text with marks ``[1]``, what they stand for, and how the turn ends."""

    text: str
    outcome: Outcome
    citations: list = field(default_factory=list)


def answer(understood, gathered):
    """The best passages word for word, or a plain "I could not find that"."""
    if understood.kind in ("hello", "thanks"):
        key = "hello" if understood.kind == "hello" else "welcome"
        return Answer(phrase(key, understood.language), Outcome.SMALL_TALK)
    if not gathered.knows_anything:
        return Answer(phrase("nothing_learned", understood.language), Outcome.UNANSWERED)
    if not gathered.answerable:
        return Answer(phrase("not_known", understood.language), Outcome.UNANSWERED)
    quoted = quoting.compose(gathered.query, gathered.found)
    if not quoted.quotes:
        return Answer(phrase("not_known", understood.language), Outcome.UNANSWERED)
    citations = [citation(n, found, quote) for n, (found, quote) in enumerate(quoted.quotes, 1)]
    return Answer(phrase("found", understood.language) + "\n\n" + quoted.text, Outcome.ANSWERED, citations)
