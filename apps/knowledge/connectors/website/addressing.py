"""Addresses of pages: which are the same page, which belong to the site, which lead nowhere."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

# A site links to the same addresses from every page: what was found out about one of them is kept.

LONGEST = 900
"""A longer address is a trap or a search result."""

TRACKING = re.compile(
    r"(?i)^(utm_\w+|mtm_\w+|pk_\w+|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|ttclid|twclid|igshid|igsh|"
    r"mc_[ce]id|_ga|_gl|_hsenc|_hsmi|hsctatracking|vero_\w+|oly_\w+|srsltid|epik|rb_clickid|s_cid|ref_src)$"
)
SESSION = re.compile(
    r"(?i)^(phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id|sid|cfid|cftoken|zenid|oscsid)$"
)
FILES = re.compile(
    r"(?i)\.(jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|heic|mp[34]|m4[av]|webm|mov|avi|wmv|mkv|ogg|wav|flac|zip|gz|tgz|"
    r"bz2|xz|7z|rar|tar|exe|msi|dmg|pkg|deb|rpm|apk|iso|css|js|mjs|map|json|xml|rss|atom|ics|vcf|woff2?|ttf|eot|otf|"
    r"xls|ppt|docm?|odt|ods|odp|psd|ai|eps|bin|swf|wasm)$"
)
ACTIONS = re.compile(
    r"(?i)(^|/)(log-?in|log-?out|sign-?in|sign-?out|sign-?up|register|cart|basket|checkout|wp-admin|wp-login\.php|"
    r"xmlrpc\.php|cdn-cgi|add-to-cart)(/|$)"
)
ACTION_QUERY = re.compile(r"(?i)(^|&)(add-to-cart|add_to_cart|replytocom|share|action|logout|print)=")


@lru_cache(maxsize=20_000)
def normalised(url):
    """The one spelling of an address: no fragment, no session, no tracking, no needless escape. None for nonsense."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError):
        return None
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not host or parts.username or parts.password:
        return None
    host = f"[{host}]" if ":" in host else host
    if port and port != {"http": 80, "https": 443}[scheme]:
        host = f"{host}:{port}"
    path = re.sub(r"(?i);jsessionid=[^/?;]*", "", parts.path) or "/"
    path = _escaped(_without_dots(path if path.startswith("/") else f"/{path}"))
    kept = [
        piece
        for piece in parts.query.split("&")
        if piece
        and not TRACKING.match(key := piece.split("=")[0])
        and not (SESSION.match(key) and len(piece) > 12)
    ]
    return urlunsplit((scheme, host, path, _escaped("&".join(kept)), ""))


def _escaped(text):
    """Percent signs as RFC 3986 wants them: none where none is needed, capital letters where one is."""

    def unescape(match):
        letter = chr(int(match[1], 16))
        return letter if re.match(r"[A-Za-z0-9\-._~]", letter) else match[0].upper()

    text = re.sub(r"%([0-9a-fA-F]{2})", unescape, text)
    text = re.sub(r"%(?![0-9A-F]{2})", "%25", text)
    return quote(text, safe="/:@!$&'()*+,;=~%-._?", errors="surrogatepass")


@lru_cache(maxsize=20_000)
def key_of(url):
    """The same for http and https, with www and without, with a slash at the end or without, as an index page."""
    parts = urlsplit(url)
    path = re.sub(r"/(index|default)\.(html?|php|aspx?)$", "/", parts.path).rstrip("/")
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return host_of(url) + (path or "/") + (f"?{query}" if query else "")


@lru_cache(maxsize=20_000)
def host_of(url):
    """The site's name: the host without www, with its port where that is unusual."""
    return urlsplit(url).netloc.lower().removeprefix("www.")


def root_of(url):
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def folder_of(url):
    """The folder that the start page lies in: what is below it is read first."""
    path = urlsplit(url).path
    return path if path.endswith("/") else path.rsplit("/", 1)[0] + "/"


def is_sitemap(url):
    """True for the address of a list of pages."""
    return urlsplit(url).path.lower().endswith((".xml", ".gz", ".txt"))


@lru_cache(maxsize=20_000)
def may_be_page(url):
    """False for what is a file, a sign-in or a basket by its very address."""
    parts = urlsplit(url)
    return (
        len(url) <= LONGEST
        and not FILES.search(parts.path)
        and not ACTIONS.search(parts.path)
        and not ACTION_QUERY.search(parts.query)
        and not goes_in_circles(parts.path)
    )


def is_wanted(url, config):
    """True for what may be a page and what the owner's patterns let through."""
    if not may_be_page(url) or (config["include"] and not fits(url, config["include"])):
        return False
    return not fits(url, config["exclude"])


def goes_in_circles(path):
    """True for paths that only a broken relative link makes: very deep, or the same folder again and again."""
    steps = [step for step in path.split("/") if step]
    if len(steps) > 14:
        return True
    return any(steps.count(step) > (2 if len(step) > 1 else 4) for step in steps)


@lru_cache(maxsize=20_000)
def shape_of(url):
    """The address with its numbers taken out: pages of one shape are made by one program."""
    parts = urlsplit(url)
    path = re.sub(r"\d+", "#", parts.path)
    names = sorted({key for key, _value in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{host_of(url)}{path}" + (f"?{'&'.join(names)}" if names else "")


@lru_cache(maxsize=20_000)
def is_dated(url):
    """True when the address holds a month or a day, as calendars have them."""
    parts = urlsplit(url)
    text = f"{parts.path}?{parts.query}"
    return bool(re.search(r"(?<!\d)(19|20|21)\d\d[-/_.]?(0?[1-9]|1[0-2])(?!\d{3})", text)) or bool(
        re.search(r"(?i)\b(month|year|week|date|day|from|start)=[\d-]+", parts.query)
    )


def fits(url, patterns):
    """True when a pattern fits: a piece of the address, with ``*`` for anything."""
    path = unquote(urlsplit(url).path + (f"?{urlsplit(url).query}" if urlsplit(url).query else ""))
    whole = unquote(url)
    for pattern in patterns:
        text = whole if "://" in pattern else path
        expression = ".*".join(re.escape(piece) for piece in pattern.split("*"))
        if re.match(expression, text) if pattern.startswith(("/", "http")) else re.search(expression, text):
            return True
    return False


def _without_dots(path):
    if "/." not in path:
        return path
    steps = []
    for step in path.split("/"):
        if step == "..":
            if len(steps) > 1:
                steps.pop()
        elif step != ".":
            steps.append(step)
    end = "/" if path.endswith(("/.", "/..", "/")) and steps[-1:] != [""] else ""
    return "/".join(steps) + end or "/"
