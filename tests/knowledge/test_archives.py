"""An archive teaches what each readable file in it says; what is bad in it is one refusal, and nothing more."""

import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.knowledge import errors, sources, syncing
from apps.knowledge.models import DocumentStatus, Source
from apps.knowledge.parsing import isolation
from berrydesk.db import leases
from tests.knowledge.files import a_docx, a_pdf, paragraphs
from tests.knowledge.office import a_row, a_zip, an_xlsx


def carry(source, *, run_s=60):
    with leases.claim(Source, source.pk, for_s=120) as row:
        is_over = syncing.sync(row, run_s=run_s)
    source.refresh_from_db()
    return is_over


def upload(agent, content, name="shop.zip"):
    return sources.add_files(agent, [SimpleUploadedFile(name, content, "application/zip")])[0]


def a_link():
    info = zipfile.ZipInfo("link.txt")
    info.external_attr = 0o120777 << 16
    return info


def a_locked(members, locked):
    """The archive with the bit set that says that a member is encrypted."""
    data = bytearray(a_zip(members))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            name_at = start + (30 if offset == 6 else 46)
            if data[name_at : name_at + len(locked)] == locked.encode():
                data[start + offset] |= 1
            start = data.find(mark, start + 4)
    return bytes(data)


def problems(source):
    return {d.external_id.split(" › ")[-1]: d.problem["code"] for d in source.documents.with_problems()}


def test_each_file_of_an_archive_is_a_document_of_its_own(agent):
    source = upload(
        agent,
        a_zip(
            {
                "shop/": "",
                "shop/returns.pdf": a_pdf(["Returns take thirty days."]),
                "shop/prices.xlsx": an_xlsx({"Prices": a_row(1, "Boot", 49)}),
                "shop/letter.docx": a_docx(paragraphs("Dear customer")),
                "Größen.txt": "42 ist 27 cm.",
                "__MACOSX/._returns.pdf": b"x",
                "shop/.DS_Store": b"x",
                "shop/~$letter.docx": b"x",
            }
        ),
    )
    assert carry(source)
    assert (source.status, source.learned, source.found, source.failed) == ("ready", 4, 4, 0)
    assert set(source.documents.learned().values_list("external_id", flat=True)) == {
        "shop.zip › shop/returns.pdf",
        "shop.zip › shop/prices.xlsx",
        "shop.zip › shop/letter.docx",
        "shop.zip › Größen.txt",
    }
    archive = source.documents.get(external_id="shop.zip")
    assert archive.status == DocumentStatus.SKIPPED and archive.problem is None and archive.file


def test_a_bad_member_is_one_failed_document_and_the_rest_is_learned(agent):
    members = [
        ("good.txt", "Returns take thirty days."),
        ("inner.zip", a_zip({"a.txt": "x"})),
        ("../../etc/cron.txt", "x"),
        ("C:\\windows\\a.txt", "x"),
        ("/root/a.txt", "x"),
        (a_link(), "/etc/passwd"),
        ("bomb.txt", b"\0" * 30_000_000),
        ("locked.pdf", a_pdf(["x"], password="x")),
        ("secret.txt", "x"),
        ("broken.docx", a_docx(paragraphs("x"))[:200]),
        ("wrong.pdf", a_docx(paragraphs("x"))),
        ("empty.txt", ""),
        ("style.css", "a {}"),
        ("blank.md", " "),
    ]
    source = upload(agent, a_locked(members, "secret.txt"))
    assert carry(source)
    assert problems(source) == {
        "inner.zip": "archive_inside",
        "../../etc/cron.txt": "unsafe_member",
        "C:/windows/a.txt": "unsafe_member",
        "/root/a.txt": "unsafe_member",
        "link.txt": "unsafe_member",
        "bomb.txt": "zip_bomb",
        "locked.pdf": "file_encrypted",
        "secret.txt": "file_encrypted",
        "broken.docx": "file_broken",
        "wrong.pdf": "wrong_type",
        "empty.txt": "file_empty",
        "style.css": "unknown_type",
        "blank.md": "file_without_text",
    }
    assert (source.status, source.learned, source.skipped, source.failed) == ("partial", 1, 2, 11)
    sentence = source.documents.get(external_id="shop.zip › inner.zip").problem
    assert sentence["message"].startswith("shop.zip › inner.zip is an archive within an archive")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (a_zip({"__MACOSX/x": "x"}), "archive_empty"),
        (a_zip({"a.txt": "x"})[:40], "file_broken"),
        (a_zip({f"{n}.txt": "" for n in range(10_001)}), "archive_too_many"),
        (b"Not an archive.", "wrong_type"),
    ],
)
def test_an_archive_that_cannot_be_opened_says_why(agent, content, problem):
    source = upload(agent, content)
    assert carry(source)
    assert (source.status, source.problem["code"]) == ("failed", problem)


def test_files_that_share_their_bytes_are_a_bomb(agent):
    data = a_zip({"a.txt": "x" * 900 + "y" * 900, "b.txt": "x" * 900 + "z" * 900}, compress=False)
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    bomb = data[: second + 20] + (10**6).to_bytes(4, "little") * 2 + data[second + 28 :]
    source = upload(agent, bomb)
    assert carry(source)
    assert source.problem["code"] == "zip_bomb"


def test_an_archive_is_learned_in_several_runs_and_counts_each_file_once(agent):
    source = upload(agent, a_zip({f"{n}.txt": f"Answer number {n}." for n in range(6)}))
    runs = 0
    while not carry(source, run_s=0):
        runs += 1
        assert source.learned == min(runs, 6) and source.found == 6
    assert (runs, source.status, source.learned) == (7, "ready", 6)
    assert source.documents.learned().count() == 6


def test_a_new_archive_of_the_same_name_replaces_what_the_old_one_held(
    agent, django_capture_on_commit_callbacks
):
    assert carry(upload(agent, a_zip({"a.txt": "Thirty days.", "b.txt": "Two years."})))
    with django_capture_on_commit_callbacks(execute=True):
        source = upload(agent, a_zip({"a.txt": "Sixty days."}))
        assert carry(source)
    assert [d.text for d in source.documents.learned()] == ["Sixty days."]
    assert source.documents.count() == 2


def test_outside_of_uploads_an_archive_is_named_with_a_way_out(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(a_zip({"a.txt": "x"}))
    with pytest.raises(errors.UnknownType) as found:
        isolation.parse(path, name="a.zip")
    assert "a ZIP archive" in found.value.message
