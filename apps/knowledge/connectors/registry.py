"""The kinds of source there are: one folder each, and one line here."""

from dataclasses import dataclass, field
from types import ModuleType

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.connections.models import Connection, Kind
from apps.knowledge.connectors.conversations import check as conversations_check
from apps.knowledge.connectors.conversations import walk as conversations_walk
from apps.knowledge.connectors.drive import check as drive_check
from apps.knowledge.connectors.drive import connecting as drive_connecting
from apps.knowledge.connectors.drive import walk as drive_walk
from apps.knowledge.connectors.feed import check as feed_check
from apps.knowledge.connectors.feed import walk as feed_walk
from apps.knowledge.connectors.files import check as files_check
from apps.knowledge.connectors.files import walk as files_walk
from apps.knowledge.connectors.notion import check as notion_check
from apps.knowledge.connectors.notion import connecting as notion_connecting
from apps.knowledge.connectors.notion import walk as notion_walk
from apps.knowledge.connectors.plugin import check as plugin_check
from apps.knowledge.connectors.plugin import offers
from apps.knowledge.connectors.plugin import walk as plugin_walk
from apps.knowledge.connectors.plugin.errors import PluginMissing
from apps.knowledge.connectors.qa import check as qa_check
from apps.knowledge.connectors.qa import walk as qa_walk
from apps.knowledge.connectors.text import check as text_check
from apps.knowledge.connectors.text import walk as text_walk
from apps.knowledge.connectors.website import check as website_check
from apps.knowledge.connectors.website import counting as website_counting
from apps.knowledge.connectors.website import walk as website_walk
from apps.knowledge.connectors.youtube import check as youtube_check
from apps.knowledge.connectors.youtube import walk as youtube_walk
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import SourceKind

NIGHTLY = 24
BATCH = 50
"""Documents that are put on record together, where a walk is quick enough for it."""


@dataclass(frozen=True)
class Connector:
    """``check.cleaned(config)``, with the connection as well where there is one, and ``walk.walk(source, bench)``.

    ``service`` names the connection a source of this kind reads through, and
    ``connecting.connect(workspace, secrets, by=…)`` makes one, checked live. ``every_hours`` is how often it is
    read again unless the owner says otherwise, None for what only the owner changes. ``always_reviewed``: nothing
    of it is live before its owner accepted it. ``in_batches``: what the walk hands on may be put on record
    together with what it hands on next; without it, each outcome is on record when the walk goes on.
    ``counting.count(config)`` says how much there is before anything is read.
    """

    check: ModuleType
    walk: ModuleType
    service: str = ""
    connecting: ModuleType | None = None
    every_hours: int | None = None
    always_reviewed: bool = False
    in_batches: bool = True
    counting: ModuleType | None = None


_CONNECTORS = {
    SourceKind.WEBSITE: Connector(
        website_check, website_walk, every_hours=NIGHTLY, counting=website_counting
    ),
    SourceKind.FILE: Connector(files_check, files_walk),
    SourceKind.TEXT: Connector(text_check, text_walk),
    SourceKind.QA: Connector(qa_check, qa_walk),
    SourceKind.YOUTUBE: Connector(youtube_check, youtube_walk, every_hours=NIGHTLY),
    SourceKind.FEED: Connector(feed_check, feed_walk, every_hours=NIGHTLY),
    SourceKind.CONVERSATIONS: Connector(conversations_check, conversations_walk, always_reviewed=True),
    SourceKind.NOTION: Connector(
        notion_check,
        notion_walk,
        service="notion",
        connecting=notion_connecting,
        every_hours=NIGHTLY,
        in_batches=False,
    ),
    SourceKind.DRIVE: Connector(
        drive_check,
        drive_walk,
        service="google",
        connecting=drive_connecting,
        every_hours=NIGHTLY,
        in_batches=False,
    ),
}


@dataclass(frozen=True)
class Cleaned:
    """What an owner gave, as it is kept. ``secrets`` go into a connection of the source's own."""

    config: dict
    name: str
    connection: Connection | None = None
    secrets: dict = field(default_factory=dict)


def kinds():
    """Every kind of source that can be added, by name."""
    return sorted([*map(str, _CONNECTORS), *(offer.key for offer in offers.catalogue() if offer.made)])


def every_hours(kind):
    """How often a source of this kind is read again unless the owner says otherwise; None: only when asked."""
    return _CONNECTORS[kind].every_hours if kind in _CONNECTORS else _offered(kind).every_hours


def always_reviewed(kind):
    """True where nothing that a sync finds is live before its owner accepted it."""
    return kind in _CONNECTORS and _CONNECTORS[kind].always_reviewed


def together(kind):
    """How many outcomes of a walk may be put on record together."""
    return BATCH if kind not in _CONNECTORS or _CONNECTORS[kind].in_batches else 1


def cleaned(kind, config):
    """What is kept of ``config``. Raises InvalidConfig, field by field."""
    if kind not in kinds():
        raise InvalidConfig(
            {"kind": f"There is no kind of source called {str(kind)[:40]}. Use one of: {', '.join(kinds())}."}
        )
    if not isinstance(config, dict):
        raise InvalidConfig({"config": "This must hold fields and their values."})
    if kind not in _CONNECTORS:
        kept, secrets, name = plugin_check.cleaned(_offered(kind), config)
        return Cleaned(kept, name, secrets=secrets)
    connector = _CONNECTORS[kind]
    if not connector.service:
        return Cleaned(*connector.check.cleaned(config))
    connection = _connection(connector, config)
    kept, name = connector.check.cleaned({k: v for k, v in config.items() if k != "connection"}, connection)
    return Cleaned(kept, name, connection)


def limited(kind, config, limits):
    """``config`` with other ``limits``. Raises InvalidConfig, field by field."""
    check = _CONNECTORS[kind].check if kind in _CONNECTORS else None
    if not hasattr(check, "limited"):
        raise InvalidConfig({"config": _("A source of this kind has no limits to change.")})
    return check.limited(config, limits)


def spellings(kind, config):
    """Every config of this ``kind`` that stands for the same source as a cleaned ``config``."""
    check = _CONNECTORS[kind].check if kind in _CONNECTORS else None
    return check.spellings(config) if hasattr(check, "spellings") else [config]


def count(kind, config):
    """How many documents a source would hold, before it is added: a ``Count``. Asks the service.

    Raises InvalidConfig, and whatever keeps the source from being read.
    """
    if kind not in _CONNECTORS or _CONNECTORS[kind].counting is None:
        raise InvalidConfig({"kind": _("Only websites can be counted before they are added.")})
    return _CONNECTORS[kind].counting.count(cleaned(kind, config).config)


def walk(source, bench):
    """An outcome per document of the source, as each is found; None for what this sync has dealt with before.

    Raises PluginMissing.
    """
    if source.kind in _CONNECTORS:
        return _CONNECTORS[source.kind].walk.walk(source, bench)
    return plugin_walk.walk(_offered(source.kind), source)


def services():
    """The names of outside services that can be connected by their secrets."""
    return sorted({one.service for one in _CONNECTORS.values() if one.connecting})


def connect(workspace, *, service, secrets, by=None):
    """A connection to ``service``, checked with a live call. Scope needed. Raises an OwnerError."""
    for connector in _CONNECTORS.values():
        if connector.connecting and connector.service == service:
            return connector.connecting.connect(workspace, secrets, by=by)
    words = _("There is no service called %(name)s to connect. Use one of: %(known)s.")
    raise InvalidConfig({"service": words % {"name": service[:40], "known": ", ".join(services())}})


def _offered(kind):
    offer = offers.of(kind)
    if offer is None or offer.made is None:
        raise PluginMissing(kind=kind, reason=offer.broken if offer else "")
    return offer.made


def _connection(connector, config):
    """The workspace's connection that ``config`` names, or its only one to that service."""
    known = Connection.objects.filter(kind=Kind.SERVICE, service=connector.service)
    try:
        found = (
            known.get(pk=config["connection"])
            if config.get("connection")
            else known.exclude(checked_at=None).get()
        )
    except (
        Connection.DoesNotExist,
        Connection.MultipleObjectsReturned,
        ValidationError,
        ValueError,
        TypeError,
    ):
        raise InvalidConfig(
            {"connection": _("Connect the service first, then choose which connection to read through.")}
        ) from None
    return found
