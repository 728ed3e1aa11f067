"""Past conversations from the tile to the first accepted answer, in a real browser before a real run."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import nothing_wrong

EXPORT = """conversation_id,role,text,csat
1,customer,"Hi, do you repair the zips of jackets?",5
1,agent,"Hello Vera, yes, we repair zips for 15 EUR. It takes a week.",5
2,customer,"My order W2378156 came. How long do refunds take?",5
2,agent,"Refunds take five working days.",5
2,customer,Thanks!,5
3,customer,"Hello, how long do refunds take?",4
3,agent,"Refunds take five working days after we receive the parcel.",4
"""


def test_an_export_becomes_answers_that_are_looked_at_one_by_one(signed_in, shots):
    page = signed_in
    page.goto("/agents/new/")
    page.get_by_label("What is the agent called?").fill("Lumi")
    page.get_by_role("button", name="Begin the set-up").click()
    page.wait_for_url("**/model/")
    train = page.url.replace("/model/", "/train/")
    page.goto(train)
    page.get_by_role("link", name="Past conversations").click()
    nothing_wrong(page)
    shots(page, "past-conversations")
    upload = page.get_by_label("An export of your help desk")
    upload.set_input_files(
        {"name": "prices.csv", "mimeType": "text/csv", "buffer": b"product,price\nLamp,49\n"}
    )
    page.get_by_role("button", name="Find answers").click()
    expect(page.get_by_role("alert")).to_contain_text("holds no conversations")
    shots(page, "past-conversations-wrong")
    upload.set_input_files({"name": "tickets.csv", "mimeType": "text/csv", "buffer": EXPORT.encode()})
    page.get_by_role("button", name="Find answers").click()
    page.wait_for_url(re.compile(r"/train/$"))
    expect(page.locator("#sources")).to_contain_text("2 answers wait for you", timeout=60_000)
    nothing_wrong(page)
    shots(page, "past-conversations-found")
    page.get_by_role("link", name="Look at them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Answers to look at")
    nothing_wrong(page)
    shots(page, "past-conversations-offers")
    first = page.locator("form", has=page.get_by_label("Question")).first
    expect(first).to_contain_text("Asked in 2 conversations")
    first.get_by_label("Answer").fill("Refunds take five working days after we have the parcel.")
    first.get_by_role("button", name="Accept").click()
    expect(page.locator("main")).to_contain_text("1 answer from past conversations waits")
    page.get_by_role("button", name="Decline").click()
    expect(page.locator("main")).to_contain_text("Nothing waits")
    nothing_wrong(page)
    shots(page, "past-conversations-decided")
    page.goto(train)
    expect(page.locator("#sources")).to_contain_text("1 page learned")
