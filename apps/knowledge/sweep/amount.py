"""One value of a sentence: how much of what, from or until when, by what it is counted."""

import re
from dataclasses import dataclass

from apps.knowledge.sweep import vocabulary as v

BEFOREHAND = re.compile(
    r"(?i)^\s*(?:before|prior|in advance|ahead|beforehand|vor\b|vorher|im voraus|antes|de antelación|avant|à l['’]avance)"
)

ROUNDED = 0.02
"""By so much two amounts of one thing may differ when their units do."""

HALF_DAY = "12h"
"""The unit of a time of day that may be before or after noon: "half past six"."""

OPEN_END = -1
"""The end of opening hours that is not named."""


@dataclass(frozen=True)
class Value:
    """``low``..``high`` in the dimension's base unit, standing at ``start``..``end``.

    ``role``: from, until, after or "". ``per``: what it is counted by. ``days``: weekdays that opening hours are
    for. ``unit``: the unit as written, because a month is nearly four weeks.
    """

    start: int
    end: int
    dimension: str
    low: float
    high: float
    role: str = ""
    per: str = ""
    days: frozenset = frozenset()
    unit: str = ""

    def equals(self, other):
        """True for the same amount, whatever its wording; a month is thirty days, and a bound lies in its range."""
        if self.dimension != other.dimension:
            return False
        if self.dimension == "hours":
            return all(
                OPEN_END in (a, b) or self._same_time(other, a, b)
                for a, b in ((self.low, other.low), (self.high, other.high))
            )
        if self.dimension == "date" and "" in (self.unit, other.unit):
            return self.low % 10000 == other.low % 10000
        if self.dimension == "clock" and self._same_time(other, self.low, other.low):
            return True
        share = ROUNDED if self.unit != other.unit else 0.0
        if _near(self.low, other.low, share) and _near(self.high, other.high, share):
            return True
        loose = 0.09 if self.unit != other.unit and self.dimension == "time" else 0.0
        if loose and _near(self.low, other.low, loose) and _near(self.high, other.high, loose):
            return True
        if self.dimension in ("hours", "clock", "date"):
            return False
        one, other = (self, other) if self.low == self.high else (other, self)
        return (
            one.low == one.high
            and other.low != other.high
            and other.low * 0.999 <= one.low <= other.high * 1.001
        )

    def _same_time(self, other, a, b):
        return a == b or (HALF_DAY in (self.unit, other.unit) and (a - b) % 720 == 0)


def _near(a, b, share):
    return abs(a - b) <= share * max(abs(a), abs(b)) + 1e-9


def overlaps(start, end, taken):
    return any(a < end and start < b for a, b in taken)


def role_at(text, start):
    before = text[max(0, start - 40) : start]
    before = re.sub(r"[€$£]\s?$", "", before)
    return next((name for name, pattern in v.ROLE.items() if pattern.search(before)), "")
