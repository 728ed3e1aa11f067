"""What a page asks for while it is open, and what became of it."""

import time

from berrydesk.http import addresses
from berrydesk.http import errors as http_errors
from berrydesk.http import gate as gates
from berrydesk.http.fetching import retry_after

LOADING_S = 6
"""What was asked for longer ago is no longer waited for: it may never end, and of a worker's script no end is told."""
ENDLESS = ("EventSource", "WebSocket")
WORDS = ("XHR", "Fetch")
NEEDED = (*WORDS, "Script")
"""Without these a page of scripts says something else than it would."""

NEVER = 501
"""Not implemented: the same tomorrow."""


class Requests:
    """``last_at``: when something was asked for or came to its end last. ``lost``: what the page's own site failed at.

    ``own`` is the page's address; ``main`` the frame that shows it.
    """

    def __init__(self, own):
        self.own, self.main = addresses.parse(own), None
        self.last_at = time.monotonic()
        self.lost = set()
        self._waiting, self._asked, self._page = {}, {}, None

    def hear(self, method, about):
        """What the browser tells of a request is kept in mind."""
        if method == "Network.requestWillBeSent":
            self._begun(about)
        elif method == "Network.responseReceived":
            if about["type"] == "Document" and about.get("frameId") == self.main:
                self._page = about["response"]
            self._answered(about["requestId"], about["response"]["status"])
        elif (
            method == "Network.responseReceivedExtraInfo"
        ):  # all that is told where another site's answer is sealed
            self._answered(about["requestId"], about["statusCode"])
        elif method in ("Network.loadingFinished", "Network.loadingFailed"):
            self._ended(about, is_failed=method.endswith("Failed"))

    def are_loading(self):
        """True while something is awaited that may yet come."""
        now = time.monotonic()
        return any(now - since < LOADING_S for since in self._waiting.values())

    def have_no_words(self):
        """True where the page's own site owes its scripts an answer still."""
        return any(self._asked.get(one, ("",))[0] in WORDS for one in self._waiting)

    def must_be_the_page(self):
        """Raises the ``FetchError`` that a fetch would, where the site showed the browser something else than its page."""
        page = self._page
        if page is None or page["status"] < 400 or page.get("statusText") == gates.REFUSED:
            return
        headers = {name.lower(): value for name, value in page["headers"].items()}
        host, url = addresses.parse(page["url"]).host, page["url"]
        after_s = retry_after(headers.get("retry-after"))
        raise http_errors.of_status(page["status"], host=host, url=url, retry_after_s=after_s)

    def _begun(self, about):
        self.last_at = time.monotonic()
        request, kind, number = about["request"], about.get("type"), about["requestId"]
        if kind not in ENDLESS and request["url"].startswith("http"):
            self._waiting[number] = self.last_at
        self._asked.pop(number, None)  # led elsewhere by its answer, it is asked for under the same number
        if kind in NEEDED and self._is_own(request["url"]):
            self._asked[number] = (kind, request["method"], request["url"])

    def _answered(self, number, status):
        if (asked := self._asked.get(number)) is None:
            return
        if status == 429 or (status >= 500 and status != NEVER):
            self.lost.add(asked)
        elif status < 400:  # asked for once more, it came
            self.lost.discard(asked)

    def _ended(self, about, *, is_failed):
        self.last_at = time.monotonic()
        self._waiting.pop(about["requestId"], None)
        asked = self._asked.get(about["requestId"])
        is_wanted_so = about.get("canceled") or about.get("blockedReason") or about.get("corsErrorStatus")
        if asked and is_failed and not is_wanted_so:
            self.lost.add(asked)

    def _is_own(self, url):
        """True for an address of the page's own site, or of one beside it: api.shop.example for www.shop.example."""
        try:
            target = addresses.parse(url)
        except http_errors.FetchError:
            return False
        own = self.own.host
        if (target.host, target.port) == (own, self.own.port):
            return True
        family = own.partition(".")[2] if own.count(".") > 1 else own
        if addresses.as_literal(own) or "." not in family:
            return False
        return target.host == family or target.host.endswith(f".{family}")
