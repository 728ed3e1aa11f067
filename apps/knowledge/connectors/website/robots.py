"""What a site wishes of robots: robots.txt as RFC 9309 has it, read as leniently as the large crawlers read it."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from apps.knowledge.errors import RobotsUnknown
from berrydesk.http import errors as http_errors

AGENT = "berrydesk"
MOST_BYTES = 512 * 1024
"""RFC 9309 asks for 500 KiB at least."""

_MISSPELLED = {"dissallow", "dissalow", "disalow", "diasllow", "disallaw"}
_AGENT_KEYS = {"user-agent", "useragent", "user agent"}


@dataclass
class Group:
    """The rules for one user agent: (allow, pattern)."""

    rules: list = field(default_factory=list)
    delay_s: float | None = None


@dataclass
class Robots:
    """The rules that hold for Berrydesk, and the sitemaps that the site names."""

    group: Group = field(default_factory=Group)
    sitemaps: list = field(default_factory=list)

    def allows(self, url):
        """True when the page may be read. The longest matching rule wins; of equals the one that allows."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if path == "/robots.txt":
            return True
        best = {True: 0, False: 0}
        for allow, pattern in self.group.rules:
            if len(pattern) > best[allow] and matches(path, pattern):
                best[allow] = len(pattern)
        return best[False] <= best[True]


def fetch(fetcher, root):
    """The ``Robots`` of the site at ``root``. Raises RobotsUnknown when the site cannot say (5xx, time-out)."""
    host = urlsplit(root).netloc
    try:
        answer = fetcher.fetch(f"{root}/robots.txt", limit_bytes=8 * MOST_BYTES, time_s=15)
    except http_errors.TooManyRequests as error:
        raise RobotsUnknown(host=host) from error
    except http_errors.BadStatus as error:
        if error.status >= 500:
            raise RobotsUnknown(host=host) from error
        return Robots()  # a site without rules allows everything
    except (http_errors.TookTooLong, http_errors.BrokenAnswer) as error:
        raise RobotsUnknown(host=host) from error
    except (http_errors.TooManyRedirects, http_errors.AnswerTooLarge, http_errors.NotAWebAddress):
        return Robots()  # RFC 9309: as if there were none
    return parse(answer.body[:MOST_BYTES].decode("utf-8", "replace"))


def parse(text, agent=AGENT):
    """The rules of a robots.txt for one user agent."""
    groups, sitemaps, current, begun = {}, [], [], False
    for line in re.split(r"\r\n|\r|\n", text.lstrip("\ufeff")):
        key, value = _directive(line)
        if key in _AGENT_KEYS:
            if begun:
                current, begun = [], False
            current.append(groups.setdefault(_agent(value), Group()))
        elif key in ("allow", "disallow"):
            begun = True
            if value:
                for group in current:
                    group.rules += [(key == "allow", pattern) for pattern in _patterns(value, key)]
        elif key == "crawl-delay":
            for group in current:
                group.delay_s = _seconds(value) if group.delay_s is None else group.delay_s
        elif key == "sitemap" and value:
            sitemaps.append(value)
    return Robots(group=groups.get(agent.lower()) or groups.get("*") or Group(), sitemaps=sitemaps)


def matches(path, pattern):
    """True when the pattern fits the beginning of the path; ``*`` is anything, a last ``$`` the end.

    Linear in both, whatever stars a hostile file holds.
    """
    anchored = pattern.endswith("$")
    pieces = (pattern[:-1] if anchored else pattern).split("*")
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    if len(pieces) == 1:
        return not anchored or at == len(path)
    for piece in pieces[1:-1]:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if anchored:
        return len(path) - len(pieces[-1]) >= at and path.endswith(pieces[-1])
    return path.find(pieces[-1], at) >= 0


def _directive(line):
    line = line.split("#", 1)[0].strip()
    if ":" in line:
        key, value = line.split(":", 1)
    else:
        words = line.split()
        if len(words) != 2:
            return "", ""
        key, value = words
    key = key.strip().lower()
    return ("disallow" if key in _MISSPELLED else key), value.strip()


def _agent(value):
    """The product token: "FooBot/1.2" is "foobot", "* anything" is "*"."""
    if value.startswith("*") and (len(value) == 1 or value[1].isspace()):
        return "*"
    product = re.match(r"[A-Za-z_-]*", value)
    return product[0].lower() if product else ""


def _patterns(value, key):
    """The rule with its letters escaped as URLs have them; an index page also stands for its folder."""
    value = re.sub(r"[^\x21-\x7e]", lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), value)
    value = re.sub(r"%[0-9a-fA-F]{2}", lambda m: m[0].upper(), value)
    yield value
    index = re.search(r"/(index\.html?)$", value)
    if key == "allow" and index:
        yield value[: index.start() + 1] + "$"


def _seconds(value):
    try:
        return max(0.0, float(value.replace(",", ".")))
    except ValueError:
        return None
