"""Broken links: to an address of the agent's own sites that the last sync did not find, to one's own computer, to nothing."""

import re
import zlib

from django.utils.translation import gettext as _

from apps.knowledge.sweep import found

KIND = "broken_link"
_LINK = re.compile(r"\[([^\]\n]*)\]\((https?://[^)\s]+)")
_BARE = re.compile(r"(?<![(\w\]\"'<`])https?://[^\s)>\]\"'`]+")
_NOWHERE = re.compile(r"(?<!!)\[([^\]\n]{1,80})\]\(\s*(#?|javascript:[^)]*|about:blank)\s*\)")
_LOCAL = re.compile(
    r"(?i)^https?://(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1\]|10\.[\d.]+|192\.168\.[\d.]+|172\.(?:1[6-9]|2\d|3[01])\.[\d.]+|[\w.-]+\.(?:local|lan|internal|intranet|invalid|test))(?=[:/?#]|$)"
)
_CODE = re.compile(r"(?s)(```|~~~).*?(?:\1|$)|`[^`\n]*`")
MISSING = ("page_not_found", "page_gone")
"""Problems of a document that mean that its page is not there."""


def find(page, around):
    """One finding a page, at its first link that leads nowhere."""
    linked = {_plain(url): (words, url) for words, url in _links(page)}
    missing = around.missing(list(linked)) if linked else ()
    broken = [linked[url] for url in linked if url in missing]
    if not broken:
        yield from _leading_nowhere(page, linked.values())
        return
    words, url = broken[0]
    statement = next((s for s in page.statements if words and words in s.text), None)
    if statement:
        at = statement.text.index(words)
        spot = found.place(page, statement, ((at, at + len(words)),))
    else:
        spot = found.of_page(page, url, ((0, len(url)),))
    addresses = ", ".join(dict.fromkeys(u for _w, u in broken))
    yield found.Found(
        KIND,
        "medium",
        page.title,
        _("A link leads to a page that is not there: {url}").format(url=addresses[:400]),
        spot,
    )


def _leading_nowhere(page, linked):
    """One finding for a link that works on its author's computer alone, or that has no address."""
    local = [
        (words, url)
        for words, url in linked
        if words != url and not words.startswith("http") and _LOCAL.match(url)
    ]
    empty = [match.groups() for match in _NOWHERE.finditer(_CODE.sub(" ", page.text))]
    for words, url in (local or empty)[:1]:
        statement = next((s for s in page.statements if words in s.text), None)
        at = statement.text.index(words) if statement else 0
        yield found.Found(
            KIND,
            "medium",
            page.title,
            _("A link works on its author’s computer alone: {url}").format(url=url)
            if local
            else _("The link “{words}” has no address.").format(words=words),
            found.place(page, statement, ((at, at + len(words)),))
            if statement
            else found.of_page(page, words, ((0, len(words)),)),
        )


def _links(page):
    """(words, address) of each link; an address that stands there bare is its own words."""
    bare = (match.group().rstrip(".,;:!?") for match in _BARE.finditer(_CODE.sub(" ", page.text)))
    return [*_LINK.findall(page.text), *((url, url) for url in bare)]


def addresses(page):
    """Every address that the page links to."""
    return {_plain(url) for _words, url in _links(page)}


def numbers(page):
    """A number for each address that the page links to."""
    return [number(url) for _words, url in _links(page)]


def number(url):
    """The number under which a link is remembered."""
    plain = _plain(url).encode()
    return zlib.crc32(plain) << 31 | zlib.adler32(plain) >> 1


def _plain(url):
    return url.split("#")[0].rstrip("/")
