"""Row-level security: the second wall around a workspace, in PostgreSQL itself.

``app.workspace`` holds a workspace's id, ``*`` (see ``scopes.every_workspace``) or nothing. After ``RESET`` a
setting is an empty string, so it is turned to NULL before it is compared. Superusers bypass every
policy: that is why the embedded run serves as a role that is none.
"""

from django.apps import apps
from django.db import connections

POLICY = "berrydesk_workspace"

_CONDITION = (
    "current_setting('app.workspace', true) = '*'"
    " OR {column} = nullif(nullif(current_setting('app.workspace', true), ''), '*')::uuid"
)


def protected_tables():
    """Table name and the column that names the workspace, for every model that belongs to one."""
    for model in apps.get_models():
        if not model._meta.managed or model._meta.proxy:
            continue
        if model._meta.label == "workspaces.Workspace":
            yield model._meta.db_table, "id"
        elif any(field.name == "workspace" for field in model._meta.concrete_fields):
            yield model._meta.db_table, "workspace_id"


def protect(using="default"):
    """Every table of a workspace has its policy afterwards; may run again at any time.

    Runs as the tables' owner, after migrations.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, p.polname IS NOT NULL FROM pg_class c"
            " LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = %s"
            " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace",
            [POLICY],
        )
        state = {name: (forced, has_policy) for name, forced, has_policy in cursor.fetchall()}
        for table, column in protected_tables():
            if table not in state:
                continue
            forced, has_policy = state[table]
            if not forced:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
                cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
            if not has_policy:
                condition = _CONDITION.format(column=column)
                cursor.execute(
                    f'CREATE POLICY {POLICY} ON "{table}" USING ({condition}) WITH CHECK ({condition})'
                )
