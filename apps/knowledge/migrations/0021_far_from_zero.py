import numpy
from django.db import migrations, models

from berrydesk.db.scopes import every_workspace

FAR, MOST_BITS = 0.7, 1024

BLOCKS = "SELECT number, block, offsets FROM {blocks} ORDER BY number"

VECTORS = {
    "knowledge_signblock": "SELECT number, embedding::real[] FROM knowledge_passage"
    " WHERE number = ANY(%s) AND embedding IS NOT NULL",
    "knowledge_spaceblock": "SELECT passage_id, vector::real[] FROM knowledge_spacevector"
    " WHERE passage_id = ANY(%s) AND space_id = (SELECT space_id FROM knowledge_spaceblock WHERE number = %s)",
}

KEEP = "UPDATE {blocks} SET far = %s WHERE number = %s"


def fill(_apps, schema_editor):
    """Of what was learned before it is known too which numbers of its vectors are far from zero."""
    with every_workspace("a migration fills the indexes of all workspaces"), schema_editor.connection.cursor() as cursor:
        for blocks, vectors in VECTORS.items():
            cursor.execute(BLOCKS.format(blocks=blocks))
            for key, block, offsets in cursor.fetchall():
                numbers = (numpy.frombuffer(bytes(offsets), "<u2").astype(int) + block * 1024).tolist()
                cursor.execute(vectors, [numbers, key][: vectors.count("%s")])
                cursor.execute(KEEP.format(blocks=blocks), [far(numbers, dict(cursor.fetchall())), key])


def far(numbers, known):
    """The bits of the passages' vectors, whole words of them for each; zeros for one that is gone."""
    if not known:
        return b""
    length = min(MOST_BITS, len(next(iter(known.values()))))
    rows = numpy.zeros((len(numbers), length + -length % 64), numpy.float32)
    for row, number in zip(rows, numbers, strict=True):
        row[:length] = known.get(number, [0.0] * length)[:length]
    beyond = FAR * numpy.sqrt(numpy.sum(rows * rows, axis=1, keepdims=True) / length)
    return numpy.packbits(numpy.abs(rows) > beyond, axis=1).tobytes()


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0020_embedding_use'),
    ]

    operations = [
        migrations.AddField(
            model_name='signblock',
            name='far',
            field=models.BinaryField(default=b''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='spaceblock',
            name='far',
            field=models.BinaryField(default=b''),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
