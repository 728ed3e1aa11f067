"""Which language a text is in."""

import functools
import re
from collections import Counter

from berrydesk.text.stopwords import STOP_WORDS

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)

SURE = 0.9
"""py3langid's own probability above which a short text's language is believed."""

SHORT = 25
"""Characters below which Latin script says too little to be guessed from."""

LONG = 200
"""Letters from which the likeliest of all languages is believed when it is likelier than not."""

NEIGHBOURS = ("en", "de", "es", "fr", "pt", "it", "nl")
"""What a few words in Latin script are told apart as: among a hundred languages no four words are sure of one."""

SURE_AMONG_NEIGHBOURS = 0.6

SMALL_WORDS = 0.15
"""Share of a sentence that is small words in every language of the lists; code and tables have fewer."""

PLAIN_WORDS = 20
"""So many small words, twice as many as of any other language, say it alone: the identifier is slower than all else."""

_LOOKED_AT = 2000


def detect(text, *, fallback="en"):
    """The language of ``text`` as an ISO 639-1 code; ``fallback`` where it cannot be told."""
    return (_told_again(text) if len(text) < LONG else _told(text)) or fallback


def _told(text):
    """The language of ``text``, or "" where it cannot be told."""
    letters = "".join(filter(str.isalpha, text[:_LOOKED_AT]))
    if not letters:
        return ""
    for code, script in () if letters.isascii() else _SCRIPTS:
        share = len(script.findall(letters)) / len(letters)
        # One kana among Chinese characters already means Japanese.
        if share > (0.05 if code == "ja" else 0.3):
            return code
    if "¿" in text or "¡" in text:
        return "es"
    by_words, is_plain = _by_small_words(text[:_LOOKED_AT])
    if is_plain:
        return by_words
    if len(letters) >= SHORT or len(text.split()) >= 4:
        code, probability = _identifier().classify(text[:_LOOKED_AT])
        if code == by_words or probability >= (SURE if len(letters) < LONG else 0.5):
            return code
    return by_words or (_among_neighbours(text) if len(letters) < LONG else "")


_told_again = functools.lru_cache(maxsize=1000)(_told)
"""Of a question the language is asked by every stage of its answer."""


def _by_small_words(text):
    """The language whose small words stand out in ``text``, or None: what people write in a hurry has them too;
    and whether they leave no doubt.
    """
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())
    said = Counter(words)
    hits = {code: sum(said[word] for word in said.keys() & stop) for code, stop in STOP_WORDS.items()}
    (first, best), (_second, next_best) = sorted(hits.items(), key=lambda item: -item[1])[:2]
    stands_out = best >= max(2, SMALL_WORDS * len(words)) and best >= 1.3 * next_best
    return (first if stands_out else None), stands_out and best >= PLAIN_WORDS and best >= 2 * next_best


def _among_neighbours(text):
    """The language of a short text among those that are often asked in, or "" where it might be several.

    A single word in plain letters is a name as often as not.
    """
    if text.isascii() and len(text.split()) < 2:
        return ""
    code, probability = _identifier(NEIGHBOURS).classify(text.lower().strip(" ?!.,"))
    return code if probability >= SURE_AMONG_NEIGHBOURS else ""


@functools.cache
def _identifier(among=()):
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if among:
        identifier.set_languages(list(among))
    return identifier
