"""After generation: every mark points at something real, and nothing foreign is rendered."""

import re

from apps.answering.gathering import citation

_MARK = re.compile(r"\s?\[(\d{1,2})\]")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)[^)]*\)")


def check(text, found):
    """The text that may stand, and its citations in order of first use.

    Marks without a source go; images go; links stay only where a source holds the same address.
    """
    known = " ".join([p.text for p in found] + [p.url or "" for p in found])
    text = _IMAGE.sub(lambda m: m.group(1), text)
    text = _LINK.sub(lambda m: m.group(0) if m.group(2) in known else m.group(1), text)
    used = []

    def keep(match):
        number = int(match.group(1))
        if not 1 <= number <= len(found):
            return ""
        if number not in used:
            used.append(number)
        return match.group(0)

    text = _MARK.sub(keep, text).strip()
    return text, [citation(n, found[n - 1], found[n - 1].quote) for n in sorted(used)]
