"""The console in a real browser: every page by keyboard and axe, small and large, light and dark."""

import gzip
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, nothing_wrong
from tests.peers.faulty_model import FaultyModel
from tests.runs.live import OWNER

FIRST_LOAD_BYTES = 100 * 1024
STEPS = ("model", "train", "brand", "actions", "finish")
PAGES = ("", "look/", "actions/?open=stripe.refund", "channels/")


@pytest.fixture
def signed_in(page, nordlicht):
    """Ada in the console, by the button and not by the passkey beside it."""
    page.goto("/")
    page.get_by_label("E-mail").fill(OWNER["email"])
    page.get_by_label("Password", exact=True).fill(OWNER["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


@pytest.fixture
def lumi(signed_in):
    """The sample business, loaded by a press of its button once; its public id."""
    page = signed_in
    if "/agents/new/" in page.url:
        page.get_by_label("What is the agent called?").fill("Nordlicht")
        page.get_by_role("button", name="Begin the set-up").click()
        page.wait_for_url("**/model/")
        page.get_by_role("link", name="Finish later").click()
    if page.get_by_role("button", name="Load a sample business").count():
        page.get_by_role("button", name="Load a sample business").click()
        expect(page.locator("#preview")).to_contain_text("Lumi")
    address = page.locator(".side .menu a", has_text="Lumi").get_attribute("href")
    public_id = address.rstrip("/").split("/")[-1]
    page.goto(f"/setup/{public_id}/train/")
    expect(page.locator("#sources")).to_contain_text(
        re.compile(r"(1[2-9]|[2-9]\d) pages learned"), timeout=60_000
    )
    return public_id


def addresses(public_id):
    yield from (f"/setup/{public_id}/{step}/" for step in STEPS)
    yield f"/setup/{public_id}/model/?way=provider&provider=anthropic"
    yield f"/setup/{public_id}/model/?way=own"
    yield from (f"/agents/{public_id}/{page}" for page in PAGES)
    yield from ("/agents/new/", "/search/?q=lumi")


def test_axe_finds_nothing_wrong_on_any_page(signed_in, lumi):
    for viewport in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            signed_in.set_viewport_size(viewport)
            signed_in.emulate_media(color_scheme=scheme)
            for address in addresses(lumi):
                signed_in.goto(address)
                nothing_wrong(signed_in)


def test_the_preview_answers_from_the_sample(signed_in, lumi):
    signed_in.goto(f"/setup/{lumi}/train/")
    signed_in.get_by_role("textbox", name="message").fill("Do you ship to Norway?")
    signed_in.get_by_role("button", name="Send").click()
    expect(signed_in.get_by_role("log")).to_contain_text("3 to 5 working days", timeout=30_000)


def test_the_look_is_saved_while_typing_and_the_preview_follows(signed_in, lumi):
    signed_in.goto(f"/setup/{lumi}/brand/")
    expect(signed_in.locator("#preview")).to_contain_text("Hei, I’m Lumi")
    signed_in.get_by_label("Greeting").fill("Moin, ask me.")
    expect(signed_in.locator("#preview")).to_contain_text("Moin, ask me.")
    colour = signed_in.get_by_label("Colour, written like")
    with signed_in.expect_response(lambda r: r.request.method == "POST" and r.status == 422):
        colour.fill("green")
    expect(signed_in.locator("#problem-color")).to_contain_text("A colour is written like")
    with signed_in.expect_response(lambda r: r.request.method == "POST" and r.ok):
        colour.fill("#b5532a")
    expect(signed_in.locator("#problem-color")).to_be_empty()
    expect(signed_in.locator("#contrast")).to_contain_text("easy to read")
    signed_in.get_by_role("button", name="Add a question").click()
    expect(signed_in.get_by_label("First question 4")).to_be_focused()
    signed_in.keyboard.type("Do you repair zips?")
    expect(signed_in.locator("#preview")).to_contain_text("Do you repair zips?")
    signed_in.wait_for_load_state("networkidle")
    signed_in.get_by_role("button", name="Move question 4 up").click()
    expect(signed_in.get_by_label("First question 3")).to_have_value("Do you repair zips?")
    signed_in.reload()
    expect(signed_in.get_by_label("First question 3")).to_have_value("Do you repair zips?")
    expect(signed_in.get_by_label("Greeting")).to_have_value("Moin, ask me.")


def test_what_is_typed_while_the_preview_loads_is_shown_once_it_has(signed_in, lumi):
    held, opening = [], re.compile("/widget/.*/open$")

    def is_ours(request):
        """The page before this one may still be asking."""
        return opening.search(request.url) and f"/setup/{lumi}/brand/" in (request.post_data or "")

    def hold(route):
        if is_ours(route.request):
            held.append(route)
        else:
            route.continue_()

    signed_in.route(opening, hold)
    with signed_in.expect_request(is_ours):
        signed_in.goto(f"/setup/{lumi}/brand/")
    expect(signed_in.locator("#preview")).to_contain_text("Loading the conversation")
    answer = held[0].fetch()
    signed_in.get_by_label("Greeting").fill("Typed early.")
    held[0].fulfill(response=answer)
    expect(signed_in.locator("#preview")).not_to_contain_text("Loading the conversation")
    expect(signed_in.locator("#preview")).to_contain_text("Typed early.")


def test_a_provider_is_connected_and_chosen(signed_in, lumi):
    with FaultyModel() as server:
        server.fault = "bad_key"
        signed_in.goto(f"/setup/{lumi}/model/")
        signed_in.get_by_role("link", name="Run your own").click()
        signed_in.get_by_label("Address of the server").fill(server.url)
        signed_in.get_by_text("It needs a key").click()
        signed_in.get_by_label("Names of its models").fill("m")
        signed_in.get_by_role("button", name="Check server").click()
        expect(signed_in.get_by_role("alert")).to_be_visible(timeout=40_000)
        expect(signed_in.get_by_label("Address of the server")).to_have_value(server.url)
        server.fault = None
        signed_in.get_by_role("button", name="Check server").click()
        expect(signed_in.get_by_text("It answers.")).to_be_visible(timeout=40_000)
        expect(signed_in.locator("#steps")).to_contain_text("m")
        signed_in.get_by_label("Answer with").select_option("built-in")
        expect(signed_in.locator("#steps")).to_contain_text("Built-in answerer")
        signed_in.get_by_role("link", name="Run your own").click()
        signed_in.once("dialog", lambda dialog: dialog.accept())
        signed_in.get_by_role("button", name="Remove").click()
        expect(signed_in.get_by_text("It answers.")).to_have_count(0)


def test_the_finish_answers_three_questions_with_sources(signed_in, lumi):
    signed_in.goto(f"/setup/{lumi}/finish/")
    expect(signed_in.locator(".asked .answer")).to_have_count(3, timeout=30_000)
    assert signed_in.locator(".asked ul .cite").count() >= 2
    expect(signed_in.get_by_text("Waiting for your site…")).to_be_visible()


def test_the_palette_opens_by_keys_and_goes_there(signed_in, lumi):
    signed_in.goto(f"/agents/{lumi}/")
    signed_in.keyboard.press("Control+k")
    field = signed_in.get_by_role("searchbox")
    expect(field).to_be_focused()
    nothing_wrong(signed_in)
    signed_in.keyboard.type("channels")
    expect(signed_in.locator("#palette-found a")).to_have_count(1)
    signed_in.keyboard.press("ArrowDown")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url(re.compile(r"/channels/$"))
    signed_in.keyboard.press("Control+k")
    signed_in.keyboard.press("Escape")
    expect(signed_in.get_by_role("dialog", name="Search")).to_have_count(0)


def test_the_first_load_is_small(page, context, live, nordlicht, signed_in, lumi):
    sizes = {}

    def weigh(response):
        if response.url.startswith(live.url) and response.ok and not response.url.endswith("/open"):
            sizes[response.url] = len(gzip.compress(response.body(), 6))

    signed_in.on("response", weigh)
    signed_in.goto(f"/agents/{lumi}/channels/")
    signed_in.wait_for_load_state("load")
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES, sizes


def test_the_set_up_works_by_plain_forms(chromium, live, nordlicht, signed_in, lumi):
    """Without JavaScript: what is typed is saved, and what is wrong comes back at its field."""
    plain = chromium.new_context(
        base_url=live.url, java_script_enabled=False, storage_state=signed_in.context.storage_state()
    )
    try:
        page = plain.new_page()
        page.goto(f"/setup/{lumi}/train/")
        page.get_by_label("A web address or any text").fill("We lend tents for 12 euros a day.")
        page.get_by_role("button", name="Start learning").click()
        expect(page.locator("#sources")).to_contain_text("13 sources")
        page.goto(f"/setup/{lumi}/brand/")
        page.get_by_label("Greeting").fill("Hei, I’m Lumi. Ask me about sizes, orders, returns or care.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("Greeting")).to_have_value(re.compile("returns or care"))
    finally:
        plain.close()
