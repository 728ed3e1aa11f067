"""The test run: no network but loopback, the public data where it is, the cast."""

import os
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

DATA = Path(os.environ.get("BERRYDESK_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data")
collect_ignore = []
if not DATA.is_dir():
    collect_ignore.append("acceptance")
    print(f"Left out: tests/acceptance, because the public data is not at {DATA}.", file=sys.stderr)


def pytest_configure():
    """Passwords of the cast need not withstand anybody: a slow hash of each would take most of the tests' time."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


FIRST = ("browser", "scaling", "soak")
"""Folders whose tests start a whole Berrydesk: what takes longest begins first."""


class _ByFile(LoadScopeScheduling):
    """A file stays in one of the processes: its tests share what is costly to make."""

    def _split_scope(self, nodeid):
        return nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config, log):
    return _ByFile(config, log)


def pytest_make_parametrize_id(val, argname):
    """Bytes are no name: an archive holds the time at which it was made, and each process makes its own."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.nodeid.split("/")[1] not in FIRST)


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


_BUSY = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND state <> 'idle' AND backend_type = 'client backend'"
)
QUIET_WITHIN_S = 30


@pytest.fixture(autouse=True)
def _background_work_is_over(request):
    """Turns that a view began go on in threads of their own: the tables are emptied when these are done."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    ends_at, quiet = time.monotonic() + QUIET_WITHIN_S, 0
    while quiet < 3 and time.monotonic() < ends_at:
        with connection.cursor() as cursor:
            busy = cursor.execute(_BUSY).fetchone()[0]
        quiet = 0 if busy else quiet + 1
        threading.Event().wait(0.02)


@pytest.fixture
def client():
    """A browser without JavaScript."""
    from django.test import Client

    return Client()


from tests.cast import *  # noqa: E402, F403
