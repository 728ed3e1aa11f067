"""Settings as members meet them."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from apps.workspaces import tokens
from apps.workspaces.models import AuditEvent, Invitation, Member, Workspace
from berrydesk.db.scopes import in_workspace

pytestmark = pytest.mark.django_db

PAGES = ["settings:index", "settings:members", "settings:tokens", "settings:log"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_the_owner(as_ada, name):
    page = as_ada.get(reverse(name))
    assert page.status_code == 200
    assert " style=" not in page.content.decode()


@pytest.mark.parametrize("name", PAGES[1:])
def test_a_teammate_reads_why_not(client, ben, name):
    client.force_login(ben.user)
    page = client.get(reverse(name))
    assert page.status_code == 403 and "Teammate" in page.content.decode()
    assert client.get(reverse("settings:index")).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_sent_to_sign_in(client, ada, name):
    assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))


def test_the_workspace_is_renamed(as_ada, ada):
    typed = {"name": "Nordlicht AS", "website": "https://nordlicht.example", "time_zone": "Europe/Oslo"}
    assert as_ada.post(reverse("settings:index"), typed).status_code == 302
    with in_workspace(ada.workspace):
        assert Workspace.objects.get().time_zone == "Europe/Oslo"
        assert AuditEvent.objects.filter(verb="workspace.changed").count() == 1
    wrong = as_ada.post(
        reverse("settings:index"), {"name": "", "website": "javascript:x", "time_zone": "Moon"}
    )
    assert wrong.status_code == 422 and "javascript:x" in wrong.content.decode()


def test_somebody_is_invited_and_the_link_is_shown(as_ada, ada, client):
    page = as_ada.post(reverse("settings:members"), {"email": "cleo@example.com", "role": "teammate"})
    assert page.status_code == 200
    link = re.search(r"http://\S+/invitation/[\w-]+/", page.content.decode()).group()
    assert link in mail.outbox[0].body
    assert link not in as_ada.get(reverse("settings:members")).content.decode()
    with in_workspace(ada.workspace):
        invitation = Invitation.objects.get()
    as_ada.post(reverse("settings:withdraw_invitation", args=[invitation.pk]))
    client.logout()
    assert client.get(link.replace("http://localhost:8000", "")).status_code == 410


def test_inviting_a_member_is_refused_at_the_field(as_ada, ben):
    page = as_ada.post(reverse("settings:members"), {"email": "ben@example.com", "role": "viewer"})
    assert page.status_code == 422
    assert "already a member" in page.content.decode() and "ben@example.com" in page.content.decode()


def test_roles_change_and_members_leave(as_ada, ada, ben):
    assert as_ada.post(reverse("settings:change_role", args=[ben.pk]), {"role": "admin"}).status_code == 302
    with in_workspace(ada.workspace):
        assert Member.objects.get(pk=ben.pk).role == "admin"
    assert as_ada.post(reverse("settings:change_role", args=[ben.pk]), {"role": "king"}).status_code == 422
    last = as_ada.post(reverse("settings:remove_member", args=[ada.pk]))
    assert last.status_code == 422 and "only owner" in last.content.decode()
    assert as_ada.post(reverse("settings:remove_member", args=[ben.pk])).status_code == 302
    with in_workspace(ada.workspace):
        assert Member.objects.count() == 1


def test_a_token_is_shown_once(as_ada):
    page = as_ada.post(reverse("settings:tokens"), {"name": "Shop"}).content.decode()
    token = re.search(r"bd_[\w-]{40,}", page).group()
    row = tokens.find(token)
    assert row.name == "Shop"
    assert token not in as_ada.get(reverse("settings:tokens")).content.decode()
    as_ada.post(reverse("settings:revoke_token", args=[row.pk]))
    assert tokens.find(token) is None
    assert as_ada.post(reverse("settings:tokens"), {"name": ""}).status_code == 422


def test_mallory_touches_nobody_of_ada(client, ada, ben, mallory):
    with in_workspace(ada.workspace):
        row, _ = tokens.create(ada.workspace, name="Shop", by=ada)
    client.force_login(mallory.user)
    for name, pk in [("change_role", ben.pk), ("remove_member", ben.pk), ("revoke_token", row.pk)]:
        answer = client.post(reverse(f"settings:{name}", args=[pk]), {"role": "viewer"})
        assert answer.status_code == 404, name
    assert client.post(reverse("settings:switch"), {"workspace": str(ada.workspace_id)}).status_code == 404
