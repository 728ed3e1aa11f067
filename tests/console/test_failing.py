"""Whatever goes wrong, a person reads words and finds a way back."""

import pytest
from django.test import Client
from django.urls import path

from berrydesk.urls import *  # noqa: F403 — the real addresses and their error pages
from berrydesk.urls import urlpatterns as _ours


def _crash(request):
    raise RuntimeError("secret detail")


_crash.open_to = "a test"
urlpatterns = [path("crash/", _crash), *_ours]


@pytest.mark.urls(__name__)
def test_a_crash_gives_a_reference_and_no_detail(db, caplog):
    answer = Client(raise_request_exception=False).get("/crash/")
    page = answer.content.decode()
    assert answer.status_code == 500 and "Reference" in page and "secret detail" not in page
    reference = page.split("Reference: ")[1][:8]
    assert any(reference in record.getMessage() for record in caplog.records)


def test_nothing_there_is_said_in_words(db):
    answer = Client().get("/no/such/page/")
    assert answer.status_code == 404 and "There is nothing here" in answer.content.decode()


def test_a_form_without_its_proof_is_refused_in_words(db):
    answer = Client(enforce_csrf_checks=True).post("/sign-up/", {"name": "Ada"})
    assert answer.status_code == 403 and "open too long" in answer.content.decode()


def test_a_foreign_browser_is_not_given_english_from_right_to_left(db):
    page = Client().get("/sign-up/", headers={"accept-language": "ar"}).content.decode()
    assert 'dir="rtl"' not in page and 'lang="ar"' not in page
