"""``berrydesk run``: database, web and worker as one foreground command."""

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

from berrydesk import embedded

STOP_WITHIN_S = 8
"""Children that are not gone by then are killed: Ctrl-C ends everything within ten seconds."""

RESTART_PAUSES_S = (0.2, 1, 2, 5, 10)
"""How long to wait before a process that died again and again is started once more."""

STEADY_AFTER_S = 60
"""A process that lived this long begins with the shortest pause again."""


MIGRATING = 0x42444D49
"""Key of the advisory lock under which the database is migrated."""


UNREACHED = (
    "Other machines are refused until BERRYDESK_BASE_URL says under which address they come, "
    "for example BERRYDESK_BASE_URL=http://192.168.1.5:{port}"
)


class CannotRun(Exception):
    """Why the run cannot begin, and what to do."""


def main(argv=None):
    """Entry point; returns the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    wanted = set(argv) - {"run"}
    if unknown := wanted - {"--web-only", "--worker-only"}:
        print(f"Unknown option: {', '.join(sorted(unknown))}. Use: run [--web-only | --worker-only]")
        return 2
    try:
        return run(web="--worker-only" not in wanted, worker="--web-only" not in wanted)
    except (CannotRun, embedded.HomeProblem) as problem:
        print(problem, file=sys.stderr)
        return 1


def run(*, web=True, worker=True):
    """Serve until told to stop; everything started here is gone afterwards."""
    home = embedded.home()
    port = _port()
    if web:
        _port_must_be_free(port)
    os.environ["TMPDIR"] = str(home / "tmp")
    (home / "tmp").mkdir(exist_ok=True)
    is_embedded = not os.environ.get("DATABASE_URL")
    lock = _lock(home) if is_embedded else None
    server = embedded.start_database() if is_embedded else None
    try:
        with _one_at_a_time():
            _manage("migrate", "--verbosity", "0")
        children = []
        if web:
            children.append(Child("web", _web(port)))
        if worker:
            children.append(Child("worker", _worker()))
        return Supervisor(children, port if web else None).run()
    finally:
        if server:
            server.cleanup()
        if lock:
            lock.close()


class Child:
    """One process that is kept alive."""

    def __init__(self, name, command):
        self.name = name
        self.command = command
        self.environment = os.environ | {
            "BERRYDESK_PROCESS": name,
            "BERRYDESK_RUN_PID": str(os.getpid()),
            "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", "ignore"),
        }
        self.process = None
        self.started_at = 0.0
        self.due_at = 0.0
        self.deaths = 0

    def start(self):
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env=self.environment, preexec_fn=_die_with_parent, start_new_session=True
        )

    def revive(self):
        """Start again what ended, after a pause that grows while it keeps ending."""
        if self.process is not None:
            if self.process.poll() is None:
                return
            self.kill()  # what it may have left behind
            if time.monotonic() - self.started_at > STEADY_AFTER_S:
                self.deaths = 0
            pause = RESTART_PAUSES_S[min(self.deaths, len(RESTART_PAUSES_S) - 1)]
            print(f"The {self.name} process ended ({self.process.returncode}); it starts again.", flush=True)
            self.deaths += 1
            self.due_at = time.monotonic() + pause
            self.process = None
        if time.monotonic() >= self.due_at:
            self.start()

    def terminate(self):
        if self.process is not None:
            self.process.terminate()

    def wait(self, seconds):
        """Wait for a clean end, then end the whole group by force."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, seconds))
        self.kill()
        self.process.wait()

    def kill(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Starts the children, says when they are ready, restarts who dies, stops all when asked."""

    def __init__(self, children, port):
        self.children = children
        self.port = port
        self.stopping = threading.Event()

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        announced = self.port is None
        try:
            while not self.stopping.is_set():
                for child in self.children:
                    child.revive()
                if not announced and _answers(self.port):
                    announced = True
                    base = os.environ.get("BERRYDESK_BASE_URL") or f"http://localhost:{self.port}"
                    print(f"Berrydesk is ready: {base}  (Ctrl-C stops it)", flush=True)
                    if not os.environ.get("BERRYDESK_BASE_URL") and os.environ.get("HOST") in (
                        "0.0.0.0",
                        "::",
                    ):
                        print(UNREACHED.format(port=self.port), flush=True)
                self.stopping.wait(0.1 if not announced else 0.25)
        finally:
            for child in self.children:
                child.terminate()
            deadline = time.monotonic() + STOP_WITHIN_S
            for child in self.children:
                child.wait(deadline - time.monotonic())
        return 0


def _web(port):
    host = os.environ.get("HOST") or "127.0.0.1"
    return [
        *(sys.executable, "-m", "uvicorn", "berrydesk.asgi:application"),
        *("--host", host, "--port", str(port), "--log-level", "warning", "--no-access-log"),
        *("--timeout-graceful-shutdown", "3", "--lifespan", "off", "--proxy-headers"),
    ]


def _worker():
    concurrency = os.environ.get("BERRYDESK_WORKER_CONCURRENCY") or "2"
    return [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "berrydesk.celery", "worker"),
        *("--loglevel", "WARNING", "--concurrency", concurrency),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", "--pidfile="),
    ]


@contextmanager
def _one_at_a_time():
    """Several machines that start together migrate one after the other."""
    import psycopg

    try:
        connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise CannotRun(
            f"Berrydesk could not reach its database: {str(error).strip()}. "
            "Check DATABASE_URL and whether PostgreSQL is running, then start again."
        ) from error
    with connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        yield


def _manage(*arguments):
    """Run a command of Django in a process of its own, so that this one stays small."""
    command = [sys.executable, "-m", "django", *arguments]
    done = subprocess.run(command, env=os.environ | {"DJANGO_SETTINGS_MODULE": "berrydesk.settings"})
    if done.returncode:
        raise CannotRun(
            f"Berrydesk could not prepare its data ({arguments[0]} failed; the reason stands above). "
            "Nothing was lost. Mend what it names, then start again."
        )


def _port():
    typed = os.environ.get("PORT") or "8000"
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 5 and int(typed) < 65536):
        raise CannotRun(f"PORT={typed} is not a port. Choose a number from 1 to 65535: PORT=8000 make run")
    return int(typed)


def _port_must_be_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("HOST") or "127.0.0.1", port))
        except OSError as error:
            raise CannotRun(
                f"Port {port} is already in use by another program. "
                f"Stop that program, or choose another port: PORT={port + 1} make run"
            ) from error


def _lock(home):
    handle = open(home / "run.lock", "w")  # noqa: SIM115 — held for the whole run
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CannotRun(
            f"Another Berrydesk is already running on {home}. "
            "Stop it first, or give this one a home of its own with BERRYDESK_HOME."
        ) from error
    return handle


def _answers(port):
    """True when the web process serves; the request also makes it load what its first visitor would wait for."""
    host = os.environ.get("HOST") or "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    return False


def _die_with_parent():
    """Linux ends the child when this process dies, however it dies (prctl(2), PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
