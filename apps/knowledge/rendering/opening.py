"""One page, opened in a browser of its own until its scripts have written it."""

import contextlib
import fcntl
import logging
import re
import time
from dataclasses import dataclass

from apps.knowledge import rendering_errors as errors
from apps.knowledge.rendering import asking, chromium, devtools
from berrydesk import __version__
from berrydesk.http import gate as gates

log = logging.getLogger(__name__)

WALL_S = 20
SETTLE_S = 12
"""A page that is never at rest (a clock, a stream of news) is read as it stands then."""
QUIET_S = 0.6
"""So long nothing was asked for and no word changed: the scripts are done."""
PATIENCE_S = 4
"""As ``QUIET_S``, of a page that still says next to nothing: its scripts may only be waiting for something."""
ENOUGH = 200
"""Letters: fewer are rarely a page's whole content."""
WAIT_S = 8
"""For the renderings of other workers on this machine; then this worker has better things to do."""
LONGEST = 10_000_000
WORLD = "berrydesk"
NEVER_LOADED = (
    "Image",
    "Media",
    "Font",
    "Ping",
    "CSPViolationReport",
    "Prefetch",
    "TextTrack",
    "Manifest",
    "Other",
)
"""Kinds of things that no text comes from; "Other" are icons, and pages loaded ahead."""

_LOOK = """[document.readyState, location.href,
  (document.body ? document.body.innerText : "").replace(/\\s+/g, " ").slice(0, 200000)]"""

_TAKE = """(() => {
  const open = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) { open(element.shadowRoot); element.append(...element.shadowRoot.childNodes); }
    }
  };
  open(document);
  for (const element of document.querySelectorAll("noscript, iframe, object, embed")) element.remove();
  return [document.readyState, location.href, document.documentElement.outerHTML.slice(0, LONGEST)];
})()""".replace("LONGEST", str(LONGEST))

ENDINGS = {
    "memory": errors.RenderedTooHeavy,
    "disk": errors.RenderedTooHeavy,
    "sandbox": errors.BrowserUnsafe,
}


@dataclass
class Rendered:
    """What the scripts made of a page; ``url`` is where they led in the end."""

    url: str
    html: str


def render(
    url,
    *,
    may_follow,
    meanwhile,
    begun=lambda: None,
    wait_s=WAIT_S,
    wall_s=WALL_S,
    settle_s=SETTLE_S,
    memory_bytes=chromium.MEMORY_BYTES,
):
    """The ``Rendered`` page. One at a time of this Berrydesk on this machine: ``begun()`` is called when it is our turn.

    ``may_follow(address)`` is asked before the page leads elsewhere, ``meanwhile()`` is called several times a second;
    what they raise ends the rendering. Raises a NotRendered for a page that cannot be read so, and the ``FetchError`` of
    a fetch where the site showed the browser something else than its page.
    """
    gate = gates.Gate(url)
    browser = chromium.Browser(chromium.program(), gate, wall_s=wall_s + 5, memory_bytes=memory_bytes)
    try:
        with _alone(url, meanwhile, wait_s), contextlib.ExitStack() as opened:
            begun()
            for ours in (gate, browser):
                with _named(url):
                    opened.enter_context(ours)
            return _Page(url, browser, gate, may_follow, meanwhile, wall_s).rendered(settle_s)
    except devtools.Late as late:
        raise errors.RenderedTooSlow(url=url, seconds=wall_s) from late
    except (devtools.Gone, devtools.Refused) as problem:
        log.warning("%s could not be rendered (%s): %r", url, browser.ending, problem)
        raise ENDINGS.get(browser.ending, errors.NotRendered)(url=url) from problem


@contextlib.contextmanager
def _named(url):
    """What the machine refuses (a further process, a port, a file) is a trouble of this page, not of its source."""
    try:
        yield
    except OSError as problem:
        log.warning("No browser could be opened for %s: %r", url, problem)
        raise errors.NotRendered(url=url) from problem


@contextlib.contextmanager
def _alone(url, meanwhile, wait_s):
    """While no other worker of this Berrydesk renders here: a browser takes memory. The lock ends with the process."""
    until = time.monotonic() + wait_s
    with contextlib.ExitStack() as held:
        with _named(url):
            file = held.enter_context(open(chromium.lock_path(), "w"))
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                meanwhile()
            if time.monotonic() > until:
                raise errors.BrowserBusy(url=url)
            time.sleep(0.1)
        yield


class _Page:
    def __init__(self, url, browser, gate, may_follow, meanwhile, wall_s):
        self.url, self.gate, self.may_follow = url, gate, may_follow
        self.requests, self.began_at = asking.Requests(url), time.monotonic()
        self.is_full = False
        self.main = self.session = None
        self.allowed = {_bare(url)}
        self.wire = browser.wire(ends_at=self.began_at + wall_s, on_event=self._hear, meanwhile=meanwhile)

    def rendered(self, settle_s):
        """The page as it stands when it has come to rest, or after ``settle_s``."""
        self._open()
        self._settle(settle_s)
        _state, at, html = self._evaluated(_TAKE)
        self._check_place(at)
        self.requests.must_be_the_page()
        if self.requests.lost or (self.requests.have_no_words() and not self.is_full):
            raise errors.Unanswered(url=self.url)
        return Rendered(url=at, html=f"<!doctype html>\n{html}")

    def _open(self):
        ask = self.wire.ask
        # Off the record: what a page stores lies in memory, which is counted, and not on the disk.
        context = ask("Target.createBrowserContext")["browserContextId"]
        ask("Browser.setDownloadBehavior", behavior="deny", browserContextId=context)
        agent = re.sub(r"Headless", "", ask("Browser.getVersion")["userAgent"])
        target = ask("Target.createTarget", url="about:blank", browserContextId=context)
        self.main = self.requests.main = target["targetId"]
        self.session = ask("Target.attachToTarget", targetId=self.main, flatten=True)["sessionId"]
        for method, about in (
            ("Page.enable", {}),
            ("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0}),
            ("Network.setBypassServiceWorker", {"bypass": True}),
            ("Network.setUserAgentOverride", {"userAgent": f"{agent} Berrydesk/{__version__}"}),
            ("Fetch.enable", {"patterns": [{"urlPattern": "*"}], "handleAuthRequests": True}),
        ):
            ask(method, self.session, **about)
        told = ask("Page.navigate", self.session, url=self.url)
        if told.get("errorText"):
            raise devtools.Refused(told["errorText"])

    def _settle(self, settle_s):
        """The page is at rest, or has had its time."""
        before, since = None, time.monotonic()
        while time.monotonic() - self.began_at < settle_s:
            self.wire.listen(0.1)
            state, at, words = self._evaluated(_LOOK)
            if (at, words) != before:
                before, since = (at, words), time.monotonic()
            self.is_full = len(re.sub(r"[\W\d_]+", "", words)) >= ENOUGH
            if state == "loading" or self.requests.are_loading():
                continue
            if time.monotonic() - max(since, self.requests.last_at) > (
                QUIET_S if self.is_full else PATIENCE_S
            ):
                return

    def _evaluated(self, expression):
        """Three texts that an expression finds in the page; asked again where the page just changed.

        It runs in a world of its own: what the page made of ``String`` or ``document.body`` is not met there.
        """
        for _time in range(5):
            try:
                told = self._in_our_world(expression)
            except devtools.Refused:
                self.wire.listen(0.2)
                continue
            found = told.get("result", {}).get("value")
            if "exceptionDetails" not in told and _are_texts(found):
                return found
            self.wire.listen(0.2)
        raise devtools.Refused("the page cannot be read")

    def _in_our_world(self, expression):
        ask, session = self.wire.ask, self.session
        world = ask("Page.createIsolatedWorld", session, frameId=self.main, worldName=WORLD)
        about = {"contextId": world["executionContextId"], "returnByValue": True}
        return ask("Runtime.evaluate", session, expression=expression, **about)

    def _check_place(self, at):
        """Where the page says that it is in the end, it may be; raises what ``may_follow`` does."""
        if _bare(at) not in self.allowed:
            self._lead(at)

    def _lead(self, to):
        if not re.match(r"(?i)https?://", to):
            raise errors.RenderedEmpty(
                url=self.url
            )  # about:blank, data: and the like: whatever stood there is gone
        self.may_follow(to)
        self.allowed.add(_bare(to))

    # --- what the browser tells

    def _hear(self, method, about):
        if method == "Fetch.requestPaused":
            self._judge(about)
        elif method == "Fetch.authRequired":
            self._answer_gate(about)
        elif method.startswith("Network."):
            self.requests.hear(method, about)
        elif method == "Page.javascriptDialogOpening":
            stays = about.get("type") != "beforeunload"
            self.wire.tell("Page.handleJavaScriptDialog", self.session, accept=not stays)
        elif method in ("Inspector.targetCrashed", "Target.detachedFromTarget"):
            raise devtools.Gone(method)

    def _judge(self, about):
        """A request of the page is let go to the gate, or it fails."""
        request, kind = about["request"], about.get("resourceType")
        if kind == "Document" and about["frameId"] == self.main:
            if _bare(request["url"]) not in self.allowed:
                self._lead(request["url"])
        elif (
            kind == "Document"
            or kind in NEVER_LOADED
            or not self.gate.allows(request["method"], request["url"])
        ):
            # What another page shows in a frame is not this page's text.
            self.wire.tell(
                "Fetch.failRequest", self.session, requestId=about["requestId"], errorReason="BlockedByClient"
            )
            return
        self.wire.tell("Fetch.continueRequest", self.session, requestId=about["requestId"])

    def _answer_gate(self, about):
        """The gate is told its secret; a website that asks for a password is told nothing."""
        answer = {"response": "CancelAuth"}
        if about["authChallenge"].get("source") == "Proxy":
            answer = {"response": "ProvideCredentials", "username": gates.USER, "password": self.gate.secret}
        self.wire.tell(
            "Fetch.continueWithAuth",
            self.session,
            requestId=about["requestId"],
            authChallengeResponse=answer,
        )


def _are_texts(found):
    """Nothing else is worked with, whatever a page finds to do."""
    return isinstance(found, list) and len(found) == 3 and all(isinstance(one, str) for one in found)


def _bare(url):
    return url.partition("#")[0]
