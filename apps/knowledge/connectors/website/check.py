"""Is what the owner typed the address of a site, and are the choices about it possible?"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from apps.knowledge.connectors.website import addressing, speaking
from apps.knowledge.errors import InvalidConfig
from berrydesk.http import addresses
from berrydesk.http.errors import FetchError

MODES = ("page", "sitemap", "crawl")
PAGES = 200
MOST_PAGES = 10_000
MOST_PATTERNS = 50
LIMITS = ("max_pages", "include", "exclude")
"""What an owner may change about a site that was added."""


def cleaned(config):
    """``{url, mode, include, exclude, max_pages}`` and a name. Raises InvalidConfig, field by field."""
    errors = {}
    url = _address(config.get("url"), errors)
    mode = config.get("mode") or (
        "sitemap" if re.search(r"(?i)\.xml(\.gz)?$", urlsplit(url).path) else "crawl"
    )
    if mode not in MODES:
        errors["mode"] = _("Choose one of: page, sitemap, crawl.")
    include = _patterns(config.get("include"), "include", url, errors)
    exclude = _patterns(config.get("exclude"), "exclude", url, errors)
    if everything := [pattern for pattern in exclude if not pattern.strip("/*")]:
        errors["exclude"] = _("%(pattern)s would leave out every page.") % {"pattern": everything[0]}
    pages = config.get("max_pages")
    pages = PAGES if pages in (None, "") else pages
    if isinstance(pages, str) and pages.strip().isdigit():
        pages = int(pages)
    if not isinstance(pages, int) or isinstance(pages, bool) or not 1 <= pages <= MOST_PAGES:
        errors["max_pages"] = _("A whole number from 1 to %(most)s.") % {"most": f"{MOST_PAGES:,}"}
    if errors:
        raise InvalidConfig(errors)
    kept = {"url": url, "mode": mode, "include": include, "exclude": exclude, "max_pages": pages}
    if not _has_scheme(config["url"]):
        kept["guessed"] = True
    return kept, _name(url, mode)


def limited(config, limits):
    """``config`` with those of its LIMITS that ``limits`` names. Raises InvalidConfig, field by field."""
    unknown = sorted(set(limits) - set(LIMITS))
    if unknown:
        raise InvalidConfig(
            {name: _("Only %(known)s can be changed.") % {"known": ", ".join(LIMITS)} for name in unknown}
        )
    kept = cleaned({**config, **limits})[0]
    return {**kept, "guessed": True} if config.get("guessed") else kept


def spellings(config):
    """Every config that may stand for the same source: a guessed scheme is none any more once the site was read."""
    if not config.get("guessed"):
        return [config, {**config, "guessed": True}]
    kept = speaking.without_guess(config)
    return [config, kept, speaking.as_http(kept)]


def _has_scheme(typed):
    return re.match(r"(?i)[a-z][a-z0-9+.\-]*://", typed.strip()) is not None


def _address(typed, errors):
    """The address with its beginning filled in; an error at the field ``url`` when it cannot be one."""
    if not isinstance(typed, str) or not typed.strip():
        errors["url"] = _("Type the address of your site, for example https://shop.example.")
        return ""
    typed = typed.strip()
    if not _has_scheme(typed):
        typed = f"https://{typed.lstrip('/')}"
    try:
        target = addresses.check_spelling(typed, addresses.Allowance(settings.BERRYDESK_FETCH_ALLOW))
    except FetchError as error:
        errors["url"] = f"{error.message} {error.remedy}"
        return ""
    if "." not in target.host and ":" not in target.host and not _is_allowed(target):
        errors["url"] = _("%(host)s is not a complete address; it should end like .com.") % {
            "host": target.host
        }
        return ""
    return addressing.normalised(typed) or typed


def _is_allowed(target):
    return target.host == "localhost" or addresses.Allowance(settings.BERRYDESK_FETCH_ALLOW).names(target)


def _patterns(typed, field, url, errors):
    """A list of patterns, from a list or from lines of text; the site's own name before a path is left out."""
    if typed is None or typed == "":
        return []
    if isinstance(typed, str):
        typed = typed.splitlines()
    if not isinstance(typed, list) or not all(isinstance(p, str) for p in typed):
        errors[field] = _("One pattern a line, for example /help/*.")
        return []
    kept = [p.strip() for p in typed if p.strip()]
    if len(kept) > MOST_PATTERNS or any(len(p) > 300 or p.count("*") > 5 for p in kept):
        errors[field] = _(
            "At most %(most)s patterns, each shorter than 300 characters and with at most 5 stars."
        ) % {"most": MOST_PATTERNS}
        return []
    own = re.compile(rf"(?i)(https?://)?(www\.)?{re.escape(addressing.host_of(url))}(?=/|$)") if url else None
    kept = [own.sub("", p, count=1) or "/" if own and own.match(p) else p for p in kept]
    for pattern in kept:
        if re.search(r"\s", pattern):
            errors[field] = _("%(pattern)s has a space in it. Write one pattern a line.") % {
                "pattern": pattern
            }
        elif re.match(r"(?i)https?://", pattern) and "*" not in urlsplit(pattern).netloc:
            errors[field] = _("%(pattern)s is an address of another site.") % {"pattern": pattern}
    return kept


def _name(url, mode):
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    name = parts.netloc.removeprefix("www.")
    return (name + path if mode != "crawl" or path else name)[:200]
