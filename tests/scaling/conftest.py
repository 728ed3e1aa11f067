"""Redis and PostgreSQL as an operator would bring them: two web and two worker processes share them."""

import contextlib
import shutil
import subprocess
import tempfile
import time
import uuid

import psycopg
import pytest

from berrydesk import embedded
from tests import beginning
from tests.runs.live import Live, free_port


@pytest.fixture(scope="session")
def redis_url():
    """A redis-server of the test's own, nothing kept."""
    port = free_port()
    assert shutil.which("redis-server"), (
        "redis-server is missing: run make test, which installs it or says how."
    )
    with tempfile.TemporaryDirectory() as folder:
        command = ["redis-server", "--port", str(port), "--save", "", "--dir", folder, "--bind", "127.0.0.1"]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            import redis

            client = redis.Redis(port=port)
            deadline = time.monotonic() + 10
            while True:
                with contextlib.suppress(redis.exceptions.RedisError):
                    if client.ping():
                        break
                assert time.monotonic() < deadline, "redis-server did not start"
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture(scope="session")
def database_url():
    """An empty database of the serving role, as DATABASE_URL names it."""
    name = f"scaling_{uuid.uuid4().hex[:8]}"
    owner = beginning._server.get_uri()
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER {embedded.APP_ROLE}")
    yield embedded._as_app(beginning._server.get_uri(database=name))
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def installation(redis_url, database_url, tmp_path_factory):
    """Two web and two worker runs over one database and one broker; the secrets come from the environment."""
    from cryptography.fernet import Fernet

    shared = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "the-same-on-every-machine-of-this-test",
        "BERRYDESK_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "BERRYDESK_WORKER_CONCURRENCY": "1",
    }
    with contextlib.ExitStack() as stack:

        def start(*options):
            return stack.enter_context(Live(*options, home=tmp_path_factory.mktemp("machine"), **shared))

        webs = [start("--web-only"), start("--web-only")]
        workers = [start("--worker-only"), start("--worker-only")]
        for web in webs:
            web.wait_for(lambda: web.status("/readyz") == 200, 150, "a worker")  # noqa: B023
        yield webs, workers
