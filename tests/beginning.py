"""Runs before anything else of the tests: a PostgreSQL of their own in a folder of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_HOME = Path(tempfile.mkdtemp(prefix="berrydesk-test-"))
os.environ["BERRYDESK_HOME"] = str(_HOME)
os.environ.setdefault("BERRYDESK_FETCH_ALLOW", "")
os.environ.setdefault("BERRYDESK_CHROMIUM", "off")
for _name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL", "BERRYDESK_BASE_URL"):
    os.environ.pop(_name, None)

from berrydesk import embedded  # noqa: E402 — its home is chosen above

_server = embedded.start_database()
atexit.register(lambda: (_server.cleanup(), shutil.rmtree(_HOME, ignore_errors=True)))


def _write_in_haste():
    """A crash may cost these tests their database; waiting for the disk costs each of them a good part of its time."""
    import psycopg

    with psycopg.connect(_server.get_uri(database="postgres"), autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def _give_new_databases_vectors():
    """Test databases are copies of template1; only the owner may add the extension."""
    import psycopg

    with psycopg.connect(_server.get_uri(database="template1"), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


_write_in_haste()
_give_new_databases_vectors()
