"""Notion under step 2: connecting it, picking pages, and coming back from signing in there."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.urls import reverse

from apps.connections.models import Connection
from apps.knowledge.connectors.notion import connecting
from apps.knowledge.models import Source
from tests.knowledge.notion.conftest import carry, sync_again
from tests.peers import notion as peer
from tests.peers.notion_things import block

pytestmark = pytest.mark.django_db


@pytest.fixture
def notion(settings):
    with peer.Notion() as running:
        settings.BERRYDESK_SERVICE_URLS = {"notion": running.url}
        yield running


@pytest.fixture
def handbook(notion):
    """A shared page with one below it, that holds one more. Returns their ids."""
    top = notion.page("Handbook", block("paragraph", "All of it."), shared=True)
    shipping = notion.page("Shipping", block("paragraph", "To Norway."), parent=top)
    return top, shipping, notion.page("Islands", parent=shipping)


@pytest.fixture
def connection(agent, notion):
    return connecting.connect(agent.workspace, {"token": peer.TOKEN})


def at(name, agent, *rest):
    return reverse(f"console:{name}", args=[agent.public_id, *rest])


def shown(answer):
    return answer.content.decode()


def test_the_tile_leads_to_the_way_to_connect(as_ada, agent):
    assert f'href="{at("notion", agent)}"' in shown(as_ada.get(at("setup_train", agent)))
    page = shown(as_ada.get(at("notion", agent)))
    assert "Internal Integration Secret" in page and "/connections/notion/callback/" in page


def test_a_good_token_connects_and_is_never_shown(as_ada, agent, notion, handbook):
    answer = as_ada.post(at("notion_connect", agent), {"token": peer.TOKEN}, follow=True)
    assert "Connected to Nordlicht · Berrydesk" in shown(answer) and "Everything shared" in shown(answer)
    assert peer.TOKEN not in shown(answer)


def test_a_bad_token_comes_back_at_its_field(as_ada, agent, notion):
    answer = as_ada.post(at("notion_connect", agent), {"token": "ntn_wrong"})
    assert answer.status_code == 422 and "Notion does not know this token" in shown(answer)
    assert "ntn_wrong" not in shown(answer) and 'aria-invalid="true"' in shown(answer)
    assert not Connection.objects.exists()


def test_everything_is_the_choice_that_is_made_already(as_ada, agent, connection, handbook):
    page = shown(as_ada.get(at("notion", agent)))
    assert 'value="everything" checked' in page
    answer = as_ada.post(at("notion_start", agent), {"connection": connection.pk, "what": "everything"})
    assert answer.status_code == 302
    source = Source.objects.get()
    assert (source.kind, source.config, source.connection) == ("notion", {"roots": []}, connection)
    assert (source.name, source.every_hours) == ("Nordlicht · Berrydesk", 24)
    assert "#notion" in shown(as_ada.get(at("setup_train", agent)))


def test_pages_are_offered_from_the_top_and_opened_one_by_one(as_ada, agent, connection, handbook):
    top, shipping, islands = handbook
    page = shown(as_ada.get(at("notion", agent)))
    assert f'value="{top} Handbook"' in page and shipping not in page
    below = shown(as_ada.get(at("notion_pages", agent), {"below": top}))
    assert f'value="{shipping} Shipping"' in below and islands not in below
    assert f'value="{islands} Islands"' in shown(as_ada.get(at("notion_pages", agent), {"below": shipping}))


def test_a_page_is_found_by_its_title_and_ticks_stay(as_ada, agent, connection, handbook):
    top, shipping, islands = handbook
    asked = {"q": "ISL", "root": f"{shipping} Shipping"}
    found = shown(as_ada.get(at("notion_pages", agent), asked))
    assert f'value="{shipping} Shipping" checked' in found and f'value="{islands} Islands"' in found
    assert top not in found
    assert "No shared page is called" in shown(as_ada.get(at("notion_pages", agent), {"q": "zebra"}))


def test_what_was_picked_is_read_and_named_after_it(as_ada, agent, connection, handbook):
    top, shipping, _islands = handbook
    chosen = {
        "connection": connection.pk,
        "what": "some",
        "root": [f"{shipping} Shipping", f"{top} Handbook"],
    }
    assert as_ada.post(at("notion_start", agent), chosen).status_code == 302
    source = Source.objects.get()
    assert source.name == "Shipping and 1 more" and source.config == {"roots": sorted([top, shipping])}


def test_nothing_ticked_is_said_and_what_was_chosen_stays(as_ada, agent, connection, handbook):
    answer = as_ada.post(
        at("notion_start", agent), {"connection": connection.pk, "what": "some", "root": "x"}
    )
    assert answer.status_code == 422 and "No page is ticked" in shown(answer)
    assert 'value="some" checked' in shown(answer)


def test_access_that_was_revoked_shows_as_soon_as_somebody_looks(as_ada, agent, connection, notion):
    notion.revoke()
    page = shown(as_ada.get(at("notion", agent)))
    assert "Notion no longer lets Berrydesk in" in page and "Connect again" in page
    assert "Start learning" not in page
    notion.tokens[peer.TOKEN] = "Berrydesk"
    answer = as_ada.post(at("notion_check", agent, connection.pk), follow=True)
    assert "Connected to" in shown(answer)


def test_a_notion_in_trouble_is_a_sentence_on_the_page(as_ada, agent, connection, notion):
    notion.fail(status=503, times=9)
    answer = as_ada.get(at("notion", agent))
    assert answer.status_code == 200 and "Notion has a problem of its own" in shown(answer)
    notion.faults.clear()
    notion.limit(retry_after=50, times=9)
    answer = as_ada.get(at("notion_pages", agent))
    assert answer.status_code == 422 and "read more slowly" in shown(answer)


def test_disconnecting_forgets_the_token(as_ada, agent, connection):
    as_ada.post(at("notion_disconnect", agent, connection.pk))
    assert not Connection.objects.exists()


@pytest.mark.parametrize("how", ["revoked", "disconnected"])
def test_connecting_again_goes_on_with_what_waited(as_ada, agent, connection, notion, handbook, how):
    as_ada.post(at("notion_start", agent), {"connection": connection.pk, "what": "everything"})
    source = Source.objects.get()
    carry(source)
    assert source.status == "ready"
    if how == "revoked":
        notion.revoke()
    else:
        as_ada.post(at("notion_disconnect", agent, connection.pk))
    source = sync_again(source)
    source.refresh_from_db()
    assert source.problem["code"] in ("notion_revoked", "notion_not_connected")
    notion.tokens["ntn_a_new_one_for_berrydesk"] = "Berrydesk"
    as_ada.post(at("notion_connect", agent), {"token": "ntn_a_new_one_for_berrydesk"})
    source.refresh_from_db()
    assert (source.status, source.connection) == ("queued", connecting.connections().get())
    carry(source)
    assert source.status == "ready"


# --- signing in


def leave(as_ada, agent):
    """The way to Notion and back, as the browser walks it; returns the address it comes back to."""
    away = as_ada.get(at("notion_leave", agent))
    assert away.status_code == 302, shown(away)
    return httpx.get(away.url).headers["location"]


@pytest.fixture
def client_kept(as_ada, agent, notion):
    answer = as_ada.post(
        at("notion_client", agent),
        {"client_id": peer.CLIENT[0], "client_secret": peer.CLIENT[1]},
        follow=True,
    )
    assert "Continue to Notion" in shown(answer) and peer.CLIENT[1] not in shown(answer)


def test_signing_in_connects(as_ada, agent, notion, handbook, client_kept):
    back = leave(as_ada, agent)
    assert back.startswith("http://localhost:8000/connections/notion/callback/?")  # the base URL
    answer = as_ada.get(urlsplit(back).path + "?" + urlsplit(back).query, follow=True)
    assert "Connected to Nordlicht · Berrydesk" in shown(answer)
    assert Connection.objects.get().secrets["refresh_token"]


def test_who_presses_cancel_reads_what_to_do(as_ada, agent, notion, client_kept):
    notion.allows = False
    back = urlsplit(leave(as_ada, agent))
    answer = as_ada.get(f"{back.path}?{back.query}")
    assert answer.status_code == 422 and "Cancel was pressed." in shown(answer)
    assert "Continue to Notion" in shown(answer)


@pytest.mark.parametrize("how", ["made up", "used twice", "another session", "another workspace", "too old"])
def test_only_the_session_that_left_may_come_back(
    as_ada, ada, agent, mallory, client, notion, client_kept, how
):
    back = urlsplit(leave(as_ada, agent))
    code = parse_qs(back.query)["code"][0]
    address = f"{back.path}?{back.query}"
    if how == "made up":
        address = f"{back.path}?code={code}&state=é"
    elif how == "used twice":
        client.get(address)
    elif how == "another session":
        client.force_login(ada.user)
        client.logout()
        client.force_login(ada.user)
    elif how == "another workspace":
        session = client.session
        session["consents"][0]["workspace"] = str(mallory.workspace_id)
        session.save()
    else:
        session = client.session
        session["consents"][0]["until"] = 1
        session.save()
    client.get(at("notion", agent))  # the agent whose pages were open last
    answer = client.get(address)
    assert answer.status_code == 422 and "belongs to no connection that was begun here" in shown(answer)
    assert Connection.objects.filter(ok=True).count() == (1 if how == "used twice" else 0)


def test_half_a_client_comes_back_with_what_was_typed(as_ada, agent, notion):
    answer = as_ada.post(at("notion_client", agent), {"client_id": "1f8ad872"})
    assert answer.status_code == 422 and 'value="1f8ad872"' in shown(answer)
    assert "client secret are needed" in shown(answer)


def test_ben_and_mallory_find_nothing(client, ben, mallory, agent, connection):
    client.force_login(mallory.user)
    assert client.get(at("notion", agent)).status_code == 404
    assert client.post(at("notion_start", agent), {"connection": connection.pk}).status_code == 404
    client.force_login(ben.user)
    assert client.get(at("notion", agent)).status_code == 403
