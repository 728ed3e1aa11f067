"""Every row belongs to a workspace; both walls around it stand."""

import pytest
from django.apps import apps
from django.db import connection
from django_scopes import ScopeError

from berrydesk.db import rls
from berrydesk.db.scopes import every_workspace, in_workspace
from tests.guards.allowing import judge

WITHOUT_WORKSPACE = {
    "workspaces.Workspace": "It is the workspace; its own policy compares its id.",
    "workspaces.User": "A person may be a member of several workspaces.",
    "db.WorkerHeartbeat": "A worker serves the whole installation.",
}


def our_models():
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith(("apps.", "berrydesk."))
    ]


def has_workspace(model):
    return any(field.name == "workspace" for field in model._meta.concrete_fields)


def test_every_model_has_a_workspace():
    judge(
        [model._meta.label for model in our_models() if not has_workspace(model)],
        allowed=WITHOUT_WORKSPACE,
        remedy="Derive these from berrydesk.db.models.WorkspaceModel:",
    )


def test_a_workspace_is_never_optional():
    wrong = [m._meta.label for m in our_models() if has_workspace(m) and m._meta.get_field("workspace").null]
    judge(wrong, allowed={}, remedy="A row without a workspace is nobody's; make the field required:")


@pytest.mark.parametrize("model", [m for m in our_models() if has_workspace(m)], ids=lambda m: m._meta.label)
def test_an_unscoped_query_raises(model, db):
    with pytest.raises(ScopeError):
        list(model.objects.all())


@pytest.mark.django_db
def test_every_table_of_a_workspace_has_its_policy():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polname = %s"
            " AND p.polwithcheck IS NOT NULL",
            [rls.POLICY],
        )
        protected = {name for (name,) in cursor.fetchall()}
    bare = {m._meta.db_table for m in our_models() if has_workspace(m)} | {"workspaces_workspace"}
    judge(bare - protected, allowed={}, remedy="These tables lack row-level security (berrydesk.db.rls):")


@pytest.mark.django_db
def test_the_role_that_serves_cannot_bypass_the_policies():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_the_database_itself_hides_other_workspaces(ada, mallory):
    count = "SELECT count(*) FROM workspaces_member"
    with connection.cursor() as cursor:
        cursor.execute(count)
        assert cursor.fetchone() == (0,), "Without a workspace in scope the database must show nothing."
        with in_workspace(ada.workspace):
            cursor.execute(count)
            assert cursor.fetchone() == (1,)
            cursor.execute("DELETE FROM workspaces_member WHERE id = %s", [mallory.pk])
            assert cursor.rowcount == 0
        with every_workspace("to count both"):
            cursor.execute(count)
            assert cursor.fetchone() == (2,)
