"""Owners and admins decide about sources and documents; viewers read, and others find nothing."""

import pytest
from django.urls import reverse

from apps.knowledge import curating, indexing
from apps.knowledge.models import Source
from apps.knowledge.review_models import PendingChange
from tests.cast import a_member

pytestmark = pytest.mark.django_db

TEXT = "You can return boots within 30 days."


@pytest.fixture
def source(agent):
    made = Source.objects.create(
        workspace_id=agent.workspace_id,
        agent=agent,
        kind="website",
        name="nordlicht.example",
        status="ready",
        learned=1,
        found=1,
        every_hours=24,
        config={"url": "https://nordlicht.example/", "max_pages": 200},
    )
    indexing.learn_document(made, external_id="returns", title="Returns", text=TEXT)
    return made


@pytest.fixture
def document(source):
    return source.documents.get()


@pytest.fixture
def as_vic(client, ada):
    client.force_login(a_member("Vic", ada.workspace, "viewer").user)
    return client


def url(name, *rows):
    return reverse(f"knowledge_{name}", args=[row.pk for row in rows])


def read(client, name, *rows):
    return client.get(url(name, *rows)).content.decode()


def test_how_a_source_is_kept_is_said_and_changed(as_ada, source):
    page = read(as_ada, "source", source)
    assert "Kept fresh: every night." in page and "For: everyone." in page and "At most 200 pages" in page
    answer = as_ada.post(
        url("keep", source), {"every": "168", "review": "on", "whom": "some", "attributes": "tier: gold"}
    )
    assert answer.status_code == 302
    source.refresh_from_db()
    assert (source.every_hours, source.reviews_changes) == (168, True)
    assert source.audience == {"signed_in": True, "attributes": {"tier": ["gold"]}}
    page = read(as_ada, "source", source)
    assert "Kept fresh: every week." in page and "signed-in customers with tier: gold" in page


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"every": "7", "whom": "all"},
        {"every": "24", "whom": "some", "attributes": "just gold"},
        {"every": "24", "whom": "some"},
        {"every": "24", "whom": "\x00"},
    ],
)
def test_what_was_typed_wrongly_stays_with_its_remedy(as_ada, source, typed):
    answer = as_ada.post(url("keep", source), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'role="alert"' in page and typed.get("attributes", "") in page
    source.refresh_from_db()
    assert (source.audience, source.is_internal) == ({}, False)


def test_a_document_is_corrected_restored_set_aside_and_pinned(as_ada, source, document):
    assert as_ada.post(url("correct", source, document), {"text": "Within 45 days."}).status_code == 302
    page = read(as_ada, "document", source, document)
    assert "Within 45 days." in page and "Corrected by Ada" in page and "Read from the source" in page
    version = document.versions.get()
    as_ada.post(url("decide", source, document), {"do": "restore", "version": version.pk})
    document.refresh_from_db()
    assert document.text == TEXT
    for word, said in [("set_aside", "Set aside: it is kept"), ("pin", "Pinned: a model has it")]:
        as_ada.post(url("decide", source, document), {"do": word})
        assert said in read(as_ada, "document", source, document)
    for word in ("take_back", "unpin"):
        as_ada.post(url("decide", source, document), {"do": word})
    document.refresh_from_db()
    assert document.set_aside_at is None and not document.is_pinned


def test_what_was_set_aside_is_counted_listed_and_taken_back_from_the_list(as_ada, source, document, ada):
    assert "set aside" not in as_ada.get(reverse("knowledge")).content.decode()
    assert "Nothing is set aside" in as_ada.get(reverse("knowledge_set_aside")).content.decode()
    indexing.learn_document(source, external_id="hours", title="Hours", text="Open from ten to six.")
    for origin, listed in (
        ("source", url("source", source) + "?status=set_aside"),
        ("set_aside", reverse("knowledge_set_aside")),
    ):
        curating.set_aside(document, ada)
        page = read(as_ada, "source", source)
        assert 'Learned <span class="quiet">1</span>' in page
        assert 'Set aside <span class="quiet">1</span>' in page
        assert "1 page set aside" in as_ada.get(reverse("knowledge")).content.decode()
        page = as_ada.get(listed).content.decode()
        assert "Returns" in page and "Hours" not in page and "Take it back" in page
        answer = as_ada.post(url("decide", source, document), {"do": "take_back", "from": origin})
        assert answer.status_code == 302 and answer["Location"] == listed
        page = as_ada.get(listed).content.decode()
        assert "Taken back: Returns is used again." in page and "Take it back" not in page
        document.refresh_from_db()
        assert document.set_aside_at is None


def test_a_viewer_reads_what_is_set_aside_without_a_button(as_vic, document):
    curating.set_aside(document)
    page = as_vic.get(reverse("knowledge_set_aside")).content.decode()
    assert "Returns" in page and "Take it back" not in page


def test_an_empty_correction_is_refused_in_words(as_ada, source, document):
    answer = as_ada.post(url("correct", source, document), {"text": "  "})
    assert answer.status_code == 422 and "press Set aside" in answer.content.decode()


@pytest.mark.parametrize(
    ("posted", "status"),
    [({}, 404), ({"do": "x"}, 404), ({"do": "restore"}, 422), ({"do": "restore", "version": "x"}, 422)],
)
def test_what_makes_no_sense_changes_nothing(as_ada, source, document, posted, status):
    assert as_ada.post(url("decide", source, document), posted).status_code == status


def test_both_texts_are_shown_when_the_page_changed(as_ada, source, document, ada):
    curating.correct(document, "Within 45 days.", ada)
    indexing.learn_document(
        source, external_id="returns", title="Returns", text="You can return boots within 60 days."
    )
    assert "changed since you corrected" in read(as_ada, "source", source)
    page = read(as_ada, "document", source, document)
    assert "The page changed since your correction" in page and "60" in page and "Keep my text" in page
    as_ada.post(url("decide", source, document), {"do": "take_page"})
    document.refresh_from_db()
    assert "60 days" in document.text


def a_change(source, document, **about):
    return PendingChange.objects.create(
        workspace_id=source.workspace_id,
        source=source,
        document=document,
        kind="changed",
        title="Returns",
        text=TEXT.replace("30", "60"),
        digest="x",
        **about,
    )


def test_changes_show_their_words_and_go_live_one_by_one(as_ada, source, document):
    change = a_change(source, document)
    assert "1 change waits for your review" in read(as_ada, "source", source)
    page = read(as_ada, "changes", source)
    assert (
        "</span>30</del>" in page
        and "</span>60</ins>" in page
        and "<script" not in page.split("difference")[1]
    )
    assert (
        as_ada.post(url("changes_settle", source), {"do": "accept", "change": change.pk}).status_code == 302
    )
    document.refresh_from_db()
    assert "60 days" in document.text and "Nothing waits" in read(as_ada, "changes", source)
    again = as_ada.post(url("changes_settle", source), {"do": "accept", "change": change.pk})
    assert again.status_code == 422 and "Look at the list again" in again.content.decode()


def test_all_changes_can_be_declined_and_one_accepted_after_all(as_ada, source, document):
    change = a_change(source, document)
    as_ada.post(url("changes_settle", source), {"do": "decline"})
    page = read(as_ada, "changes", source)
    assert "Accept after all" in page and "Nothing waits" in page
    as_ada.post(url("changes_settle", source), {"do": "accept", "change": change.pk})
    document.refresh_from_db()
    assert "60 days" in document.text


def test_sync_and_stop_are_buttons(as_ada, source):
    as_ada.post(url("sync", source), {"do": "sync"})
    source.refresh_from_db()
    assert source.status == "queued"
    page = read(as_ada, "source", source)
    assert "every 2s" in page and ">Stop<" in page
    as_ada.post(url("sync", source), {"do": "stop"})
    source.refresh_from_db()
    assert source.problem["code"] == "stopped"
    assert as_ada.get(url("source", source) + "?part=state").content.decode().startswith('<p id="state"')


def test_a_viewer_reads_and_changes_nothing(as_vic, source, document):
    a_change(source, document)
    for name, rows in (("source", [source]), ("document", [source, document]), ("changes", [source])):
        page = read(as_vic, name, *rows)
        assert "Returns" in page and 'name="do"' not in page and "Save" not in page
    for name, rows in (
        ("keep", [source]),
        ("sync", [source]),
        ("changes_settle", [source]),
        ("correct", [source, document]),
        ("decide", [source, document]),
    ):
        assert as_vic.post(url(name, *rows), {"do": "accept"}).status_code == 403


def test_the_limits_of_a_website_are_said_changed_and_refused_at_their_field(as_ada, source):
    assert "Read at most" in read(as_ada, "source", source)
    saved = as_ada.post(
        url("limits", source), {"max_pages": "40", "include": "/help/*", "exclude": "/help/old"}
    )
    assert saved.status_code == 302
    source.refresh_from_db()
    assert (source.config["max_pages"], source.config["include"]) == (40, ["/help/*"])
    refused = as_ada.post(url("limits", source), {"max_pages": "lots", "include": "/a b", "exclude": "/c"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "A whole number from 1 to 10,000." in page and "/a b has a space in it" in page
    assert 'value="lots"' in page and ">/a b</textarea>" in page and ">/c</textarea>" in page
    source.refresh_from_db()
    assert source.config["max_pages"] == 40


def test_only_admins_change_limits(as_vic, source):
    assert "Read at most" not in read(as_vic, "source", source)
    assert as_vic.post(url("limits", source), {"max_pages": "1"}).status_code == 403


def test_a_document_for_the_team_alone_does_not_say_that_it_can_be_quoted(as_ada, source, document):
    assert "can be quoted" in read(as_ada, "document", source, document)
    Source.objects.update(is_internal=True)
    page = read(as_ada, "document", source, document)
    assert "can be quoted" not in page and "never quoted to customers" in page
