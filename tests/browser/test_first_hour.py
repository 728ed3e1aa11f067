"""The main job in a real browser, before an empty run: from sign-up to a refund on a stranger's page, by clicks alone."""

import re
import time

import jwt
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS
from tests.browser.shop import Visit, nothing_wrong
from tests.peers import stripe
from tests.peers.site import Site
from tests.peers.strict_page import strict_shop
from tests.runs.live import Live

PASSWORD = "correct horse battery"
RETURNS = "You can return a headlamp within 30 days of delivery, unworn and with its tag. Returns are free."
SHIPPING = "We ship to Norway in three days and to Germany in two days. Shipping is free above 50 euros."


@pytest.fixture(scope="module")
def live():
    """A run of its own, in which nobody has signed up, and which may read the shop on loopback."""
    with Live(BERRYDESK_FETCH_ALLOW="127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module")
def nordlicht_site():
    with Site() as site:
        site.put_page(
            "/", "Nordlicht", text="Headlamps from the north. " * 8, links=["/returns", "/shipping"]
        )
        site.put_page("/returns", "Returns", text=RETURNS)
        site.put_page("/shipping", "Shipping", text=SHIPPING)
        yield site


@pytest.fixture(scope="module")
def bank():
    with stripe.running() as peer:
        yield peer


def photographed(page, name):
    """Two widths, light and dark; the page goes on as it was."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for viewport in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=SCREENSHOTS / f"first-hour-{name}-{viewport['width']}-{scheme}.png")
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")


def sign_up(page, site):
    page.goto("/")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@nordlicht.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Business name").fill("Nordlicht")
    page.get_by_label("Website").fill(site.url)
    photographed(page, "sign-up")
    page.get_by_role("button", name="Create my workspace").click()
    page.wait_for_url("**/model/")


def four_steps(page, bank):
    page.get_by_role("button", name="Start without a key").click()
    expect(page.locator("#steps")).to_contain_text("Built-in answerer")
    photographed(page, "model")
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("#sources")).to_contain_text("3 pages learned", timeout=60_000)
    photographed(page, "train")
    page.get_by_role("link", name="Continue").click()
    page.get_by_label("Greeting").fill("Hei. Ask me about headlamps.")
    expect(page.locator("#preview")).to_contain_text("Hei. Ask me about headlamps.")
    photographed(page, "look")
    page.get_by_role("link", name="Continue").click()
    page.locator("summary", has_text="Refund").first.click()
    page.get_by_label("Secret key").fill(bank.settings["secret_key"])
    page.locator("summary", has_text="More settings").first.click()
    page.get_by_label(re.compile("API address|Address", re.IGNORECASE)).first.fill(bank.settings["api_base"])
    page.get_by_label("Switched on").first.check()
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("#steps")).to_contain_text("1 on", timeout=30_000)
    photographed(page, "actions")
    page.get_by_role("link", name="Finish set-up").click()
    expect(page.locator(".asked .answer")).to_have_count(3, timeout=40_000)
    photographed(page, "finish")
    page.get_by_role("button", name="Go live").click()


def proof(page, public_id):
    """What the owner's server signs for Vera, with the secret that Channels shows."""
    page.goto(f"/agents/{public_id}/channels/")
    page.get_by_text("Show the identity secret").click()
    secret = page.locator("#identity-secret").inner_text().strip()
    claims = {"sub": "vera", "email": "vera@example.com", "name": "Vera", "exp": int(time.time()) + 600}
    return jwt.encode(claims, secret, "HS256")


def test_the_sign_up_page_shows_its_button_without_scrolling(page):
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        page.goto("/")
        box = page.get_by_role("button", name="Create my workspace").bounding_box()
        assert box["y"] + box["height"] <= viewport["height"], viewport


def test_from_sign_up_to_a_refund_on_a_strangers_page(page, context, live, nordlicht_site, bank):
    sign_up(page, nordlicht_site)
    public_id = page.url.split("/setup/")[1].split("/")[0]
    four_steps(page, bank)
    photographed(page, "home")
    signed = proof(page, public_id)
    paid = bank.paid("NL-20418")
    with strict_shop(live.url, public_id) as shop:
        visitor = context.browser.new_context(viewport=DESKTOP, reduced_motion="reduce", locale="en")
        try:
            visit = Visit(visitor.new_page(), f"{shop.url}/").open()
            visit.ask("Do you ship to Norway?")
            answer = visit.answers.last
            expect(answer).to_contain_text("three days")
            expect(answer.get_by_role("link", name=re.compile("^Source 1")).first).to_be_visible()
            visit.page.evaluate("jwt => window.Berrydesk('identify', jwt)", signed)
            visit.ask("I want my money back for order NL-20418")
            card = visit.log.locator(".card").last
            expect(card).to_contain_text("€49.00", timeout=30_000)
            assert bank.refunds(paid) == []
            nothing_wrong(visit.page)
            card.get_by_role("button", name="Refund €49.00").dblclick()
            expect(visit.log.locator(".message.agent").last).to_contain_text("49.00", timeout=30_000)
            assert [(r.amount, r.currency) for r in bank.refunds(paid)] == [(4900, "eur")]
            photographed(visit.page, "refunded")
        finally:
            visitor.close()
    page.goto(f"/agents/{public_id}/channels/")
    expect(page.locator("#installed")).to_contain_text(f"Seen on {shop.url}")
    photographed(page, "channels")
