"""Step 1: which model answers."""

import pytest

from apps.agents import making
from apps.connections.models import Connection
from apps.routing.models import RoutingPolicy
from tests.console.addresses import at
from tests.peers.faulty_model import FaultyModel

pytestmark = pytest.mark.django_db


@pytest.fixture
def model_server():
    with FaultyModel() as server:
        yield server


def test_a_working_server_is_connected_and_answers(as_ada, agent, model_server):
    answer = as_ada.post(
        at("model_connect", agent), {"provider": "custom", "base_url": model_server.url, "models": "m"}
    )
    assert answer.status_code == 302
    policy = RoutingPolicy.objects.get(agent=agent)
    assert not policy.is_built_in
    page = as_ada.get(at("setup_model", agent)).content.decode()
    assert "It answers." in page and "your own server" in page


def test_checking_a_server_leaves_a_live_agent_as_it_answers(as_ada, agent, model_server):
    making.publish(agent)
    typed = {"provider": "custom", "base_url": model_server.url, "models": "m"}
    assert as_ada.post(at("model_connect", agent), typed).status_code == 302
    connection = Connection.objects.get()
    as_ada.post(at("model_check", agent, connection.pk))
    assert not RoutingPolicy.objects.filter(agent=agent).exists()
    waiting = "until you choose a model here"
    assert waiting in as_ada.get(at("setup_model", agent) + "?way=own").content.decode()
    as_ada.post(at("model_choose", agent), {"model": f"{connection.pk}:m"})
    assert RoutingPolicy.objects.get(agent=agent).model == "m"
    assert waiting not in as_ada.get(at("setup_model", agent) + "?way=own").content.decode()


def test_a_refused_key_is_explained_and_not_shown(as_ada, agent, model_server):
    model_server.fault = "bad_key"
    secret = "sk-very-secret-key-of-ada-9f3a"
    answer = as_ada.post(
        at("model_connect", agent),
        {"provider": "custom", "base_url": model_server.url, "models": "m", "api_key": secret},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert secret not in page
    assert "problem" in page and model_server.url in page, "the address that was typed is kept"
    again = as_ada.get(at("setup_model", agent) + "?way=own").content.decode()
    assert secret not in again and 'role="alert"' in again


@pytest.mark.parametrize(
    "typed", [{}, {"provider": "nobody"}, {"provider": "openai", "api_key": "two words"}]
)
def test_nonsense_comes_back_at_the_key(as_ada, agent, typed):
    assert as_ada.post(at("model_connect", agent), typed).status_code == 422
    assert not Connection.objects.exists()


def test_the_built_in_answerer_can_be_chosen(as_ada, agent):
    as_ada.post(at("model_choose", agent), {"model": "built-in"})
    assert RoutingPolicy.objects.get(agent=agent).is_built_in
    assert as_ada.post(at("model_choose", agent), {"model": "nonsense"}).status_code == 422
