"""A real browser before a real run."""

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from tests.runs.live import OWNER, Live

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
"""The browser itself must not reach the network either."""

PATIENCE_MS = 30_000
"""The machine also runs other tests meanwhile: what takes longer than this will never come."""

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


def nothing_wrong(page):
    """axe finds nothing to object to, and nothing scrolls sideways."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide} px at {page.viewport_size['width']} px"


@pytest.fixture(scope="package")
def live():
    """One run for all tests of the browser; nobody has signed up yet."""
    with Live() as running:
        yield running


@pytest.fixture(scope="package")
def nordlicht(live):
    """Ada's workspace in the run; its slug."""
    return live.found()


@pytest.fixture(scope="package")
def chromium():
    """Ends with this folder: Playwright keeps an event loop running, and other tests start their own."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "Chromium is missing: run make test, which installs it or says how."
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium, live):
    """A browser without any past; every error of its pages fails the test at its end."""
    context = chromium.new_context(base_url=live.url, viewport=DESKTOP, reduced_motion="reduce", locale="en")
    errors = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert not errors, errors


@pytest.fixture
def page(context):
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


@pytest.fixture
def signed_in(page, nordlicht):
    """Ada in the console."""
    page.goto("/")
    page.get_by_label("E-mail").fill(OWNER["email"])
    page.get_by_label("Password", exact=True).fill(OWNER["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "sign-in" not in url and "login" not in url)
    return page


@pytest.fixture
def shots():
    """``shots(page, "home")`` writes the page at 390 and 1280 px, light and dark, below var/screenshots."""

    def take(page, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for size, viewport in (("390", PHONE), ("1280", DESKTOP)):
            for scheme in ("light", "dark"):
                page.set_viewport_size(viewport)
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=SCREENSHOTS / f"{name}-{size}-{scheme}.png", full_page=True)
        page.set_viewport_size(DESKTOP)
        page.emulate_media(color_scheme="light")

    return take
