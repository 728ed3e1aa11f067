"""What a plugin raises; the text of each is read by a person."""


class PluginError(Exception):
    """Base of what follows: the first argument is a sentence."""

    def __str__(self):
        return str(self.args[0]) if self.args else ""


class VisitorError(PluginError):
    """It cannot be done, and the sentence tells the visitor why: "That payment was refunded already."

    Raised by ``perform``, it also says that nothing was changed.
    """


class SetupError(PluginError):
    """It is not set up: the sentence tells the owner what to mend. The visitor reads something neutral."""


class Retryable(PluginError):
    """Nothing was changed, and the same call may succeed later: the service is busy or cannot be reached."""


class Unknown(PluginError):
    """The call was sent and its answer was lost: Berrydesk asks ``reconcile`` what happened."""
