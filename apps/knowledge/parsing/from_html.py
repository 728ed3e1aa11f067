"""Web pages: their main content as Markdown, and what a crawler needs to know of them. Runs in the child."""

import re

import lxml.html
from lxml import etree

from apps.knowledge.parsing import links, markup
from apps.knowledge.parsing.decoding import decode, refuse_binary

ENOUGH = 200
"""Characters: fewer are rarely a page's whole content."""

_SHELLS = ("root", "app", "__next", "__nuxt", "gatsby-focus-wrapper", "svelte", "main-app", "application")


def read_html(data, *, name, charset="", url="", whole=False):
    """The page's content; ``whole`` keeps navigation and footers, as of a file that somebody saved on purpose."""
    refuse_binary(data, name)
    text = decode(data, declared=charset, is_html=True)
    tree = _tree(text)
    if tree is None:
        return {"title": "", "markdown": "", "links": []}
    about = _about(tree, url)
    base = about.pop("base")
    about["javascript_only"] = False
    markdown = markup.to_markdown(tree, base=base, whole=whole)
    if not whole:
        main = markup.main_of(tree)
        if main is not None:
            content = markup.to_markdown(main, base=base, whole=False)
            if len(content) >= ENOUGH or len(content) >= len(markdown) / 2:
                markdown = content
        else:
            markdown = _best(_extracted(text, url), markdown)
        about["javascript_only"] = _needs_javascript(tree, markdown)
    heading = next((_words(h) for h in tree.iter("h1") if _words(h)), "")
    about["title"] = _title(about["title"], heading)
    return {**about, "markdown": markdown}


def _tree(text):
    """The parsed page, or None for an empty one. A declared encoding no longer counts: the text is decoded."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))
    if not text.strip():
        return None
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = None
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
        raise MemoryError  # the parser would go on with half a page
    return tree


def _about(tree, url):
    """What the head says, and where the page links to."""
    base = url
    for element in tree.iter("base"):
        if element.get("href"):
            base = links.join(url, element.get("href")) or url
            break
    robots, refresh = [], ""
    for meta in tree.iter("meta"):
        if (meta.get("name") or "").lower() in ("robots", "berrydesk"):
            robots += re.findall(r"[a-z]+", (meta.get("content") or "").lower())
        if (meta.get("http-equiv") or "").lower() == "refresh":
            to = re.match(r"""\s*(\d+)[^;]*;\s*url\s*=\s*['"]?\s*([^'"]+)""", meta.get("content") or "", re.I)
            if to and int(to[1]) <= 10:
                refresh = links.join(base, to[2].strip()) or ""
    canonical = ""
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            canonical = links.join(base, link.get("href")) or ""
            break
    leads = {}
    for anchor in tree.iter("a", "area"):
        to = links.join(base, anchor.get("href") or "")
        if to:
            follow = not {"nofollow", "ugc", "sponsored"} & set((anchor.get("rel") or "").lower().split())
            leads[to] = leads.get(to, False) or follow
    titles = [
        _words(t) for t in tree.iter("title") if t.getparent() is not None and t.getparent().tag == "head"
    ]
    return {
        "base": base,
        "title": next((t for t in titles if t), ""),
        "language": (tree.get("lang") or "").split("-")[0].lower()[:3],
        "robots": robots,
        "refresh": refresh,
        "canonical": canonical,
        "links": [[to, follow] for to, follow in list(leads.items())[:5000]],
    }


def _extracted(text, url):
    """The main content as trafilatura finds it, for pages that do not mark it themselves."""
    import trafilatura

    try:
        found = trafilatura.extract(
            text, url=url or None, output_format="markdown", include_tables=True, include_links=True,
            include_comments=False, include_formatting=True, favor_recall=True, deduplicate=False,
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, etree.LxmlError):
        return ""  # what it cannot digest is read by our own reader
    return found or ""


def _best(extracted, own):
    """Trafilatura's reading unless it lost most of the page: then everything that is no navigation."""
    if len(extracted) < ENOUGH or len(extracted) < len(own) * 0.5:
        return own if len(own) > len(extracted) else extracted
    return extracted


def _needs_javascript(tree, markdown):
    """True for a shell that holds nothing until its script has run."""
    words = re.sub(r"[\W\d_]+", "", markdown)
    if len(words) > ENOUGH:
        return False
    scripts = sum(1 for _ in tree.iter("script"))
    noscript = " ".join(_words(n) for n in tree.iter("noscript")).lower()
    if scripts and "javascript" in noscript and len(words) < ENOUGH:
        return True
    for element in tree.iter("div", "main", "section"):
        shell = (element.get("id") or "").lower() in _SHELLS or element.get("data-reactroot") is not None
        if scripts and shell and len(_words(element)) < 60:
            return True
    return scripts >= 1 and len(words) < 20


def _title(title, heading):
    """The page's own title, without the site's name where the heading shows which part that is."""
    if not title or not heading:
        return title or heading
    return heading if heading.lower() in title.lower() else title


def _words(element):
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()
