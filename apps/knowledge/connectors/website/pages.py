"""One page: fetched, read, and judged whether it is worth learning."""

import re
import time
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from apps.knowledge import errors, rendering_errors
from apps.knowledge.connectors.website import addressing, remembering
from berrydesk.http import errors as http_errors
from berrydesk.http import fetching

LIMIT_BYTES = 20 * 1024 * 1024
ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.8,text/plain;q=0.7,*/*;q=0.1"
WAIT_S = 2
LONGEST_WAIT_S = 20
PASSING = (
    http_errors.TooManyRequests,
    http_errors.ServerFailed,
    http_errors.ConnectionRefused,
    http_errors.BrokenAnswer,
)
"""What may be over in a moment: tried once more."""

LEFT_OUT = (
    http_errors.PageNotFound,
    http_errors.PageForbidden,
    http_errors.AddressNotAllowed,
    http_errors.PortNotAllowed,
    http_errors.NotAWebAddress,
    http_errors.NotAPage,
    errors.LeavesSite,
    errors.BlockedByRobots,
    errors.NoIndex,
    errors.PageEmpty,
)
"""Problems that are the site's own wish or state; every other one is a failure."""

HTML = ("text/html", "application/xhtml+xml", "")
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENTS = (
    "application/pdf",
    f"{OFFICE}wordprocessingml.document",
    f"{OFFICE}presentationml.presentation",
    f"{OFFICE}spreadsheetml.sheet",
    "application/epub+zip",
    "text/plain",
    "text/markdown",
    "text/csv",
)
UNSAID = ("application/octet-stream", "application/zip", "application/x-zip-compressed")
"""What servers say of documents that they do not know; then the ending counts."""
ENDINGS = (".pdf", ".docx", ".pptx", ".xlsx", ".epub")


@dataclass
class Page:
    """A page that was read. ``links`` are those to follow; ``canonical`` and ``refresh`` addresses or empty.

    ``note`` is what its owner should know about a document that was read. ``mark`` names its bytes, ``etag`` and ``modified`` are the server's words for them. ``known``: it says what it
    said the last time, and was not read again. ``is_rendered``: a browser ran its scripts.
    """

    url: str
    title: str = ""
    text: str = ""
    language: str = ""
    links: list = field(default_factory=list)
    canonical: str = ""
    refresh: str = ""
    problem: Exception | None = None
    note: errors.OwnerError | None = None
    mark: str = ""
    etag: str = ""
    modified: str = ""
    known: object = None
    is_rendered: bool = False


def read(bench, url, *, known=None, may_follow, before_each):
    """The page at ``url``. Raises a ``FetchError``, an ``Unreadable`` or what ``may_follow`` raises.

    ``may_follow(address)`` is asked before each redirect; ``before_each`` waits as the site wishes.
    ``known``: what is remembered of it; where it has not changed since, that is what comes back.

    A page that holds nothing until its scripts have run is opened with a browser, where there is one. Its server's own
    marks are those of an empty shell that outlives every change of the text, so such a page is opened at each sync and
    nothing is remembered of it. That costs a few seconds for each of these pages and none for any other; its text is
    compared when it is recorded, so that an unchanged one is neither cut nor embedded again.
    """
    answer = _fetched(bench, url, remembering.conditions(known, url), may_follow, before_each)
    mark = remembering.mark_of(answer)
    if known and (answer.status == 304 or mark == known.mark):
        return Page(url=known.url, links=known.links, mark=known.mark, known=known)
    page = parsed(bench, answer)
    if isinstance(page.problem, errors.JavaScriptOnly) and not page.refresh and bench.can_render:
        return _rendered(bench, page, answer, may_follow, before_each)
    page.mark = mark
    page.etag, page.modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    return page


def parsed(bench, answer):
    """The page in an answer, as it was read. Raises an ``Unreadable`` or NotAPage."""
    final, media_type = addressing.normalised(answer.url) or answer.url, answer.media_type
    path = urlsplit(final).path
    if media_type in DOCUMENTS or (media_type in UNSAID and path.lower().endswith(ENDINGS)):
        name = unquote(path.rsplit("/", 1)[-1]) or final
        read = bench.parser.parse_bytes(answer.body, name=name, media_type=media_type, charset=answer.charset)
        page = Page(url=final, title=read.title or name, text=read.markdown, note=read.note)
        if read.lost_pages:
            page.note = errors.PagesLost(name=name, lost=read.lost_pages, pages=read.pages)
        wishes = _wishes(answer.headers, [])
    elif media_type in HTML:
        read = bench.parser.page(answer.body, url=final, charset=answer.charset)
        about = read.about
        wishes = _wishes(answer.headers, about.get("robots", []))
        page = Page(url=final, title=read.title, text=read.markdown, language=read.language)
        page.links = [] if "nofollow" in wishes else [to for to, follow in about.get("links", []) if follow]
        page.canonical, page.refresh = about.get("canonical", ""), about.get("refresh", "")
        if about.get("javascript_only"):
            page.problem = errors.JavaScriptOnly(url=final)
        elif not re.search(r"\w", page.text):
            page.problem = errors.PageEmpty(url=final)
    else:
        raise http_errors.NotAPage(url=final, media_type=media_type or "of an unknown kind")
    if "noindex" in wishes:
        page.problem = errors.NoIndex(url=final)
    return page


def _rendered(bench, shell, answer, may_follow, before_each):
    """The page as its scripts write it, read like any other; or the shell, with the reason why there is none.

    Raises a ``FetchError`` where the site answered the browser with something else than the page.
    """
    before_each()
    try:
        rendered = bench.rendered(shell.url, may_follow=may_follow)
    except rendering_errors.NotRendered as problem:
        shell.problem = problem
        return shell
    headers = {**answer.headers, "content-type": "text/html; charset=utf-8"}
    body = rendered.html.encode("utf-8", "replace")
    page = parsed(bench, fetching.Fetched(url=rendered.url, status=200, headers=headers, body=body))
    page.is_rendered = True
    if isinstance(page.problem, errors.JavaScriptOnly | errors.PageEmpty):
        page.problem = rendering_errors.RenderedEmpty(url=page.url)
    return page


def _fetched(bench, url, conditions, may_follow, before_each):
    """The answer, asked for once more where the trouble may be over in a moment."""
    options = {
        "limit_bytes": LIMIT_BYTES,
        "accept": ACCEPT,
        "headers": conditions,
        "on_redirect": may_follow,
    }
    before_each()
    try:
        return bench.fetcher.fetch(url, **options)
    except PASSING as error:
        asked_s = getattr(error, "retry_after_s", None)
        if asked_s is not None and asked_s > LONGEST_WAIT_S:
            raise
        bench.wait_until(time.monotonic() + (WAIT_S if asked_s is None else asked_s))
    before_each()
    return bench.fetcher.fetch(url, **options)


def _wishes(headers, meta):
    """What the page asks of robots, in its head and in its header; rules for other robots do not count."""
    wishes = set(meta)
    for part in headers.get("x-robots-tag", "").lower().split(","):
        agent, _, rule = part.rpartition(":")
        if agent.strip() in ("", "berrydesk", "*"):
            wishes.add(rule.strip())
    return wishes | ({"noindex", "nofollow"} if "none" in wishes else set())
