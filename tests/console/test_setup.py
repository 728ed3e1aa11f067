"""The pages of the set-up and of an agent: where one lands, and who may come in."""

import pytest
from django.urls import reverse

from tests.console.addresses import at

pytestmark = pytest.mark.django_db
OF_AN_AGENT = [
    *("setup_begin", "setup_model", "setup_train", "setup_brand", "setup_actions", "finish"),
    *("look", "actions", "channels", "train_rows", "installed"),
]


def test_a_stranger_on_an_empty_installation_signs_up(client, db):
    assert client.get("/").url == reverse("account_signup")


def test_a_stranger_signs_in_once_somebody_exists(client, ada):
    assert client.get("/").url == reverse("account_login")


def test_a_member_lands_at_the_agent(as_ada, agent):
    assert as_ada.get("/").url == at("home", agent)


def test_without_an_agent_one_is_made(as_ada):
    assert as_ada.get("/").url == reverse("console:new_agent")
    assert as_ada.post(reverse("console:new_agent"), {}).status_code == 422
    made = as_ada.post(reverse("console:new_agent"), {"name": "Lumi"})
    assert made.status_code == 302 and made.url.endswith("/model/")


@pytest.mark.parametrize("name", OF_AN_AGENT)
def test_the_owner_sees_the_page(as_ada, agent, name):
    assert as_ada.get(at(name, agent), follow=True).status_code == 200


@pytest.mark.parametrize("name", ["home", *OF_AN_AGENT])
def test_mallory_finds_nothing(client, mallory, agent, name):
    client.force_login(mallory.user)
    assert client.get(at(name, agent)).status_code == 404


def test_a_teammate_sees_home_and_no_settings(client, ben, agent):
    client.force_login(ben.user)
    assert client.get(at("home", agent)).status_code == 200
    assert client.get(at("setup_model", agent)).status_code == 403


def test_a_link_by_the_agents_id_works_too(as_ada, agent):
    assert as_ada.get(f"/setup/{agent.pk}/model/").status_code == 200
