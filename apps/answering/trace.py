"""Spans: what each stage got, gave and cost. With the turn they are the trace."""

import contextlib
import time
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from apps.conversations.models import Span
from berrydesk.errors import OwnerError

BY_MODEL = ("rewrite", "order", "generate")
"""Stages in which a model is called: their figures are those of the turn."""

LONGEST_VALUE = 4_000
"""Characters kept of one text in a span; enough to see why, little enough for a million turns."""


@dataclass
class Step:
    """One span in the making; ``output`` is filled while the stage runs."""

    stage: str
    input: dict
    output: dict = field(default_factory=dict)
    started_at: datetime = field(default_factory=timezone.now)
    ms: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: Decimal | None = None


@dataclass
class Trace:
    """The steps of one turn, in the order they began."""

    steps: list[Step] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    first_token_ms: int | None = None

    @contextlib.contextmanager
    def step(self, stage, **given):
        """Measure a stage; its failure is written down as well."""
        step = Step(stage, _short(given))
        self.steps.append(step)
        start = time.monotonic()
        try:
            yield step
        except Exception as error:
            step.output["failed"] = type(error).__name__
            if isinstance(error, OwnerError):  # what it says is meant for the owner, and holds no secret
                step.output.update(error.as_dict(), said=getattr(error, "said", ""))
            raise
        finally:
            step.ms = round((time.monotonic() - start) * 1000)
            step.output = _short(step.output)

    def forget(self, step):
        """The step did nothing, so it is not part of the explanation."""
        self.steps.remove(step)

    def spoke(self):
        """The first word of the answer is out."""
        if self.first_token_ms is None:
            self.first_token_ms = self.elapsed_ms()

    def elapsed_ms(self):
        return round((time.monotonic() - self.began) * 1000)

    def total(self, name):
        """The sum of a step's figure over the model calls; None when a call's figure is unknown.

        To the cost comes what embedding the question cost, where that is known.
        """
        values = [getattr(step, name) for step in self.steps if step.stage in BY_MODEL]
        if name == "cost":
            values += [step.cost for step in self.steps if step.stage == "embed" and step.cost is not None]
        return None if None in values else sum(values)

    def rows(self, turn):
        """Unsaved spans of ``turn``."""
        return [
            Span(
                workspace_id=turn.workspace_id,
                turn=turn,
                stage=step.stage,
                position=position,
                started_at=step.started_at,
                ms=step.ms,
                input=step.input,
                output=step.output,
                prompt_tokens=step.prompt_tokens,
                completion_tokens=step.completion_tokens,
                cost=step.cost,
            )
            for position, step in enumerate(self.steps)
        ]


def _short(value):
    if isinstance(value, str):
        return value.replace("\x00", "")[:LONGEST_VALUE]
    if isinstance(value, dict):
        return {str(k): _short(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_short(v) for v in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LONGEST_VALUE]
