"""What a browser is answered is the same on its way through an event loop."""

import asyncio
import functools
import gzip

import pytest
from django.contrib import messages as told
from django.http import HttpResponse
from django.test import AsyncClient, AsyncRequestFactory, override_settings
from django.urls import path

from berrydesk import passing

pytestmark = pytest.mark.django_db(transaction=True)


async def long_page(request):
    return HttpResponse("word " * 10_000)


async def remembers(request):
    request.session["seen"] = "yes"
    told.info(request, "Saved.")
    return HttpResponse("ok")


async def recalls(request):
    return HttpResponse(await request.session.aget("seen", "no"))


async def takes_a_form(request):
    return HttpResponse("taken")


urlpatterns = [
    path("long", long_page),
    path("remembers", remembers),
    path("recalls", recalls),
    path("form", takes_a_form),
]


def in_a_loop(story):
    @functools.wraps(story)
    def told_whole():
        with override_settings(ROOT_URLCONF=__name__):
            asyncio.run(story())

    return told_whole


async def _ask(client, method, where, **more):
    return await getattr(client, method)(f"/{where}", **more)


@in_a_loop
async def test_a_long_page_is_compressed():
    answer = await _ask(AsyncClient(), "get", "long", headers={"accept-encoding": "gzip"})
    assert gzip.decompress(answer.content).decode() == "word " * 10_000


@in_a_loop
async def test_a_session_that_was_changed_is_saved():
    client = AsyncClient()
    assert (await _ask(client, "get", "recalls")).content == b"no"
    await _ask(client, "get", "remembers")
    assert (await _ask(client, "get", "recalls")).content == b"yes"


@in_a_loop
async def test_every_answer_keeps_its_headers():
    answer = await _ask(AsyncClient(), "get", "recalls")
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Content-Language"] == "en"


@in_a_loop
async def test_a_form_without_its_proof_is_refused_and_with_it_taken():
    client = AsyncClient(enforce_csrf_checks=True)
    assert (await _ask(client, "post", "form")).status_code == 403
    client.cookies["csrftoken"] = proof = "a" * 32
    answer = await _ask(client, "post", "form", data={"csrfmiddlewaretoken": proof})
    assert answer.content == b"taken"


@in_a_loop
async def test_files_of_ours_are_served_and_nothing_else():
    async def page(request):
        return HttpResponse("a page")

    static = passing.StaticFiles(page)
    known = next(iter(static.files))
    assert (await static(AsyncRequestFactory().get(known))).streaming
    assert (await static(AsyncRequestFactory().get("/elsewhere"))).content == b"a page"
