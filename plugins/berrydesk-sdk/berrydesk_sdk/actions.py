"""The contract of an action: one thing an agent can do for a visitor."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Effect(StrEnum):
    """What an action does to the world. Berrydesk performs READ at once and asks first for the others."""

    READ = "read"
    WRITE = "write"
    MONEY = "money"


class Identity(StrEnum):
    """How well a visitor must be known, unless the owner decides otherwise."""

    ANONYMOUS = "anonymous"
    CLAIMED = "claimed"
    VERIFIED = "verified"


class Status(StrEnum):
    """How a run ended, as far as the plugin knows."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Person:
    """Who asks, as Berrydesk knows them. Never taken from what they typed into the chat."""

    id: str = ""
    external_id: str = ""
    name: str = ""
    email: str = ""
    identity: Identity = Identity.ANONYMOUS
    attributes: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """What would happen, exactly: the card that the visitor confirms.

    ``rows`` are pairs of label and value. Money names ``amount_minor`` and ``currency`` (three letters);
    limits are checked against these. ``subject`` is what it acts on, by the service's own id: there is one run
    at a time for it, however the visitor named it.
    """

    title: str
    rows: tuple[tuple[str, str], ...] = ()
    amount_minor: int | None = None
    currency: str = ""
    confirm_label: str = ""
    note: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Context:
    """What a call may know. ``idempotency_key`` was stored before the call and never changes for a run.

    ``confirmed`` is the preview that was agreed to: ``perform`` does that and nothing more.
    """

    settings: Any
    contact: Person | None = None
    idempotency_key: str = ""
    run_id: str = ""
    locale: str = "en"
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    dry_run: bool = False
    confirmed: Preview | None = None


@dataclass(frozen=True)
class Outcome:
    """What happened. ``message`` is one sentence for the visitor; ``reference`` is the service's own id."""

    status: Status
    reference: str = ""
    message: str = ""
    details: dict = field(default_factory=dict)

    @classmethod
    def succeeded(cls, reference="", message="", **details):
        return cls(Status.SUCCEEDED, str(reference), message, details)

    @classmethod
    def failed(cls, message, **details):
        """Certainly not done."""
        return cls(Status.FAILED, "", message, details)

    @classmethod
    def unknown(cls, message=""):
        """Done or not: nobody knows yet."""
        return cls(Status.UNKNOWN, "", message)


@dataclass(frozen=True)
class PastRun:
    """The run that ``reconcile`` is asked about."""

    id: str
    parameters: Any
    idempotency_key: str
    started_at: datetime


class NoSettings(BaseModel):
    """For an action that the owner has nothing to fill in."""


class Action:
    """One thing an agent can do. Subclass it, and name the class in the entry points of ``berrydesk.actions``.

    The name of the entry point is the action's key: ``stripe.refund``. Every call ends within ten seconds or
    is cut off, runs in a thread of its own, and may come again.
    """

    title: ClassVar[str] = ""
    description: ClassVar[str] = ""
    effect: ClassVar[Effect] = Effect.WRITE
    identity: ClassVar[Identity] = Identity.VERIFIED
    examples: ClassVar[list[str]] = []
    """Sentences with which visitors ask for it; agents without a model recognise it by them."""

    class Parameters(BaseModel):
        """What the visitor must say. Who they are is not among it: see ``Context.contact``."""

        model_config = ConfigDict(extra="forbid")

    def __init_subclass__(cls, **kwargs):
        """Without a title the class's name is it, without a description the docstring's first sentence."""
        super().__init_subclass__(**kwargs)
        if not cls.title:
            cls.title = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", cls.__name__).capitalize()
        if not cls.description and cls.__doc__:
            cls.description = " ".join(cls.__doc__.strip().split("\n\n")[0].split())

    Settings: ClassVar[type[BaseModel]] = NoSettings
    """What the owner fills in; a ``SecretStr`` is encrypted and never shown again."""

    def preview(self, context, parameters):
        """A ``Preview`` of exactly what ``perform`` would do, without doing it. Raises VisitorError."""
        return Preview(title=self.title)

    def perform(self, context, parameters):
        """Do it once and return an ``Outcome``; the same ``context.idempotency_key`` may come again."""
        return Outcome.failed("This action does nothing.")

    def reconcile(self, context, run):
        """What became of ``run`` (a ``PastRun``): an Outcome, or None when it certainly did not happen.

        Without a way to know, ``Outcome.unknown()``: a person is asked, and nothing is repeated.
        """
        return Outcome.unknown()

    def check(self, settings):
        """Return one sentence that says it is set up. Raises SetupError."""
        return "Ready."

    def erase(self, settings, subject):
        """Forget ``subject`` (a ``Person``) where the plugin keeps anything; return how many records went."""
        return 0
