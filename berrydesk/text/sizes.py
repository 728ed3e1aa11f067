"""How many tokens of a language model a text takes, without asking the model: close enough to decide by."""

import re

_DENSE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_LETTERS = re.compile(r"[\u0370-\u07ff\u0900-\u0dff\u0e00-\u0e7f]")

CHARACTERS_A_TOKEN = 3.8
"""Latin script with its spaces, in the vocabularies of current models."""

DENSE_A_TOKEN = 1.2
"""Chinese, Japanese, Korean."""

OTHER_A_TOKEN = 2.2
"""Greek, Cyrillic, Arabic, Hebrew, Indic scripts, Thai."""


def tokens_of(text):
    """An estimate, rather too high than too low."""
    dense, other = len(_DENSE.findall(text)), len(_LETTERS.findall(text))
    latin = len(text) - dense - other
    return round(dense / DENSE_A_TOKEN + other / OTHER_A_TOKEN + latin / CHARACTERS_A_TOKEN)
