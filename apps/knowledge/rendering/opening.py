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
WAIT_S = 120
"""For the renderings of other workers on this machine."""
LONGEST = 10_000_000
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
  return [location.href, document.documentElement.outerHTML.slice(0, LONGEST)];
})()""".replace("LONGEST", str(LONGEST))


@dataclass
class Rendered:
    """What the scripts made of a page; ``url`` is where they led in the end."""

    url: str
    html: str


def render(
    url, *, may_follow, meanwhile, wall_s=WALL_S, settle_s=SETTLE_S, memory_bytes=chromium.MEMORY_BYTES
):
    """The ``Rendered`` page. One at a time on this machine, whoever asks.

    ``may_follow(address)`` is asked before the page leads elsewhere, ``meanwhile()`` is called several times a second;
    what they raise ends the rendering. Raises a NotRendered for a page that cannot be read so, and the ``FetchError`` of
    a fetch where the site showed the browser something else than its page.
    """
    with _alone(url, meanwhile), gates.Gate(url) as gate:
        browser = chromium.Browser(chromium.program(), gate, wall_s=wall_s + 5, memory_bytes=memory_bytes)
        try:
            with browser:
                return _Page(url, browser, gate, may_follow, meanwhile, wall_s).rendered(settle_s)
        except devtools.Late as late:
            raise errors.RenderedTooSlow(url=url, seconds=wall_s) from late
        except (devtools.Gone, devtools.Refused) as problem:
            log.warning("%s could not be rendered (%s): %r", url, browser.ending, problem)
            kinds = {"memory": errors.RenderedTooHeavy, "sandbox": errors.BrowserUnsafe}
            raise kinds.get(browser.ending, errors.NotRendered)(url=url) from problem


@contextlib.contextmanager
def _alone(url, meanwhile):
    """While nobody else on this machine renders: a browser takes memory. The lock ends with the process."""
    until = time.monotonic() + WAIT_S
    with open(chromium.lock_path(), "w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                meanwhile()
            if time.monotonic() > until:
                raise errors.RenderedTooSlow(url=url, seconds=WAIT_S)
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
        at, html = self._evaluated(_TAKE)
        self._check_place(at)
        self.requests.must_be_the_page()
        if self.requests.lost or (self.requests.have_no_words() and not self.is_full):
            raise errors.Unanswered(url=self.url)
        return Rendered(url=at, html=f"<!doctype html>\n{html}")

    def _open(self):
        ask = self.wire.ask
        ask("Browser.setDownloadBehavior", behavior="deny")
        agent = re.sub(r"Headless", "", ask("Browser.getVersion")["userAgent"])
        self.main = self.requests.main = ask("Target.createTarget", url="about:blank")["targetId"]
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
        """What an expression without effect on anybody else says in the page; asked again where the page just changed."""
        for _time in range(5):
            try:
                told = self.wire.ask(
                    "Runtime.evaluate", self.session, expression=expression, returnByValue=True
                )
            except devtools.Refused:
                self.wire.listen(0.2)
                continue
            if "exceptionDetails" not in told and "value" in told.get("result", {}):
                return told["result"]["value"]
            self.wire.listen(0.2)
        raise devtools.Refused("the page cannot be read")

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


def _bare(url):
    return url.partition("#")[0]
