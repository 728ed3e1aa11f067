"""Which language a text is in."""

import functools
import re

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)

SURE = 0.9
"""py3langid's own probability above which a short text's language is believed."""

SHORT = 25
"""Characters below which Latin script says too little to be guessed from."""


def detect(text, *, fallback="en"):
    """The language of ``text`` as an ISO 639-1 code; ``fallback`` where it cannot be told."""
    letters = [c for c in text[:2000] if c.isalpha()]
    if not letters:
        return fallback
    for code, script in _SCRIPTS:
        share = len(script.findall("".join(letters))) / len(letters)
        # One kana among Chinese characters already means Japanese.
        if share > (0.05 if code == "ja" else 0.3):
            return code
    if len(letters) < SHORT and len(text.split()) < 4:
        return fallback
    code, probability = _identifier().classify(text[:2000])
    return code if probability >= (SURE if len(letters) < 200 else 0.5) else fallback


@functools.cache
def _identifier():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
