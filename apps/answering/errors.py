"""Why a turn stops early. None of these reaches a visitor: each has its way on."""


class TurnTaken(Exception):
    """Another process works on this turn, or it is finished."""


class Rejoined(Exception):
    """The visitor wrote more before the agent spoke: the turn begins anew with all of it."""


class Superseded(Exception):
    """A person took the conversation over meanwhile: the agent stays silent."""
