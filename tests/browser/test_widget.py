"""The widget on a stranger's site: every state, as a visitor meets it."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.shop import QUESTION, Desk, Visit, nothing_wrong
from tests.peers.cutting import CuttingRelay
from tests.peers.limiting import LimitingRelay
from tests.peers.strict_page import strict_shop

SMALL = {"width": 320, "height": 568}


@pytest.fixture(scope="module")
def desk(live, nordlicht):
    return Desk(live, nordlicht)


@pytest.fixture(scope="module")
def lumi(desk):
    return desk.an_agent()


@pytest.fixture(scope="module")
def shop(live, lumi):
    with strict_shop(live.url, lumi["public_id"]) as site:
        yield site


@pytest.fixture
def visit(page, shop):
    return Visit(page, f"{shop.url}/")


def shot(page, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"widget-{name}.png")


def test_before_it_is_opened_there_is_only_the_launcher(page, context, shop, live):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    visit = Visit(page, f"{shop.url}/")
    expect(visit.launcher).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if url.startswith(live.url)] == [f"{live.url}/widget.js"]
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    box = page.locator("berrydesk-widget").bounding_box()
    assert (box["width"], box["height"]) == (56, 56), "a closed widget covers nothing but its launcher"
    nothing_wrong(page)
    shot(page, "closed")


def test_a_suggested_question_is_answered_with_its_source(visit, page, context):
    visit.open()
    nothing_wrong(page)
    shot(page, "welcome")
    visit.panel.get_by_role("button", name=QUESTION).click()
    answer = visit.answer()
    answer.get_by_role("link", name=re.compile("^Source 1")).first.click()
    expect(answer.locator("blockquote").first).to_contain_text("30 days")
    expect(answer.get_by_role("link", name="Open the page").first).to_have_attribute(
        "href", "https://shop.example/returns"
    )
    nothing_wrong(page)
    shot(page, "answer")
    assert context.cookies() == []


def test_an_agent_that_was_taken_back_says_so_and_leaves_no_launcher(page, live, desk):
    agent = desk.an_agent("Gone")
    desk("POST", f"/agents/{agent['id']}/publish")
    desk("POST", f"/agents/{agent['id']}/take-back")
    with strict_shop(live.url, agent["public_id"]) as site:
        visit = Visit(page, f"{site.url}/")
        visit.launcher.click()
        expect(page.get_by_text("Gone does not answer on this website at the moment.")).to_be_visible()
        expect(page.get_by_role("textbox")).to_have_count(0)
        nothing_wrong(page)
        shot(page, "taken-back")
        page.get_by_role("button", name="Close chat").click()
        expect(page.locator("berrydesk-widget .launcher")).to_be_hidden()


def test_a_reload_brings_the_conversation_back(visit, page):
    visit.open().ask(QUESTION)
    said = visit.answer().inner_text()
    page.reload()
    visit.open()
    expect(visit.log.locator(".message")).to_have_count(2)
    assert visit.answer().inner_text() == said


def end_is_in_sight(visit):
    return visit.log.evaluate(
        "log => { const box = log.closest('.scroll');"
        " return box.scrollHeight - box.scrollTop - box.clientHeight < 4 && box.scrollHeight > box.clientHeight }"
    )


def test_the_end_of_a_long_conversation_is_in_sight(visit, page):
    page.set_viewport_size(SMALL)
    visit.open()
    for _ in range(3):
        visit.ask(QUESTION)
        visit.answer()
    assert end_is_in_sight(visit)
    page.reload()
    visit.open().answer()
    assert end_is_in_sight(visit)


def test_what_is_typed_survives_a_reload(visit, page):
    visit.open()
    visit.panel.get_by_role("textbox").fill("Half a ques")
    page.reload()
    visit.open()
    expect(visit.panel.get_by_role("textbox")).to_have_value("Half a ques")


def test_what_is_typed_while_the_conversation_loads_goes_on(visit, page):
    held = []
    page.route(re.compile("/widget/.*/open$"), lambda route: held.append(route))
    visit.launcher.click()
    box = visit.panel.get_by_role("textbox")
    expect(box).to_be_focused()
    page.keyboard.type("Half a")
    expect(visit.panel.get_by_role("button", name="Send")).to_be_disabled()
    nothing_wrong(page)
    shot(page, "loading")
    with page.expect_response(re.compile("/widget/.*/open$")):
        held[0].continue_()
    expect(visit.panel.get_by_role("button", name="Send")).to_be_enabled()
    expect(box).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("n ")
    expect(box).to_have_value("Half n a")


def test_what_is_sent_while_the_conversation_loads_goes_as_soon_as_it_can(visit, page):
    held = []
    page.route(re.compile("/widget/.*/open$"), lambda route: held.append(route))
    visit.launcher.click()
    expect(visit.panel.get_by_role("textbox")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(visit.panel.get_by_role("textbox")).to_have_value(QUESTION)
    held[0].continue_()
    visit.answer()
    expect(visit.panel.get_by_role("textbox")).to_have_value("")


def test_a_cut_line_resumes_with_equal_text(page, live, lumi):
    with CuttingRelay(live.port) as relay, strict_shop(relay.url, lumi["public_id"]) as site:
        relay.cuts = 2
        visit = Visit(page, f"{site.url}/").open().ask(QUESTION)
        shown = visit.answer().inner_text()
        assert relay.done, "the line was never cut"
        assert len(visit.answers.all()) == 1
        page.reload()
        stored = visit.open().answer().inner_text()
    assert shown == stored


def test_what_could_not_be_sent_is_sent_again_in_order(visit, page, desk):
    visit.open()
    page.route(re.compile("/messages$"), lambda route: route.abort())
    visit.ask("Hello, first a word about my order").ask(QUESTION)
    expect(visit.panel.get_by_role("status").filter(has_text="was not sent")).to_be_visible()
    expect(visit.log.locator(".message.visitor", has_text="Not sent")).to_have_count(2)
    nothing_wrong(page)
    shot(page, "unsent")
    page.unroute(re.compile("/messages$"))
    visit.panel.get_by_role("button", name="Try again").click()
    expect(visit.log.locator(".message.visitor")).to_have_count(2)
    expect(visit.log.get_by_text("Not sent")).to_have_count(0)
    expect(visit.answers.last).to_be_visible()
    said = [m["text"] for m in desk.latest()["messages"] if m["author"] == "visitor"]
    assert said == ["Hello, first a word about my order", QUESTION]


def test_what_was_too_fast_stands_as_unsent_with_the_reason_and_outlives_a_reload(
    visit, page, desk, live, lumi, shots
):
    visit.open().ask("Word 0")
    expect(visit.answers.last).to_be_visible()
    token = page.evaluate("id => localStorage.getItem(`berrydesk:${id}`)", lumi["public_id"])
    address = f"{live.url}/widget/{lumi['public_id']}/messages"
    with ThreadPoolExecutor(4) as pool:  # as fast as the limit needs it, from another tab
        words = [{"token": token, "text": f"Word {n}", "client_id": f"c-{n}"} for n in range(1, 20)]
        assert all(
            answer.is_success for answer in pool.map(lambda body: httpx.post(address, json=body), words)
        )
    visit.ask("One too many")
    expect(visit.answers.nth(1)).to_be_visible()  # so many words, some of them answered together
    late = visit.log.locator(".message.visitor.unsent")
    expect(late).to_contain_text("One too many")
    expect(late).to_contain_text("Not sent")
    reason = visit.panel.get_by_role("status").filter(has_text="That was a lot of messages in a short time.")
    expect(reason.get_by_role("button", name="Try again")).to_be_visible()
    expect(visit.log.locator(".message").last).to_contain_text("One too many")
    nothing_wrong(page)
    shots(page, "widget-too-fast")
    page.reload()
    visit.open()
    expect(late).to_contain_text("One too many")
    expect(reason).to_be_visible()
    said = [m["text"] for m in desk.latest()["messages"] if m["author"] == "visitor"]
    assert sorted(said) == sorted(f"Word {n}" for n in range(20))


def test_what_a_limit_refused_is_sent_by_itself_when_the_limit_lets_go(page, live, lumi, desk):
    with LimitingRelay(live.port) as relay, strict_shop(relay.url, lumi["public_id"]) as site:
        visit = Visit(page, f"{site.url}/").open()
        relay.refusals = 2
        visit.ask(QUESTION)
        visit.answer()
        expect(visit.log.get_by_text("Not sent")).to_have_count(0)
        assert relay.refused == 2
    said = [m["text"] for m in desk.latest()["messages"] if m["author"] == "visitor"]
    assert said == [QUESTION]


def test_a_person_takes_over_and_the_agent_returns(visit, page, desk):
    visit.open().ask(QUESTION)
    visit.answer()
    visit.panel.get_by_role("button", name="Talk to a person").click()
    expect(visit.panel.get_by_text("A person has been asked to join")).to_be_visible()
    nothing_wrong(page)
    shot(page, "waiting")
    desk.reply("Hi, Ada here. I have read what you told Lumi.")
    expect(visit.log.locator(".message.person")).to_contain_text("Ada here")
    expect(visit.panel.locator(".who")).to_contain_text("Team")
    nothing_wrong(page)
    shot(page, "person")
    page.reload()
    visit.open()
    expect(visit.log.locator(".message.person")).to_contain_text("Ada here")
    visit.panel.get_by_role("button", name="Back to Lumi").click()
    expect(visit.panel.get_by_role("button", name="Talk to a person")).to_be_visible()


def test_a_person_can_be_called_after_the_end(visit, page, desk):
    visit.open().ask(QUESTION)
    visit.answer()
    ended = desk.latest()["id"]
    desk("POST", f"/conversations/{ended}/resolve", {})
    expect(visit.panel.get_by_text("This conversation has ended").first).to_be_visible()
    visit.panel.get_by_role("button", name="Talk to a person").click()
    expect(visit.panel.locator(".who")).to_contain_text("A person has been asked to join", timeout=30_000)
    assert desk.latest()["id"] != ended
    desk.reply("Hi, Ada here.")
    expect(visit.log.locator(".message.person")).to_contain_text("Ada here", timeout=30_000)
    nothing_wrong(page)


def test_it_works_by_keyboard_alone(visit, page):
    page.keyboard.press("Tab")
    expect(visit.launcher).to_be_focused()
    page.keyboard.press("Enter")
    box = visit.panel.get_by_role("textbox")
    expect(box).to_be_focused()
    page.keyboard.type(QUESTION)
    expect(visit.panel.get_by_role("button", name="Send")).to_be_enabled()
    page.keyboard.press("Enter")
    visit.answer()
    page.keyboard.press("Escape")
    expect(visit.panel).to_be_hidden()
    expect(visit.launcher).to_be_focused()


def test_on_the_smallest_phone_the_promises_are_in_sight(visit, page):
    page.set_viewport_size(SMALL)
    visit.open()
    for words in ("AI assistant", "Talk to a person"):
        expect(visit.panel.get_by_text(words)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    nothing_wrong(page)
    shot(page, "320")


def test_targets_are_large_enough(visit):
    visit.open().ask(QUESTION)
    visit.answer()
    for button in visit.panel.get_by_role("button").all():
        box = button.bounding_box()
        assert box is None or min(box["width"], box["height"]) >= 44, button.inner_text()


def test_right_to_left(page, shop):
    visit = Visit(page, f"{shop.url}/ar").open()
    expect(visit.panel).to_have_attribute("dir", "rtl")
    expect(visit.panel.get_by_text("AI assistant")).to_have_count(0)
    nothing_wrong(page)
    shot(page, "rtl")


def test_dark(page, shop):
    visit = Visit(page, f"{shop.url}/dark").open().ask(QUESTION)
    visit.answer()
    expect(page.locator("berrydesk-widget")).to_have_attribute("data-theme", "dark")
    nothing_wrong(page)
    shot(page, "dark")


def test_hostile_style_of_the_page_does_not_reach_it(page, shop):
    visit = Visit(page, f"{shop.url}/hostile").open().ask(QUESTION)
    answer = visit.answer()
    assert answer.evaluate("node => getComputedStyle(node).fontSize") == "15px"
    assert visit.panel.bounding_box()["width"] == 400
    shot(page, "hostile")


def test_the_hosted_page_is_the_panel(page, lumi):
    page.goto(f"/chat/{lumi['public_id']}")
    panel = page.locator("#panel .panel")
    panel.get_by_role("textbox").fill(QUESTION)
    panel.get_by_role("button", name="Send").click()
    expect(panel.locator(".message.agent:not(.streaming)")).to_contain_text("30 days")
    nothing_wrong(page, within="html")
    shot(page, "hosted")


def test_what_is_typed_on_the_plain_page_goes_on_in_the_panel(page, lumi):
    held = []
    page.route(re.compile("/widget/.*/panel.js$"), lambda route: held.append(route))
    page.goto(f"/chat/{lumi['public_id']}", wait_until="commit")
    plain = page.locator("#plain").get_by_role("textbox")
    plain.click()
    page.keyboard.type("How long is")
    for route in held:
        route.continue_()
    box = page.locator("#panel .panel").get_by_role("textbox")
    expect(box).to_be_focused()
    page.keyboard.type(" the warranty?")
    expect(box).to_have_value("How long is the warranty?")


def test_the_launcher_shows_that_it_was_pressed(page, shop):
    held = []
    page.route(re.compile("/widget/.*/panel.js$"), lambda route: held.append(route))
    visit = Visit(page, f"{shop.url}/")
    visit.launcher.click()
    expect(visit.launcher).to_have_attribute("aria-busy", "true")
    shot(page, "pressed")
    for route in held:
        route.continue_()
    expect(visit.panel).to_be_visible()


def test_what_waited_for_the_line_is_sent_when_it_is_back(visit, page, context, desk):
    visit.open()
    context.set_offline(True)
    visit.ask(QUESTION)
    expect(visit.panel.get_by_role("status").filter(has_text="was not sent")).to_be_visible()
    context.set_offline(False)
    visit.answer()
    assert [m["text"] for m in desk.latest()["messages"] if m["author"] == "visitor"] == [QUESTION]


def test_the_hosted_page_without_javascript(chromium, live, lumi):
    context = chromium.new_context(base_url=live.url, java_script_enabled=False, viewport=SMALL)
    page = context.new_page()
    page.goto(f"/chat/{lumi['public_id']}")
    expect(page.get_by_text("AI assistant")).to_be_in_viewport(ratio=1)
    page.get_by_label("Write a message").fill(QUESTION)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("article.agent")).to_contain_text("30 days")
    shot(page, "plain")
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.locator("article.system")).to_be_visible()
    context.close()
