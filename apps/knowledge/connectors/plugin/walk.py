"""A plugin's source, document by document, each step in a thread that is left behind when it hangs."""

import re

import berrydesk_sdk as sdk

from apps.knowledge.connectors.outcome import Outcome
from apps.knowledge.connectors.plugin import errors
from berrydesk.plugins import calling

STEP_S = 60
"""One document may take this long."""

_END = object()


def walk(offered, source):
    """An outcome per document that the plugin yields. Raises PluginStopped, PluginHangs."""
    settings = offered.Settings.model_validate(
        {**source.config, **(source.connection.secrets if source.connection else {})}
    )
    known = dict(source.documents.learned().values_list("external_id", "version"))
    reading = sdk.Reading(settings=settings, known=known, bookmark=dict(source.bookmark))
    source.remember(is_partial=not offered.lists_everything)
    steps = _guarded(offered, lambda: iter(offered.walk(reading)))
    while (said := _guarded(offered, lambda: next(steps, _END))) is not _END:
        outcome = _outcome(said)
        if outcome is not None:
            yield outcome
    source.remember(bookmark=reading.bookmark)


def _guarded(offered, step):
    try:
        return calling.call(step, cut_off_s=STEP_S)
    except calling.CutOff as error:
        raise errors.PluginHangs(title=offered.title, seconds=STEP_S) from error
    except sdk.PluginError as error:
        raise errors.PluginStopped(title=offered.title, reason=str(error)) from error
    except Exception as error:  # a plugin may fail in any way
        reason = f"{type(error).__name__}: {error}"[:300]
        raise errors.PluginStopped(title=offered.title, reason=reason) from error


def _outcome(said):
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
        problem = errors.PluginSkipped(reason=str(said.message), what_to_do=str(said.remedy))
        return Outcome(external_id=str(said.external_id), title=str(said.title), problem=problem, failed=True)
    return None
