"""The owner switches an action on for an agent and says within which limits."""

import logging

from berrydesk_sdk import PluginError, Retryable
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import SecretStr, ValidationError

from apps.actions import policies, recording, registry
from apps.actions.errors import CheckFailed, ServiceAway, SettingsIncomplete
from apps.actions.models import AgentAction
from apps.workspaces import auditing
from berrydesk.plugins import calling, numbers

log = logging.getLogger(__name__)


def wire(agent, key, *, enabled, settings=None, policy=None, by=None, check=False):
    """The wiring of ``key`` to ``agent``, changed as asked.

    A secret that is left out or empty stays as it was. With ``check`` the plugin tries the settings first.
    Raises UnknownAction, BrokenPlugin, SettingsIncomplete, PolicyInvalid.
    """
    action = registry.action(key)
    known = AgentAction.objects.filter(agent=agent, key=key).first()
    merged = _merged(action, known.settings if known else {}, settings or {})
    limits = policies.read((known.policy if known else {}) | (policy or {}))
    if enabled or settings:
        _validated(action, merged, may_lack=not enabled)
    if check:
        check_settings(action, merged)
    with transaction.atomic():
        row, _is_new = AgentAction.objects.get_or_create(
            workspace_id=agent.workspace_id, agent=agent, key=key, defaults={"wired_by": by}
        )
        row = AgentAction.objects.locked(row.pk)
        row.settings = merged
        row.policy = limits.model_dump(mode="json")
        row.enabled_at = (row.enabled_at or timezone.now()) if enabled else None
        row.wired_by, row.wired_at = by, timezone.now()
        row.save()
        words = _("Switched on %(title)s.") if enabled else _("Switched off %(title)s.")
        auditing.record(agent.workspace_id, by, "action.wired", row, words % {"title": action.title})
    return row


def check_settings(action, stored):
    """The plugin's sentence that it is set up. Raises SettingsIncomplete."""
    settings = _validated(action, stored)
    try:
        return str(calling.call(lambda: action.check(settings)))
    except Retryable as problem:
        reason = recording.plain(problem, settings, 300)
        raise ServiceAway(title=action.title, reason=_sentence(reason)) from problem
    except PluginError as problem:
        reason = recording.plain(problem, settings, 300)
        raise SettingsIncomplete(title=action.title, reason=_sentence(reason)) from problem
    except calling.CutOff as problem:
        raise CheckFailed(title=action.title, reason=str(problem)) from problem
    except Exception as error:  # a plugin may fail in any way; the owner reads a sentence
        recording.log_problem(log, f"{action.title} failed while its settings were checked", error, settings)
        words = recording.plain(f"{type(error).__name__}: {error}", settings, 300)
        raise CheckFailed(title=action.title, reason=_sentence(words)) from error


def _sentence(text):
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def shown_settings(agent_action):
    """The settings without their secrets: these are True when set."""
    action = registry.action(agent_action.key)
    secrets = secret_names(action)
    return {
        name: (bool(value) if name in secrets else value) for name, value in agent_action.settings.items()
    }


def secret_names(action):
    """The settings that are never shown again."""
    return {
        name
        for name, field in action.Settings.model_fields.items()
        if field.annotation in (SecretStr, SecretStr | None)
    }


def settings_of(agent_action):
    """The plugin's own settings object. Raises SettingsIncomplete."""
    return _validated(registry.action(agent_action.key), agent_action.settings)


def _merged(action, old, new):
    secrets = secret_names(action)
    kept = {
        name: value for name, value in new.items() if name not in secrets or (value and value is not True)
    }
    return old | {name: _plain(value) for name, value in kept.items()}


def _plain(value):
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _validated(action, stored, *, may_lack=False):
    """The plugin's settings object; None when only something is missing and that ``may_lack``."""
    try:
        settings = action.Settings.model_validate(stored)
    except ValidationError as error:
        wrong = [one for one in error.errors() if not (may_lack and one["type"] == "missing")]
        if not wrong:
            return None
        raise _incomplete(action, wrong[0]) from None
    for name in numbers.endless(settings):
        raise _incomplete(
            action, {"loc": (name,), "type": "", "msg": _("Give a number that can be written out.")}
        )
    return settings


def _incomplete(action, found):
    """The problem for what pydantic ``found``."""
    name = str(found["loc"][0]) if found["loc"] else ""
    field = action.Settings.model_fields.get(name)
    label = (field and field.title) or ".".join(map(str, found["loc"])).replace("_", " ")
    return SettingsIncomplete(title=action.title, reason=_what_is_wrong(label, found), field=name)


def _what_is_wrong(label, found):
    """What pydantic found, in words of ours where it has only its own."""
    if found["type"] == "missing":
        return _("%(label)s is missing.") % {"label": label}
    words = found["msg"].removeprefix("Value error, ")
    if found["type"] in ("value_error", "assertion_error"):  # the plugin's own sentence
        return f"{label}: {_sentence(words)}"
    return _("%(label)s cannot be used as typed. %(words)s") % {"label": label, "words": _sentence(words)}
