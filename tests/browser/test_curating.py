"""A source is kept, a document corrected and a change accepted, in a real browser."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, nothing_wrong
from tests.browser.test_console import lumi, signed_in  # noqa: F401 — fixtures
from tests.peers.site import Site
from tests.runs.live import Live


@pytest.fixture(scope="module")
def live():
    """A run that may read a site on this machine."""
    with Live(BERRYDESK_FETCH_ALLOW="127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module")
def nordlicht(live):
    return live.found()


@pytest.fixture
def site():
    with Site() as running:
        running.put_page("/", "Home", links=["/returns", "/hours"])
        running.put_page(
            "/returns", "Returns", text="You can return unworn boots within 30 days of delivery. " * 6
        )
        running.put_page("/hours", "Opening hours", text="The shop in Bremen is open from ten to six. " * 6)
        yield running


def look(page, name):
    """axe at both sizes, light and dark; nothing scrolls sideways."""
    for viewport in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme)
            nothing_wrong(page)
            if os.environ.get("LOOK_AT"):
                page.screenshot(
                    path=f"{os.environ['LOOK_AT']}/{name}-{viewport['width']}-{scheme}.png", full_page=True
                )
    page.set_viewport_size(DESKTOP)


def test_knowledge_is_kept_corrected_and_reviewed(signed_in, lumi, site):  # noqa: F811
    page = signed_in
    page.goto(f"/setup/{lumi}/train/")
    page.get_by_label("A web address or any text").fill(site.url)
    page.get_by_role("button", name="Start learning").click()
    expect(page.locator("#sources")).to_contain_text(site.host)
    page.goto("/knowledge/")
    page.get_by_role("link", name=site.host).click()
    expect(page.locator("#state")).to_contain_text("learned", timeout=30_000)
    expect(page.get_by_role("button", name="Sync")).to_be_visible(timeout=30_000)
    page.get_by_text("Change this").click()
    page.get_by_label("What a sync finds").select_option("on")
    page.get_by_label("Kept fresh").select_option("168")
    look(page, "source")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Kept fresh: every week.")).to_be_visible()
    source = page.url

    page.get_by_role("link", name="Opening hours").click()
    page.get_by_text("Correct this").click()
    page.get_by_label("What the agent should know").fill("The shop in Bremen is open from nine to five.")
    page.get_by_role("button", name="Save correction").click()
    expect(page.locator("article.document-text")).to_contain_text("nine to five")
    page.get_by_text("What has changed since").click()
    page.get_by_text("Correct this").click()
    look(page, "document")
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("article.document-text")).to_contain_text("ten to six")

    site.put_page("/returns", "Returns", text="You can return unworn boots within 60 days of delivery. " * 6)
    site.put_page("/", "Home", links=["/returns", "/hours", "/repairs"])
    site.put_page("/repairs", "Repairs", text="We mend the zips of jackets bought from us. " * 6)
    page.goto(source)
    page.get_by_role("button", name="Sync").click()
    expect(page.get_by_role("link", name="Look at the changes")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Sync")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Look at the changes").click()
    expect(page.locator(".difference del").first).to_contain_text("30", timeout=30_000)
    look(page, "changes")
    page.get_by_role("button", name="Accept all").click()
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()


FEES = """# Sending

We ship with **DHL**, see [their page](https://dhl.example/de).

| Country | Days |
|:--------|-----:|
| Germany | 2 |
| Norway  | 5 |

- Boots
- Jackets

Last words."""


def test_a_page_is_corrected_as_it_is_read_and_its_tables_survive(signed_in, lumi):  # noqa: F811
    """Nothing but what was touched changes in the Markdown that is kept."""
    page = signed_in
    page.goto(f"/setup/{lumi}/train/")
    page.get_by_label("A web address or any text").fill(FEES)
    page.get_by_role("button", name="Start learning").click()
    expect(page.locator("#sources")).to_contain_text("Sending")
    page.goto("/knowledge/")
    page.get_by_role("link", name="Sending").click()
    page.locator("main a.item-title").click(timeout=30_000)
    page.get_by_text("Correct this").click()
    text = page.get_by_role("textbox", name="What the agent should know")
    expect(text.locator("td")).to_have_count(4)
    expect(page.get_by_role("button", name="Add a row")).to_be_disabled()
    expect(text).not_to_contain_text("**")
    look(page, "editor")
    text.locator("td", has_text="Norway").click()
    page.keyboard.press("End")
    page.keyboard.type(" and Iceland")
    page.get_by_role("button", name="Add a row").click()
    page.keyboard.type("Peru | Lima")
    text.get_by_text("Last words").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("Tents")
    page.get_by_role("button", name="List").click()
    page.keyboard.press("Enter")
    page.keyboard.type("Stoves")
    text.get_by_text("Last words").dblclick(position={"x": 5, "y": 10})
    page.get_by_role("button", name="Link").click()
    look(page, "editor-link")
    page.get_by_label("Address that the marked words lead to").fill("shop.example/last")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save correction").click()
    expect(page.locator("article.document-text")).to_contain_text("Norway and Iceland")
    page.get_by_text("Correct this").click()
    assert page.locator("#id_text").input_value() == (
        FEES.replace("|:--------|-----:|", "| --- | --- |")
        .replace("\n| Norway  | 5 |", "\n| Norway and Iceland | 5 |\n| Peru \\| Lima |  |")
        .replace("Last words.", "[Last](https://shop.example/last) words.\n\n- Tents\n- Stoves")
    )


def test_a_website_is_counted_before_it_is_read_and_limited_then_and_later(signed_in, lumi, site):  # noqa: F811
    page = signed_in
    site.put_page("/", "Home", links=["/returns", "/hours", "/blog/a"])
    page.goto(f"/setup/{lumi}/train/")
    box = page.get_by_label("A web address or any text")
    box.fill("Any text is no address.")
    box.fill(site.url)
    expect(page.locator("#count")).to_contain_text("At least 4 pages")
    page.locator("summary", has_text="Limits").click()
    page.get_by_label("Read at most").fill("3")
    page.get_by_label("Leave out pages").fill("/*")
    expect(page.locator("#count")).to_contain_text("/* would leave out every page")
    look(page, "train-limits")
    page.get_by_role("button", name="Start learning").click()
    expect(page.locator("#exclude-problem")).to_contain_text("would leave out every page")
    expect(page.get_by_label("Read at most")).to_have_value("3")
    look(page, "train-limits-refused")
    page.get_by_label("Leave out pages").fill("/blog/")
    expect(page.locator("#count")).to_contain_text("At least 3 pages")
    page.get_by_role("button", name="Start learning").click()
    expect(page.locator("#sources")).to_contain_text(f"{site.host}")
    page.goto("/knowledge/")
    page.get_by_role("link", name=site.host).first.click()
    expect(page.locator("#state")).to_contain_text("At most 3 pages are read", timeout=30_000)
    expect(page.get_by_role("button", name="Sync")).to_be_visible(timeout=30_000)
    page.locator("summary", has_text="Limits").click()
    page.get_by_label("Leave out pages").fill("")
    page.get_by_role("button", name="Count the pages").click()
    expect(page.locator("#count")).to_contain_text("At least 4 pages")
    expect(page.locator("#count")).to_contain_text("At most 3 are read")
    look(page, "source-limits")
    page.get_by_label("Read at most").fill("40")
    page.locator("#limits").get_by_role("button", name="Save").click()
    expect(page.locator("#state")).to_contain_text("At most 40 pages are read")


NOTED = """# Ordering

[terms]: https://shop.example/terms

Our [terms] hold for *every* order,
see [the list][1].

[1]: https://shop.example/list

Write to us by post.

Good bye.

[2]: https://shop.example/spare"""


def test_addresses_that_stand_below_the_text_survive_what_is_typed_above_them(signed_in, lumi):  # noqa: F811
    """A document that nobody touched is left without a question."""
    page = signed_in
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"/setup/{lumi}/train/")
    page.get_by_label("A web address or any text").fill(NOTED)
    page.get_by_role("button", name="Start learning").click()
    expect(page.locator("#sources")).to_contain_text("Ordering")
    page.goto("/knowledge/")
    page.get_by_role("link", name="Ordering").click()
    page.locator("main a.item-title").click(timeout=30_000)
    address = page.url
    page.get_by_text("Correct this").click()
    text = page.get_by_role("textbox", name="What the agent should know")
    text.get_by_text("Good bye").click()
    expect(page.get_by_role("button", name="Add a row")).to_be_hidden()
    page.goto(address)
    assert asked == []
    page.get_by_text("Correct this").click()
    text.get_by_text("Write to us").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("Or call.")
    text.get_by_text("Good bye").click()
    page.keyboard.press("End")
    page.keyboard.type(" Come again.")
    page.get_by_role("button", name="Save correction").click()
    expect(page.locator("article.document-text")).to_contain_text("Come again")
    page.get_by_text("Correct this").click()
    assert page.locator("#id_text").input_value() == NOTED.replace(
        "by post.", "by post.\n\nOr call."
    ).replace("Good bye.", "Good bye. Come again.")
    text.get_by_text("Write to us").click(click_count=3)
    page.keyboard.type("Tell us by post.")
    page.get_by_role("button", name="Save correction").click()
    expect(page.locator("article.document-text p", has_text="Tell us by post.")).to_have_text(
        "Tell us by post."
    )
    expect(page.locator("article.document-text p", has_text="Or call.")).to_have_count(1)
