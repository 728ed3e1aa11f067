"""The test run: no network but loopback, the public data where it is, the cast."""

import os
import socket
import sys
from pathlib import Path

import pytest

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
