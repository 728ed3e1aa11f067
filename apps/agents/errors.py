"""What can go wrong with an agent, in words."""

from berrydesk.errors import OwnerError


class AgentInvalid(OwnerError):
    """``fields`` are pairs of a field's name and what is wrong with it."""

    code = "agent_invalid"
    message = "The agent cannot be saved like this: {words}"
    remedy = "Correct it, then save again."

    def __init__(self, *, fields):
        self.fields = fields
        super().__init__(words=" ".join(f"{name}: {words}" for name, words in fields))
