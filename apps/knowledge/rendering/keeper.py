"""The process between a worker and a browser: whatever ends, and however, the browser and its folder end with it.

Started as ``python -m apps.knowledge.rendering.keeper READ_FD WRITE_FD``; the two descriptors become the browser's 3 and
4. On standard input a line of JSON, then nothing: when it ends, because the worker closed it or was killed, so does
everything else. On standard output a line with the folder's name, for the worker to take away where the keeper itself is
killed, and at the end a line of JSON with the reason. Imports neither Django nor ``berrydesk``.
"""

import contextlib
import ctypes
import fcntl
import glob
import json
import os
import pwd
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LOOK_S = 0.2
FILE_BYTES = 512 * 1024 * 1024
"""Of any single file that the browser writes, shared memory among them."""
DISK_BYTES = 200 * 1024 * 1024
"""Of everything in its folder."""
PREFIX = "berrydesk-browser-"
STALE_S = 3600
"""A folder this old was left where keeper and worker were killed together, or the machine lost its power."""
TAIL = 4000
FIRST_TO_GO = "500"
"""Where memory runs out, the system ends the browser before anything of ours."""
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def main():
    """Keep one browser until it has to end."""
    request = json.loads(_first_line())
    account = _account()
    _prctl(PR_SET_CHILD_SUBREAPER, 1)  # what leaves the browser's family becomes ours, to be ended as well
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)
    _tidy()
    folder = tempfile.mkdtemp(prefix=PREFIX)
    try:
        print(folder, flush=True)
        if account:
            os.chown(folder, *account)
        browser = _started(request, folder, account)
        try:
            why, said = _watched(browser, request, folder)
        finally:
            _end_all(browser)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps({"why": why, "said": said}), flush=True)


def _first_line():
    line = b""
    while not line.endswith(b"\n"):
        if not (part := os.read(0, 65536)):
            sys.exit(1)
        line += part
    return line


def _account():
    """(user, group) of nobody where we are root, as whom a browser does not run in its sandbox; else None."""
    if os.getuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return nobody.pw_uid, nobody.pw_gid


def _prctl(option, value):
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _tidy():
    for old in glob.glob(os.path.join(tempfile.gettempdir(), f"{PREFIX}*")):
        with contextlib.suppress(OSError):
            if time.time() - os.stat(old, follow_symlinks=False).st_mtime > STALE_S:
                shutil.rmtree(old, ignore_errors=True)


def _started(request, folder, account):
    """The browser, with the worker's pipes as its 3 and 4 and nothing else of ours."""
    ends = [fcntl.fcntl(int(given), fcntl.F_DUPFD, 10) for given in sys.argv[1:3]]
    for given in sys.argv[1:3]:
        os.close(int(given))

    def before():
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
        os.dup2(ends[0], 3)
        os.dup2(ends[1], 4)

    as_nobody = {"user": account[0], "group": account[1], "extra_groups": []} if account else {}
    browser = subprocess.Popen(
        [request["program"], f"--user-data-dir={folder}/profile", *request["switches"]],
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        pass_fds=(3, 4),
        preexec_fn=before,
        **as_nobody,
    )
    for end in ends:
        os.close(end)
    return browser


def _watched(browser, request, folder):
    """(why it has to end, the last that it said)."""
    until, said = time.monotonic() + request["wall_s"], b""
    os.set_blocking(browser.stderr.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        selector.register(browser.stderr, selectors.EVENT_READ)
        while True:
            for key, _events in selector.select(LOOK_S):
                told = os.read(key.fd, 65536)
                if key.fd == 0 and not told:
                    return "closed", ""
                if key.fd != 0:
                    said = (said + told)[-TAIL:]
                    if not told:
                        selector.unregister(browser.stderr)
            if browser.poll() is not None:
                with contextlib.suppress(BlockingIOError):
                    said += os.read(browser.stderr.fileno(), 65536)
                return "ended", said[-TAIL:].decode("utf-8", "replace")
            if time.monotonic() > until:
                return "late", ""
            if _memory_bytes() > request["memory_bytes"]:
                return "memory", ""
            if _disk_bytes(folder) > DISK_BYTES:
                return "disk", ""


def _family():
    """Numbers of all processes that descend from this one."""
    parents = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parents[int(path.split("/")[2])] = int(Path(path).read_text().rpartition(")")[2].split()[1])
    found, fresh = set(), {os.getpid()}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def _memory_bytes():
    """Memory that the browser's processes have for themselves, and what the greediest of them shares."""
    own, shared = 0, 0
    for pid in _family():
        with contextlib.suppress(OSError, ValueError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    own += int(line.split()[1])
                elif line.startswith("RssShmem:"):
                    shared = max(shared, int(line.split()[1]))
    return (own + shared) * 1024


def _disk_bytes(folder):
    """What the files of the folder take on the disk."""
    total = 0
    for path, _folders, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):  # it is gone by now
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
    return total


def _end_all(browser):
    """Nothing of the browser is left, whatever group or session it went to."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(browser.pid, signal.SIGKILL)
    while True:
        for pid in _family():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return
        time.sleep(0.01)


if __name__ == "__main__":
    main()
