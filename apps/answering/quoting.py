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
    quotes, unknown = [], []
    for one in (gathered, *gathered.beside):
        fresh = _quotes(one, known=[words for _found, words in quotes])
        quotes.extend(fresh or ())
        if fresh is None:
            unknown.append(one.query)
    if not quotes:
        return Answer(phrase("not_known", understood.language), Outcome.UNANSWERED)
    said = [f"“{words}” [{n}]" for n, (_found, words) in enumerate(quotes, 1)]
    left = [phrase("not_found", understood.language, question=question) for question in unknown]
    citations = [citation(n, found, quote) for n, (found, quote) in enumerate(quotes, 1)]
    return Answer(
        "\n\n".join([phrase("found", understood.language), *said, *left]), Outcome.ANSWERED, citations
    )


def _quotes(gathered, known):
    """(Found, words) that answer one question, but for words said already; None where nothing does."""
    quotes = quoting.compose(gathered.query, gathered.found).quotes if gathered.answerable else []
    return [(found, words) for found, words in quotes if words not in known] if quotes else None
