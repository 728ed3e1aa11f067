"""A quote says on which page, on which slide or at which minute it stands."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.answering import gathering
from apps.knowledge import sources, syncing
from apps.knowledge.models import Source
from apps.knowledge.retrieval import searching
from berrydesk.db import leases
from tests.knowledge.files import a_pdf
from tests.knowledge.office import a_pptx, a_shape

RETURNS = "Boots may be sent back within thirty days. They must be unworn."
WARRANTY = "The warranty on boots lasts two years. It begins with the delivery."
FILLER = "\n".join(f"Line {n} tells about our history in the mountains and the valleys." for n in range(40))


def taught(agent, name, content):
    source = sources.add_files(agent, [SimpleUploadedFile(name, content)])[0]
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert syncing.sync(row)


def cited(agent, question):
    found = searching.search(agent, question, limit=3)[0]
    return gathering.citation(1, found, found.quote)


@pytest.mark.parametrize("filler", [[], [FILLER, FILLER, FILLER, FILLER]])
def test_a_pdf_is_cited_with_its_page(agent, filler):
    taught(agent, "Returns and warranty.pdf", a_pdf([RETURNS, WARRANTY, *filler]))
    citation = cited(agent, "How long does the warranty last?")
    assert (citation["title"], citation["place"]) == ("Returns and warranty.pdf", "page 2")
    assert cited(agent, "May I send boots back?")["place"] == "page 1"


def test_a_deck_is_cited_with_its_slide(agent):
    deck = a_pptx([a_shape("Returns", kind="title") + a_shape(RETURNS), a_shape(WARRANTY)])
    taught(agent, "deck.pptx", deck)
    assert cited(agent, "How long does the warranty last?")["place"] == "slide 2"


def test_captions_are_cited_with_their_minute(agent):
    captions = f"WEBVTT\n\n00:01.000 --> 00:09.000\n{RETURNS}\n\n12:05.000 --> 12:09.000\n{WARRANTY}\n"
    taught(agent, "talk.vtt", captions.encode())
    assert cited(agent, "How long does the warranty last?")["place"] == "12:05"


def test_other_documents_are_cited_by_their_title_alone(agent):
    taught(agent, "a.md", f"# Guide\n\n{RETURNS}\n\n## Warranty\n\n{WARRANTY}".encode())
    assert cited(agent, "How long does the warranty last?")["place"] == ""
