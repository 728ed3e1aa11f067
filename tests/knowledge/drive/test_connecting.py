"""Ada connects her Drive by signing in or by a service account's key; what Google does not accept is not kept."""

import json
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from apps.connections import keeping
from apps.connections.models import Connection
from apps.knowledge.connectors.drive import connecting, errors
from apps.workspaces.models import AuditEvent
from tests.knowledge.drive.conftest import again, learn
from tests.peers.google_drive import Fault
from tests.peers.google_tokens import CLIENT_ID, CLIENT_SECRET, ROBOT

VERIFIER = "v" * 60
REDIRECT = "http://testserver/connections/google/"


def signed_in(workspace, by=None, **changes):
    """The connection after Ada allowed it in her browser."""
    waiting = connecting.prepare(workspace, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    address = connecting.address(waiting, redirect=REDIRECT, state="state", verifier=VERIFIER)
    back = dict(parse_qsl(urlsplit(httpx.get(address).headers["location"]).query))
    assert back["state"] == "state"
    asked = {"code": back["code"], "verifier": VERIFIER, "redirect": REDIRECT} | changes
    return connecting.finish(waiting, by=by, **asked)


def test_signing_in_gives_a_connection_that_reads(drive, scoped, ada, folder, agent):
    connection = signed_in(scoped, by=ada)
    assert (connection.name, connection.ok) == ("ada@nordlicht.example", True)
    assert set(connection.secrets) == {"client_id", "client_secret", "refresh_token"}
    assert learn(agent, folder).learned == 4
    assert AuditEvent.objects.filter(verb="connection.made", actor=ada).exists()


def test_signing_in_again_mends_the_same_connection_and_types_the_secret_once(drive, scoped, folder, agent):
    first = signed_in(scoped)
    before = first.secrets["refresh_token"]
    drive.tokens.revoke()
    assert connecting.check_again(first) is False and first.problem["code"] == "drive_signed_out"
    address = connecting.address(first, redirect=REDIRECT, state="s", verifier=VERIFIER)
    assert "login_hint=ada%40nordlicht.example" in address
    code = dict(parse_qsl(urlsplit(httpx.get(address).headers["location"]).query))["code"]
    second = connecting.finish(first, code=code, verifier=VERIFIER, redirect=REDIRECT)
    assert second.pk == first.pk and second.secrets["refresh_token"] != before and second.ok
    assert Connection.objects.count() == 1 and connecting.check_again(second)
    assert connecting.prepare(scoped, client_id=CLIENT_ID, client_secret="").secrets["client_secret"]


@pytest.mark.parametrize(
    ("id", "secret", "problem"),
    [
        ("", "", errors.ClientMissing),
        (CLIENT_ID, "", errors.ClientMissing),
        (CLIENT_ID, "wrong", errors.WrongClient),
        ("other.apps.googleusercontent.com", CLIENT_SECRET, errors.WrongClient),
        ("ключ", "секрет", errors.ClientMissing),
    ],
)
def test_a_client_that_google_does_not_know_is_not_kept(drive, scoped, id, secret, problem):
    with pytest.raises(problem):
        connecting.prepare(scoped, client_id=id, client_secret=secret)
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"code": "4/another"}, errors.ExchangeFailed),
        ({"verifier": "stolen code, other browser"}, errors.ExchangeFailed),
        ({"redirect": "https://evil.example/"}, errors.ExchangeFailed),
    ],
)
def test_a_code_is_good_only_where_it_was_asked_for(drive, scoped, changes, problem):
    with pytest.raises(problem):
        signed_in(scoped, **changes)
    assert not connecting.connections().exists()


def test_a_box_that_was_not_ticked_is_said(drive, scoped):
    drive.tokens.granted_scope = "openid email"
    with pytest.raises(errors.ReadingNotAllowed):
        signed_in(scoped)
    assert not connecting.connections().exists()


def test_google_that_does_not_answer_is_said(drive, scoped):
    drive.fail("POST /token", Fault(503, "backendError"), times=9)
    with pytest.raises(errors.DriveUnreachable):
        connecting.prepare(scoped, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)


def test_a_service_account_is_connected_by_its_file(drive, scoped, folder, agent):
    key = drive.tokens.a_service_account()
    connection = connecting.connect(scoped, {"service_account": json.dumps(key)})
    assert (connection.name, connection.ok) == ("ada@nordlicht.example", True)
    assert connection.secrets["service_account"]["client_email"] == ROBOT
    assert "token_uri" not in connection.secrets["service_account"]
    assert learn(agent, folder).learned == 4


def test_a_key_that_google_does_not_accept_is_not_kept(drive, scoped):
    key = drive.tokens.a_service_account()
    drive.tokens.a_service_account()  # another key takes its place
    with pytest.raises(errors.KeyRefused):
        connecting.connect(scoped, {"service_account": key})
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "not json",
        "[]",
        "{}",
        '{"web": {"client_id": "x"}}',
        '{"type": "authorized_user"}',
        '{"type": "service_account", "client_email": "a@b", "private_key": "no key"}',
        '{"type": "service_account", "private_key": 1}',
        "x" * 30_000,
    ],
)
def test_what_is_no_key_file_is_refused_in_words(drive, scoped, given):
    with pytest.raises(errors.NotAKeyFile) as told:
        connecting.connect(scoped, {"service_account": given})
    assert told.value.message.startswith("This is not the key of a service account: ")
    assert not Connection.objects.exists() and drive.asked == []


def test_the_api_off_switch_is_said_while_connecting(drive, scoped):
    drive.fail("/drive/v3/about", Fault(403, "accessNotConfigured", domain="usageLimits"))
    with pytest.raises(errors.ApiSwitchedOff):
        connecting.connect(scoped, {"service_account": drive.tokens.a_service_account()})


def test_disconnecting_keeps_what_was_learned(drive, connection, folder, agent):
    source = learn(agent, folder)
    keeping.forget(connection)
    source.refresh_from_db()
    assert source.connection is None and source.documents.learned().count() == 4
    source = again(source)
    assert (source.status, source.problem["code"]) == ("partial", "drive_not_connected")
    assert source.documents.learned().count() == 4
