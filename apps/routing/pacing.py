"""How long a model may take: to its first word, between words, and in all."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Time limits of one model call, in seconds.

    After ``total_s`` an answer may go on only while it flows at reading pace: cutting off what the visitor
    is reading would be worse than waiting for its end. A drip below ``floor_chars_s`` is stopped earlier.
    ``longest_s`` is for servers that never stop: the longest answer that was asked for is through before.
    """

    first_token_s: float = 6.0
    gap_s: float = 5.0
    total_s: float = 9.5
    floor_chars_s: float = 8.0
    flowing_chars_s: float = 15.0
    flowing_gap_s: float = 1.5
    longest_s: float = 240.0


DRIP_AFTER_S = 3.0
"""The pace is judged once an answer has run this long: some providers stutter at the start."""


class Pace:
    """The clock of one call. ``clock`` gives seconds that only grow."""

    def __init__(self, limits, clock=time.monotonic):
        self._limits = limits
        self._clock = clock
        self._began = self._last = clock()
        self._first = None
        self._chars = 0

    def spoke(self, characters):
        """Words came."""
        self.received(characters)

    def received(self, characters):
        """Something came, seen or unseen."""
        if not characters:
            return
        self._last = self._clock()
        if self._first is None:
            self._first = self._last
        self._chars += characters

    def patience_s(self):
        """Seconds to wait for the next piece; 0 when there is no more patience."""
        return max(0.0, self._ends_at() - self._clock())

    def reason(self):
        """The kind of failure when patience has run out."""
        return "timeout" if self._first is None else "slow"

    def _ends_at(self):
        limits = self._limits
        total = self._began + limits.total_s
        if self._first is None:
            return min(self._began + limits.first_token_s, total)
        ends = self._last + limits.gap_s
        # The moment at which what came so far falls below the floor, unless more comes.
        drips = max(self._first + DRIP_AFTER_S, self._first + self._chars / limits.floor_chars_s)
        ends = min(ends, drips)
        if ends <= total:
            return ends
        flows = self._chars >= limits.flowing_chars_s * max(0.5, self._clock() - self._first)
        if not flows:
            return min(ends, total)
        # Up to the total the ordinary gap holds; from then on a stall ends it soon.
        late = max(total, self._last + limits.flowing_gap_s)
        return min(ends, late, self._began + limits.longest_s)
