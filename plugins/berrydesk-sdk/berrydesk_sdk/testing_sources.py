"""The conformance kit for sources: what every source must keep. Use it in the tests of your plugin.

``check_source(YourSource(), settings)`` walks three times, for real, against a test account: from the beginning,
from the beginning again as after a crash, and with everything known. ``check_source_away(…)`` looks at what a
service that nobody answers for does. Each raises AssertionError with what to mend.
"""

import json
import time

from pydantic import BaseModel, SecretStr

from berrydesk_sdk.errors import Retryable, SetupError
from berrydesk_sdk.sources import Gone, Page, Problem, Reading, Source, Unchanged
from berrydesk_sdk.testing_calls import SECRET_LIKE, accepts

LONGEST_STEP_S = 60
LONGEST_ID = 1000
GIVEN = {"check": ("settings",), "walk": ("reading",)}
"""What Berrydesk hands to each method of a source."""


def check_source(source, settings=None):
    """The class says what it is, and its walks agree with each other; returns what the first of them met."""
    says_what_it_is(source)
    accepts(source, GIVEN)
    settings = source.Settings() if settings is None else settings
    told = source.check(settings)
    assert isinstance(told, str) and told.strip(), "check returns one sentence that says it is set up."
    first, bookmark = _walked(source, Reading(settings))
    for met in first:
        is_well_formed(met)
        keeps_secrets(met, settings)
    each_document_comes_once(first)
    again, _bookmark = _walked(source, Reading(settings))
    a_new_start_meets_the_same(first, again)
    known = {met.external_id: met.version for met in first if isinstance(met, Page)}
    later, _bookmark = _walked(source, Reading(settings, known, bookmark))
    what_is_known_stays(source, known, later)
    return first


def check_source_away(source, settings):
    """With settings that lead to a service nobody answers for, a walk ends with SetupError or Retryable."""
    try:
        _walked(source, Reading(settings))
    except (SetupError, Retryable) as error:
        keeps_secrets(error, settings)
    except Exception as error:
        raise AssertionError(
            f"walk raises SetupError or Retryable when nobody answers, not {type(error).__name__}."
        ) from error
    else:
        raise AssertionError("walk cannot have worked: nobody answers there.")


def says_what_it_is(source):
    """It is a Source with a title, and a setting that sounds like a secret is one."""
    assert isinstance(source, Source), "Subclass berrydesk_sdk.Source, and hand over an instance."
    assert source.title and len(source.title) <= 60, "Give it a short title."
    assert source.every_hours is None or source.every_hours > 0, "every_hours is a number of hours, or None."
    model = source.Settings
    assert isinstance(model, type) and issubclass(model, BaseModel), "Settings is a pydantic model."
    for name, found in model.model_fields.items():
        if SECRET_LIKE.search(name):
            assert "SecretStr" in str(found.annotation), f"Make the setting {name} a SecretStr."


def is_well_formed(met):
    """It is one of the four kinds, with an id that can be kept and text that can be stored."""
    assert isinstance(met, Page | Unchanged | Gone | Problem), (
        f"walk yields Page, Unchanged, Gone or Problem, not {type(met).__name__}."
    )
    assert isinstance(met.external_id, str) and 0 < len(met.external_id) <= LONGEST_ID, (
        f"An external_id is a text of 1 to {LONGEST_ID} characters."
    )
    if isinstance(met, Page):
        assert isinstance(met.text, str) and isinstance(met.version, str), "text and version are texts."
        assert met.url == "" or met.url.startswith(("http://", "https://")), "url is a web address, or empty."
        try:
            json.dumps(met.facts)
        except (TypeError, ValueError) as error:
            raise AssertionError("facts hold only what JSON can.") from error
    if isinstance(met, Problem):
        for words in (met.message, met.remedy):
            assert len(words.split()) >= 3, "A problem says what happened and what to do, in whole sentences."


def keeps_secrets(told, settings):
    """No secret of the settings stands in what people read."""
    for name in type(settings).model_fields:
        held = getattr(settings, name)
        if isinstance(held, SecretStr) and len(held.get_secret_value()) > 3:
            assert held.get_secret_value() not in f"{told!r} {told}", f"The setting {name} is told to people."


def each_document_comes_once(met):
    """No id comes twice in a walk: the second would replace the first."""
    ids = [one.external_id for one in met]
    twice = {name for name in ids if ids.count(name) > 1}
    assert not twice, f"Met twice in one walk: {', '.join(sorted(twice)[:3])}."


def a_new_start_meets_the_same(first, again):
    """A walk that was broken off begins anew: it must not depend on what an earlier one met."""
    assert {one.external_id for one in first} == {one.external_id for one in again}, (
        "A second walk without a bookmark meets the same documents."
    )


def what_is_known_stays(source, known, later):
    """What is known and did not change is not reported as gone, and one that lists everything meets it again."""
    gone = {met.external_id for met in later if isinstance(met, Gone)} & set(known)
    assert not gone, f"Nothing was deleted, yet it says Gone: {', '.join(sorted(gone)[:3])}."
    if source.lists_everything:
        missed = set(known) - {met.external_id for met in later}
        assert not missed, (
            f"It lists everything, yet it did not meet {', '.join(sorted(missed)[:3])}: answer Unchanged."
        )
    for met in later:
        if isinstance(met, Unchanged):
            assert met.external_id in known, (
                f"{met.external_id} is answered Unchanged, and was never learned."
            )


def _walked(source, reading):
    """What a walk yields, each step in time, and the bookmark it leaves."""
    met, steps, began = [], iter(source.walk(reading)), time.monotonic()
    for one in steps:
        assert time.monotonic() - began < LONGEST_STEP_S, f"Each step of walk ends within {LONGEST_STEP_S} s."
        met.append(one)
        began = time.monotonic()
    try:
        json.dumps(reading.bookmark)
    except (TypeError, ValueError) as error:
        raise AssertionError("bookmark holds only what JSON can.") from error
    return met, reading.bookmark
