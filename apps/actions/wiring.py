"""The owner switches an action on for an agent and says within which limits."""

from berrydesk_sdk import PluginError, SetupError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import SecretStr, ValidationError

from apps.actions import policies, registry
from apps.actions.errors import SettingsIncomplete
from apps.actions.models import AgentAction
from apps.workspaces import auditing
from berrydesk.plugins import calling


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
        _validated(action, merged)
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
        return calling.call(lambda: action.check(settings))
    except SetupError as problem:
        raise SettingsIncomplete(title=action.title, reason=str(problem)) from problem
    except PluginError as problem:
        raise SettingsIncomplete(title=action.title, reason=str(problem)) from problem


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


def _validated(action, stored):
    try:
        return action.Settings.model_validate(stored)
    except ValidationError as error:
        first = error.errors()[0]
        field = action.Settings.model_fields.get(str(first["loc"][0])) if first["loc"] else None
        label = (field and field.title) or ".".join(map(str, first["loc"]))
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsIncomplete(title=action.title, reason=f"{label}: {reason}") from None
