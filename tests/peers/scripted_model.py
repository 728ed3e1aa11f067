"""A model server over a real socket whose answer, or fault, depends on what it is asked.

``ScriptedModel(script)``: ``script`` gets the body of a completion request and returns the text of the answer, or one
of ``FAULTS`` as ``Fault(name)``. ``asked`` are the bodies so far.
"""

from dataclasses import dataclass

from tests.peers.faulty_model import FaultyModel


@dataclass(frozen=True)
class Fault:
    """What the server does instead of answering."""

    name: str


class ScriptedModel(FaultyModel):
    """The server; a context manager like the one it is made of. One conversation at a time."""

    def __init__(self, script):
        super().__init__()
        self.script = script
        self.asked = []

    async def _complete(self, writer, asked):
        self.asked.append(asked)
        said = self.script(asked)
        is_fault = isinstance(said, Fault)
        self.fault, self.text = (said.name, "") if is_fault else (None, said)
        await super()._complete(writer, asked)
