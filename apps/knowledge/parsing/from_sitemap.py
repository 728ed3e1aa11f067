"""Sitemaps in all their dialects: lists of pages, lists of sitemaps, feeds, plain text. Runs in the child."""

import re

from lxml import etree

from apps.knowledge.parsing import unpacking
from apps.knowledge.parsing.decoding import decode
from apps.knowledge.parsing.trouble import Unreadable

MOST_BYTES = 50 * 1024 * 1024
"""Unpacked, as the protocol has it (sitemaps.org)."""
MOST_URLS = 50_000


def read_sitemap(data, *, name):
    """``urls`` of pages and ``sitemaps`` to read next, in their order, each once."""
    if data[:2] == unpacking.GZIP:
        data = unpacking.gunzip(data, name=name, most_bytes=MOST_BYTES)
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    if start != b"<":
        text = decode(data)
        urls = [line.strip() for line in text.splitlines() if re.match(r"(?i)https?://\S+$", line.strip())]
        if not urls and text.strip():
            raise Unreadable("not_a_sitemap", name=name)
        return _answer(urls, [])
    if re.match(rb"(?is)\s*(<!doctype html|<html)", data.lstrip(b"\xef\xbb\xbf")[:200]):
        raise Unreadable("not_a_sitemap", name=name)
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    root = etree.fromstring(data.lstrip(b"\xef\xbb\xbf \t\r\n"), parser)
    if root is None:
        raise Unreadable("not_a_sitemap", name=name)
    return _answer(*_read(root))


def _read(root):
    """Whatever namespace it claims: right names in a wrong one are common."""
    urls, sitemaps = [], []
    kind = _local(root)
    for element in root.iter():
        local, words = _local(element), (element.text or "").strip() if isinstance(element.tag, str) else ""
        above = _local(element.getparent()) if element.getparent() is not None else ""
        if local == "loc" and words:
            if above == "sitemap" or kind == "sitemapindex":
                sitemaps.append(words)
            elif above in ("url", "urlset"):
                urls.append(words)
        elif kind in ("rss", "rdf") and local == "link" and above == "item" and words:
            urls.append(words)
        elif (
            kind == "feed"
            and local == "link"
            and above == "entry"
            and element.get("rel", "alternate") == "alternate"
        ):
            urls.append((element.get("href") or "").strip())
    return urls, sitemaps


def _answer(urls, sitemaps):
    urls = list(dict.fromkeys(u for u in urls if re.match(r"(?i)https?://", u)))[:MOST_URLS]
    sitemaps = list(dict.fromkeys(s for s in sitemaps if re.match(r"(?i)https?://", s)))[:MOST_URLS]
    return {"title": "", "markdown": "", "urls": urls, "sitemaps": sitemaps}


def _local(element):
    return element.tag.rsplit("}", 1)[-1].lower() if isinstance(element.tag, str) else ""
