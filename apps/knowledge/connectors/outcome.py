"""What became of one document of a source."""

from dataclasses import dataclass

from berrydesk.errors import OwnerError


@dataclass
class Outcome:
    """A document to learn (``text``), or the ``problem`` with it, or neither: then there is nothing to keep.

    A problem is a failure when something went wrong (``failed``), otherwise the document was left out on
    purpose. ``visits`` are keys of ``Visit`` rows that this settles. ``pages`` counts a file's pages.
    """

    external_id: str = ""
    title: str = ""
    url: str = ""
    text: str | None = None
    language: str | None = None
    problem: OwnerError | None = None
    failed: bool = False
    visits: tuple = ()
    pages: int = 0
