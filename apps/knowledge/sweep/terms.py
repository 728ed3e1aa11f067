"""The terms of a stretch of text: concepts where a wording is known, else stems; with the scopes it names."""

import functools
import re
from dataclasses import dataclass, field

from apps.knowledge.sweep import vocabulary as v
from berrydesk.text.stopwords import STOP_WORDS
from berrydesk.text.tokens import tokens

LONGEST = 700
"""Characters of a text whose terms stay in memory."""

KEPT = 10_000
"""Stretches of text whose words stay in memory: titles and headings are read again and again."""

SHORT = 5
"""Letters up to which a word's stem says too little."""

WORD = re.compile(r"@[a-z]+|[^\W_]+(?:['’-][^\W_]+)*")

_SIZE = re.compile(r"(?<![\w’'.-])(?:X{0,3}S|M|X{0,3}L|[2-5]XL|A[0-6])(?![\w’'-])")


@dataclass(frozen=True)
class Words:
    """Terms in order with their places, the light ones apart, and scopes, of one stretch of text."""

    terms: tuple
    light: frozenset
    scope: dict = field(default_factory=dict)


def read(text, language):
    """The terms of a stretch of text: concepts, else stems; with scopes."""
    return _read(text, language) if len(text) <= LONGEST else _read.__wrapped__(text, language)


@functools.lru_cache(maxsize=KEPT)
def _read(text, language):
    scope, low = {}, v.ADDED.sub(" ", v.ANCHOR.sub(" ", text)).lower().replace("@", " ")
    if language in ("fr", "it", "ca"):
        low = v.ELIDED.sub("", low)
    sizes = frozenset(_SIZE.findall(text))
    if sizes:
        scope["size"] = set(sizes)

    def concept(match):
        phrase = match.group().lower()
        for kind in v.SCOPE_OF.get(phrase, ()):
            scope.setdefault(kind, set()).add(v.SAME_SCOPE.get(phrase, phrase))
        named = v.CONCEPT_OF.get(phrase)
        return f" {' '.join(sorted(named))} " if named else match.group()

    low = v.PHRASE.sub(concept, v.SENT_BACK.sub(" @return ", low))
    terms, light = [], set()
    stop = STOP_WORDS.get(language, frozenset())
    for match in WORD.finditer(low):
        word = match.group()
        if word.startswith("@"):
            terms.append(word)
            continue
        for kind in v.SCOPE_OF.get(word, ()):
            scope.setdefault(kind, set()).add(v.SAME_SCOPE.get(word, word))
        word = v.IRREGULAR.get(word, word) if language == "en" else word
        named = v.CONCEPT_OF.get(word)
        if named:
            terms.extend(sorted(named))
        elif word in stop or (len(word) < 2 and not word.isdigit()):
            continue
        else:
            for stem in tokens(word, language):
                named = _concepts(language).get(stem) if len(word) > SHORT else None
                terms.extend(sorted(named) if named else (stem,))
                if word in v.GENERIC:
                    light.add(stem)
    light |= v.LIGHT & set(terms)
    return Words(tuple(dict.fromkeys(terms)), frozenset(light), {k: frozenset(w) for k, w in scope.items()})


@functools.cache
def _concepts(language):
    """{stem: concepts} of the words of more than a few letters: other endings mean the same."""
    found = {}
    for word, named in v.CONCEPT_OF.items():
        stems = tokens(word, language) if len(word) > SHORT and " " not in word else ()
        if len(stems) == 1:
            found.setdefault(stems[0], set()).update(named)
    return {stem: named for stem, named in found.items() if len(named) == 1}


def is_light(term, language):
    """True for a term that by itself says little about what a sentence is about."""
    return term in light_terms(language)


@functools.cache
def light_terms(language):
    """The terms of a language that by themselves say little."""
    return v.LIGHT | {t for w in v.GENERIC for t in tokens(w, language)}
