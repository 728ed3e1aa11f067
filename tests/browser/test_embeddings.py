"""Search by meaning from the link under Models to the take-over, in a real browser before real processes."""

import threading

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import nothing_wrong
from tests.peers.embedder import Embedder
from tests.runs.live import Live


@pytest.fixture(scope="module")
def peer():
    with Embedder() as running:
        yield running


@pytest.fixture(scope="module")
def live():
    with Live() as running:
        yield running


@pytest.fixture(scope="module")
def nordlicht(live):
    return live.found()


def test_a_server_of_ones_own_is_connected_and_takes_over_when_all_is_embedded(signed_in, peer, shots):
    page = signed_in
    page.get_by_label("What is the agent called?").fill("Lumi")
    page.get_by_role("button", name="Begin the set-up").click()
    page.wait_for_url("**/model/")
    models = page.url
    page.goto(models.replace("/model/", "/train/"))
    page.get_by_label("A web address or any text").fill("Our shoes are made of leather by hand in Bergen.")
    page.get_by_role("button", name="Start learning").click()
    expect(page.locator("#sources li")).to_contain_text("1 page", timeout=60_000)
    page.goto(models)
    shots(page, "meaning-link")
    page.get_by_role("link", name="Change what searches by meaning").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What should search by meaning?")
    nothing_wrong(page)
    shots(page, "meaning-first")
    page.get_by_label("Address of your own server").fill("http://127.0.0.1:9/v1")
    page.get_by_label("Name of the model").fill("words-96")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    nothing_wrong(page)
    shots(page, "meaning-wrong")
    page.get_by_label("Address of your own server").fill(peer.url)
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("words-96 answers: 96 numbers")).to_be_visible()
    nothing_wrong(page)
    shots(page, "meaning-checked")
    held = threading.Event()
    already = len(peer.requests)
    peer.before = lambda number: held.wait(30) if number > already + 3 else None
    page.get_by_role("button", name="Embed the passages").click()
    expect(page.get_by_text("is being prepared")).to_be_visible()
    expect(page.get_by_text("0 of 1 passages embedded")).to_be_visible()
    nothing_wrong(page)
    shots(page, "meaning-preparing")
    held.set()
    expect(page.get_by_text("words-96 (Own server at 127.0.0.1")).to_contain_text("searches")
    expect(page.get_by_text("1 of 1 passages embedded")).to_be_visible()
    nothing_wrong(page)
    shots(page, "meaning-in-use")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Back to built in").click()
    expect(page.get_by_text("The built-in embeddings search")).to_be_visible()
