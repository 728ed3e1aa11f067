"""Notion from the tile to the learned page, in a real browser before a real run with a Notion of its own."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import nothing_wrong
from tests.peers import notion as peer
from tests.peers.notion_things import block
from tests.runs.live import Live


@pytest.fixture(scope="module")
def notion():
    with peer.Notion() as running:
        top = running.page("Handbook", block("paragraph", "What a colleague should know."), shared=True)
        care = running.page("Care guide", block("paragraph", "Wax your boots twice a year."), parent=top)
        running.page("Seams", block("paragraph", "Seal the seams each autumn."), parent=care)
        running.page("Returns", block("paragraph", "Boots come back within 30 days."), parent=top)
        _database, rows = running.database("Shoes", parent=top, columns={"Price": ("number", "euro")})
        running.row(rows, "Trail boot", Price=129)
        running.page("Internal news", block("paragraph", "Nothing for customers."), shared=True)
        yield running


@pytest.fixture(scope="module")
def live(notion):
    with Live(BERRYDESK_SERVICE_URLS=f"notion={notion.url}") as running:
        yield running


@pytest.fixture(scope="module")
def nordlicht(live):
    return live.found()


def test_notion_is_connected_picked_from_and_learned(signed_in, notion, shots):
    page = signed_in
    page.get_by_label("What is the agent called?").fill("Lumi")
    page.get_by_role("button", name="Begin the set-up").click()
    page.wait_for_url("**/model/")
    page.goto(page.url.replace("/model/", "/train/"))
    shots(page, "notion-tile")
    page.get_by_role("link", name="Notion").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect Notion")
    nothing_wrong(page)
    shots(page, "notion-connect")
    page.get_by_label("Internal Integration Secret").fill("ntn_mistyped")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("Notion does not know this token")
    shots(page, "notion-wrong")
    page.get_by_label("Internal Integration Secret").fill(peer.TOKEN)
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("#work")).to_contain_text("Connected to Nordlicht")
    nothing_wrong(page)
    shots(page, "notion-everything")

    page.get_by_role("radio", name="Only these pages").check()
    expect(page.get_by_role("checkbox", name="Handbook")).to_be_visible()
    page.get_by_label("Pages below Handbook").click()
    page.get_by_label("Pages below Care guide").click()
    page.get_by_role("checkbox", name="Care guide").check()
    expect(page.get_by_role("checkbox", name="Seams")).to_be_visible()
    nothing_wrong(page)
    shots(page, "notion-pick")
    page.get_by_label("Find a page by its title").fill("retu")
    expect(page.get_by_role("checkbox", name="Returns")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Care guide")).to_be_checked()  # what was ticked stays
    page.get_by_label("Find a page by its title").press("Enter")
    expect(page.get_by_role("checkbox", name="Care guide")).to_be_checked()
    page.get_by_role("button", name="Start learning").click()
    row = page.locator("#sources li", has_text="Care guide")
    expect(row).to_contain_text("2 pages learned", timeout=60_000)
    nothing_wrong(page)
    shots(page, "notion-learned")


def test_signing_in_leads_to_notion_and_back(signed_in, notion, live, shots):
    page = signed_in
    public_id = re.search(r"/(?:agents|setup)/([^/]+)/", page.url)[1]
    page.goto(f"/setup/{public_id}/train/notion/?add=1")
    page.get_by_text("Sign in through your own public integration instead").click()
    page.get_by_label("OAuth client ID").fill(peer.CLIENT[0])
    page.get_by_label("OAuth client secret").fill(peer.CLIENT[1])
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Continue to Notion")).to_be_visible()
    nothing_wrong(page)
    shots(page, "notion-sign-in")
    expect(page.locator("#notion-redirect")).to_contain_text("/connections/notion/callback/")
    page.get_by_role("link", name="Continue to Notion").click()
    expect(page.locator("#work")).to_contain_text("Connected to Nordlicht")
