"""Knowledge as the team meets it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.console.templatetags import thread
from apps.knowledge.models import Document, DocumentStatus, Source, SourceKind, SourceStatus
from tests.cast import carry_away
from tests.console.addresses import at

pytestmark = pytest.mark.django_db
PROBLEM = {"code": "no_text", "message": "This page holds no text.", "remedy": "Paste the text instead."}


@pytest.fixture
def site(agent):
    """A website of 60 pages, one of which could not be read."""
    workspace = agent.workspace_id
    source = Source.objects.create(
        workspace_id=workspace,
        agent=agent,
        kind=SourceKind.WEBSITE,
        name="nordlicht.example",
        status=SourceStatus.PARTIAL,
        found=60,
        learned=59,
        failed=1,
    )
    Document.objects.bulk_create(
        Document(
            workspace_id=workspace,
            source=source,
            agent=agent,
            external_id=f"page-{n}",
            title=f"Page {n}",
            url="javascript:alert(1)" if n == 0 else f"https://nordlicht.example/{n}",
            text=f"# Words of <i>page</i> {n}" if n else "",
            status=DocumentStatus.LEARNED if n else DocumentStatus.FAILED,
            problem=None if n else PROBLEM,
        )
        for n in range(60)
    )
    return source


def document_of(source, **which):
    document = source.documents.get(**which)
    return reverse("knowledge_document", args=[source.pk, document.pk])


def test_an_empty_page_teaches(as_ada, agent):
    assert "Nothing learned yet" in as_ada.get(reverse("knowledge")).content.decode()


def test_a_source_is_a_row_with_counts(as_ada, site):
    page = as_ada.get(reverse("knowledge")).content.decode()
    assert "59 of 60 learned" in page and "1 failed" in page and " style=" not in page


def test_a_source_at_work_is_asked_again(as_ada, site):
    Source.objects.filter(pk=site.pk).update(status=SourceStatus.SYNCING)
    part = as_ada.get(reverse("knowledge"), {"part": "sources"}).content.decode()
    assert "every 2s" in part and "<html" not in part and "Reading now" in part


def test_documents_come_fifty_a_page_with_their_problems(as_ada, site):
    first = as_ada.get(reverse("knowledge_source", args=[site.pk]))
    further = first.context["further"]
    second = as_ada.get(reverse("knowledge_source", args=[site.pk]), {"after": further})
    seen = [d.pk for d in [*first.context["documents"], *second.context["documents"]]]
    assert len(seen) == len(set(seen)) == 60
    failed = as_ada.get(reverse("knowledge_source", args=[site.pk]), {"status": "failed"}).content.decode()
    assert PROBLEM["message"] in failed and PROBLEM["remedy"] in failed and "Page 5" not in failed


def test_a_document_shows_its_text_and_no_dangerous_link(as_ada, site):
    page = as_ada.get(document_of(site, title="Page 7")).content.decode()
    assert "Words of &lt;i&gt;page&lt;/i&gt; 7" in page and "https://nordlicht.example/7" in page
    bad = as_ada.get(document_of(site, title="Page 0")).content.decode()
    assert "javascript:" not in bad and PROBLEM["remedy"] in bad


def test_few_queries(as_ada, site, django_assert_max_num_queries):
    for address in (reverse("knowledge"), reverse("knowledge_source", args=[site.pk])):
        with django_assert_max_num_queries(40) as caught:
            as_ada.get(address)
        assert len([q for q in caught.captured_queries if ' FROM "' in q["sql"]]) <= 15


def test_nothing_of_it_exists_for_mallory(client, mallory, site):
    address = document_of(site, title="Page 7")
    client.force_login(mallory.user)
    assert client.get(address).status_code == 404
    assert client.get(reverse("knowledge_source", args=[site.pk])).status_code == 404
    assert "nordlicht.example" not in client.get(reverse("knowledge")).content.decode()


def test_synonyms_are_kept_listed_and_removed(as_ada, agent):
    address = reverse("knowledge_synonyms")
    as_ada.post(address, {"synonyms": "trainer, sneaker\nboot, wellington"})
    assert "boot, wellington" in as_ada.get(reverse("knowledge")).content.decode()
    as_ada.post(address, {"synonyms": "trainer, sneaker"})
    assert "wellington" not in as_ada.get(reverse("knowledge")).content.decode()


def test_a_synonym_alone_comes_back_with_what_was_typed(as_ada, agent):
    answer = as_ada.post(reverse("knowledge_synonyms"), {"synonyms": "trainer, sneaker\nalone"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "stands alone" in shown
    assert "trainer, sneaker\nalone" in shown
    assert re.search(r'<textarea[^>]* name="synonyms"[^>]* autofocus', shown), "the error is in sight"


def test_times_read_as_moments_and_waiting_as_a_duration():
    now = timezone.now()
    said = {
        timedelta(seconds=5): ("just now", "less than a minute"),
        timedelta(minutes=2): ("2 min ago", "2 min"),
        timedelta(hours=1, minutes=5): ("1 hour ago", "1 hour"),
        timedelta(days=3): ("3 days ago", "3 days"),
    }
    for since, words in said.items():
        assert (thread.ago(now - since), thread.lasting(now - since)) == words


def test_sources_come_fifty_a_page_and_their_number_is_said(as_ada, agent):
    Source.objects.bulk_create(
        Source(workspace_id=agent.workspace_id, agent=agent, kind=SourceKind.FILE, name=f"File {n}.pdf")
        for n in range(60)
    )
    first, second = (as_ada.get(reverse("knowledge"), {"page": n}).content.decode() for n in (1, 2))
    assert first.count('class="source-row') == 50 and second.count('class="source-row') == 10
    assert "1 to 50 of 60 sources" in first and "51 to 60 of 60 sources" in second


def test_a_source_for_the_team_alone_says_so_at_its_row(as_ada, agent, site):
    lists = (reverse("knowledge"), at("setup_train", agent))
    said = '<span class="for-team">For the team alone</span>'
    assert [said in as_ada.get(each).content.decode() for each in lists] == [False, False]
    Source.objects.update(is_internal=True)
    assert [as_ada.get(each).content.decode().count(said) for each in lists] == [1, 1]


def test_a_source_being_removed_is_a_row_that_says_so_until_it_is_gone(as_ada, agent, site):
    train = reverse("console:setup_train", args=[agent.public_id])
    as_ada.post(reverse("console:train_delete", args=[agent.public_id, site.pk]))
    for page in (as_ada.get(reverse("knowledge")), as_ada.get(train)):
        said = page.content.decode()
        assert "Being removed" in said and "every 2s" in said
        assert reverse("knowledge_source", args=[site.pk]) not in said
        assert reverse("console:train_again", args=[agent.public_id, site.pk]) not in said
    document = Document.objects.first()
    for address in (
        reverse("knowledge_source", args=[site.pk]),
        reverse("knowledge_document", args=[site.pk, document.pk]),
        reverse("console:train_problems", args=[agent.public_id, site.pk]),
    ):
        assert as_ada.get(address).status_code == 404
    assert carry_away(site)
    assert "Being removed" not in as_ada.get(train).content.decode()


def test_a_source_is_deleted_on_its_own_page_by_who_may(as_ada, ben, site):
    as_ben = Client()
    as_ben.force_login(ben.user)
    page, remove = (reverse(name, args=[site.pk]) for name in ("knowledge_source", "knowledge_remove"))
    assert remove not in as_ben.get(page).content.decode()
    assert as_ben.post(remove).status_code == 403
    assert remove in as_ada.get(page).content.decode()
    answer = as_ada.post(remove, follow=True)
    assert "is being removed" in answer.content.decode()
    assert as_ada.get(page).status_code == 404
