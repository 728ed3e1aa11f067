"""A ZIP in Drive is opened, as one that is uploaded: each file inside is a document, and is followed."""

import pytest

from apps.knowledge import sources
from tests.knowledge.drive.conftest import again, carry, learn, problem_of, texts
from tests.knowledge.office import a_row, a_zip, an_xlsx

ZIP = "application/zip"


def an_archive(**more):
    return a_zip(
        {
            "care/boots.md": "# Boots\n\nWax them twice a year.",
            "prices.xlsx": an_xlsx({"Prices": a_row(1, "Boots", 120)}),
            "care/photo.png": b"\x89PNG\r\n\x1a\n nonsense",
            **more,
        }
    )


@pytest.fixture
def archive(drive, folder):
    drive.put("manuals.zip", an_archive(), mime=ZIP, parent=folder, id="zip")
    return "zip"


def inside(source):
    return {key.removeprefix("zip/"): text for key, text in texts(source).items() if key.startswith("zip/")}


def downloads(drive):
    return sum("/files/zip?" in asked and "alt=media" in asked for asked in drive.asked)


def test_each_file_inside_is_a_document_and_what_is_bad_is_named(drive, connection, folder, archive, agent):
    source = learn(agent, folder)
    assert set(inside(source)) == {"care/boots.md", "prices.xlsx"}
    assert "Wax them" in inside(source)["care/boots.md"] and "120" in inside(source)["prices.xlsx"]
    document = source.documents.get(external_id="zip/care/boots.md")
    assert (document.title, document.url) == ("Boots", "https://drive.google.com/file/d/zip/view")
    assert problem_of(source, "zip/care/photo.png") and problem_of(source, "zip") is None
    assert (source.status, source.learned, source.skipped, source.failed) == ("ready", 6, 1, 0)


def test_a_zip_that_stays_as_it_is_is_fetched_once(drive, connection, folder, archive, agent):
    source = learn(agent, folder)
    before = {d.external_id: d.learned_at for d in source.documents.all()}
    source = again(source)  # by the log of changes
    assert (source.status, source.learned, source.unchanged, source.skipped) == ("ready", 6, 6, 1)
    drive.forget_changes()
    drive.change("returns", name="Return.txt")
    source = again(source)  # by listing everything
    assert (source.status, source.learned, source.unchanged, source.skipped) == ("ready", 6, 5, 1)
    after = {d.external_id: d.learned_at for d in source.documents.all()}
    assert {key for key in after if after[key] != before[key]} == {"returns"}
    assert downloads(drive) == 1


def test_what_changes_inside_is_followed(drive, connection, folder, archive, agent):
    source = learn(agent, folder)
    before = source.documents.get(external_id="zip/prices.xlsx").learned_at
    more = {"care/boots.md": "# Boots\n\nWax them thrice a year.", "new.txt": "Laces are free."}
    members = {"prices.xlsx": an_xlsx({"Prices": a_row(1, "Boots", 120)}), **more}
    drive.put("manuals.zip", a_zip(members), mime=ZIP, parent=folder, id="zip")
    source = again(source)
    assert set(inside(source)) == {"care/boots.md", "new.txt", "prices.xlsx"}
    assert "thrice" in inside(source)["care/boots.md"]
    assert source.documents.get(external_id="zip/prices.xlsx").learned_at == before
    assert not source.documents.filter(external_id="zip/care/photo.png").exists()


@pytest.mark.parametrize("by", ["the log", "a list"])
def test_with_the_zip_goes_what_lay_in_it(drive, connection, folder, archive, agent, by):
    source = learn(agent, folder)
    drive.delete("zip")
    if by == "a list":
        drive.forget_changes()
    source = again(source)
    assert set(texts(source)) == {"returns", "repairs", "parcels", "warranty"}
    assert not source.documents.filter(external_id__startswith="zip").exists()


def test_a_changed_zip_loses_nothing_while_everything_is_listed(drive, connection, folder, archive, agent):
    source = learn(agent, folder)
    learned_at = source.documents.get(external_id="zip/care/boots.md").learned_at
    drive.put("manuals.zip", an_archive(**{"new.txt": "Laces."}), mime=ZIP, parent=folder, id="zip")
    drive.forget_changes()
    source = again(source)
    assert set(inside(source)) == {"care/boots.md", "new.txt", "prices.xlsx"}
    assert source.documents.get(external_id="zip/care/boots.md").learned_at == learned_at


def test_a_zip_that_becomes_a_text_and_a_text_that_becomes_a_zip(drive, connection, folder, archive, agent):
    source = learn(agent, folder)
    drive.put("manuals.txt", "No archive any more.", parent=folder, id="zip")
    drive.put("returns.zip", a_zip({"a.txt": "In a ZIP now."}), mime=ZIP, parent=folder, id="returns")
    source = again(source)
    assert inside(source) == {} and "No archive" in texts(source)["zip"]
    assert texts(source)["returns/a.txt"] == "In a ZIP now." and "returns" not in texts(source)
    assert source.documents.get(external_id="returns").passages.count() == 0


def test_a_run_that_ends_in_the_middle_of_a_zip_goes_on_where_it_was(
    drive, connection, folder, archive, agent
):
    source = sources.add_source(agent, kind="drive", config={"roots": [folder]})
    runs = 0
    while source.status in ("queued", "syncing"):
        source, runs = carry(source, run_s=0), runs + 1
        assert runs < 40
    assert runs > 3
    assert (source.status, source.learned, source.skipped, source.failed) == ("ready", 6, 1, 0)
    assert set(inside(source)) == {"care/boots.md", "prices.xlsx"}


def test_a_zip_that_cannot_be_opened_is_named(drive, connection, folder, agent):
    drive.put("broken.zip", b"PK\x03\x04 nonsense", mime=ZIP, parent=folder, id="broken")
    source = learn(agent, folder)
    assert problem_of(source, "broken") == "file_broken" and source.learned == 4
