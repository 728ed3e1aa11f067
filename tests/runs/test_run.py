"""One command serves, ends cleanly, revives what dies, and says plainly why it cannot begin."""

import contextlib
import os
import socket
import subprocess
import sys
import time

import psutil
import pytest

from tests.runs.live import ROOT, Live


def everything_of(home):
    """Every process that has this home in its environment or command line."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = " ".join(process.cmdline())
            if str(home) in words or process.environ().get("BERRYDESK_HOME") == str(home):
                found.append(f"{process.pid} {words[:100]}")
    return found


def test_it_serves_and_ends_within_ten_seconds_leaving_nothing(tmp_path):
    live = Live(home=tmp_path)
    live.start()
    with socket.create_connection(("127.0.0.1", live.port)) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert live.stop() < 10
    assert everything_of(tmp_path) == []
    assert live.log.count("Berrydesk is ready") == 1
    assert "Traceback" not in live.log


def test_it_tells_how_it_is_under_whatever_name_it_is_asked(tmp_path):
    with Live(home=tmp_path) as live:
        for path, status in (("/healthz", 200), ("/readyz", 200), ("/", 400)):
            assert live.status(path, host="10.1.2.3:8000") == status


def test_what_dies_comes_back_and_a_killed_run_takes_its_processes_along(tmp_path):
    live = Live(home=tmp_path)
    live.start()
    for name in ("web", "worker"):
        before = live.child(name).pid
        live.kill(name)
        live.wait_for(lambda: _pid(live, name) not in (None, before), 90, f"a new {name}")  # noqa: B023
    live.wait_for(lambda: live.status("/readyz") == 200, 90, "ready again")
    live.process.kill()
    live.process.wait()
    deadline = time.monotonic() + 60
    while [p for p in everything_of(tmp_path) if "postgres" not in p] and time.monotonic() < deadline:
        time.sleep(0.2)
    assert [p for p in everything_of(tmp_path) if "postgres" not in p] == []
    live.start()
    live.stop()
    assert everything_of(tmp_path) == [], "The next run adopts the database that was left, and stops it."


def test_everything_it_writes_lies_in_its_home(tmp_path):
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    with Live(home=home, TMPDIR=str(elsewhere)):
        assert os.listdir(elsewhere) == []
    secrets = home / "secrets"
    assert oct(secrets.stat().st_mode & 0o777) == "0o700"
    assert {oct(p.stat().st_mode & 0o777) for p in secrets.iterdir()} == {"0o600"}


def _pid(live, name):
    try:
        return live.child(name).pid
    except (StopIteration, psutil.Error):
        return None


def refusal(home, **settings):
    """What a run says that does not begin."""
    base = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "BERRYDESK_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "berrydesk.cli", "run"],
        cwd=ROOT,
        env=base | settings,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_port_in_use_is_one_plain_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} is already in use by another program." in refusal(tmp_path, PORT=str(port))


def test_a_home_that_cannot_be_written_is_one_plain_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert "Choose another folder with BERRYDESK_HOME" in refusal(tmp_path / "file" / "home")


def test_a_home_in_use_is_one_plain_sentence(tmp_path):
    with Live(home=tmp_path):
        assert "Another Berrydesk is already running" in refusal(tmp_path, PORT="0")


@pytest.mark.parametrize("port", ["abc", "99999", "-1", "80 80"])
def test_a_port_that_is_none_is_one_plain_sentence(tmp_path, port):
    assert f"PORT={port} is not a port." in refusal(tmp_path, PORT=port)
