"""Connecting a provider: checked with a live call, said in words, its key never shown again."""

import asyncio

import httpx
import pytest
from django.db import connection as database

from apps.connections.models import Connection
from apps.routing import addresses, checking, errors, providers, reading_errors, wire
from apps.workspaces.models import AuditEvent
from berrydesk.db.scopes import in_workspace
from tests.peers.faulty_model import FaultyModel

KEY = "sk-test-1234567890-abcd"

PROBLEMS = {
    "bad_key": "key",
    "forbidden": "permission",
    "no_credit": "credit",
    "payment": "credit",
    "rate_limited": "rate_limited",
    "server_error": "down",
    "garbage": "not_a_model_server",
    "redirect": "redirected",
    "unknown_model": "unknown_model",
}


@pytest.fixture
def server():
    with FaultyModel(redirect_to="http://127.0.0.1:9") as running:
        yield running


def connect(ada, server, **given):
    with_these = {"provider": "custom", "api_key": KEY, "base_url": server.url, "by": ada, **given}
    return providers.connect(ada.workspace, **with_these)


def test_a_working_server_is_connected_with_its_models(ada, scoped, server):
    connection, checked = connect(ada, server)
    connection.refresh_from_db()
    assert checked.ok
    assert connection.ok
    assert connection.problem is None
    assert connection.model_names == ["small", "large"]
    assert [model.model for model in providers.models_of(connection)] == ["small", "large"]
    assert AuditEvent.objects.get(verb="provider.connected").actor == ada
    assert all(request["headers"]["authorization"] == f"bearer {KEY}" for request in server.requests)


def test_a_key_is_stored_encrypted_and_only_its_end_is_told(ada, scoped, server):
    connection, _checked = connect(ada, server)
    assert connection.hint == "abcd"
    with database.cursor() as cursor:
        cursor.execute("SELECT secrets FROM connections_connection")
        assert KEY not in str(cursor.fetchall())
    assert KEY not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(("fault", "kind"), PROBLEMS.items())
def test_what_is_wrong_is_said_in_words_and_stays_on_the_row(ada, scoped, server, fault, kind):
    server.fault = fault
    connection, checked = connect(ada, server)
    connection.refresh_from_db()
    assert not checked.ok
    assert connection.ok is False
    assert connection.problem["code"] == f"model_{kind}"
    assert connection.problem["message"]
    assert connection.problem["remedy"]
    assert KEY not in str(connection.problem)


def test_nobody_at_the_address_is_said(ada, scoped, server):
    connection, _checked = connect(ada, server, base_url="http://127.0.0.1:9/v1")
    assert connection.problem["code"] == "model_unreachable"


def test_a_second_try_replaces_the_failed_one(ada, scoped, server):
    server.fault = "bad_key"
    first, _checked = connect(ada, server)
    server.fault = None
    second, checked = connect(ada, server)
    assert second.pk == first.pk
    assert checked.ok
    assert Connection.objects.count() == 1


def test_another_server_that_is_down_for_now_is_not_replaced(ada, scoped, server):
    first, _checked = connect(ada, server)
    server.fault = "server_error"
    providers.check_again(first)
    with FaultyModel() as other:
        second, checked = connect(ada, other)
    assert checked.ok
    assert second.pk != first.pk


def test_two_keys_that_work_stay_side_by_side(ada, scoped, server):
    connect(ada, server)
    connect(ada, server, api_key=KEY + "2")
    assert Connection.objects.count() == 2


def test_a_provider_is_checked_again_on_request(ada, scoped, server):
    server.fault = "no_credit"
    connection, _checked = connect(ada, server)
    server.fault = None
    assert providers.check_again(connection).ok
    connection.refresh_from_db()
    assert connection.ok
    assert connection.problem is None


def test_a_key_is_replaced(ada, scoped, server):
    connection, _checked = connect(ada, server)
    assert providers.replace_key(connection, api_key="sk-another-key-0987-wxyz", by=ada).ok
    connection.refresh_from_db()
    assert connection.hint == "wxyz"
    assert connection.secrets == {"api_key": "sk-another-key-0987-wxyz"}


def test_a_disconnected_provider_and_its_key_are_gone(ada, scoped, server):
    connection, _checked = connect(ada, server)
    providers.disconnect(connection, by=ada)
    assert not Connection.objects.exists()


def test_a_server_without_a_key_is_fine(ada, scoped, server):
    connection, checked = connect(ada, server, api_key="")
    assert checked.ok
    assert connection.hint == ""


def test_mallory_sees_no_connection_of_adas(ada, mallory, scoped, server):
    connect(ada, server)
    with in_workspace(mallory.workspace):
        assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"provider": "nonesuch"}, errors.UnknownProvider),
        ({"provider": "openai", "api_key": "  "}, errors.KeyMissing),
        ({"provider": "openai", "api_key": "sk-with a space"}, errors.KeyMalformed),
        ({"provider": "openai", "api_key": "sk-кириллица"}, errors.KeyMalformed),
        ({"base_url": ""}, errors.AddressMissing),
        ({"base_url": "ftp://example.com"}, errors.AddressMalformed),
        ({"base_url": "http://169.254.169.254/latest"}, errors.AddressMalformed),
        ({"base_url": "http://[fe80::1]/v1"}, errors.AddressMalformed),
        ({"base_url": "http://2852039166/v1"}, errors.AddressMalformed),
        ({"base_url": "http://0xa9fea9fe/v1"}, errors.AddressMalformed),
        ({"base_url": "http://169.254.43518/v1"}, errors.AddressMalformed),
        ({"base_url": "http://[64:ff9b::a9fe:a9fe]/v1"}, errors.AddressMalformed),
        ({"base_url": "http://metadata.google.internal/v1"}, errors.AddressMalformed),
        ({"base_url": "http://100.100.100.200/v1"}, errors.AddressMalformed),
        ({"provider": "openai", "base_url": "http://127.0.0.1:9/v1"}, errors.AddressMalformed),
        ({"provider": "openai", "base_url": "http://localhost:9/v1"}, errors.AddressMalformed),
        ({"provider": "azure", "base_url": "https://10.0.0.1/v1"}, errors.AddressMalformed),
        ({"base_url": "http://[::1/v1"}, errors.AddressMalformed),
        ({"base_url": "https://me:secret@example.com/v1"}, errors.AddressMalformed),
        ({"base_url": "https://example.com:99999/v1"}, errors.AddressMalformed),
        ({"base_url": "https://example.com/v1?key=1"}, errors.AddressMalformed),
        ({"base_url": "https:///v1"}, errors.AddressMalformed),
    ],
)
def test_nonsense_is_refused_before_anything_is_stored(ada, scoped, server, given, error):
    with pytest.raises(error) as refused:
        connect(ada, server, **given)
    assert refused.value.remedy
    assert not Connection.objects.exists()
    assert server.requests == []


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (" http://localhost:11434/v1/ ", "http://localhost:11434/v1"),
        ("https://models.example.com/v1/chat/completions", "https://models.example.com/v1"),
        ("localhost:8080/v1", "http://localhost:8080/v1"),
        ("models.example.com/v1", "https://models.example.com/v1"),
        ("192.168.1.5:8000", "http://192.168.1.5:8000"),
    ],
)
def test_an_address_is_brought_into_one_form(typed, clean):
    assert addresses.clean(typed) == clean


@pytest.mark.parametrize(("address", "private"), [("http://127.0.0.1", False), ("http://0xa9fea9fe", True)])
def test_what_a_name_resolves_to_is_checked_when_it_is_connected_to(ada, scoped, server, address, private):
    """However it was typed and whatever a name server says meanwhile: nothing is sent where nothing may be."""

    async def ask():
        wire.watch(private=private)
        async with httpx.AsyncClient(transport=wire.transport) as client:
            await client.get(address + ":" + server.url.split(":")[2])

    with pytest.raises(httpx.ConnectError) as refused:
        asyncio.run(ask())
    assert reading_errors.kind_of_network(refused.value) == "address"
    assert server.requests == []


def test_a_provider_at_an_address_within_is_refused_in_words(ada, scoped, server):
    connection = Connection(service="openai", base_url=server.url, secrets={"api_key": KEY})
    checked = checking.check(connection)
    assert checked.problem.kind == "address"
    assert "Run your own" in checked.problem.remedy
    assert server.requests == []
