"""What became of one document of a source."""

from dataclasses import dataclass, field
from datetime import datetime

from berrydesk.errors import OwnerError


class Pause(Exception):
    """A service asks to be left alone for longer than a worker should wait: the sync goes on by itself later.

    Raised by a walk. ``problem`` says so to the owner meanwhile; it ends the sync when run after run gets
    nothing done. ``got_on``: this run got something done, though no document yet.
    """

    def __init__(self, problem, *, for_s, got_on=False):
        self.problem = problem
        self.for_s = for_s
        self.got_on = got_on
        super().__init__(f"{problem.message} ({for_s} s)")


@dataclass
class Outcome:
    """A document to learn (``text``), or the ``problem`` with it, or neither: then there is nothing to keep.

    A problem is a failure when something went wrong (``failed``), otherwise the document was left out on
    purpose. ``hides_others``: while that goes wrong, others may be there that nobody can see, so none is taken for
    gone because it was not met. ``visits`` are keys of ``Visit`` rows that this settles. ``pages`` counts a file's pages.
    ``version`` and ``modified_at`` are the service's marks of what was read, or left out on purpose, ``facts``
    exact fields of it. ``unchanged``: the document is known in this very version, whatever became of it, and was
    not read again. ``is_gone``: the service says that it is no longer there. ``holds_others``: it is no document
    itself but an archive of them.
    """

    external_id: str = ""
    title: str = ""
    url: str = ""
    text: str | None = None
    language: str | None = None
    problem: OwnerError | None = None
    failed: bool = False
    hides_others: bool = False
    visits: tuple = ()
    pages: int = 0
    version: str = ""
    modified_at: datetime | None = None
    facts: dict = field(default_factory=dict)
    unchanged: bool = False
    is_gone: bool = False
    holds_others: bool = False
