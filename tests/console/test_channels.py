"""Channels, home, and how what people type is read."""

import pytest
from django.urls import reverse

from apps.console import contrast, finishing, money
from apps.console.channels import read_origins
from apps.knowledge import indexing, sources
from tests.console.addresses import at
from tests.peers.site import Site

pytestmark = pytest.mark.django_db


def test_allowed_websites_become_origins(as_ada, agent):
    as_ada.post(
        at("allow", agent),
        {"origins": "shop.example/cart\nHTTPS://WWW.Shop.example\n\nhttp://localhost:3000"},
    )
    agent.refresh_from_db()
    assert agent.allowed_origins == [
        "https://shop.example",
        "https://www.shop.example",
        "http://localhost:3000",
    ]
    assert agent.branded_at is None, "where it may stand says nothing about how it looks"
    answer = as_ada.post(at("allow", agent), {"origins": "not a website"})
    assert answer.status_code == 422 and "not a website" in answer.content.decode()


def test_only_the_owner_sees_the_secret(as_ada, agent):
    assert agent.identity_secret in as_ada.get(at("channels", agent)).content.decode()
    before = agent.identity_secret
    as_ada.post(at("new_secret", agent))
    agent.refresh_from_db()
    assert agent.identity_secret != before


def test_home_counts_what_is_left_and_then_the_week(as_ada, agent):
    assert "5 steps to launch" in as_ada.get(at("home", agent)).content.decode()
    as_ada.post(at("go_live", agent))
    page = as_ada.get(at("home", agent)).content.decode()
    assert "This week" in page and "First words after" in page
    as_ada.post(at("take_back", agent))
    assert "steps to launch" in as_ada.get(at("home", agent)).content.decode()


def test_the_palette_finds_pages_and_agents(as_ada, agent):
    found = as_ada.get(
        reverse("console:palette"), {"q": "lumi"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert at("home", agent) in found
    assert at("channels", agent) in as_ada.get(reverse("console:palette"), {"q": "chan"}).content.decode()
    assert "Nothing is called" in as_ada.get(reverse("console:palette"), {"q": "zzz"}).content.decode()


def test_contrast_is_the_same_as_the_widgets():
    assert round(contrast.ratio("#000000", "#ffffff")) == 21
    assert contrast.text_on("#f2c14e") == "#111111" and contrast.text_on("#8a1c4a") == "#ffffff"


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("80", "EUR", 8000), ("80,5", "", 8050), ("", "EUR", None), ("500", "JPY", 500)],
)
def test_amounts_are_read_in_their_currency(text, currency, minor):
    assert money.minor(text, currency) == minor


def test_origins_need_a_host():
    assert read_origins("https://") == (
        [],
        ["“https://” is not a website. Write it like https://www.shop.example."],
    )


@pytest.mark.parametrize(
    ("field", "typed"),
    [("daily_count_max", "9" * 5000), ("max_amount", "1e5000"), ("max_amount", "1e999999")],
)
def test_limits_beyond_all_measure_come_back(as_ada, agent, field, typed):
    answer = as_ada.post(at("action", agent, "stripe.refund"), {field: typed, "currency": "EUR"})
    assert answer.status_code == 422


def test_the_last_page_asks_the_heading_not_its_path(agent):
    source = sources.add_source(agent, kind="text", config={"text": "x"})
    filler = " ".join(["word"] * 700)
    text = f"# Shipping\n\n{filler}\n\n## Do you ship to Norway?\n\nYes. {filler}"
    indexing.learn_document(source, external_id="a", title="Help", text=text)
    assert "Do you ship to Norway?" in finishing.questions(agent)


def test_a_page_is_looked_at_for_the_snippet(as_ada, agent, settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
    with Site() as site:
        line = f'<script async src="{settings.BASE_URL}/widget.js" data-agent="{agent.public_id}"></script>'
        good = site.put("/good", f"<html>{line}</html>", media_type="text/html; charset=klingon")
        bare = site.put("/bare", "<html><script src='http://['data-agent='x'></script></html>")
        assert "is on this page" in as_ada.post(at("check_page", agent), {"page": good}).content.decode()
        assert (
            "does not contain the snippet"
            in as_ada.post(at("check_page", agent), {"page": bare}).content.decode()
        )
    assert as_ada.post(at("check_page", agent), {"page": ""}).status_code == 422
