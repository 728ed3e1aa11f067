"""The picture at the top of the README is a photograph of the running product: ``make picture`` takes it anew."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.shop import QUESTION, Desk, Visit
from tests.peers.strict_page import strict_shop


def test_the_readme_shows_the_widget_on_a_shops_page(page, live, nordlicht):
    agent = Desk(live, nordlicht).an_agent()
    with strict_shop(live.url, agent["public_id"]) as shop:
        visit = Visit(page, f"{shop.url}/front").open()
        visit.ask(QUESTION)
        visit.answer().get_by_role("link", name=re.compile("^Source 1")).first.click()
        expect(visit.answers.last.get_by_role("link", name="Open the page").first).to_be_visible()
        page.mouse.move(0, 0)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / "readme-widget.png")
