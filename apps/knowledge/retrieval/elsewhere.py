"""What a page says of one country answers no question about another: to whom one ships, what it costs, how long it takes."""

from dataclasses import replace

from apps.knowledge.retrieval import facts
from berrydesk.text import countries, languages, sentences
from berrydesk.text.tokens import tokens

FEATURE = "elsewhere"
"""1.0 among the features of a passage whose quote names only other countries than the question."""


def asked(query):
    """The countries that the question names."""
    return countries.named(query, languages.detect(query)) - {countries.EVERYWHERE}


def last(query, asked_for, found):
    """``found`` with the passages about other countries than ``asked_for`` last; one that names both is quoted there."""
    if not asked_for:
        return found
    seen = [_seen(query, passage, asked_for) for passage in found]
    order = sorted(range(len(seen)), key=lambda i: is_elsewhere(seen[i]))
    return [replace(seen[i], score=known.score) for i, known in zip(order, found, strict=True)]


def is_elsewhere(passage):
    """Whether the passage was found to speak of other countries than the question."""
    return bool(passage.features.get(FEATURE))


def _seen(query, passage, asked_for):
    """The passage as it is, quoted where it names the country, or marked as being about others."""
    if _fits(passage, passage.quote, asked_for):
        return passage
    spans = sentences.spans(passage.text)
    windows = [(spans[a][0], spans[b][1]) for a, b in sentences.windows(spans)]
    there = [window for window in windows if asked_for & _named(passage, passage.text[slice(*window)])]
    if not there:
        return replace(passage, features={**passage.features, FEATURE: 1.0})
    words = set(tokens(query, passage.language))
    start, end = max(there, key=lambda w: len(words & set(tokens(passage.text[slice(*w)], passage.language))))
    around = passage.text[max(0, start - facts.NEAR) : end + facts.NEAR]
    return replace(passage, quote=passage.text[start:end], around=around)


def _fits(passage, quote, asked_for):
    """True where nothing is named but what is asked for, or what may hold for it too."""
    named = _named(passage, f"{passage.title}\n{passage.heading}\n{quote}")
    return not named or bool(named & (asked_for | {countries.EVERYWHERE}))


def _named(passage, text):
    return countries.named(text, passage.language)
