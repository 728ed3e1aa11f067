"""A whole Berrydesk in processes of its own, in a home of its own, on a free port."""

import atexit
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
OWNER = {"name": "Nordlicht", "email": "ada@example.com", "password": "correct horse battery"}

PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "VIRTUAL_ENV",
    "PYTHONDONTWRITEBYTECODE",
    "BERRYDESK_TEST_DATA",
)


def free_port():
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _base():
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}


@functools.cache
def _migrated():
    """A database folder with every table in it, made once for each process of the tests: to begin with a copy is quick."""
    folder = tempfile.mkdtemp(prefix="berrydesk-migrated-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=_base() | {"BERRYDESK_HOME": folder},
        check=True,
        timeout=240,
    )
    database = Path(folder) / "postgres"
    assert not (database / "postmaster.pid").exists(), "It is copied once its server has ended."
    return database


class Live:
    """``with Live() as live: live.url`` — the embedded run by default; ``options`` as for ``berrydesk run``.

    ``settings`` are environment variables, such as DATABASE_URL. The home is kept by the caller who passes one; without,
    it begins with a database that was migrated already.
    """

    def __init__(self, *options, home=None, **settings):
        self.options = options
        self._folder = None if home else tempfile.TemporaryDirectory(prefix="berrydesk-live-")
        self.home = Path(home or self._folder.name)
        if self._folder and "DATABASE_URL" not in settings:
            subprocess.run(["cp", "-a", _migrated(), self.home / "postgres"], check=True)  # owners are kept
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = {"BERRYDESK_HOME": str(self.home), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        self.environment = _base() | own | settings
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exception):
        self.stop()
        if "Traceback" in self.log:  # pytest shows it beside the test that failed
            print(self.log[-6000:], file=sys.stderr)
        if self._folder:
            self._folder.cleanup()

    @property
    def log(self):
        """Everything the run has printed."""
        return (self.home / "run.log").read_text()

    def start(self, within_s=150):
        """Running afterwards; a web process answers, and ``/readyz`` where there is a worker too."""
        with open(self.home / "run.log", "a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "berrydesk.cli", "run", *self.options],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if "--worker-only" in self.options:
            return
        path = "/healthz" if "--web-only" in self.options else "/readyz"
        self.wait_for(lambda: self.status(path) == 200, within_s, f"{path} to answer 200")

    def stop(self):
        """Ended as by Ctrl-C; returns how many seconds it took."""
        if self.process is None or self.process.poll() is not None:
            return 0.0
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(45)
        return time.monotonic() - began

    def status(self, path, host=None):
        """The HTTP status of a page, or None when nobody answers; ``host``: the name under which it is asked."""
        request = urllib.request.Request(self.url + path, headers={"Host": host} if host else {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def wait_for(self, true, within_s, what):
        """Poll until ``true()``; fails with the end of the log when the run ended or time is up."""
        deadline = time.monotonic() + within_s
        while not true():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(
                    f"Waited {within_s} s in vain for {what}. The run said:\n{self.log[-4000:]}"
                )
            time.sleep(0.05)

    def child(self, name):
        """The main process ``web`` or ``worker`` of the run."""
        word = {"web": "uvicorn", "worker": "celery"}[name]
        return next(p for p in psutil.Process(self.process.pid).children() if word in " ".join(p.cmdline()))

    def kill(self, name):
        """The process ``web`` or ``worker`` ends at once, without being asked (SIGKILL)."""
        self.child(name).kill()

    def manage(self, *arguments, **settings):
        """What a command of ``manage.py`` prints, in this home."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | settings,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def found(self):
        """Ada's workspace exists; returns its slug."""
        return self.manage(
            *("create_workspace", "--name", OWNER["name"], "--email", OWNER["email"]),
            BERRYDESK_OWNER_PASSWORD=OWNER["password"],
        )

    def token(self, slug):
        """A new token for the JSON API."""
        return self.manage("create_api_token", "--workspace", slug)
