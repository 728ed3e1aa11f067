"""A plugin's source, document by document, each step in a thread that is left behind when it hangs."""

import re

import berrydesk_sdk as sdk

from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.connectors.plugin import errors
from apps.knowledge.connectors.plugin.hiding import hidden
from berrydesk.plugins import calling

STEP_S = 60
"""One document may take this long."""

_END = object()


def walk(offered, source):
    """An outcome per document that the plugin yields, None for those that this sync has dealt with before.

    Raises PluginStopped, PluginHangs.
    """
    secrets = source.connection.secrets if source.connection else {}
    known = dict(source.documents.learned().values_list("external_id", "version"))
    settled = frozenset(source.visits.exclude(done_at=None).values_list("key", flat=True))
    reading = sdk.Reading(
        settings=offered.Settings.model_validate({**source.config, **secrets}),
        known=known,
        bookmark=dict(source.bookmark),
        settled=settled,
    )
    source.remember(is_partial=not offered.lists_everything)
    failed = bool(source.failed)  # in an earlier run of this sync
    steps = _guarded(offered, secrets, lambda: iter(offered.walk(reading)))
    while (said := _guarded(offered, secrets, lambda: next(steps, _END))) is not _END:
        outcome = _outcome(said, secrets)
        if outcome is not None and outcome.external_id[:1000] in settled:
            yield None
        elif outcome is not None:
            failed = failed or outcome.failed
            yield outcome
    if not failed:
        source.remember(bookmark=reading.bookmark)


def _guarded(offered, secrets, step):
    try:
        return calling.call(step, cut_off_s=STEP_S)
    except calling.CutOff as error:
        raise errors.PluginHangs(title=offered.title, seconds=STEP_S) from error
    except sdk.PluginError as error:
        raise errors.PluginStopped(title=offered.title, reason=hidden(str(error), secrets)) from error
    except Exception as error:  # a plugin may fail in any way
        reason = hidden(f"{type(error).__name__}: {error}", secrets)[:300]
        raise errors.PluginStopped(title=offered.title, reason=reason) from error


def _outcome(said, secrets):
    """What the plugin said as we know it; None for what a later SDK may say."""
    if isinstance(said, sdk.Page):
        return Outcome(
            external_id=str(said.external_id),
            title=str(said.title or said.external_id),
            url=said.url if re.match(r"(?i)https?://", str(said.url)) else "",
            text=str(said.text),
            language=said.language or None,
            version=str(said.version),
            modified_at=said.modified_at,
            facts=dict(said.facts),
        )
    if isinstance(said, sdk.Unchanged):
        return Outcome(external_id=str(said.external_id), unchanged=True)
    if isinstance(said, sdk.Gone):
        return Outcome(external_id=str(said.external_id), is_gone=True)
    if isinstance(said, sdk.Problem):
        reason, what_to_do = hidden(str(said.message), secrets), hidden(str(said.remedy), secrets)
        problem = errors.PluginSkipped(reason=reason, what_to_do=what_to_do)
        return Outcome(external_id=str(said.external_id), title=str(said.title), problem=problem, failed=True)
    return None
