"""A folder of Google Drive is learned, kept fresh by what Google says has changed, and nothing is read twice."""

import pytest

from apps.knowledge import sources
from apps.knowledge.errors import InvalidConfig
from tests.knowledge.drive.conftest import a_word_file, again, learn, problem_of, texts
from tests.knowledge.office import a_pptx, a_row, a_shape, an_xlsx
from tests.peers.google_drive import DOCX, PPTX, SHEET, SLIDES, XLSX


def reads(drive):
    return drive.times_asked("alt=media")


def test_a_folder_is_learned_with_what_lies_below_it(drive, connection, folder, agent):
    drive.put("elsewhere.txt", "Not ours to read.")
    source = learn(agent, folder)
    assert (source.status, source.name, source.learned, source.found) == ("ready", "Help", 4, 4)
    assert set(texts(source)) == {"returns", "repairs", "parcels", "warranty"}
    document = source.documents.get(external_id="warranty")
    assert document.text == "# Warranty\n\nTwo years on every tent."
    assert document.title == "Warranty" and document.modified_at.year == 2026
    assert document.url == "https://drive.google.com/file/d/warranty/view"
    assert source.every_hours == 24 and source.connection == connection


def test_the_second_sync_asks_only_what_has_changed(drive, connection, folder, agent):
    source = learn(agent, folder)
    before = {d.external_id: d.learned_at for d in source.documents.all()}
    drive.asked.clear()
    source = again(source)
    assert (source.status, source.learned, source.unchanged) == ("ready", 4, 4)
    assert [asked.split("?")[0] for asked in drive.asked] == ["POST /token", "GET /drive/v3/changes"]
    assert {d.external_id: d.learned_at for d in source.documents.all()} == before


def test_a_changed_file_is_one_changed_document(drive, connection, folder, agent):
    source = learn(agent, folder)
    drive.put("returns.txt", "Boots come back within 40 days.", parent=folder, id="returns")
    drive.put_doc("Warranty", {DOCX: a_word_file("Warranty", "Three years.")}, parent=folder, id="warranty")
    drive.asked.clear()
    source = again(source)
    assert (source.learned, source.unchanged, reads(drive)) == (4, 2, 2)
    assert "40 days" in texts(source)["returns"] and "Three years" in texts(source)["warranty"]
    assert source.documents.get(external_id="returns").passages.count() == 1


def test_a_new_file_and_a_new_name_are_seen(drive, connection, folder, agent):
    source = learn(agent, folder)
    drive.put("new.txt", "Gift cards never run out.", parent=folder, id="new")
    drive.change("repairs", name="Repairs and care.md")
    source = again(source)
    assert source.learned == 5 and "Gift cards" in texts(source)["new"]
    assert source.documents.get(external_id="repairs").title == "Repairs and care.md"


@pytest.mark.parametrize("how", ["deleted", "in the bin", "moved out"])
def test_a_file_that_is_gone_is_forgotten(drive, connection, folder, agent, how):
    source = learn(agent, folder)
    if how == "deleted":
        drive.delete("returns")
    elif how == "in the bin":
        drive.trash("returns")
    else:
        drive.move("returns", drive.put_folder("Private"))
    source = again(source)
    assert (source.status, source.learned) == ("ready", 3)
    assert set(texts(source)) == {"repairs", "parcels", "warranty"}
    assert source.documents.count() == 3


@pytest.mark.parametrize("how", ["deleted", "in the bin", "moved out"])
def test_a_folder_that_is_gone_takes_its_files_along(drive, connection, folder, agent, how):
    source = learn(agent, folder)
    below = drive.files["parcels"]["parents"][0]
    if how == "deleted":
        drive.delete("parcels")
        drive.delete(below)
    elif how == "in the bin":
        drive.trash(below)
    else:
        drive.move(below, drive.put_folder("Private"))
    drive.asked.clear()
    source = again(source)
    assert set(texts(source)) == {"returns", "repairs", "warranty"} and reads(drive) == 0


def test_a_folder_that_is_moved_in_is_read(drive, connection, folder, agent):
    other = drive.put_folder("Sizes")
    drive.put("sizes.txt", "Boots run small.", parent=other, id="sizes")
    source = learn(agent, folder)
    drive.move(other, folder)
    assert "Boots run small." in texts(again(source))["sizes"]


def test_long_lists_and_long_logs_are_read_to_their_end(drive, connection, agent):
    drive.page_size = 2
    top = drive.put_folder("Many")
    for n in range(7):
        drive.put(f"n{n}.txt", f"The number is {n}.", parent=top, id=f"number{n}")
    source = learn(agent, top)
    assert source.learned == 7
    for n in range(7):
        drive.put(f"n{n}.txt", f"The number was {n}.", parent=top, id=f"number{n}")
    drive.asked.clear()
    source = again(source)
    assert all("was" in text for text in texts(source).values()) and source.learned == 7
    assert drive.times_asked("GET /drive/v3/changes?") == 4
    assert drive.times_asked("GET /drive/v3/files?") == 0
    drive.asked.clear()
    again(source)
    assert drive.times_asked("GET /drive/v3/changes?") == 1


def test_a_log_that_google_forgot_means_one_list_and_nothing_read_twice(drive, connection, folder, agent):
    source = learn(agent, folder)
    drive.delete("returns")
    drive.put("new.txt", "Gift cards never run out.", parent=folder, id="new")
    drive.forget_changes()
    drive.asked.clear()
    source = again(source)
    assert set(texts(source)) == {"repairs", "parcels", "warranty", "new"}
    assert (source.status, reads(drive)) == ("ready", 1)
    drive.asked.clear()
    again(source)
    assert drive.times_asked("GET /drive/v3/files?") == 0


def test_shared_drives_have_their_own_log(drive, connection, agent):
    shop = drive.put_drive("Shop")
    drive.put("hours.txt", "Open from ten to six.", parent=shop, id="hours")
    source = learn(agent, shop)
    assert (source.name, source.learned) == ("Shop", 1)
    drive.put("hours.txt", "Open from nine to six.", parent=shop, id="hours")
    drive.asked.clear()
    assert "nine" in texts(again(source))["hours"]
    assert any("driveId" in asked for asked in drive.asked if "changes" in asked)


def test_what_others_share_is_a_place_of_its_own(drive, connection, agent):
    drive.put(
        "note.txt",
        "Shared with us.",
        parent=None,
        id="note-of-ben",
        sharedWithMe=True,
        sharedWithMeTime="2026-01-01T00:00:00Z",
    )
    top = drive.put_folder("Of Ben", parent=None, sharedWithMe=True, sharedWithMeTime="2026-01-01T00:00:00Z")
    drive.put("deep.txt", "Deep inside.", parent=top, id="deep")
    source = learn(agent, "shared-with-me")
    assert set(texts(source)) == {"note-of-ben", "deep"}
    drive.put(
        "late.txt",
        "Shared later.",
        parent=None,
        id="late",
        sharedWithMe=True,
        sharedWithMeTime="2026-01-02T00:00:00Z",
    )
    assert set(texts(again(source))) == {"note-of-ben", "deep", "late"}


def test_shortcuts_are_followed_once_and_circles_end(drive, connection, folder, agent):
    elsewhere = drive.put_folder("Elsewhere")
    drive.put("far.txt", "Far away.", parent=elsewhere, id="far-away")
    drive.put("single.txt", "On its own.", id="single")
    drive.put_shortcut("To elsewhere", elsewhere, parent=folder)
    drive.put_shortcut("Back to the top", folder, parent=elsewhere)
    drive.put_shortcut("To the single", "single", parent=folder)
    drive.put_shortcut("To returns", "returns", parent=folder)
    source = learn(agent, folder)
    assert (source.status, source.learned) == ("ready", 6)
    assert {"far-away", "single"} <= set(texts(source))
    drive.put("single.txt", "Still on its own.", id="single")
    assert "Still" in texts(again(source))["single"]


def test_a_shortcut_to_what_is_not_shared_is_named_until_it_is(drive, connection, folder, agent):
    sign = drive.put_shortcut("Prices", "prices-of-ben", parent=folder)
    source = learn(agent, folder)
    assert (source.status, source.learned, source.skipped) == ("ready", 4, 1)
    problem = source.documents.get(external_id=sign).problem
    assert problem["message"].startswith("Prices is not there any more, or it is not shared with ada@")
    drive.put("prices.txt", "A tent costs 300 euros.", parent=None, id="prices-of-ben")
    source = again(source)
    assert "300" in texts(source)["prices-of-ben"] and not source.documents.with_problems().exists()


def test_equal_names_are_different_files(drive, connection, agent):
    top = drive.put_folder("Twins")
    drive.put("same.txt", "The first.", parent=top, id="twin-1")
    drive.put("same.txt", "The second.", parent=top, id="twin-2")
    assert set(texts(learn(agent, top)).values()) == {"The first.", "The second."}


def test_the_same_folders_in_another_order_are_the_same_source(drive, connection, folder, agent):
    other = drive.put_folder("Other")
    first = sources.add_source(agent, kind="drive", config={"roots": [folder, other]})
    link = f"https://drive.google.com/drive/u/0/folders/{folder}?usp=sharing"
    second = sources.add_source(agent, kind="drive", config={"roots": [other, link]})
    assert first == second and first.name == "Help, Other"


@pytest.mark.parametrize(
    ("roots", "words"),
    [
        (None, "Choose at least one folder"),
        ([], "Choose at least one folder"),
        (["../../etc"], "is no folder of Google Drive"),
        (["nobody-shared-this"], "not shared with ada@nordlicht.example"),
        ([["a"]], "is no folder of Google Drive"),
    ],
)
def test_what_is_no_folder_is_said_at_its_field(drive, connection, agent, roots, words):
    with pytest.raises(InvalidConfig) as told:
        sources.add_source(agent, kind="drive", config={"roots": roots})
    assert words in told.value.errors["roots"]


def test_without_a_connection_there_is_a_sentence(drive, agent):
    with pytest.raises(InvalidConfig) as told:
        sources.add_source(agent, kind="drive", config={"roots": ["root"]})
    assert "Connect the service first" in told.value.errors["connection"]


def test_a_folder_that_is_no_longer_shared_empties_nothing(drive, connection, folder, agent):
    other = drive.put_folder("Other")
    drive.put("kept.txt", "Still here.", parent=other, id="kept")
    source = learn(agent, folder, other)
    drive.delete(folder)
    source = again(source)
    assert (source.status, source.documents.learned().count()) == ("partial", 5)
    assert problem_of(source, f"root:{folder}") == "drive_not_shared"
    drive.delete(other)
    source = again(source)
    assert (source.status, source.problem["code"]) == ("partial", "drive_not_shared")
    assert source.documents.learned().count() == 5


def test_an_incomplete_search_makes_nothing_vanish(drive, connection, folder, agent):
    source = learn(agent, folder)
    drive.forget_changes()
    drive.delete("returns")
    drive.incomplete = True
    source = again(source)
    assert set(texts(source)) == {"returns", "repairs", "parcels", "warranty"}
    drive.incomplete = False
    assert set(texts(again(source))) == {"repairs", "parcels", "warranty"}


def test_documents_sheets_and_slides_keep_their_tables_and_headings(drive, connection, agent):
    top = drive.put_folder("Office")
    word = a_word_file("Sizes", "Boots run small.", table=[["Size", "cm"], ["42", "27"]])
    drive.put_doc("Sizes", {DOCX: word}, parent=top, id="sizes-doc")
    rows = a_row(1, "Tent", "Price") + a_row(2, "Fjell 2", 300)
    book = an_xlsx({"Tents": rows, "Stoves": a_row(1, "Stove", "Price") + a_row(2, "Primus", 80)})
    drive.put_doc("Prices", {XLSX: book}, mime=SHEET, parent=top, id="prices-sheet")
    deck = a_pptx(
        [a_shape("Winter", kind="title") + a_shape("Tents for snow."), a_shape("Summer", kind="title")]
    )
    drive.put_doc("Talk", {PPTX: deck}, mime=SLIDES, parent=top, id="talk-slides")
    found = texts(learn(agent, top))
    assert "# Sizes" in found["sizes-doc"] and "| Size | cm |" in found["sizes-doc"]
    assert "Tents" in found["prices-sheet"] and "| Fjell 2 | 300 |" in found["prices-sheet"]
    assert "Stoves" in found["prices-sheet"] and "| Primus | 80 |" in found["prices-sheet"]
    assert "## Slide 1: Winter" in found["talk-slides"] and "Tents for snow." in found["talk-slides"]
    assert "## Slide 2: Summer" in found["talk-slides"]
