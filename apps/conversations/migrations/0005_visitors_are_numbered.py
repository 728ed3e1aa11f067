from django.db import migrations, models

from berrydesk.db.scopes import every_workspace

NUMBER = """
    WITH visitors AS (
        SELECT workspace_id, visitor, row_number() OVER (PARTITION BY workspace_id ORDER BY first) AS visitor_number
        FROM (
            SELECT workspace_id, coalesce(nullif(visitor_key, ''), contact_id::text, id::text) AS visitor, min(number) AS first
            FROM conversations_conversation WHERE NOT is_preview GROUP BY 1, 2
        ) AS known
    )
    UPDATE conversations_conversation AS conversation SET visitor_number = visitors.visitor_number FROM visitors
    WHERE conversation.workspace_id = visitors.workspace_id AND NOT conversation.is_preview
    AND coalesce(nullif(conversation.visitor_key, ''), conversation.contact_id::text, conversation.id::text) = visitors.visitor
"""


def number(_apps, schema_editor):
    """Those who wrote before the update have their numbers too, in the order in which they first wrote."""
    with every_workspace("a migration numbers the visitors of all workspaces"):
        schema_editor.execute(NUMBER)


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0002_taken_back'),
        ('conversations', '0004_page_facts'),
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='visitor_number',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['workspace', 'visitor_number'], name='conversatio_workspa_0a9b13_idx'),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
