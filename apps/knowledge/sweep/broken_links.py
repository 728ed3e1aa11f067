"""Broken links: to an address of the agent's own sites that the last sync did not find, to one's own computer, to nothing.

A menu or a footer stands in no document's text; where they lead is what the sync remembers of each page.
"""

import re
import zlib

from django.utils.translation import gettext as _

from apps.knowledge.finding_models import SweptDocument
from apps.knowledge.models import Document
from apps.knowledge.sweep import found
from apps.knowledge.website_models import KnownPage

KIND = "broken_link"
_LINK = re.compile(r"\[([^\]\n]*)\]\((https?://[^)\s]+)")
_BARE = re.compile(r"(?<![(\w\]\"'<`])https?://[^\s)>\]\"'`]+")
_NOWHERE = re.compile(r"(?<!!)\[([^\]\n]{1,80})\]\(\s*(#?|javascript:[^)]*|about:blank)\s*\)")
_LOCAL = re.compile(r"(?i)^https?://(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1\])(?=[:/?#]|$)")
_PRIVATE = re.compile(
    r"(?i)^https?://(?:10\.[\d.]+|192\.168\.[\d.]+|172\.(?:1[6-9]|2\d|3[01])\.[\d.]+|[\w.-]+\.(?:local|lan|internal|intranet|invalid|test))(?=[:/?#]|$)"
)
_DEVICE = re.compile(
    r"(?i)\b(?:routers?|modems?|printers?|devices?|cameras?|nas|access points?|gateways?|hubs?|repeaters?|inverters?|thermostats?|speakers?|bridges?|controllers?|\w*drucker|geräte?s?|kameras?|wechselrichter|"
    r"impresoras?|dispositivos?|cámaras?|imprimantes?|appareils?|caméras?|onduleurs?)\b"
)
"""What customers have at home: its settings are a page of their own network."""

_WITHIN_PAGE = re.compile(
    r"(?i)\b(?:top|menu|next|previous|prev|back|up|down|skip|close|open|toggle|show|hide|more|less|expand|contents|cookies?|play|print|copy|share|login|log in|nach oben|seitenanfang|zurück|weiter|menü|schließen|öffnen|mehr|"
    r"arriba|menú|siguiente|anterior|volver|cerrar|más|haut|suivant|précédent|retour|fermer|plus)\b"
)
"""What a link is called that does something on its own page."""

_CODE = re.compile(r"(?s)(```|~~~).*?(?:\1|$)|`[^`\n]*`")
MISSING = ("page_not_found", "page_gone")
"""Problems of a document that mean that its page is not there."""

MOST_GONE = 5000
"""Addresses that are not there, as many as are looked at."""


def find(page, around):
    """One finding a page, at its first link that leads nowhere."""
    linked = {_plain(url): (words, url) for words, url in _links(page)}
    missing = around.missing(list(linked)) if linked else ()
    broken = [linked[url] for url in linked if url in missing]
    if not broken:
        framed = around.framed(page)
        yield from _in_frame(page, framed) if framed else _leading_nowhere(page, linked.values())
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


def _in_frame(page, urls):
    """One finding for links that stand in no text: those of a menu or a footer."""
    yield found.Found(
        KIND,
        "medium",
        page.title,
        _("A link in the menu or the footer leads to a page that is not there: {url}").format(
            url=", ".join(urls)[:400]
        ),
        found.of_page(page, urls[0], ((0, len(urls[0])),)),
    )


def _leading_nowhere(page, linked):
    """One finding for a link that works on its author's computer alone, or within a network, or that has no address."""
    named = [(words, url) for words, url in linked if words != url and not words.startswith("http")]
    is_private = [x for x in named if _PRIVATE.match(x[1]) and not _is_of_device(page, x[0])]
    empty = [
        match.groups()
        for match in _NOWHERE.finditer(_CODE.sub(" ", page.text))
        if match.group(2) != "#" or not _WITHIN_PAGE.search(match.group(1))
    ]
    for links, severity, said in (
        (
            [x for x in named if _LOCAL.match(x[1])],
            "medium",
            _("A link works on its author’s computer alone: {url}"),
        ),
        (empty, "medium", _("The link “{words}” has no address.")),
        (
            is_private,
            "low",
            _("A link leads into a private network, where customers may find nothing: {url}"),
        ),
    ):
        for words, url in links[:1]:
            yield found.Found(
                KIND, severity, page.title, said.format(words=words, url=url), _spot(page, words)
            )
            return


def _is_of_device(page, words):
    """True where the page, or the sentence with the link, speaks of a device that customers have at home."""
    statement = next((s for s in page.statements if words in s.text), None)
    return bool(_DEVICE.search(page.title) or _DEVICE.search(statement.block if statement else words))


def _spot(page, words):
    """Where a link's words stand."""
    statement = next((s for s in page.statements if words in s.text), None)
    if statement is None:
        return found.of_page(page, words, ((0, len(words)),))
    at = statement.text.index(words)
    return found.place(page, statement, ((at, at + len(words)),))


def framed(agent):
    """{document: addresses that are not there} for those that no text links to: each at the page nearest to the root."""
    rows = Document.objects.filter(agent=agent, problem__code__in=MISSING).kept()
    gone = {number(url): url for url in rows.values_list("url", flat=True)[:MOST_GONE]}
    if not gone:
        return {}
    swept = SweptDocument.objects.filter(agent=agent, document__set_aside_at=None)
    for numbers in swept.filter(links__overlap=list(gone)).values_list("links", flat=True):
        for each in numbers:
            gone.pop(each, None)
    nearest = {}
    pages = (
        KnownPage.objects.filter(source__agent=agent).order_by("number") if gone else KnownPage.objects.none()
    )
    for url, *where, links in pages.values_list("url", "source", "external_id", "links").iterator():
        for each in gone.keys() & {number(link) for link in links}:
            nearest[each] = min(nearest.get(each, (len(url), url, where)), (len(url), url, where))
    named = {tuple(where): pk for pk, *where in _learned(agent, [where for *_u, where in nearest.values()])}
    leading = {}
    for each, (_length, _url, where) in nearest.items():
        if tuple(where) in named:
            leading.setdefault(named[tuple(where)], []).append(gone[each])
    return leading


def _learned(agent, places):
    """(document, source, its name there) of those that are in use."""
    names = [name for _source, name in places]
    rows = Document.objects.filter(agent=agent, external_id__in=names).in_use()
    return rows.values_list("pk", "source", "external_id")


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
