"""The first visit."""

import pytest
from django.urls import reverse

from apps.agents.models import Agent
from apps.knowledge.models import Source
from apps.workspaces.models import Member, User
from berrydesk.db.scopes import every_workspace

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Ada",
    "email": "Ada@Example.com",
    "password": "correct horse battery",
    "business": "Nordlicht",
    "website": "nordlicht.example",
}


def test_one_page_makes_workspace_owner_agent_and_begins_to_learn(client):
    assert client.get("/")["Location"] == reverse("account_signup")
    assert client.get(reverse("account_signup")).status_code == 200
    response = client.post(reverse("account_signup"), TYPED)
    assert response.status_code == 302, response.content
    with every_workspace("the test looks at what was founded"):
        member = Member.objects.select_related("user", "workspace").get()
        agent = Agent.objects.get()
        source = Source.objects.get()
    assert (member.role, member.user.email, member.workspace.name) == (
        "owner",
        "ada@example.com",
        "Nordlicht",
    )
    assert agent.name == "Nordlicht"
    assert source.config["url"].startswith("https://nordlicht.example")
    assert response["Location"] == f"/setup/{agent.public_id}/model/"
    assert client.get(response["Location"]).status_code == 200
    assert client.get("/").status_code == 302


def test_the_website_may_be_left_out(client):
    assert client.post(reverse("account_signup"), TYPED | {"website": ""}).status_code == 302
    with every_workspace("the test looks at what was founded"):
        assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "short"}, "too short"),
        ({"email": "ada"}, "valid email"),
        ({"business": ""}, "required"),
        ({"website": "not a site"}, "as it stands in the browser"),
        ({"name": "x" * 121}, "at most 120"),
    ],
)
def test_what_is_wrong_stands_at_the_field_and_nothing_is_lost(client, wrong, words):
    response = client.post(reverse("account_signup"), TYPED | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page and 'aria-invalid="true"' in page
    assert not User.objects.exists()
    for name, value in (TYPED | wrong).items():
        assert name == "password" or not value or f'value="{value}"' in page


def test_an_empty_form_is_refused_at_the_fields(client):
    assert client.post(reverse("account_signup"), {}).status_code == 422


def test_the_second_stranger_cannot_sign_up(client, ada):
    assert client.get("/")["Location"] == reverse("account_login")
    assert "by invitation" in client.get(reverse("account_signup")).content.decode()
    response = client.post(reverse("account_signup"), TYPED | {"email": "mallory@example.com"})
    assert response.status_code == 403
    assert User.objects.count() == 1


def test_a_website_that_may_not_be_read_is_said_at_its_field(client):
    answer = client.post(reverse("account_signup"), TYPED | {"website": "http://10.0.0.1/"})
    assert answer.status_code == 422
    assert "not on the public internet" in str(answer.context["form"].errors["website"])
    with every_workspace("the test looks whether anything was founded"):
        assert not Member.objects.exists()
