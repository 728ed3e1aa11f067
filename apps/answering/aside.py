"""A short question to a model beside the answer, answered as a JSON object: bounded, and whatever fails costs only its time.

What a model says here is never shown and never obeyed: callers take from it what they can check.
"""

import json
import logging
import time

from apps.routing import choosing, gateway
from apps.routing.failures import ModelFailed
from apps.routing.objects import as_object
from berrydesk.db.units import database_unit

log = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""The visitor waits meanwhile: help that comes later helps nobody."""

LIMITS = gateway.Limits(
    first_token_s=PATIENCE_S, gap_s=PATIENCE_S, total_s=PATIENCE_S, longest_s=PATIENCE_S, floor_chars_s=0.1
)

TOO_LATE = {"timeout", "slow"}
"""Kinds of failure that say nothing against the model as an answerer: it would have answered, only later."""

SLOW_TIMES, LEFT_ALONE_S = 2, 600
"""So many times too late in a row, and a model is not asked beside the answer for so long."""


class Slowness:
    """Which models were too late lately, as far as this process has seen. ``clock``: seconds that only grow."""

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._late = {}

    def is_left_alone(self, choice):
        times, since = self._late.get(_who(choice), (0, 0.0))
        return times >= SLOW_TIMES and self._clock() < since + LEFT_ALONE_S

    def was_late(self, choice):
        """After its rest a model gets one try, not two."""
        times, _since = self._late.get(_who(choice), (0, 0.0))
        self._late[_who(choice)] = (times + 1, self._clock())

    def was_in_time(self, choice):
        self._late.pop(_who(choice), None)


slowness = Slowness()


class Aside:
    """The model beside one turn: asked for help until it fails once. ``choice`` is None where there is no model."""

    def __init__(self, workspace_id, choices):
        self.choice = choosing.for_asides(choices)
        self._workspace_id = workspace_id
        self._has_failed = False

    async def ask(self, step, rules, material, *, max_tokens):
        """The object the model answered with, or None: then ``step`` says as ``kept`` why nothing was changed."""
        step.prompt_tokens, step.completion_tokens, step.cost = 0, 0, 0
        if self._has_failed or slowness.is_left_alone(self.choice):
            step.output.update(kept="failed_before" if self._has_failed else "left_alone")
            return None
        messages = [
            {"role": "system", "content": rules},
            {"role": "user", "content": json.dumps(material, ensure_ascii=False)},
        ]
        step.prompt_tokens = step.completion_tokens = step.cost = None  # unknown until it was counted
        try:
            said, usage = await gateway.complete(
                self.choice, messages, max_tokens=max_tokens, limits=LIMITS, steady=True
            )
        except ModelFailed as failure:
            await self._failed(step, failure)
            return None
        slowness.was_in_time(self.choice)
        step.prompt_tokens, step.completion_tokens, step.cost = (
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.cost,
        )
        found = as_object(said)
        if found is None:
            step.output.update(kept="unreadable", said=said[:500])
        return found

    async def _failed(self, step, failure):
        self._has_failed = True
        late = failure.kind in TOO_LATE
        step.output.update(kept="too_late" if late else "failed", **failure.as_dict())
        if late:
            slowness.was_late(self.choice)
        else:
            await database_unit(choosing.note_failure, self._workspace_id, self.choice, failure)


def _who(choice):
    return choice.connection_id, choice.model
