"""A business begins."""

import io
import os

import pytest
from django.core.management import CommandError, call_command

from apps.workspaces import founding, tokens
from apps.workspaces.errors import AlreadyFounded, NotAnEmail, WeakPassword
from apps.workspaces.models import AuditEvent, Member, Role, User, Workspace
from berrydesk.db.scopes import every_workspace, in_workspace

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def a_business(name="Nordlicht", email="ada@example.com", **facts):
    return founding.found(name=name, person="Ada", email=email, password=PASSWORD, **facts)


def test_the_first_person_owns_the_workspace():
    member = a_business()
    assert member.role == Role.OWNER
    assert member.workspace.slug == "nordlicht"
    with in_workspace(member.workspace):
        assert AuditEvent.objects.get().verb == "workspace.founded"


def test_slugs_do_not_collide():
    first, second = a_business(), a_business(email="eva@example.com")
    assert (first.workspace.slug, second.workspace.slug) == ("nordlicht", "nordlicht-2")


def test_a_name_without_letters_still_gets_a_slug():
    assert a_business(name="!!!").workspace.slug == "workspace"


def test_only_the_first_visitor_founds_by_sign_up():
    a_business(only_if_empty=True)
    with pytest.raises(AlreadyFounded) as problem:
        a_business(email="mallory@example.com", only_if_empty=True)
    assert "by invitation" in str(problem.value)
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a b@example.com"])
def test_an_address_that_is_none_is_refused(email):
    with pytest.raises(NotAnEmail):
        a_business(email=email)


@pytest.mark.parametrize("password", ["", "short", "password1234", "ada@example.com"])
def test_a_weak_password_is_refused(password):
    with pytest.raises(WeakPassword):
        founding.found(name="Nordlicht", person="Ada", email="ada@example.com", password=password)
    with every_workspace("nothing may be left behind"):
        assert not Workspace.objects.exists()


def test_the_commands_print_only_what_programs_need(monkeypatch):
    monkeypatch.setenv("BERRYDESK_OWNER_PASSWORD", PASSWORD)
    out = io.StringIO()
    call_command("create_workspace", name="Bench", email="Owner@Example.com", stdout=out)
    assert out.getvalue() == "bench\n"
    out = io.StringIO()
    call_command("create_api_token", workspace="bench", stdout=out)
    row = tokens.find(out.getvalue().strip())
    assert row.workspace.slug == "bench"
    with every_workspace("the test looks for the owner"):
        assert Member.objects.get().user.email == "owner@example.com"


def test_the_commands_say_what_is_missing(monkeypatch):
    monkeypatch.delenv("BERRYDESK_OWNER_PASSWORD", raising=False)
    assert "BERRYDESK_OWNER_PASSWORD" not in os.environ
    with pytest.raises(CommandError, match="BERRYDESK_OWNER_PASSWORD"):
        call_command("create_workspace", name="Bench", email="owner@example.com")
    with pytest.raises(CommandError, match="There is no workspace nowhere"):
        call_command("create_api_token", workspace="nowhere")
