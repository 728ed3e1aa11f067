"""Words that stand where somebody meant to write later."""

import re

LOREM = re.compile(r"(?i)\blorem ipsum\b|\bdolor sit amet\b")
TODO = re.compile(
    r"\b(?:TODO|FIXME|TBD|TBC|TKTK|TBA)\b|(?<![\w(])XXX+\b(?![)\s.-]*X)|\bXX\b(?=\s*(?:dollars?|euros?|pounds?|days?|Tage|Euro|días|jours|%|€|\$|£))|(?:€|\$|£)\s?XX+\b|\?\?\?+"
)
_START = re.compile(r"\W*")
_ABOUT = re.compile(r"(?i)\W*(?:to[- ]?do|todo)s? (?:list|item|app|task)")


def is_placeholder(sentence):
    """True where a sentence begins with the mark of a draft: it tells nobody anything."""
    if _ABOUT.match(sentence):
        return False
    at = _START.match(sentence).end()
    return any(rule.match(sentence, at) for rule in (LOREM, TODO))
