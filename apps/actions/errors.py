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


class ServiceAway(SettingsIncomplete):
    code = "action_service_away"
    message = (
        "{title} cannot be switched on yet: {reason} Nothing answers at the address of the service, "
        "or it is too busy to answer."
    )
    remedy = "Check the address in the settings and that this machine may reach it, then press Save again."


class CheckFailed(SettingsIncomplete):
    code = "action_check_failed"
    message = "{title} cannot be switched on yet: its plugin failed while it tried the settings. {reason}"
    remedy = "Check the settings and press Save again. If it stays so, tell whoever wrote the plugin."


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


class NotLost(OwnerError):
    code = "run_not_lost"
    message = "Nobody has to find out what became of this run: it is {state}."
    remedy = "Reload the page to see what happened."
