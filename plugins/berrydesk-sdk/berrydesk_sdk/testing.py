"""The conformance kit: what every action must keep. Use it in the tests of your plugin."""

import time
from datetime import UTC, datetime

from pydantic import BaseModel

from berrydesk_sdk.actions import (
    Action,
    Context,
    Effect,
    Identity,
    NoSettings,
    Outcome,
    PastRun,
    Preview,
    Status,
)

LONGEST_CALL_S = 10


def a_context(settings=None, *, contact=None, run_id="run-1", key="key-1", dry_run=False):
    """A context as Berrydesk hands it to a call."""
    return Context(
        settings=settings if settings is not None else NoSettings(),
        contact=contact,
        idempotency_key=key,
        run_id=run_id,
        dry_run=dry_run,
    )


def check_declaration(action_class):
    """The class says what it is: title, description, effect, identity, examples, models with words."""
    assert issubclass(action_class, Action), "Subclass berrydesk_sdk.Action."
    assert action_class.title and action_class.description, "Give it a title and a description."
    assert isinstance(action_class.effect, Effect), "effect is one of Effect."
    assert isinstance(action_class.identity, Identity), "identity is one of Identity."
    for name in ("Parameters", "Settings"):
        model = getattr(action_class, name)
        assert issubclass(model, BaseModel), f"{name} is a pydantic model."
    for name, found in action_class.Parameters.model_fields.items():
        assert found.description, f"Say what {name} is: Field(description=…)."
    assert action_class.examples, "Give examples: an agent without a model recognises the action by them."
    assert action_class.Parameters.model_config.get("extra") == "forbid", "Refuse parameters nobody declared."


def check_run(action, settings, parameters, *, contact=None):
    """Preview, perform and reconcile agree with each other; returns the outcome of ``perform``.

    It is performed once, for real: give it a test account of the service.
    """
    context = a_context(settings, contact=contact)
    preview = _timed(lambda: action.preview(context, parameters))
    assert isinstance(preview, Preview) and preview.title, "preview returns a Preview with a title."
    if action.effect is Effect.MONEY:
        assert isinstance(preview.amount_minor, int) and preview.amount_minor > 0, "Money names its amount."
        assert len(preview.currency) == 3, "Money names its currency by three letters."
    run = PastRun(context.run_id, parameters, context.idempotency_key, datetime.now(UTC))
    if action.effect is not Effect.READ:
        before = _timed(lambda: action.reconcile(context, run))
        assert before is None or before.status is Status.UNKNOWN, (
            "Nothing happened yet: reconcile returns None."
        )
    outcome = _timed(lambda: action.perform(context, parameters))
    assert isinstance(outcome, Outcome) and outcome.message, "perform returns an Outcome with a message."
    if action.effect is not Effect.READ and outcome.status is Status.SUCCEEDED:
        after = _timed(lambda: action.reconcile(context, run))
        assert after is not None, "It happened: reconcile finds it."
        if after.status is Status.SUCCEEDED:
            assert after.reference == outcome.reference, "reconcile finds the same thing."
    return outcome


def _timed(call):
    began = time.monotonic()
    found = call()
    assert time.monotonic() - began < LONGEST_CALL_S, f"A call ends within {LONGEST_CALL_S} seconds."
    return found
