"""Whatever an owner puts into the box becomes a source, or a sentence at its field."""

import errno

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.knowledge import errors, sources, syncing
from apps.knowledge.models import Source
from apps.knowledge.parsing import isolation
from apps.workspaces.models import AuditEvent
from berrydesk.db import leases
from tests.cast import carry_away
from tests.knowledge.files import a_pdf


def carry(source):
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


def a_file(name, content, media_type="application/octet-stream"):
    return SimpleUploadedFile(name, content, media_type)


@pytest.mark.parametrize(
    ("typed", "kind", "config"),
    [
        ("https://shop.example/help", "website", {"url": "https://shop.example/help", "mode": "crawl"}),
        (" shop.example ", "website", {"url": "shop.example", "mode": "crawl"}),
        ("127.0.0.1:8899", "website", {"url": "127.0.0.1:8899", "mode": "crawl"}),
        ("www.münchen-schuhe.de/hilfe?a=1", "website", None),
        ("http://localhost:8001/", "website", None),
        ("localhost:8001", "website", None),
        ("http://127.0.0.1:8000/a", "website", None),
        (
            "https://shop.example/sitemap.xml",
            "website",
            {"url": "https://shop.example/sitemap.xml", "mode": "sitemap"},
        ),
        ("Our shop.example ships in a day.", "text", None),
        ("hello@shop.example", "text", None),
        ("We ship.\nhttps://shop.example", "text", None),
        ("e.g. this", "text", None),
        ("", "text", None),
    ],
)
def test_the_box_takes_anything(typed, kind, config):
    guessed, found = sources.guess_kind(typed)
    assert guessed == kind
    assert config is None or found == config


def test_a_pasted_text_is_learned(agent, ada):
    source = sources.add_source(
        agent, kind="text", config={"text": "# Returns\n\nThirty days, unworn."}, by=ada
    )
    assert (source.name, source.status) == ("Returns", "queued")
    carry(source)
    document = source.documents.get()
    assert (source.status, source.learned, document.title) == ("ready", 1, "Returns")
    assert document.passages.exists()
    assert AuditEvent.objects.filter(verb="source.added", actor=ada).exists()


def test_the_same_twice_is_one_source(agent):
    config = {"text": "Thirty days, unworn."}
    first = carry(sources.add_source(agent, kind="text", config=config))
    again = sources.add_source(agent, kind="text", config=config)
    assert first.pk == again.pk and again.status == "queued"
    assert Source.objects.count() == 1


def test_each_question_is_a_document_of_its_own(agent):
    pairs = [{"question": f"Question {n}?", "answer": f"Answer {n}."} for n in range(3)]
    source = carry(sources.add_source(agent, kind="qa", config={"pairs": pairs}))
    assert source.learned == 3
    document = source.documents.get(title="Question 1?")
    assert document.text == "Question 1?\n\nAnswer 1."


@pytest.mark.parametrize(
    ("kind", "config", "field"),
    [
        ("text", {"text": "  "}, "text"),
        ("text", {"text": 7}, "text"),
        ("text", {"text": "x", "url": "javascript:alert(1)"}, "url"),
        ("text", {"text": "x" * 2_000_001}, "text"),
        ("qa", {}, "pairs"),
        ("qa", {"pairs": "x"}, "pairs"),
        ("qa", {"pairs": [{"question": "Q?"}]}, "pairs.0.answer"),
        ("qa", {"pairs": [{"question": "Q?", "answer": "A."}, {"answer": "B."}]}, "pairs.1.question"),
        ("file", {}, "kind"),
        ("telepathy", {}, "kind"),
        ("text", "x", "config"),
    ],
)
def test_what_is_missing_is_said_at_its_field(agent, kind, config, field):
    with pytest.raises(errors.InvalidConfig) as found:
        sources.add_source(agent, kind=kind, config=config)
    assert field in found.value.errors and found.value.remedy
    assert not Source.objects.exists()


def test_every_file_is_a_row_of_its_own(agent, ada):
    files = [
        a_file("Returns and warranty.pdf", a_pdf(["Thirty days.", "Two years."])),
        a_file("size chart.csv", b"Size,Length\n42,27 cm\n"),
        a_file("scan.pdf", a_pdf([""], picture=True)),
        a_file("empty.txt", b""),
    ]
    made = [carry(source) for source in sources.add_files(agent, files, by=ada)]
    assert [s.name for s in made] == ["Returns and warranty.pdf", "size chart.csv", "scan.pdf", "empty.txt"]
    assert [s.status for s in made] == ["ready", "ready", "failed", "failed"]
    assert [s.problem and s.problem["code"] for s in made] == [None, None, "file_unrecognised", "file_empty"]
    assert "## Page 2\n\nTwo years." in made[0].documents.get().text


def test_files_lie_in_the_workspaces_folder_and_go_with_the_source(agent, django_capture_on_commit_callbacks):
    source = sources.add_files(agent, [a_file("../../etc/pass wd.txt", b"Some words.")])[0]
    name = source.documents.get().file.name
    assert source.name == "pass wd.txt"
    assert name == f"{agent.workspace_id}/sources/{source.pk}/pass_wd.txt"
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        sources.delete_source(source)
        carry_away(source)
    assert not default_storage.exists(name)


def test_a_file_of_a_known_name_replaces_it(agent, django_capture_on_commit_callbacks):
    first = carry(sources.add_files(agent, [a_file("a.txt", b"Thirty days.")])[0])
    before = first.documents.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        again = sources.add_files(agent, [a_file("a.txt", b"Sixty days.")])[0]
    carry(again)
    assert first.pk == again.pk
    assert [d.text for d in again.documents.all()] == ["Sixty days."]
    assert not default_storage.exists(before)


def test_a_better_file_mends_a_refused_one(agent):
    carry(sources.add_files(agent, [a_file("a.txt", b"")])[0])
    again = carry(sources.add_files(agent, [a_file("a.txt", b"Sixty days.")])[0])
    assert (again.status, again.problem, again.documents.get().problem) == ("ready", None, None)


def test_a_file_that_breaks_keeps_what_the_earlier_one_taught(agent):
    carry(sources.add_files(agent, [a_file("a.pdf", a_pdf(["Thirty days."]))])[0])
    again = carry(sources.add_files(agent, [a_file("a.pdf", b"%PDF-1.4 broken")])[0])
    assert (again.status, again.documents.get().problem["code"]) == ("partial", "file_broken")
    assert again.documents.get().passages.exists()


def test_a_file_of_300_mb_is_refused_before_it_is_stored(agent):
    file = a_file("video.pdf", b"%PDF")
    file.size = 300 * isolation.MB
    source = sources.add_files(agent, [file])[0]
    assert (source.status, source.problem["code"]) == ("failed", "file_too_large")
    assert "200 MB" in source.problem["message"]
    assert not source.documents.get().file


def test_a_file_that_was_lost_is_said(agent):
    source = sources.add_files(agent, [a_file("a.txt", b"Some words.")])[0]
    default_storage.delete(source.documents.get().file.name)
    assert carry(source).problem["code"] == "file_lost"


def test_mallory_finds_none_of_it(agent, mallory):
    from berrydesk.db.scopes import in_workspace

    sources.add_source(agent, kind="text", config={"text": "Thirty days."})
    with in_workspace(mallory.workspace):
        assert not Source.objects.exists()


class FullDisk(FileSystemStorage):
    """A disk without a byte left."""

    def _save(self, name, content):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_at_upload_is_one_sentence(agent, settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.FullDisk"}}
    full, other = sources.add_files(agent, [a_file("a.txt", b"hello"), a_file("empty.txt", b"")])
    assert (full.status, full.problem["code"]) == ("failed", "file_not_stored")
    assert "No space left on device" in full.problem["message"]
    assert other.problem["code"] == "file_empty"
