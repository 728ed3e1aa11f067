"""The list of sources in the set-up, which is asked for again while one is at work."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.knowledge import sources
from apps.knowledge.models import Source

pytestmark = pytest.mark.django_db


def test_pages_that_browsers_are_opening_cost_no_query_each(client, ada, agent):
    client.force_login(ada.user)
    address = reverse("console:train_rows", args=[agent.public_id])

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            shown = client.get(address).content.decode()
        return shown, len(caught)

    def at_work(name):
        source = sources.add_source(agent, kind="website", config={"url": f"https://{name}.example/"})
        note = {"url": f"https://{name}.example/a", "at": int(time.time()) - 7}
        Source.objects.filter(pk=source.pk).update(cursor={"opening": note, "hosts": []}, status="syncing")

    at_work("one")
    asked()
    _shown, few = asked()
    for name in ("two", "three", "four"):
        at_work(name)
    shown, many = asked()
    assert shown.count("In a browser, ") == 4 and many == few


def test_another_machines_clock_counts_no_seconds_backwards(agent):
    source = sources.add_source(agent, kind="website", config={"url": "https://one.example/"})
    source.cursor = {"opening": {"url": "https://one.example/a", "at": int(time.time()) + 90}}
    assert source.opening["seconds"] == 0
