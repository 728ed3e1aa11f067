"""Google Drive from the tile to the learned folder, in a real browser before a real run with a Drive of its own."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import nothing_wrong
from tests.peers.google_drive import Drive
from tests.peers.google_tokens import CLIENT_ID, CLIENT_SECRET
from tests.runs.live import Live


@pytest.fixture(scope="module")
def drive():
    with Drive() as running:
        policies = running.put_folder("Policies")
        running.put("Returns.txt", "Boots come back within 30 days.", parent=policies, id="returns")
        running.put("boots.jpg", b"\xff\xd8\xff", mime="image/jpeg", parent=policies, id="picture")
        care = running.put_folder("Care guides", parent=policies)
        running.put("Waxing.md", "# Waxing\n\nTwice a year.", mime="text/markdown", parent=care, id="waxing")
        running.put_folder("Accounting")
        running.put("Opening hours.txt", "Ten to six.", id="hours-of-shop")
        running.put_drive("Shop floor")
        yield running


@pytest.fixture(scope="module")
def live(drive):
    with Live(BERRYDESK_SERVICE_URLS=f"google={drive.url}") as running:
        yield running


@pytest.fixture(scope="module")
def nordlicht(live):
    return live.found()


def test_drive_is_connected_picked_from_learned_and_reconnected(signed_in, drive, shots):
    page = signed_in
    page.get_by_label("What is the agent called?").fill("Lumi")
    page.get_by_role("button", name="Begin the set-up").click()
    page.wait_for_url("**/model/")
    page.goto(page.url.replace("/model/", "/train/"))
    shots(page, "drive-tile")
    page.get_by_role("link", name="Google Drive").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect Google Drive")
    here = page.url
    nothing_wrong(page)
    shots(page, "drive-connect")
    page.get_by_label("Client ID").fill(CLIENT_ID)
    page.get_by_label("Client secret").fill("GOCSPX-mistyped")
    page.get_by_role("button", name="Continue to Google").click()
    expect(page.get_by_role("alert")).to_contain_text("Google does not know this client ID")
    nothing_wrong(page)
    shots(page, "drive-wrong")
    page.get_by_label("Client secret").fill(CLIENT_SECRET)
    page.get_by_role("button", name="Continue to Google").click()
    expect(page.locator("#work")).to_contain_text("Connected to ada@nordlicht.example")
    nothing_wrong(page)
    shots(page, "drive-places")

    page.get_by_role("button", name="Open My Drive").click()
    page.get_by_role("checkbox", name="Opening hours.txt").check()
    page.get_by_role("button", name="Open Policies").click()
    expect(page.get_by_role("checkbox", name="All of Policies")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Opening hours.txt")).to_be_checked()  # what was ticked stays
    nothing_wrong(page)
    shots(page, "drive-folder")
    page.get_by_label("Find a folder or file by its name").fill("wax")
    expect(page.get_by_role("checkbox", name="Waxing.md")).to_be_visible()
    shots(page, "drive-found")
    page.get_by_role("button", name="Google Drive").click()
    page.get_by_role("button", name="Open My Drive").click()
    page.get_by_role("checkbox", name="Policies").check()
    page.get_by_role("button", name="Start learning").click()
    row = page.locator("#sources li", has_text="Policies")
    expect(row).to_contain_text("3 pages learned", timeout=60_000)
    expect(row).to_contain_text("1 page was left out")
    nothing_wrong(page)
    shots(page, "drive-learned")

    drive.tokens.revoke()
    row.locator("summary").first.click()
    row.get_by_role("button", name="Sync").click()
    expect(row).to_contain_text("press Reconnect", timeout=60_000)
    shots(page, "drive-revoked-row")
    page.goto(here)
    expect(page.get_by_role("alert")).to_contain_text("no longer accepts")
    nothing_wrong(page)
    shots(page, "drive-revoked")
    page.get_by_role("link", name="Reconnect").click()
    expect(page.locator("#work")).to_contain_text("Connected to ada@nordlicht.example")
    page.get_by_role("link", name="Knowledge").first.click()
    expect(page.locator("#sources li", has_text="Policies")).to_contain_text(
        "3 pages learned", timeout=60_000
    )
