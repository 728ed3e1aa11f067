"""The owner's page is looked at, and the owner reads what to do."""

import pytest

from apps.agents.models import Installation
from apps.channels.web import verify, visiting
from apps.channels.web.installation import look_at
from apps.console import home
from tests.peers.site import Site

pytestmark = pytest.mark.django_db
US = "https://desk.example"


@pytest.fixture
def site(settings):
    settings.BASE_URL = US
    with Site() as site:
        settings.BERRYDESK_FETCH_ALLOW = [site.host]
        yield site


def a_page(site, *, agent_id=None, policy=None, meta=""):
    snippet = f'<script async src="{US}/widget.js" data-agent="{agent_id}"></script>' if agent_id else ""
    headers = {"Content-Security-Policy": policy} if policy else {}
    return site.put("/", f"<!doctype html><title>Shop</title>{meta}<p>Hello</p>{snippet}", headers=headers)


def test_found(site, agent):
    look = look_at(agent, a_page(site, agent_id=agent.public_id))
    assert (look.state, look.remedy) == ("found", "")


def test_missing(site, agent):
    look = look_at(agent, a_page(site))
    assert look.state == "missing" and "</body>" in look.remedy


def test_another_agents_snippet(site, agent):
    look = look_at(agent, a_page(site, agent_id="somebody"))
    assert look.state == "wrong_agent" and "somebody" in look.message and agent.name in look.remedy


@pytest.mark.parametrize(
    "policy, lacks",
    [
        ("default-src 'self'", ["script-src", "connect-src"]),
        (f"script-src {US}; connect-src 'self'", ["connect-src"]),
        (f"default-src *, script-src 'self'; connect-src {US}", ["script-src"]),
        (f"script-src {US}; script-src-elem 'none'", ["script-src"]),
    ],
)
def test_a_policy_that_blocks_says_what_to_add(site, agent, policy, lacks):
    look = look_at(agent, a_page(site, agent_id=agent.public_id, policy=policy))
    assert look.state == "blocked"
    assert [name for name in ("script-src", "connect-src") if f"{name} {US}" in look.remedy] == lacks


@pytest.mark.parametrize(
    "policy", [f"default-src 'none'; script-src {US}; connect-src {US}", "default-src https:", "img-src 'self'",
               "default-src *.example desk.example"],
)  # fmt: skip
def test_a_policy_that_lets_us_in(site, agent, policy):
    assert look_at(agent, a_page(site, agent_id=agent.public_id, policy=policy)).state == "found"


def test_a_policy_in_the_page_counts(site, agent):
    meta = "<meta http-equiv='Content-Security-Policy' content=\"script-src 'self'\">"
    assert look_at(agent, a_page(site, agent_id=agent.public_id, meta=meta)).state == "blocked"


def test_unreachable(site, agent):
    look = look_at(agent, f"{site.url}/nowhere")
    assert look.state == "unreachable" and look.message and look.remedy


def a_visit(client, agent, origin):
    return client.post(
        f"/widget/{agent.public_id}/open", "{}", content_type="text/plain", headers={"origin": origin}
    )


@pytest.mark.django_db(transaction=True)
def test_anybody_can_claim_a_website_but_not_without_end(client, agent):
    agent.workspace.website = "https://www.nordlicht.example/shop"
    agent.workspace.save()
    a_visit(client, agent, "null")
    for number in range(visiting.MOST_WEBSITES + 5):
        visiting.welcome(
            agent, verify.Visitor("a.b"), origin=f"https://site{number}.example", page="https://x.example/"
        )
    assert Installation.objects.count() == visiting.MOST_WEBSITES
    assert not _installed(agent), "a stranger's word is no installation"
    a_visit(client, agent, "https://nordlicht.example")
    assert "nordlicht.example" in _installed(agent).title
    agent.allowed_origins = ["https://other.example"]
    agent.save()
    assert not _installed(agent), "only what the owner allowed counts"
    a_visit(client, agent, "https://other.example")
    assert "other.example" in _installed(agent).title


def _installed(agent):
    return next((one for one in home.checklist(agent) if one.is_done and "Installed" in one.title), None)
