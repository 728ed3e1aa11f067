"""Documents that another program hands over."""

import threading

import pytest
from django.db import connection

from apps.knowledge import batching
from apps.knowledge.models import Document, Source
from berrydesk.db.scopes import in_workspace


@pytest.mark.django_db(transaction=True)
def test_first_batches_at_once_share_one_source(agent):
    gate = threading.Barrier(6)

    def hand_over(number):
        with in_workspace(agent.workspace_id):
            gate.wait()
            batching.batch(agent, [{"external_id": "a", "title": "A", "text": f"Text number {number}."}])
        connection.close()

    callers = [threading.Thread(target=hand_over, args=(n,)) for n in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert Source.objects.filter(kind="api").count() == 1
    assert Document.objects.filter(external_id="a").count() == 1


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example", "https://"]
)
def test_only_web_addresses_become_links(agent, url):
    done = batching.batch(agent, [{"external_id": "a", "title": "A", "text": "Some text.", "url": url}])
    assert [failed["code"] for failed in done.failed] == ["bad_document_url"]
    assert not Document.objects.exists()
