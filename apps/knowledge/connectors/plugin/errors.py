"""What can go wrong with a source that a plugin brings, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class PluginStopped(OwnerError):
    code = "plugin_stopped"
    message = _("{title} stopped reading: {reason}")
    remedy = _("Mend what it says, then press Try again. What was learned stays.")


class PluginHangs(OwnerError):
    code = "plugin_hangs"
    message = _("{title} gave no answer for {seconds} seconds, so reading was given up.")
    remedy = _("Press Try again later; if it happens again, tell whoever made the plugin.")


class PluginMissing(OwnerError):
    code = "plugin_missing"
    message = _("The plugin that reads {kind} is not installed here any more, or cannot be loaded. {reason}")
    remedy = _("Install it again and restart Berrydesk, then press Try again. What was learned stays.")


class PluginSkipped(OwnerError):
    """One document of a plugin's source; the plugin's own words."""

    code = "plugin_skipped"
    message = _("{reason}")
    remedy = _("{what_to_do}")
