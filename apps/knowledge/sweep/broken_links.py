"""Broken links: a page links to an address of the agent's own sites that the last sync did not find."""

import re
import zlib

from django.utils.translation import gettext as _

from apps.knowledge.sweep import found

KIND = "broken_link"
_LINK = re.compile(r"\[([^\]\n]*)\]\((https?://[^)\s]+)")
MISSING = ("page_not_found", "page_gone")
"""Problems of a document that mean that its page is not there."""


def find(page, around):
    """One finding a page, at its first link that leads nowhere."""
    linked = {_plain(url): (words, url) for words, url in _LINK.findall(page.text)}
    missing = around.missing(list(linked)) if linked else ()
    broken = [linked[url] for url in linked if url in missing]
    if not broken:
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


def addresses(page):
    """Every address that the page links to."""
    return {_plain(url) for _words, url in _LINK.findall(page.text)}


def numbers(page):
    """A number for each address that the page links to."""
    return [number(url) for _words, url in _LINK.findall(page.text)]


def number(url):
    """The number under which a link is remembered."""
    plain = _plain(url).encode()
    return zlib.crc32(plain) << 31 | zlib.adler32(plain) >> 1


def _plain(url):
    return url.split("#")[0].rstrip("/")
