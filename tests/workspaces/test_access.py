"""Who reaches a view."""

import asyncio

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from apps.workspaces.access import Role, WorkspaceMiddleware, open_to, open_to_everyone, open_to_visitors
from apps.workspaces.models import Member
from berrydesk.db.scopes import current_workspace_id

pytestmark = pytest.mark.django_db


def asked_by(member, role=Role.TEAMMATE, path="/inbox/?q=1"):
    """The response of a view open to ``role``, through the middleware."""

    @open_to(role)
    def view(request):
        assert current_workspace_id() == request.workspace.pk
        return HttpResponse(
            ", ".join(m.user.name for m in Member.objects.select_related("user").order_by("user__name"))
        )

    return WorkspaceMiddleware(view)(request_of(member, path))


def request_of(member, path="/"):
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get(path)
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.user = member.user if member else AnonymousUser()
    if member:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "there"
    return request


def test_a_member_works_within_their_workspace(ada, ben, mallory):
    assert asked_by(ben).content == b"Ada, Ben"
    assert asked_by(mallory).content == b"Mallory"


def test_a_stranger_is_sent_to_sign_in_and_back(db):
    response = asked_by(None)
    assert response.status_code == 302
    assert response["Location"].endswith("?next=/inbox/%3Fq%3D1")


def test_a_low_role_reads_why(ben):
    response = asked_by(ben, Role.ADMIN)
    assert response.status_code == 403
    assert "role Admin and above; yours is Teammate" in response.content.decode()


def test_somebody_without_a_place_finds_nothing(ada):
    from django.http import Http404

    from berrydesk.db.scopes import in_workspace

    with in_workspace(ada.workspace):
        Member.objects.all().delete()
    with pytest.raises(Http404):
        asked_by(ada)


@pytest.mark.parametrize("role", list(Role))
def test_the_owner_opens_every_door(ada, role):
    assert asked_by(ada, role).status_code == 200


def test_every_door_says_to_whom_it_is_open():
    assert open_to(Role.ADMIN)(lambda request: None).open_to == Role.ADMIN
    assert open_to_everyone("It is alive.")(lambda request: None).open_to.reason == "It is alive."
    assert open_to_visitors(lambda request: None).open_to.kind == "visitors"


@pytest.mark.django_db(transaction=True)
def test_the_scope_holds_in_asynchronous_views(ada):
    @open_to(Role.OWNER)
    async def view(request):
        await asyncio.sleep(0)
        assert current_workspace_id() == request.workspace.pk
        return HttpResponse(request.member.user.name)

    response = asyncio.run(WorkspaceMiddleware(view)(request_of(ada)))
    assert response.content == b"Ada"
    assert current_workspace_id() is None
