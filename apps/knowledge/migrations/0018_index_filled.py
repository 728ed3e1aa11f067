from django.db import migrations

from berrydesk.db.scopes import every_workspace

LOCK = "LOCK TABLE knowledge_passage IN SHARE MODE"

STATES = """
    INSERT INTO knowledge_indexstate (workspace_id, agent_id, state)
    SELECT workspace_id, agent_id, gen_random_uuid() FROM knowledge_termblock
    WHERE term = '' GROUP BY workspace_id, agent_id
    ON CONFLICT (agent_id) DO NOTHING
"""

SOURCES = """
    INSERT INTO knowledge_termblock (workspace_id, agent_id, term, block, offsets, counts)
    SELECT workspace_id, agent_id, ' ' || source_id, block,
        string_agg(decode(lpad(to_hex((at % 256) * 256 + at / 256), 4, '0'), 'hex'), ''::bytea ORDER BY at),
        string_agg('\\x0100'::bytea, ''::bytea)
    FROM (
        SELECT passage.workspace_id, passage.agent_id, document.source_id, passage.number / 4096 AS block,
            (passage.number % 4096)::int AS at
        FROM knowledge_passage AS passage JOIN knowledge_document AS document ON document.id = passage.document_id
    ) AS placed
    GROUP BY workspace_id, agent_id, source_id, block
    ON CONFLICT (agent_id, term, block) DO UPDATE SET offsets = excluded.offsets, counts = excluded.counts
"""


CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE"
"""Foreign keys are checked while every workspace is open: at the end of the transaction no row would be seen."""


def fill(_apps, schema_editor):
    """The state of each index has a name, so that it need not be read whole for each question; and what was learned
    before stands under its source as well, as two little-endian bytes for each place in a block."""
    with every_workspace("a migration fills the indexes of all workspaces"):
        for statement in (LOCK, STATES, SOURCES, CHECK_NOW):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0017_index_state'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
