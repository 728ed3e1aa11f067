"""What an owner decided about a document stands, whatever later syncs read; and can be undone."""

import pytest

from apps.knowledge import batching, curating, curating_errors, history, indexing, sources, syncing
from apps.knowledge.history_models import Correction, DocumentVersion
from apps.knowledge.index_models import TermBlock
from apps.knowledge.models import Document, Passage, Source
from apps.knowledge.retrieval import searching
from apps.workspaces.models import AuditEvent
from berrydesk.db import leases
from tests.peers.site import Site

OLD = "You can return boots within 30 days. " * 8
NEW = "You can return boots within 60 days. " * 8
MINE = "You can return boots within 45 days, and we pay the parcel."


@pytest.fixture(autouse=True)
def on_loopback(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]


@pytest.fixture
def site():
    with Site() as running:
        running.put_page("/", "Home", links=["/returns", "/hours"])
        running.put_page("/returns", "Returns", text=OLD)
        running.put_page("/hours", "Hours", text="Open from ten to six. " * 8)
        yield running


@pytest.fixture
def source(agent, site):
    return carry(sources.add_source(agent, kind="website", config={"url": site.url}))


@pytest.fixture
def returns(source):
    return source.documents.get(title="Returns")


def carry(source):
    with leases.claim(Source, source.pk, for_s=300) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


def again(source):
    return carry(sources.sync_again(source))


def found(agent, question="return boots"):
    return " ".join(f.text for f in searching.search(agent, question))


def test_what_was_set_aside_is_never_found_until_it_is_taken_back(agent, returns, ada):
    aside = curating.set_aside(returns, ada)
    assert (aside.set_aside_by, aside.text.strip()) == (ada, returns.text.strip())
    assert "30 days" not in found(agent) and not returns.passages.exists()
    assert not TermBlock.objects.filter(term__startswith="boot").exists()
    curating.set_aside(returns, ada)
    curating.take_back(returns, ada)
    curating.take_back(returns, ada)
    returns.refresh_from_db()
    assert returns.set_aside_at is None and "30 days" in found(agent)
    verbs = list(AuditEvent.objects.filter(target_id=returns.pk).values_list("verb", flat=True))
    assert sorted(verbs) == ["document.set_aside", "document.taken_back"]


def test_what_was_set_aside_is_kept_fresh(agent, site, source, returns, ada):
    curating.set_aside(returns, ada)
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    returns.refresh_from_db()
    assert "60 days" in returns.text and returns.set_aside_by == ada
    assert "days" not in found(agent) and not returns.passages.exists()
    curating.take_back(returns, ada)
    assert "60 days" in found(agent)


def test_a_page_that_comes_back_is_still_set_aside(agent, site, source, returns, ada):
    curating.set_aside(returns, ada)
    site.take_away("/returns")
    again(source)
    site.put_page("/returns", "Returns", text=OLD)
    again(source)
    row = source.documents.get(title="Returns")
    assert row.status == "learned" and row.set_aside_by == ada and "30 days" not in found(agent)


def test_a_correction_survives_every_later_sync(agent, site, source, returns, ada):
    curating.correct(returns, MINE, ada)
    assert "45 days" in found(agent) and "30 days" not in found(agent)
    again(source)
    site.put_page("/returns", "Our returns", text=NEW)
    again(source)
    again(source)
    returns.refresh_from_db()
    assert (returns.title, returns.text) == ("Our returns", MINE)
    assert "45 days" in found(agent) and "60 days" not in found(agent)


def test_when_the_page_changes_afterwards_the_owner_is_asked_with_both_texts(site, source, returns, ada):
    curating.correct(returns, MINE, ada)
    again(source)
    assert not Correction.objects.overtaken().exists()
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    correction = Correction.objects.overtaken().get()
    assert "60 days" in correction.page_text and correction.document.text == MINE
    curating.keep_correction(returns, ada)
    again(source)
    assert not Correction.objects.overtaken().exists()
    site.put_page("/returns", "Returns", text=OLD)
    again(source)
    assert "30 days" in Correction.objects.overtaken().get().page_text


def test_a_page_that_goes_back_to_what_the_owner_saw_asks_nothing(site, source, returns, ada):
    curating.correct(returns, MINE, ada)
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    site.put_page("/returns", "Returns", text=OLD)
    again(source)
    assert Correction.objects.get().page_changed_at is None


def test_taking_the_page_follows_it_again(agent, site, source, returns, ada):
    curating.correct(returns, MINE, ada)
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    curating.take_page(returns, ada)
    assert not Correction.objects.exists() and "60 days" in found(agent)
    site.put_page("/returns", "Returns", text=OLD)
    again(source)
    assert "30 days" in found(agent) and "45 days" not in found(agent)


def test_every_distinct_text_is_one_version_and_can_be_restored(agent, site, source, returns, ada, ben):
    site.put_page("/returns", "Returns", text=NEW)
    again(source)
    curating.correct(returns, MINE, ada)
    returns.refresh_from_db()
    texts = history.of(returns)
    assert [(t.origin, t.by) for t in texts] == [("correction", ada), ("sync", None), ("sync", None)]
    assert ["45" in texts[0].text, "60" in texts[1].text, "30" in texts[2].text] == [True] * 3
    curating.restore(returns, texts[2].version.pk, ben)
    returns.refresh_from_db()
    assert "30 days" in returns.text and "30 days" in found(agent)
    again(source)
    returns.refresh_from_db()
    texts = history.of(returns)
    assert [(t.origin, t.by) for t in texts] == [("restore", ben), ("correction", ada), ("sync", None)]
    curating.restore(returns, texts[1].version.pk, ben)  # undone
    returns.refresh_from_db()
    assert returns.text == MINE and len(history.of(returns)) == 3


def test_to_restore_what_the_page_says_is_to_follow_it(returns, ada):
    curating.correct(returns, MINE, ada)
    returns.refresh_from_db()
    curating.restore(returns, history.of(returns)[1].version.pk, ada)
    assert not Correction.objects.exists()


def test_at_most_twenty_versions_are_kept(agent, ada):
    for n in range(25):
        batching.batch(agent, [{"external_id": "a", "title": "A", "text": f"The number is {n}."}])
    document = Document.objects.get()
    assert document.versions.count() == history.KEPT
    assert history.of(document)[1].text == "The number is 23."
    oldest = document.versions.newest_first().last()
    oldest_id = oldest.pk
    curating.correct(document, "Mine.", ada)
    with pytest.raises(curating_errors.VersionGone) as gone:
        curating.restore(document, oldest_id, ada)
    assert gone.value.remedy


def test_what_flips_between_two_texts_has_two(agent):
    for n in range(9):
        batching.batch(agent, [{"external_id": "a", "title": "A", "text": f"The number is {n % 2}."}])
    document = Document.objects.get()
    assert [t.text for t in history.of(document)] == ["The number is 0.", "The number is 1."]


def test_an_unread_page_can_be_given_its_text(agent, site, source, ada):
    site.put("/hours", "<html><body><script>render()</script><div id=root></div></body></html>")
    source.documents.get(title="Hours").delete()
    again(source)
    row = source.documents.get(url=site.url + "/hours")
    assert (row.status, row.problem["code"]) != ("learned", None)
    curating.correct(row, "We are open from ten to six.", ada)
    again(source)
    row.refresh_from_db()
    assert row.status == "learned" and "ten to six" in found(agent, "when are you open")


def test_a_corrected_document_outlives_its_page_and_says_so(agent, site, source, returns, ada):
    curating.correct(returns, MINE, ada)
    site.put_page("/", "Home", links=["/hours"])
    site.take_away("/returns")
    again(source)
    again(source)
    returns.refresh_from_db()
    assert returns.problem["code"] == "page_of_correction_gone" and "45 days" in found(agent)


def test_a_correction_needs_words(returns, ada):
    for text, problem in [
        (" \n", curating_errors.CorrectionEmpty),
        ("x" * 2_000_001, curating_errors.CorrectionTooLong),
    ]:
        with pytest.raises(problem) as refused:
            curating.correct(returns, text, ada)
        assert refused.value.remedy
    assert not DocumentVersion.objects.exists()


def test_what_is_gone_cannot_be_corrected(returns, ada):
    indexing.forget_document(returns)
    with pytest.raises(curating_errors.DocumentGone):
        curating.correct(returns, MINE, ada)


def test_a_set_aside_document_can_be_corrected_and_stays_aside(agent, returns, ada):
    curating.set_aside(returns, ada)
    curating.correct(returns, MINE, ada)
    assert "45 days" not in found(agent)
    curating.take_back(returns, ada)
    assert "45 days" in found(agent)


def test_pinning_twice_is_pinning_once(returns, ada):
    curating.pin(returns, ada)
    curating.pin(returns, ada)
    assert Document.objects.pinned().get() == returns
    curating.unpin(returns, ada)
    assert not Document.objects.pinned().exists()
    assert AuditEvent.objects.filter(target_id=returns.pk).count() == 2


def test_what_the_api_sends_leaves_corrections_alone(agent, ada):
    batching.batch(agent, [{"external_id": "a", "title": "A", "text": "Thirty days."}])
    curating.correct(Document.objects.get(), "Forty days.", ada)
    batching.batch(agent, [{"external_id": "a", "title": "A", "text": "Sixty days."}])
    assert Document.objects.get().text == "Forty days."
    assert Correction.objects.get().page_text == "Sixty days."
    assert Passage.objects.get().text.strip() == "Forty days."
