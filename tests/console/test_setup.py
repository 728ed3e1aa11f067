"""The pages of the set-up and of an agent: where one lands, and who may come in."""

import pytest
from django.urls import reverse

from apps.console import progress
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


@pytest.fixture
def live_agent(agent):
    agent.published_at = agent.created_at
    agent.save()
    return agent


@pytest.mark.parametrize(
    ("name", "place", "back"),
    [
        ("setup_model", "Models", ""),
        ("setup_train", "Knowledge", "knowledge"),
        ("notion", "Knowledge", "setup_train"),
        ("drive", "Knowledge", "setup_train"),
        ("past_conversations", "Knowledge", "setup_train"),
        ("embeddings", "Models", "setup_model"),
    ],
)
def test_once_it_is_live_models_and_sources_are_pages_of_the_agent(
    as_ada, agent, live_agent, name, place, back
):
    page = as_ada.get(at(name, agent)).content.decode()
    here = page.partition('aria-current="page"')[2].partition("</a>")[0]
    assert place in here and 'id="steps"' not in page and "Finish later" not in page
    if back:
        address = reverse("knowledge") if back == "knowledge" else at(back, agent)
        assert f'class="back" href="{address}"' in page


def test_before_that_they_are_steps_of_the_set_up(as_ada, agent):
    for name in ("setup_model", "setup_train", "notion"):
        assert 'id="steps"' in as_ada.get(at(name, agent)).content.decode()


def test_a_look_that_was_kept_is_done(as_ada, agent):
    look = progress.steps(agent)[2]
    assert (look.said, look.is_done) == ("Standard look, for now", False)
    kept = as_ada.post(at("setup_brand", agent), {"keep": ""})
    assert kept.url == at("setup_actions", agent)
    agent.refresh_from_db()
    look = progress.steps(agent)[2]
    assert (look.said, look.is_done) == ("Name, colour set", True)


def test_the_look_of_a_live_agent_is_done_though_nobody_changed_it(agent, live_agent):
    look = progress.steps(agent)[2]
    assert (look.said, look.is_done) == ("Standard look", True)
