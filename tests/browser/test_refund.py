"""A visitor gets a refund on a stranger's page: asks, sees the card, presses once, and is paid once."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.shop import Desk, Visit, nothing_wrong
from tests.peers import stripe
from tests.peers.strict_page import strict_shop


@pytest.fixture(scope="module")
def bank():
    with stripe.running() as peer:
        yield peer


@pytest.fixture(scope="module")
def desk(live, nordlicht):
    return Desk(live, nordlicht)


@pytest.fixture(scope="module")
def shop(live, desk, bank):
    agent = desk.an_agent("Refunder")
    wired = {"enabled": True, "settings": bank.settings, "policy": {"confirm": True, "identity": "anonymous"}}
    desk("PUT", f"/agents/{agent['id']}/actions/stripe.refund", wired)
    with strict_shop(live.url, agent["public_id"]) as site:
        yield site


def test_a_refund_is_shown_confirmed_and_made_once(page, shop, bank):
    paid = bank.paid("NL-20418")
    visit = Visit(page, f"{shop.url}/").open()
    visit.ask("I want my money back for order NL-20418")
    card = visit.log.locator(".card").last
    expect(card).to_contain_text("€49.00")
    assert bank.refunds(paid) == [], "nothing happens before the button is pressed"
    nothing_wrong(page)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "widget-card.png")
    card.get_by_role("button", name="Refund €49.00").dblclick()
    expect(visit.log.locator(".message.agent").last).to_contain_text("49.00", timeout=30_000)
    made = bank.refunds(paid)
    assert [(refund.amount, refund.currency) for refund in made] == [(4900, "eur")]
    page.screenshot(path=SCREENSHOTS / "widget-card-done.png")
    nothing_wrong(page)


def test_a_visitor_who_cancels_keeps_the_payment(page, shop, bank):
    paid = bank.paid("NL-20419")
    visit = Visit(page, f"{shop.url}/").open()
    visit.ask("I want my money back for order NL-20419")
    card = visit.log.locator(".card").last
    card.get_by_role("button", name="Cancel").click()
    expect(card.get_by_role("button", name="Refund €49.00")).to_have_count(0)
    assert bank.refunds(paid) == []
