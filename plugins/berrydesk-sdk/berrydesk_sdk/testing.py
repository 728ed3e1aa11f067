"""The conformance kit: what every action must keep. Use it in the tests of your plugin.

``check_declaration(YourAction)`` looks at the class; ``check_run(…)`` performs once, for real, against a test
account; ``check_refusal(…)`` and ``check_away(…)`` look at what goes wrong. Each raises AssertionError with what
to mend. ``CHECKS`` lists all of them; each is a small function that may be called by itself.
"""

import json
import re
import threading
from datetime import UTC, datetime

from berrydesk_sdk.actions import (
    Action,
    Context,
    Effect,
    NoSettings,
    Outcome,
    PastRun,
    Preview,
    Status,
)
from berrydesk_sdk.errors import PluginError, Retryable, SetupError, Unknown, VisitorError
from berrydesk_sdk.testing_calls import LONGEST_CALL_S, no_secret_in, timed
from berrydesk_sdk.testing_declaration import DECLARATION

LONGEST_TITLE = 200
LONGEST_MESSAGE = 1000
MOST_ROWS = 20


def a_context(settings=None, *, contact=None, run_id="run-1", key="key-1", dry_run=False, confirmed=None):
    """A context as Berrydesk hands it to a call."""
    return Context(
        settings=settings if settings is not None else NoSettings(),
        contact=contact,
        idempotency_key=key,
        run_id=run_id,
        dry_run=dry_run,
        confirmed=confirmed,
    )


def check_declaration(action_class):
    """The class says what it is: words for people, models with words, examples, nothing a visitor may choose."""
    for check in DECLARATION:
        check(action_class)


def check_run(action, settings, parameters, *, contact=None):
    """Preview, perform and reconcile agree with each other; returns the outcome of ``perform``.

    It is performed once, for real, and once more as a duplicate: give it a test account of the service.
    """
    context = a_context(settings, contact=contact)
    preview = timed(lambda: action.preview(context, parameters), "preview")
    for check in PREVIEW:
        check(action, context, parameters, preview)
    past = PastRun(context.run_id, parameters, context.idempotency_key, datetime.now(UTC))
    if action.effect is not Effect.READ:
        nothing_happened_before(action, context, past)
    confirmed = a_context(settings, contact=contact, confirmed=preview)
    outcome = timed(lambda: action.perform(confirmed, parameters), "perform")
    for check in OUTCOME:
        check(action, confirmed, outcome)
    if action.effect is not Effect.READ and outcome.status is Status.SUCCEEDED:
        reconcile_finds_it(action, confirmed, past, outcome)
        a_duplicate_is_not_a_second_effect(action, confirmed, parameters, outcome)
    return outcome


def check_refusal(action, settings, parameters, *, contact=None):
    """What cannot be done is refused with a sentence for the visitor; returns that sentence.

    ``preview`` refuses; a look-up (``READ``) needs none, so its ``perform`` does, or returns ``Outcome.failed``.
    """
    context = a_context(settings, contact=contact)
    reads = action.effect is Effect.READ
    outcome = None
    try:
        timed(lambda: action.preview(context, parameters), "preview")
        if reads:
            outcome = timed(lambda: action.perform(context, parameters), "perform")
    except VisitorError as refusal:
        said = str(refusal)
    except Exception as error:
        raise AssertionError(f"Raise VisitorError with a sentence, not {type(error).__name__}.") from error
    else:
        name = "perform" if reads else "preview"
        is_refused = outcome is not None and outcome.status is Status.FAILED
        assert is_refused, f"That cannot be done: {name} raises VisitorError."
        said = outcome.message
    assert len(said.split()) >= 3, "Refuse in a whole sentence: the visitor reads it."
    no_secret_in(said, settings)
    return said


def check_away(action, settings, parameters, *, contact=None):
    """With settings that lead to a service nobody answers for, each call ends in time with an error of the SDK.

    A look-up (``READ``) is asked to ``perform`` only; ``check`` is asked where the action has one of its own.
    """
    context = a_context(settings, contact=contact)
    past = PastRun(context.run_id, parameters, context.idempotency_key, datetime.now(UTC))
    calls = {
        "preview": lambda: action.preview(context, parameters),
        "perform": lambda: action.perform(context, parameters),
        "check": lambda: action.check(settings),
    }
    if action.effect is Effect.READ:
        del calls["preview"]
    if type(action).check is Action.check:
        del calls["check"]
    for name, call in calls.items():
        try:
            timed(call, name)
        except (Retryable, Unknown, SetupError) as error:
            no_secret_in(error, settings)
        except Exception as error:
            raise AssertionError(
                f"{name} raises Retryable, Unknown or SetupError when nobody answers, not {type(error).__name__}."
            ) from error
        else:
            raise AssertionError(f"{name} cannot have worked: nobody answers there.")
    if action.effect is Effect.READ:
        return
    try:
        found = timed(lambda: action.reconcile(context, past), "reconcile")
    except PluginError:
        return
    assert found is not None, "reconcile may say None only when it asked: nobody answered, so nobody knows."
    assert found.status is Status.UNKNOWN, "reconcile cannot know: nobody answered."


# ----------------------------------------------------------------- the preview


def preview_is_a_card(action, context, parameters, preview):
    """It is a Preview with a title, and short enough for a card."""
    assert isinstance(preview, Preview), "preview returns a Preview."
    assert preview.title and len(preview.title) <= LONGEST_TITLE, "The preview has a short title."
    assert len(preview.rows) <= MOST_ROWS, f"At most {MOST_ROWS} rows."
    assert all(len(row) == 2 and all(isinstance(part, str) for part in row) for row in preview.rows), (
        "Rows are pairs of texts: label and value."
    )


def money_is_named(action, context, parameters, preview):
    """Money names its amount in whole minor units and its currency by three letters."""
    if action.effect is Effect.MONEY:
        assert type(preview.amount_minor) is int and preview.amount_minor > 0, (
            "Money names its amount as an int."
        )
        assert re.fullmatch("[A-Za-z]{3}", preview.currency), "Money names its currency by three letters."


def the_subject_is_named(action, context, parameters, preview):
    """What changes something says what it acts on, so that the same is not done twice at once."""
    if action.effect is not Effect.READ:
        assert preview.subject, "Name the subject: the service's own id of what is acted on."


def preview_changes_nothing(action, context, parameters, preview):
    """Asked twice, and as a dry run, it shows the same."""
    dry = a_context(context.settings, contact=context.contact, dry_run=True)
    assert timed(lambda: action.preview(context, parameters), "preview") == preview, (
        "preview changed something."
    )
    assert timed(lambda: action.preview(dry, parameters), "preview") == preview, "A dry run shows the same."


def preview_keeps_secrets(action, context, parameters, preview):
    """No secret of the settings stands on the card."""
    no_secret_in(preview, context.settings)


def preview_works_from_any_thread(action, context, parameters, preview):
    """Berrydesk calls it from threads of its own."""
    box = []
    thread = threading.Thread(target=lambda: box.append(action.preview(context, parameters)), daemon=True)
    thread.start()
    thread.join(LONGEST_CALL_S)
    assert box == [preview], "preview works from any thread."


# ----------------------------------------------------------------- the outcome


def outcome_is_told(action, context, outcome):
    """It is an Outcome with a status and a sentence for the visitor."""
    assert isinstance(outcome, Outcome), "perform returns an Outcome."
    assert isinstance(outcome.status, Status), "The outcome's status is one of Status."
    assert outcome.message, "The outcome has a message: the visitor reads it."
    assert len(outcome.message) <= LONGEST_MESSAGE, "Keep the message short."


def outcome_can_be_stored(action, context, outcome):
    """Its details are plain JSON."""
    try:
        json.dumps(outcome.details)
    except (TypeError, ValueError) as error:
        raise AssertionError("details hold only what JSON can.") from error
    assert "\x00" not in outcome.message + outcome.reference, "No NUL characters."


def outcome_keeps_secrets(action, context, outcome):
    """No secret of the settings is told."""
    no_secret_in(outcome, context.settings)


def success_has_a_reference(action, context, outcome):
    """What was changed can be found again at the service."""
    if action.effect is not Effect.READ and outcome.status is Status.SUCCEEDED:
        assert outcome.reference, "Name the reference: the service's own id of what was made."


# ----------------------------------------------------------------- exactly once


def nothing_happened_before(action, context, past):
    """Before it was performed, reconcile says that it did not happen, or that it cannot tell."""
    before = timed(lambda: action.reconcile(context, past), "reconcile")
    assert before is None or before.status is Status.UNKNOWN, "Nothing happened yet: reconcile returns None."


def reconcile_finds_it(action, context, past, outcome):
    """Afterwards reconcile finds it, by the run's id or the idempotency key, and nothing else."""
    after = timed(lambda: action.reconcile(context, past), "reconcile")
    assert after is not None, "It happened: reconcile finds it."
    if after.status is Status.SUCCEEDED:
        assert after.reference == outcome.reference, "reconcile finds the same thing."


def a_duplicate_is_not_a_second_effect(action, context, parameters, outcome):
    """The same run performed again makes no second one: it says what it made, or that nothing was changed."""
    try:
        again = timed(lambda: action.perform(context, parameters), "perform")
    except (VisitorError, Retryable):
        return
    if again.status is Status.SUCCEEDED:
        assert again.reference == outcome.reference, "Performed twice with one key, it made two things."


PREVIEW = (
    preview_is_a_card,
    money_is_named,
    the_subject_is_named,
    preview_changes_nothing,
    preview_keeps_secrets,
    preview_works_from_any_thread,
)
OUTCOME = (outcome_is_told, outcome_can_be_stored, outcome_keeps_secrets, success_has_a_reference)
ONCE = (nothing_happened_before, reconcile_finds_it, a_duplicate_is_not_a_second_effect)
CHECKS = (*DECLARATION, *PREVIEW, *OUTCOME, *ONCE)
