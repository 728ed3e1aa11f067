"""Notion is connected by a token or by signing in; a token is checked before it is kept."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from apps.connections import keeping
from apps.connections.models import Connection
from apps.knowledge.connectors.notion import authorizing, connecting, errors
from apps.workspaces.models import AuditEvent
from tests.knowledge.notion.conftest import a_source, carry
from tests.peers import notion as peer

REDIRECT = "http://localhost:8000/connections/notion/callback/"


def test_a_good_token_is_kept_encrypted_and_named_after_its_workspace(agent, notion):
    connection = connecting.connect(agent.workspace, {"token": f"  {peer.TOKEN}\n"})
    assert (connection.ok, connection.name) == (True, "Nordlicht · Berrydesk")
    assert connection.hint == peer.TOKEN[-4:]
    assert connection.secrets["access_token"] == peer.TOKEN
    assert AuditEvent.objects.get(verb="connection.made").words == "Connected Nordlicht · Berrydesk."


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "notion_token_missing"),
        ("   ", "notion_token_missing"),
        ("ntn_not_this_one", "notion_token_wrong"),
        ("two words", "notion_token_wrong"),
        ("zürich", "notion_token_wrong"),
        ("a\r\nX-Other: header", "notion_token_wrong"),
    ],
)
def test_a_bad_token_is_a_sentence_and_nothing_is_kept(agent, notion, token, code):
    with pytest.raises((errors.TokenMissing, errors.TokenWrong)) as problem:
        connecting.connect(agent.workspace, {"token": token})
    assert problem.value.code == code and problem.value.remedy
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("status", "code"), [(503, "notion_down"), (500, "notion_down"), (429, "notion_busy")]
)
def test_a_notion_in_trouble_is_not_the_tokens_fault(agent, notion, status, code):
    if status == 429:
        notion.limit(retry_after=30, times=9)
    else:
        notion.fail(status=status, times=9)
    with pytest.raises(errors.OwnerError) as problem:
        connecting.connect(agent.workspace, {"token": peer.TOKEN})
    assert problem.value.code == code


def test_a_notion_that_cannot_be_reached_is_a_sentence(agent, settings):
    settings.BERRYDESK_SERVICE_URLS = {"notion": "http://127.0.0.1:9"}
    with pytest.raises(errors.Unreachable):
        connecting.connect(agent.workspace, {"token": peer.TOKEN})


def _allowed(connection):
    """What the browser brings back after the owner pressed Allow access."""
    address = authorizing.address(connecting.client_of(connection), redirect=REDIRECT, state="s7")
    back = httpx.get(address).headers["location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def _signed_in(agent):
    waiting = connecting.prepare(agent.workspace, client_id=peer.CLIENT[0], client_secret=peer.CLIENT[1])
    return connecting.finish(waiting, code=_allowed(waiting)["code"], redirect=REDIRECT)


def test_signing_in_makes_a_connection_and_the_client_is_typed_once(agent, notion):
    waiting = connecting.prepare(agent.workspace, client_id=peer.CLIENT[0], client_secret=peer.CLIENT[1])
    assert connecting.waiting_one().pk == waiting.pk and not connecting.connections().exists()
    assert connecting.prepare(agent.workspace, client_id=peer.CLIENT[0], client_secret="").pk == waiting.pk
    brought = _allowed(waiting)
    assert brought["state"] == "s7"
    connection = connecting.finish(waiting, code=brought["code"], redirect=REDIRECT)
    assert (connection.pk, connection.ok, connection.name) == (waiting.pk, True, "Nordlicht · Berrydesk")
    assert connecting.waiting_one() is None
    another = connecting.prepare(agent.workspace, client_id=peer.CLIENT[0], client_secret="")
    assert another.secrets == {"client_id": peer.CLIENT[0], "client_secret": peer.CLIENT[1]}
    with pytest.raises(errors.ExchangeFailed) as problem:  # a code is good once
        connecting.finish(connection, code=brought["code"], redirect=REDIRECT)
    assert REDIRECT in problem.value.remedy


def test_a_wrong_client_secret_is_a_sentence(agent, notion):
    waiting = connecting.prepare(agent.workspace, client_id=peer.CLIENT[0], client_secret="secret_mistyped")
    with pytest.raises(errors.ExchangeFailed) as problem:
        connecting.finish(waiting, code=_allowed(waiting)["code"], redirect=REDIRECT)
    assert "invalid_client" in problem.value.message
    assert not connecting.connections().exists()


@pytest.mark.parametrize(("client_id", "secret"), [("", "x"), ("x", ""), ("a:b", "c"), ("ä", "c")])
def test_half_a_client_is_said(agent, notion, client_id, secret):
    with pytest.raises(errors.ClientMissing):
        connecting.prepare(agent.workspace, client_id=client_id, client_secret=secret)


def test_a_token_that_ran_out_is_renewed_in_mid_sync(agent, notion, handbook):
    connection = _signed_in(agent)
    first = connection.secrets["access_token"]
    source = a_source(agent, connection)

    def run_out(asked):
        if notion.times_asked("/children") == 2:
            notion.tokens.pop(first, None)

    notion.before_each = run_out
    carry(source)
    assert (source.status, source.learned) == ("ready", 4)
    connection.refresh_from_db()
    assert connection.secrets["access_token"] != first and connection.secrets["client_id"] == peer.CLIENT[0]


def test_a_renewal_by_another_worker_is_taken_over(agent, notion, handbook):
    connection = _signed_in(agent)
    stale = Connection.objects.get(pk=connection.pk)
    notion.tokens.pop(connection.secrets["access_token"])
    assert authorizing.refreshed(connection)
    assert authorizing.refreshed(stale) == connection.secrets["access_token"]


def test_where_there_is_no_way_to_a_new_token_the_owner_connects_again(agent, notion, handbook):
    notion.gives_refresh_tokens = False
    connection = _signed_in(agent)
    notion.revoke()
    source = a_source(agent, connection)
    carry(source)
    assert source.problem["code"] == "notion_revoked"
    assert not connecting.check_again(connection) and connection.problem["code"] == "notion_revoked"
    notion.tokens[connection.secrets["access_token"]] = "Berrydesk"
    assert connecting.check_again(connection) and connection.problem is None


def test_a_source_of_one_notion_is_never_read_from_another(agent, notion, handbook):
    source = a_source(agent, connecting.connect(agent.workspace, {"token": peer.TOKEN}))
    carry(source)
    keeping.forget(source.connection)
    notion.place = "another-notion"
    connecting.connect(agent.workspace, {"token": peer.TOKEN})
    source.refresh_from_db()
    assert source.connection is None and source.documents.learned().count() == 4


def test_a_refreshed_secret_takes_the_place_of_the_older_one(agent, notion):
    first = connecting.connect(agent.workspace, {"token": peer.TOKEN})
    notion.tokens["ntn_refreshed_for_berrydesk"] = "Berrydesk"
    notion.tokens["ntn_of_another_integration"] = "Handbook reader"
    again = connecting.connect(agent.workspace, {"token": "ntn_refreshed_for_berrydesk"})
    assert again.pk == first.pk and again.secrets["access_token"] == "ntn_refreshed_for_berrydesk"
    other = connecting.connect(agent.workspace, {"token": "ntn_of_another_integration"})
    assert other.pk != first.pk and connecting.connections().count() == 2
