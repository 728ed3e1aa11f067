"""The widget's header keeps its shape, whoever speaks."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.shop import Desk, Visit, nothing_wrong
from tests.peers.strict_page import strict_shop

NAME = "Larkspur Kettles"
LINE_PX = 22


@pytest.fixture(scope="module")
def shop(live, nordlicht):
    agent = Desk(live, nordlicht).an_agent(NAME)
    with strict_shop(live.url, agent["public_id"]) as site:
        yield site


def fits(words):
    """True when nothing of the text is cut off."""
    return words.evaluate(
        "node => node.scrollWidth <= node.clientWidth && node.scrollHeight <= node.clientHeight + 1"
    )


@pytest.mark.parametrize(
    "path, asks", [("/", "Talk to a person"), ("/dark", "Talk to a person"), ("/ar", "تحدّث إلى شخص")]
)
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_name_and_the_state_can_be_read_while_a_visitor_waits(page, shop, path, asks, width):
    page.set_viewport_size({"width": width, "height": 700})
    visit = Visit(page, shop.url + path).open()
    name, state = visit.panel.locator(".who b"), visit.panel.locator(".who > span")
    expect(name).to_have_text(NAME)
    assert fits(name)
    visit.panel.get_by_role("button", name=asks).click()
    back = visit.panel.get_by_role("button", name=NAME)
    expect(back).to_be_visible()
    assert fits(name) and fits(state)
    assert state.bounding_box()["height"] <= 2 * LINE_PX
    assert visit.panel.locator("header").bounding_box()["height"] <= 90
    if width != 320:
        assert name.bounding_box()["height"] <= LINE_PX, "sixteen letters stand on one line"
    nothing_wrong(page)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"widget-header-{path.strip('/') or 'light'}-{width}.png")
