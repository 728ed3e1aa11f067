"""Chromium: where it is, how it is started, and that nothing of it is left."""

import contextlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core import checks

from apps.knowledge.rendering import devtools
from apps.knowledge.rendering import keeper as keeping

log = logging.getLogger(__name__)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OFF = ("", "off", "no", "none", "0", "false")
MEMORY_BYTES = 1024 * 1024 * 1024
HEAP_MB = 384
END_S = 10
NO_SANDBOX = re.compile(
    r"(?i)no usable sandbox|failed to move to new namespace|without --no-sandbox|sandbox.{0,80}fatal"
)

SWITCHES = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-startup-window",
    # one small browser, without what only people need
    *("--renderer-process-limit=1", f"--js-flags=--max-old-space-size={HEAP_MB}", "--disable-gpu"),
    *("--disable-software-rasterizer", "--disable-dev-shm-usage", "--mute-audio", "--window-size=1280,2000"),
    *("--disable-extensions", "--disable-component-extensions-with-background-pages", "--no-first-run"),
    *(
        "--no-default-browser-check",
        "--password-store=basic",
        "--disable-breakpad",
        "--disable-crash-reporter",
    ),
    *("--disable-notifications", "--deny-permission-prompts", "--block-new-web-contents"),
    # no way out but the gate: no names looked up, nothing of its own asked for, no datagrams
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    *("--dns-prefetch-disable", "--disable-quic", "--no-pings", "--disable-background-networking"),
    *(
        "--disable-component-update",
        "--disable-sync",
        "--disable-domain-reliability",
        "--disable-default-apps",
    ),
    *("--disable-client-side-phishing-detection", "--metrics-recording-only"),
    *(
        f"--{name}=disable_non_proxied_udp"
        for name in ("force-webrtc-ip-handling-policy", "webrtc-ip-handling-policy")
    ),
    "--disable-features=MediaRouter,OptimizationHints,Translate,AutofillServerCommunication,InterestFeedContentSuggestions,"
    "CertificateTransparencyComponentUpdater,DialMediaRouteProvider,PreconnectToSearch,NetworkTimeServiceQuerying",
)


def program():
    """The path of the Chromium that pages may be opened with; "" where there is none, or none is wanted."""
    wished = settings.BERRYDESK_CHROMIUM
    if wished is None:
        return next((found for name in NAMES if (found := shutil.which(name))), "")
    return "" if wished.strip().lower() in OFF else shutil.which(wished.strip()) or ""


def check(**_ignored):
    """A warning at the start where the operator named a browser that is not there (a check of Django's)."""
    wished = settings.BERRYDESK_CHROMIUM
    if wished is None or wished.strip().lower() in OFF or program():
        return []
    words = f"BERRYDESK_CHROMIUM names {wished}, which is no program here, so that pages of JavaScript are not opened."
    hint = "Write its path; leave it unset for whichever Chromium is found; or write off."
    return [checks.Warning(words, hint=hint, id="knowledge.W001")]


class Browser:
    """A Chromium with a profile of its own behind ``gate``. A context manager.

    ``reading`` and ``writing`` are its pipes. ``ending`` is known once it was closed: why its keeper ended it, or
    "sandbox" where it would not start without one.
    """

    def __init__(self, path, gate, *, wall_s, memory_bytes=MEMORY_BYTES):
        self._path, self._gate = path, gate
        self._limits = {"wall_s": wall_s, "memory_bytes": memory_bytes}
        self._keeper = None
        self.ending = ""

    def __enter__(self):
        switches = [*SWITCHES, f"--proxy-server=http://127.0.0.1:{self._gate.port}"]
        if not settings.BERRYDESK_CHROMIUM_SANDBOX:
            switches.append("--no-sandbox")
        request = {"program": self._path, "switches": switches, **self._limits}
        given = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        theirs_read, self.writing = os.pipe()
        self.reading, theirs_write = os.pipe()
        try:
            self._keeper = subprocess.Popen(
                [
                    *(sys.executable, "-s", "-m", "apps.knowledge.rendering.keeper"),
                    *(str(theirs_read), str(theirs_write)),
                ],
                cwd=settings.BASE_DIR,
                env={**given, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},  # none of our secrets
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs_read, theirs_write),
                start_new_session=True,
            )
            self._keeper.stdin.write(json.dumps(request).encode() + b"\n")
            self._keeper.stdin.flush()
        except BaseException:
            self.close()
            raise
        finally:
            os.close(theirs_read)
            os.close(theirs_write)
        return self

    def __exit__(self, kind, _error, _trace):
        if kind is devtools.Gone:  # it ended by itself: its keeper is about to say how
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._keeper.wait(2)
        self.close()

    def close(self):
        """Browser, keeper and profile are gone; ``ending`` says what had happened before."""
        for descriptor in (self.reading, self.writing):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        try:
            told, _nothing = keeper.communicate(timeout=END_S)
        except subprocess.TimeoutExpired:
            keeper.kill()  # its browser is told by the system
            told, _nothing = keeper.communicate()
        folder, _newline, told = told.decode().partition("\n")
        _take_away(folder)
        with contextlib.suppress(ValueError):
            verdict = json.loads(told)
            self.ending = "sandbox" if NO_SANDBOX.search(verdict["said"]) else verdict["why"]
            if verdict["said"]:
                log.info("The browser ended: %s", verdict["said"])

    def wire(self, **about):
        """A conversation with it."""
        return devtools.Wire(self.reading, self.writing, **about)


def _take_away(folder):
    """The browser's folder is gone, though its keeper was killed; what is left of the browser may write for a moment."""
    if not Path(folder).name.startswith(keeping.PREFIX):
        return  # its keeper did not come so far
    until = time.monotonic() + END_S
    while os.path.exists(folder) and time.monotonic() < until:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


def lock_path():
    """The file whose lock means that a page is being rendered on this machine."""
    return Path(settings.HOME) / "browser.lock"
