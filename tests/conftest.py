"""The test run: a PostgreSQL of its own in a folder of its own, no network but loopback, the cast."""

import atexit
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

_HOME = Path(tempfile.mkdtemp(prefix="berrydesk-test-"))
os.environ["BERRYDESK_HOME"] = str(_HOME)
os.environ.setdefault("BERRYDESK_FETCH_ALLOW", "")
for _name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL", "BERRYDESK_BASE_URL"):
    os.environ.pop(_name, None)

from berrydesk import embedded  # noqa: E402

_server = embedded.start_database()
atexit.register(lambda: (_server.cleanup(), shutil.rmtree(_HOME, ignore_errors=True)))


def _give_new_databases_vectors():
    """Test databases are copies of template1; only the owner may add the extension."""
    import psycopg

    with psycopg.connect(_server.get_uri(database="template1"), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


_give_new_databases_vectors()

import pytest  # noqa: E402

DATA = Path(os.environ.get("BERRYDESK_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data")
collect_ignore = []
if not DATA.is_dir():
    collect_ignore.append("acceptance")
    print(f"Left out: tests/acceptance, because the public data is not at {DATA}.", file=sys.stderr)

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
_connect = socket.socket.connect


def _only_loopback(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
        raise RuntimeError(f"A test reached for {address[0]}: tests talk to loopback only.")
    return _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    socket.socket.connect = _only_loopback
    yield
    socket.socket.connect = _connect


@pytest.fixture
def client():
    """A browser without JavaScript."""
    from django.test import Client

    return Client()


from tests.cast import *  # noqa: E402, F403
