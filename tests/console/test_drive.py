"""Google Drive under step 2: connecting it, picking folders, and coming back from signing in there."""

import html
import json
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from django.urls import reverse

from apps.connections.models import Connection
from apps.knowledge.connectors.drive import connecting
from apps.knowledge.models import Source
from tests.knowledge.drive.conftest import carry, connected
from tests.peers.google_drive import Drive, Fault
from tests.peers.google_tokens import CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.django_db
CLIENT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.fixture
def drive(settings):
    with Drive() as running:
        settings.BERRYDESK_SERVICE_URLS = {"google": running.url}
        yield running


@pytest.fixture
def connection(agent, drive):
    return connected(agent.workspace, drive.secrets())


@pytest.fixture
def policies(drive):
    """Policies, with a file and a folder that holds another file. Returns the ids of the folders."""
    top = drive.put_folder("Policies")
    drive.put("returns.txt", "Boots come back within 30 days.", parent=top, id="returns")
    below = drive.put_folder("Archive", parent=top)
    drive.put("old.txt", "Long ago.", parent=below, id="oldest")
    return top, below


def at(name, agent, *rest):
    return reverse(f"console:{name}", args=[agent.public_id, *rest])


def shown(answer):
    return html.unescape(answer.content.decode())


def sign_in(client, answer):
    """What the browser does at Google, where Ada allows it: the page that it comes back to."""
    back, query = way_back(answer)
    return client.get(back, query, follow=True)


def way_back(answer):
    """The path and the query that Google sends the browser back to."""
    there = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert "/o/oauth2/v2/auth?" in there and "code_challenge_method=S256" in there
    back = urlsplit(httpx.get(there).headers["location"])
    return back.path, dict(parse_qsl(back.query))


def leave(client, agent):
    """Google's address, as the form hands it to the browser."""
    return client.post(at("drive_client", agent), CLIENT, headers={"HX-Request": "true"})


def test_the_tile_leads_to_the_ways_to_connect(as_ada, agent):
    assert f'href="{at("drive", agent)}"' in shown(as_ada.get(at("setup_train", agent)))
    page = shown(as_ada.get(at("drive", agent)))
    assert (
        "Continue to Google" in page
        and "/connections/google/callback/" in page
        and "Use a service account instead" in page
    )


def test_signing_in_leads_to_the_folders(as_ada, agent, drive, policies):
    page = shown(sign_in(as_ada, leave(as_ada, agent)))
    assert "Connected to ada@nordlicht.example" in page and "My Drive" in page and "Shared with me" in page
    row = Connection.objects.get()
    assert row.ok and row.secrets["refresh_token"] and CLIENT_SECRET not in page


def test_without_scripts_a_link_leads_to_google(as_ada, agent, drive):
    page = shown(as_ada.post(at("drive_client", agent), CLIENT, follow=True))
    assert f'href="{at("drive_leave", agent)}"' in page
    assert "Connected to" in shown(sign_in(as_ada, as_ada.get(at("drive_leave", agent))))


def test_a_wrong_secret_comes_back_at_its_field_and_nothing_is_shown_of_it(as_ada, agent, drive):
    answer = as_ada.post(at("drive_client", agent), CLIENT | {"client_secret": "GOCSPX-mistyped"})
    assert answer.status_code == 422
    assert "does not know this client ID" in shown(answer) and CLIENT_ID in shown(answer)
    assert "mistyped" not in shown(answer) and not Connection.objects.exists()


def test_cancel_at_google_is_said(as_ada, agent, drive):
    drive.tokens.consents = False
    page = sign_in(as_ada, leave(as_ada, agent))
    assert page.status_code == 422 and "choose Allow there" in shown(page)
    assert not connecting.connections().exists()


def test_an_answer_that_did_not_begin_here_connects_nothing(as_ada, agent, drive, client, mallory):
    back, query = way_back(leave(as_ada, agent))
    strange = as_ada.get(back, query | {"state": "made-up"})
    assert strange.status_code == 422 and "does not belong to a connection" in shown(strange)
    client.force_login(mallory.user)  # Mallory is sent the address that Ada's browser should have opened
    assert client.get(back, query).status_code in (404, 422)
    assert not connecting.connections().exists() and not Connection.objects.filter(ok=True).exists()


def test_a_state_is_good_once(as_ada, agent, drive):
    back, query = way_back(leave(as_ada, agent))
    assert as_ada.get(back, query).status_code == 302
    assert as_ada.get(back, query).status_code == 422


@pytest.mark.parametrize("how", ["pasted", "uploaded"])
def test_a_service_account_is_pasted_or_uploaded(as_ada, agent, drive, how, tmp_path):
    key = json.dumps(drive.tokens.a_service_account())
    file = tmp_path / "key.json"
    file.write_text(key)
    with file.open("rb") as opened:
        form = {"key": key} if how == "pasted" else {"key_file": opened}
        page = shown(as_ada.post(at("drive_key", agent), form, follow=True))
    assert "Connected to" in page and "PRIVATE KEY" not in page


@pytest.mark.parametrize("given", ["", "nonsense", "[]"])
def test_what_is_no_key_comes_back_at_its_field(as_ada, agent, drive, given):
    answer = as_ada.post(at("drive_key", agent), {"key": given})
    assert answer.status_code == 422 and "not the key of a service account" in shown(answer)


def test_folders_open_one_after_another_with_the_way_back(as_ada, agent, connection, policies):
    top, below = policies
    page = shown(as_ada.get(at("drive_folder", agent), {"in": "root"}))
    assert "All of My Drive" in page and "Policies" in page and "Open Policies" in page
    page = shown(as_ada.get(at("drive_folder", agent), {"in": below, "root": f"{top} Policies"}))
    assert page.index("My Drive") < page.index(">Policies<") < page.index("Archive")
    assert "old.txt" in page and "All of Archive" in page
    assert f'value="{top} Policies" checked' in page


def test_what_is_shared_and_shared_drives_are_places(as_ada, agent, drive, connection):
    shop = drive.put_drive("Shop")
    drive.put("hours.txt", "Ten to six.", parent=shop, id="hours")
    drive.put("note.txt", "Hello.", parent=None, id="note-of-ben", sharedWithMe=True)
    assert "Shop" in shown(as_ada.get(at("drive", agent)))
    assert "hours.txt" in shown(as_ada.get(at("drive_folder", agent), {"in": shop}))
    assert "note.txt" in shown(as_ada.get(at("drive_folder", agent), {"in": "shared-with-me"}))


def test_a_name_is_found_with_the_folder_it_lies_in(as_ada, agent, drive, connection, policies):
    drive.put("returns.txt", "Of another year.", id="twin-returns")
    drive.put("it's.txt", "A quote.", id="quoted")
    page = shown(as_ada.get(at("drive_folder", agent), {"q": "RETURNS"}))
    assert page.count("returns.txt") >= 2 and "in Policies" in page and "in My Drive" in page
    assert "it's.txt" in shown(as_ada.get(at("drive_folder", agent), {"q": "it's"}))
    assert "Nothing that this account may see" in shown(as_ada.get(at("drive_folder", agent), {"q": "zzz"}))


def test_ticked_folders_become_a_source(as_ada, agent, connection, policies):
    answer = as_ada.post(
        at("drive_start", agent), {"connection": str(connection.pk), "root": f"{policies[0]} Policies"}
    )
    assert answer.status_code == 302 and answer["Location"].endswith("/train/")
    source = Source.objects.get()
    assert (source.kind, source.name, source.connection) == ("drive", "Policies", connection)
    assert carry(source).learned == 2


def test_nothing_ticked_is_said(as_ada, agent, connection):
    answer = as_ada.post(at("drive_start", agent), {"connection": str(connection.pk)})
    assert answer.status_code == 422 and "No folder and no file is ticked" in shown(answer)
    answer = as_ada.post(at("drive_start", agent), {"root": "not-there-at-all Gone"})
    assert answer.status_code == 422 and "not shared with ada@nordlicht.example" in shown(answer)


def test_access_that_was_taken_back_offers_to_reconnect_and_what_waited_is_read(
    as_ada, agent, drive, connection, policies
):
    as_ada.post(at("drive_start", agent), {"root": f"{policies[0]} Policies"})
    source = carry(Source.objects.get())
    drive.tokens.revoke()
    page = shown(as_ada.get(at("drive", agent)))
    assert "no longer accepts" in page and "Reconnect" in page and "Start learning" not in page
    carry(Source.objects.get(pk=source.pk) if not _again(as_ada, agent, source) else source)
    source.refresh_from_db()
    assert source.problem["code"] == "drive_signed_out"
    assert "Open Google Drive in step 2 and press Reconnect" in shown(as_ada.get(at("setup_train", agent)))
    left = as_ada.get(at("drive_leave", agent), {"connection": str(connection.pk)})
    assert "Connected to" in shown(sign_in(as_ada, left))
    source.refresh_from_db()
    assert source.status == "queued" and Connection.objects.count() == 1
    assert carry(source).status == "ready"


def _again(client, agent, source):
    client.post(at("train_again", agent, source.pk))
    source.refresh_from_db()
    return True


def test_google_that_stumbles_is_said_and_the_page_stays(as_ada, agent, drive, connection):
    drive.fail("/drive/v3/drives", Fault(403, "accessNotConfigured", domain="usageLimits"))
    page = shown(as_ada.get(at("drive", agent)))
    assert "The Google Drive API is not switched on" in page
    part = as_ada.get(at("drive_folder", agent), {"in": "nobody-shared-this Gone"})
    assert part.status_code == 422 and "Gone is not there any more" in shown(part)


def test_disconnecting_forgets_the_token(as_ada, agent, connection):
    as_ada.post(at("drive_disconnect", agent, connection.pk))
    assert not Connection.objects.exists()
