from django.db import migrations, models

from berrydesk.db.scopes import every_workspace

PORTION = 1000
"""Conversations numbered in one transaction: whoever writes in one of them meanwhile waits no longer than for that."""

KNOWN = """
    CREATE TEMPORARY TABLE known_visitors AS
    SELECT workspace_id, visitor, row_number() OVER (PARTITION BY workspace_id ORDER BY first) AS visitor_number
    FROM (
        SELECT workspace_id, coalesce(nullif(visitor_key, ''), contact_id::text, id::text) AS visitor, min(number) AS first
        FROM conversations_conversation WHERE NOT is_preview GROUP BY 1, 2
    ) AS visitors
"""
FORGET = "DROP TABLE IF EXISTS known_visitors"
INDEX_KNOWN = "CREATE INDEX ON known_visitors (workspace_id, visitor)"
COUNT_KNOWN = "ANALYZE known_visitors"

NUMBER = """
    WITH portion AS (
        SELECT id, workspace_id, coalesce(nullif(visitor_key, ''), contact_id::text, id::text) AS visitor
        FROM conversations_conversation WHERE NOT is_preview AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
        ORDER BY id LIMIT %(most)s
    ), numbered AS (
        UPDATE conversations_conversation AS conversation SET visitor_number = known.visitor_number
        FROM portion JOIN known_visitors AS known USING (workspace_id, visitor)
        WHERE conversation.id = portion.id
    )
    SELECT id FROM portion ORDER BY id DESC LIMIT 1
"""

TABLE, COLUMN, INDEX = "conversations_conversation", "visitor_number", "conversatio_workspa_0a9b13_idx"


def number(_apps, schema_editor, most=PORTION):
    """Those who wrote before the update have their numbers too, in the order in which they first wrote."""
    with (
        every_workspace("a migration numbers the visitors of all workspaces"),
        schema_editor.connection.cursor() as cursor,
    ):
        for statement in (FORGET, KNOWN, INDEX_KNOWN, COUNT_KNOWN):
            cursor.execute(statement)
        last = (None,)
        while last:
            cursor.execute(NUMBER, {"after": last[0], "most": most})
            last = cursor.fetchone()
        cursor.execute(FORGET)


class Migration(migrations.Migration):
    """No transaction over the whole, so that no chat waits for all of it; whoever is killed in it may begin it once more."""

    atomic = False

    dependencies = [
        ('agents', '0002_taken_back'),
        ('conversations', '0004_page_facts'),
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(
            f'ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS {COLUMN} integer NULL CHECK ({COLUMN} >= 0)',
            f'ALTER TABLE {TABLE} DROP COLUMN IF EXISTS {COLUMN}',
            state_operations=[
                migrations.AddField(
                    model_name='conversation',
                    name='visitor_number',
                    field=models.PositiveIntegerField(null=True),
                ),
            ],
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.RunSQL(
            # Not concurrently: that would wait for other machines, which wait for this one to be done with migrating.
            f'CREATE INDEX IF NOT EXISTS "{INDEX}" ON {TABLE} (workspace_id, {COLUMN})',
            f'DROP INDEX IF EXISTS "{INDEX}"',
            state_operations=[
                migrations.AddIndex(
                    model_name='conversation',
                    index=models.Index(fields=['workspace', 'visitor_number'], name=INDEX),
                ),
            ],
        ),
    ]
