"""What the widget's tests stand on: an agent that knows something, the shop that carries it, the visitor's moves."""

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

DOCUMENTS = [
    {
        "external_id": "returns",
        "title": "Returns",
        "text": "You can return a headlamp within 30 days of delivery, unworn and with its tag. "
        "Returns from Germany are free: the label is in your parcel.",
        "url": "https://shop.example/returns",
    },
    {
        "external_id": "shipping",
        "title": "Shipping",
        "text": "We ship to Norway in three days and to Germany in two days. Shipping is free above 50 euros.",
        "url": "https://shop.example/shipping",
    },
]
QUESTION = "How many days do I have to return a headlamp?"
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


class Desk:
    """The workspace through the JSON API."""

    def __init__(self, live, slug):
        self.http = httpx.Client(
            base_url=f"{live.url}/api/v1", headers={"Authorization": f"Bearer {live.token(slug)}"}, timeout=20
        )

    def __call__(self, method, path, body=None):
        answer = self.http.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def an_agent(self, name="Lumi", **look):
        """An agent that knows the documents; as the API shows it."""
        agent = self("POST", "/agents", {"name": name})
        self("PATCH", f"/agents/{agent['id']}", {
            "greeting": "Hei, I'm Lumi. Ask me about sizes, orders, returns or care.",
            "questions": [QUESTION, "Do you ship to Norway?"], "color": "#0d5c56", **look,
        })  # fmt: skip
        self("POST", f"/agents/{agent['id']}/documents:batch", {"documents": DOCUMENTS})
        return agent

    def latest(self):
        """The newest conversation, whole."""
        return self("GET", f"/conversations/{self('GET', '/conversations')['items'][0]['id']}")

    def reply(self, text):
        self("POST", f"/conversations/{self.latest()['id']}/messages", {"text": text})


class Visit:
    """One visitor's page with the widget."""

    def __init__(self, page, url):
        self.page = page
        page.goto(url)
        self.launcher = page.get_by_role("button", name="Chat", exact=True)
        self.panel = page.locator("berrydesk-widget .panel")
        self.log = self.panel.get_by_role("log")
        self.answers = self.log.locator(".message.agent:not(.streaming)")

    def open(self):
        self.launcher.click()
        expect(self.panel.locator(".greeting")).not_to_be_empty()
        expect(
            self.panel.locator("button.person")
        ).to_be_enabled()  # from then on what is sent is taken at once
        return self

    def ask(self, text):
        self.panel.get_by_role("textbox").fill(text)
        self.panel.get_by_role("textbox").press("Enter")
        return self

    def answer(self):
        """The last answer, once it stands."""
        expect(self.answers.last).to_contain_text("30 days")
        return self.answers.last


def nothing_wrong(page, within="berrydesk-widget"):
    """axe finds nothing wrong in what is shown."""
    found = Axe().run(page, context=within, options=AXE)
    assert found.violations_count == 0, found.generate_report()
