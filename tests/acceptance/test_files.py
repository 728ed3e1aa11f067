"""Other people's documents and mails: each is read, or refused in words, within its means; none takes others along."""

import time
from pathlib import Path

import pytest

from apps.knowledge import errors
from apps.knowledge.parsing import isolation, recognition
from tests.conftest import DATA

DOCUMENTS = DATA / "wire" / "documents"
MAILS = DATA / "wire" / "email"
LONGEST_S = 15
MOST_BYTES = 400 * isolation.MB
"""Less than half of what a child may have."""


def files_in(folder):
    kept = [p for p in folder.rglob("*") if p.is_file() and "LICENSE" not in p.name and p.name != "SOURCE"]
    return sorted(path for path in kept if path.suffix)


@pytest.fixture(scope="module")
def parser():
    with isolation.Parser(isolation.Limits(memory_bytes=MOST_BYTES)) as ready:
        yield ready


def read_all(parser, paths):
    """Name to Markdown or the code of the refusal; each within its time, the parser well after each."""
    found = {}
    for path in paths:
        started = time.monotonic()
        try:
            found[path.name] = parser.parse(path, name=path.name).markdown
        except errors.Unreadable as problem:
            assert path.name in problem.message and problem.remedy
            found[path.name] = f"refused: {problem.code}"
        assert time.monotonic() - started < LONGEST_S, path.name
    assert parser.parse_bytes(b"Still here.", name="next.txt").markdown == "Still here."
    return found


@pytest.fixture(scope="module")
def documents(parser):
    return read_all(parser, files_in(DOCUMENTS))


def test_other_peoples_documents_are_read_or_refused_in_words(documents):
    found = documents
    assert len(found) >= 60
    refused = {name: words for name, words in found.items() if words.startswith("refused: ")}
    for name, words in refused.items():
        assert words.removeprefix("refused: ") in ("file_encrypted", "file_scanned", "unknown_type"), name
    assert set(refused) == {
        *("aes-128-m.pdf", "aes-256-m.pdf", "aes-256.pdf", "rc4-40.pdf", "libreoffice-writer-password.pdf"),
        *("encrypted_doc_no_id.pdf", "test.xls", "test_outlook_msg.msg"),
    }


def test_other_peoples_slides_and_sheets_keep_their_structure(documents):
    found = documents
    deck = found["powerpoint_sample.pptx"]
    assert deck.startswith("## Slide 1: Test Table Slide")
    assert "## Slide 2: Second slide title" in deck and "Notes: Some notes on the second slide." in deck
    assert "| 13 | 14 | 15 | 16 | 17 | 18 |" in found["test.pptx"]
    assert "|  | Series 1 |" in found["test.pptx"]
    sheets = found["test.xlsx"]
    assert sheets.startswith("## Sheet1\n\n| Alpha | Beta | Gamma | Delta |")
    assert "## 09060124-b5e7-4717-9d07-3c046eb" in sheets
    assert "# Chapter 2: More Content" in found["test.epub"]


def test_other_peoples_mails_are_read(parser):
    mails = [path for path in files_in(MAILS) if path.suffix == ".eml"]
    found = read_all(parser, mails)
    assert len(found) > 90
    assert not [name for name, words in found.items() if words.startswith("refused: ")]
    assert found["japanese_iso_2022.eml"].startswith("# まみむめも")
    for path in files_in(MAILS / "newlines" / "dos"):
        twin = MAILS / "newlines" / "mac" / path.name
        assert parser.parse(path, name=path.name).markdown == parser.parse(twin, name=path.name).markdown


def test_whatever_else_lies_beside_the_mails_is_read_or_refused_in_words(parser):
    others = [path for path in files_in(MAILS) if path.suffix != ".eml"]
    assert len(read_all(parser, others)) > 60


def test_the_child_stays_within_its_memory(parser, documents):
    status = Path(f"/proc/{parser._child.pid}/status").read_text()
    peak_kb = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmPeak")))
    assert peak_kb * 1024 <= MOST_BYTES


def test_other_peoples_scan_is_recognised():
    path = DOCUMENTS / "pdfminer-encryption" / "encrypted_doc_no_id.pdf"
    with recognition.Parser() as parser:
        assert "WO 2003/036426" in parser.parse(path, name=path.name).markdown
