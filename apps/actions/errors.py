"""What can go wrong with actions, in the owner's words."""

from berrydesk.errors import OwnerError


class UnknownAction(OwnerError):
    code = "unknown_action"
    message = "There is no action {key}: no installed plugin offers it."
    remedy = "Install the plugin that offers it, restart Berrydesk, then open Actions again."


class BrokenPlugin(OwnerError):
    code = "broken_plugin"
    message = "The plugin behind {key} could not be loaded: {reason}"
    remedy = "Install a mended version of the plugin, then restart Berrydesk."


class SettingsIncomplete(OwnerError):
    code = "action_settings"
    message = "{title} cannot be switched on yet: {reason}"
    remedy = "Correct the settings, then press Save."


class PolicyInvalid(OwnerError):
    code = "action_policy"
    message = "These limits cannot hold: {reason}"
    remedy = "Correct the limits, then press Save."


class NotSwitchedOn(OwnerError):
    code = "action_off"
    message = "{title} is switched off for this agent, so nothing was done."
    remedy = "Open Actions, switch it on, then try again."


class NotAwaitingApproval(OwnerError):
    code = "run_not_waiting"
    message = "This run is not waiting for approval any more: it is {state}."
    remedy = "Reload the page to see what happened."
