"""Is a plugin's source filled in? The plugin's own model and its own check say so."""

from berrydesk_sdk import PluginError
from django.utils.translation import gettext as _
from pydantic import SecretStr, ValidationError

from apps.knowledge.connectors.plugin import offers
from apps.knowledge.connectors.plugin.hiding import hidden
from apps.knowledge.errors import InvalidConfig
from berrydesk.plugins import calling, numbers


def cleaned(source, config):
    """The settings without secrets, the secrets, and a name for the source. Raises InvalidConfig."""
    try:
        settings = source.Settings.model_validate(config)
    except ValidationError as error:
        raise InvalidConfig(_by_field(error)) from None
    if endless := numbers.endless(settings):
        raise InvalidConfig(dict.fromkeys(endless, _("Give a number that can be written out.")))
    secret = secret_names(source)
    secrets = {
        name: value.get_secret_value()
        for name in secret
        if isinstance(value := getattr(settings, name), SecretStr)
    }
    try:
        calling.call(lambda: source.check(settings))
    except PluginError as problem:
        raise InvalidConfig({"config": hidden(str(problem), secrets)}) from problem
    except Exception as problem:  # a plugin may fail in any way
        words = _("The plugin behind %(title)s failed: %(error)s") % {
            "title": source.title,
            "error": hidden(f"{type(problem).__name__}: {problem}", secrets)[:200],
        }
        raise InvalidConfig({"config": words}) from problem
    whole = settings.model_dump(mode="json")
    kept = {name: value for name, value in whole.items() if name not in secret}
    return kept, secrets, source.title


def secret_names(source):
    """The settings that are never shown again."""
    return {name for name, field in source.Settings.model_fields.items() if field.annotation in offers.SECRET}


def _by_field(error):
    return {
        ".".join(map(str, one["loc"])) or "config": _("This is needed.")
        if one["type"] == "missing"
        else one["msg"].removeprefix("Value error, ")
        for one in error.errors()
    }
