"""Ada's Notion: a small handbook, shared with Berrydesk, on loopback."""

import pytest

from apps.knowledge import sources, syncing
from apps.knowledge.connectors.notion import connecting
from apps.knowledge.models import Source
from berrydesk.db import leases
from tests.peers import notion as peer
from tests.peers.notion_things import block


@pytest.fixture
def notion(settings):
    """A running Notion that nothing is in yet."""
    with peer.Notion() as running:
        settings.BERRYDESK_SERVICE_URLS = {"notion": running.url}
        settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
        yield running


@pytest.fixture
def handbook(notion):
    """A shared page with three pages below it; ``handbook.top``, ``.returns``, ``.shipping``, ``.hours``."""

    class Handbook:
        top = notion.page("Handbook", block("paragraph", "Everything a colleague should know."), shared=True)
        returns = notion.page("Returns", block("paragraph", "Boots come back within 30 days."), parent=top)
        shipping = notion.page("Shipping", block("paragraph", "We ship to Norway for €4.90."), parent=top)
        hours = notion.page("Hours", block("paragraph", "We are open from nine to five."), parent=shipping)

    return Handbook


@pytest.fixture
def connection(agent, notion):
    return connecting.connect(agent.workspace, {"token": peer.TOKEN})


@pytest.fixture
def source(agent, connection, handbook):
    """The handbook as a source whose first sync waits."""
    return a_source(agent, connection)


def a_source(agent, connection, roots=()):
    return sources.add_source(
        agent, kind="notion", config={"connection": str(connection.pk), "roots": list(roots)}
    )


def carry(source, **options):
    """One run of a worker; True when the sync is over."""
    with leases.claim(Source, source.pk, for_s=120) as row:
        is_over = syncing.sync(row, **options)
    source.refresh_from_db()
    return is_over


def sync_again(source):
    source = sources.sync_again(source)
    carry(source)
    return source


def titles(source):
    return sorted(source.documents.learned().values_list("title", flat=True))


def text_of(source, title):
    return source.documents.learned().get(title=title).text
