"""Notion is learned, kept fresh, and forgotten where it is no longer shared."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.knowledge import sources
from apps.knowledge.errors import InvalidConfig
from apps.knowledge.models import Passage
from tests.knowledge.notion.conftest import a_source, carry, sync_again, text_of, titles
from tests.peers.notion_things import block, file

ALL = ["Handbook", "Hours", "Returns", "Shipping"]


def test_everything_that_was_shared_is_learned(source, handbook, notion):
    notion.page("Salaries", block("paragraph", "Nobody outside may read this."))
    carry(source)
    assert (source.status, source.learned, source.failed, source.problem) == ("ready", 4, 0, None)
    assert titles(source) == ALL
    returns = source.documents.get(external_id=handbook.returns)
    assert returns.text == "Boots come back within 30 days."
    assert returns.url == notion.things[handbook.returns]["url"]
    assert returns.modified_at.isoformat() == "2026-11-20T10:00:00+00:00"
    assert Passage.objects.filter(document=returns).exists()


def test_every_request_names_its_version_and_an_unchanged_page_is_not_read_again(source, notion):
    carry(source)
    before = {d.external_id: d.learned_at for d in source.documents.all()}
    assert notion.times_asked("/children") == 4
    notion.asked.clear()
    sync_again(source)
    source.refresh_from_db()
    assert (source.status, source.learned, source.unchanged) == ("ready", 4, 4)
    assert notion.asked == ["POST /v1/search"]
    assert {d.external_id: d.learned_at for d in source.documents.all()} == before


def test_a_changed_block_is_one_changed_page(source, handbook, notion):
    carry(source)
    notion.now += timedelta(hours=1)
    notion.change(notion.below[handbook.returns][0], "Boots come back within 60 days.")
    notion.asked.clear()
    source = sync_again(source)
    source.refresh_from_db()
    assert text_of(source, "Returns") == "Boots come back within 60 days."
    assert notion.times_asked("/children") == 1
    assert (source.learned, source.unchanged) == (4, 3)


def test_a_new_page_is_found_though_search_does_not_know_it_yet(source, handbook, notion):
    carry(source)
    notion.now += timedelta(hours=1)
    made = notion.page("Gift cards", block("paragraph", "They never end."), parent=handbook.top)
    notion.unindexed.add(made)
    source = sync_again(source)
    assert titles(source) == ["Gift cards", *ALL]
    source = sync_again(source)  # still not indexed, and its parent is unchanged
    assert titles(source) == ["Gift cards", *ALL]


def test_a_page_that_search_forgets_for_a_moment_is_asked_after_and_read(source, handbook, notion):
    carry(source)
    notion.now += timedelta(hours=1)
    notion.change(notion.below[handbook.hours][0], "We are open from ten to six.")
    notion.unindexed.add(handbook.hours)
    source = sync_again(source)
    assert titles(source) == ALL
    assert text_of(source, "Hours") == "We are open from ten to six."


@pytest.mark.parametrize("how", ["trash", "unshare"])
def test_what_is_deleted_or_no_longer_shared_is_forgotten(source, handbook, notion, how):
    if how == "unshare":
        notion.unshare(handbook.top)
        for page in (handbook.returns, handbook.shipping):
            notion.share(page)
    carry(source)
    if how == "trash":
        notion.trash(handbook.shipping)
    else:
        notion.unshare(handbook.shipping)
    source = sync_again(source)
    source.refresh_from_db()
    assert source.status == "ready"
    assert titles(source) == (["Handbook", "Returns"] if how == "trash" else ["Returns"])
    assert not Passage.objects.filter(text__contains="Norway").exists()


def test_a_failing_page_keeps_what_it_taught_and_hinders_no_forgetting(source, handbook, notion):
    carry(source)
    notion.now += timedelta(hours=1)
    notion.change(notion.below[handbook.returns][0], "Boots never come back.")
    notion.trash(handbook.hours)
    notion.fail(status=400, code="validation_error", path=f"{handbook.returns}/children", times=9)
    source = sync_again(source)
    source.refresh_from_db()
    assert source.status == "partial" and source.failed == 1
    assert titles(source) == ["Handbook", "Returns", "Shipping"]
    row = source.documents.get(external_id=handbook.returns)
    assert row.text == "Boots come back within 30 days."
    assert row.problem["code"] == "notion_refused" and "request number" in row.problem["remedy"]
    notion.faults.clear()
    source = sync_again(source)
    assert text_of(source, "Returns") == "Boots never come back."


def test_nothing_shared_is_a_sentence_and_empties_nothing(source, handbook, notion):
    carry(source)
    notion.unshare(handbook.top)
    source = sync_again(source)
    source.refresh_from_db()
    assert (source.status, source.problem["code"]) == ("partial", "notion_nothing_shared")
    assert source.problem["message"] == "Notion shared no pages with Berrydesk."
    assert source.problem["remedy"] == (
        "Open the page in Notion, choose Connections, add Berrydesk, then press Try again."
    )
    assert titles(source) == ALL


def test_only_what_the_owner_picked_is_read(agent, connection, handbook, notion):
    aside = block("toggle", "More", children=[block("paragraph", "Inside.")])
    notion.write(handbook.shipping, aside)
    notion.page("Islands", block("paragraph", "Lofoten takes a week."), parent=aside["id"])
    notion.page("News", block("paragraph", "Nothing new."), shared=True)
    source = a_source(agent, connection, roots=[handbook.shipping])
    carry(source)
    assert titles(source) == ["Hours", "Islands", "Shipping"]
    source = sync_again(source)
    assert titles(source) == ["Hours", "Islands", "Shipping"]
    notion.things[handbook.hours]["parent"] = {"type": "page_id", "page_id": handbook.top}  # moved away
    notion.below[handbook.shipping].remove(handbook.hours)
    notion._touch(handbook.shipping)
    source = sync_again(source)
    assert titles(source) == ["Islands", "Shipping"]


def test_a_root_may_be_given_by_its_address_and_the_same_roots_are_the_same_source(
    agent, connection, handbook, notion
):
    by_id = a_source(agent, connection, roots=[handbook.shipping])
    by_address = a_source(agent, connection, roots=[notion.things[handbook.shipping]["url"] + "?pvs=4"])
    assert by_id.pk == by_address.pk and by_id.config == {"roots": [handbook.shipping]}


@pytest.mark.parametrize("roots", [["nonsense"], [7], {"a": 1}, ["https://www.notion.so/"]])
def test_what_is_no_page_of_notion_is_said_at_the_field(agent, connection, roots):
    with pytest.raises(InvalidConfig) as problem:
        sources.add_source(agent, kind="notion", config={"connection": str(connection.pk), "roots": roots})
    assert list(problem.value.errors) == ["roots"]


def test_without_a_connection_there_is_no_source(agent, notion):
    with pytest.raises(InvalidConfig) as problem:
        sources.add_source(agent, kind="notion", config={})
    assert "connection" in problem.value.errors


def test_a_root_that_is_no_longer_shared_is_named_and_the_others_are_read(
    agent, connection, handbook, notion
):
    other = notion.page("News", block("paragraph", "A new shop in Bergen."), shared=True)
    source = a_source(agent, connection, roots=[other, handbook.shipping])
    carry(source)
    assert titles(source) == ["Hours", "News", "Shipping"]
    notion.unshare(other)
    source = sync_again(source)
    source.refresh_from_db()
    assert source.status == "partial" and titles(source) == ["Hours", "Shipping"]
    assert source.documents.get(external_id=f"root:{other}").problem["message"] == (
        "Notion does not share News with Berrydesk, or it was deleted there."
    )
    notion.unshare(handbook.top)  # now none is left
    source = sync_again(source)
    source.refresh_from_db()
    assert source.problem["code"] == "notion_page_not_shared"
    assert titles(source) == ["Hours", "Shipping"]


def test_a_change_within_the_minute_of_reading_is_not_overlooked(source, handbook, notion):
    notion.now = timezone.now()
    notion.change(notion.below[handbook.returns][0], "Boots come back within 31 days.")
    carry(source)
    notion.change(notion.below[handbook.returns][0], "Boots come back within 32 days.")  # the same minute
    source = sync_again(source)
    assert text_of(source, "Returns") == "Boots come back within 32 days."


def test_a_tree_that_goes_in_circles_is_read_once(source, handbook, notion):
    notion.things[handbook.top]["parent"] = {"type": "page_id", "page_id": handbook.hours}
    notion.things[handbook.top]["as_block"] = {"type": "child_page", "child_page": {"title": "Handbook"}}
    notion.below[handbook.hours].append(handbook.top)
    carry(source)
    assert (source.status, titles(source)) == ("ready", ALL)
    assert notion.times_asked("/children") == 4


def test_pages_come_a_hundred_or_fewer_at_a_time(source, handbook, notion):
    notion.largest_page = 2
    for number in range(7):
        notion.page(
            f"Note {number}", *[block("paragraph", f"Line {n}.") for n in range(5)], parent=handbook.top
        )
    carry(source)
    assert source.learned == 11
    assert text_of(source, "Note 6") == "\n\n".join(f"Line {n}." for n in range(5))
    assert notion.times_asked("/search") == 6


def test_a_file_on_a_page_is_a_document_of_its_own(source, handbook, notion):
    notion.write(handbook.returns, file("Form.csv", b"Field,Meaning\nA,Order number\nB,Reason\n"))
    notion.write(handbook.returns, file("Sound.mp3", b"ID3\x04\x00\x00\x00\x00" + bytes(400)))
    carry(source)
    form = source.documents.get(title="Form.csv")
    assert "Order number" in form.text and form.url.startswith(notion.things[handbook.returns]["url"] + "#")
    assert source.documents.get(title="Sound.mp3").status == "skipped"
    assert (source.status, source.learned, source.skipped) == ("ready", 5, 1)
    notion.asked.clear()
    source = sync_again(source)
    source.refresh_from_db()
    assert (source.learned, source.unchanged, source.skipped) == (5, 5, 1)
    assert notion.asked == ["POST /v1/search"]  # what cannot be read is not fetched again either
    notion.trash(notion.below[handbook.returns][1])
    notion.now += timedelta(hours=1)
    notion.write(handbook.returns, block("paragraph", "The form is gone."))
    source = sync_again(source)
    assert not source.documents.filter(title="Form.csv").exists()


def test_a_link_that_ran_out_on_the_way_is_asked_for_again(source, handbook, notion):
    notion.write(handbook.returns, file("Form.csv", b"Field,Meaning\nA,Order number\nB,Reason\n"))
    notion.dead_links = 1
    carry(source)
    assert source.documents.get(title="Form.csv").status == "learned"


def test_a_file_that_cannot_be_had_is_tried_again_though_its_page_is_unchanged(source, handbook, notion):
    notion.write(handbook.returns, file("Form.csv", b"Field,Meaning\nA,Order number\nB,Reason\n"))
    notion.dead_links = 2
    carry(source)
    assert (source.status, source.failed) == ("partial", 1)
    assert source.documents.get(title="Form.csv").problem["code"] == "page_forbidden"
    source = sync_again(source)
    source.refresh_from_db()
    assert (source.status, source.learned, source.unchanged) == ("ready", 5, 4)
