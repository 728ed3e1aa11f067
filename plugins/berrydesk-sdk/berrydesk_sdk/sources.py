"""The contract of a source: a place that an agent learns from."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel

from berrydesk_sdk.actions import NoSettings


@dataclass(frozen=True)
class Page:
    """One document to learn. ``text`` is Markdown, ``external_id`` its name from sync to sync.

    ``version`` is any mark that changes when the document does (an ETag, a time of change): a document that is
    still of a known version may be answered with ``Unchanged`` and need not be read again. ``facts`` are exact
    fields, such as a price.
    """

    external_id: str
    text: str
    title: str = ""
    url: str = ""
    version: str = ""
    language: str = ""
    modified_at: datetime | None = None
    facts: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Unchanged:
    """A document that is there and known in this very version."""

    external_id: str


@dataclass(frozen=True)
class Gone:
    """A document that the service says was deleted. Only needed by sources that list changes."""

    external_id: str


@dataclass(frozen=True)
class Problem:
    """A document that could not be read: what happened and why, and what the owner can do about it."""

    external_id: str
    message: str
    remedy: str
    title: str = ""
    url: str = ""


@dataclass
class Reading:
    """What one sync may know. ``known`` maps the external ids learned before to their versions.

    ``bookmark`` is what ``bookmark`` was when the last whole sync ended: set it to a new dict to go on from there
    next time. It is kept only if the sync ends well, without a ``Problem``. ``settled`` are the ids that an earlier
    part of this same sync dealt with: pass over them, and nothing is read twice when a long sync goes on.
    """

    settings: Any
    known: dict = field(default_factory=dict)
    bookmark: dict = field(default_factory=dict)
    settled: frozenset = frozenset()

    def knows(self, external_id, version):
        """True when the document was learned in this very version."""
        return bool(version) and self.known.get(external_id) == version


class Source:
    """A place that an agent learns from. Subclass it, and name the class in the entry points ``berrydesk.sources``.

    The name of the entry point is the kind of the source: ``helpcenter.articles``. Each step of ``walk`` ends
    within a minute or the sync is given up; a sync may be broken off anywhere and start again from the beginning.
    """

    title: ClassVar[str] = ""
    description: ClassVar[str] = ""
    every_hours: ClassVar[int | None] = 24
    """How often it is read again unless the owner says otherwise; None: only when asked."""

    lists_everything: ClassVar[bool] = True
    """A walk meets every document: what a whole sync did not meet is forgotten. Else ``Gone`` says so."""

    Settings: ClassVar[type[BaseModel]] = NoSettings
    """What the owner fills in; a ``SecretStr`` is encrypted and never shown again."""

    def __init_subclass__(cls, **kwargs):
        """Without a title the class's name is it, without a description the docstring's first paragraph."""
        super().__init_subclass__(**kwargs)
        if not cls.title:
            cls.title = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", cls.__name__).capitalize()
        if not cls.description and cls.__doc__:
            cls.description = " ".join(cls.__doc__.strip().split("\n\n")[0].split())

    def check(self, settings):
        """Return one sentence that says it is set up. Raises SetupError."""
        return "Ready."

    def walk(self, reading):
        """Yield a ``Page``, ``Unchanged``, ``Gone`` or ``Problem`` for each document, as each is found.

        ``reading`` is a ``Reading``. Raises SetupError where the owner must mend something, Retryable where the
        service is busy.
        """
        return iter(())
