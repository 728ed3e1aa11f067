"""A Google Drive on loopback, and Ada's connection to it."""

import pytest

from apps.connections import keeping
from apps.connections.models import Kind
from apps.knowledge import sources, syncing
from apps.knowledge.models import Source
from berrydesk.db import leases
from tests.knowledge.files import W, a_docx
from tests.peers.google_drive import DOCX, Drive


@pytest.fixture
def drive(settings):
    with Drive() as running:
        settings.BERRYDESK_SERVICE_URLS = {"google": running.url}
        yield running


@pytest.fixture
def connection(drive, scoped):
    return connected(scoped, drive.secrets())


@pytest.fixture
def folder(drive):
    """Three files and a document in "Help", one of them a folder deeper."""
    top = drive.put_folder("Help")
    deeper = drive.put_folder("Shipping", parent=top)
    drive.put("returns.txt", "Boots come back within 30 days.", parent=top, id="returns")
    drive.put(
        "repairs.md",
        "# Repairs\n\nZips are mended in ten days.",
        mime="text/markdown",
        parent=top,
        id="repairs",
    )
    drive.put("parcels.txt", "Parcels leave every day at noon.", parent=deeper, id="parcels")
    drive.put_doc(
        "Warranty", {DOCX: a_word_file("Warranty", "Two years on every tent.")}, parent=top, id="warranty"
    )
    return top


def connected(workspace, secrets, name="ada@nordlicht.example", replacing=None):
    """A connection as it is after its owner signed in."""
    kept = keeping.keep(
        workspace, kind=Kind.SERVICE, service="google", name=name, secrets=secrets, replacing=replacing
    )
    return keeping.note_check(kept, ok=True)


def learn(agent, *roots, **config):
    """A source of these folders, carried through its first sync."""
    return carry(sources.add_source(agent, kind="drive", config={"roots": list(roots), **config}))


def again(source):
    return carry(sources.sync_again(source))


def carry(source, **options):
    """The source after its sync, or after the run that a pause ended."""
    with leases.claim(Source, source.pk, for_s=120) as row:
        syncing.sync(row, **options)
    source.refresh_from_db()
    return source


def texts(source):
    return dict(source.documents.learned().values_list("external_id", "text"))


def problem_of(source, external_id):
    return (source.documents.get(external_id=external_id).problem or {}).get("code")


def a_word_file(heading, *paragraphs, table=()):
    """A Word file as Google exports one: a heading, paragraphs, a table."""
    body = f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>{heading}</w:t></w:r></w:p>'
    body += "".join(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>" for words in paragraphs)
    if table:
        cells = lambda row: "".join(f"<w:tc><w:p><w:r><w:t>{c}</w:t></w:r></w:p></w:tc>" for c in row)  # noqa: E731
        body += f"<w:tbl>{''.join(f'<w:tr>{cells(row)}</w:tr>' for row in table)}</w:tbl>"
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="Heading1">'
        '<w:name w:val="heading 1"/></w:style></w:styles>'
    )
    return a_docx(body, more={"word/styles.xml": styles})
