"""Does a page of the owner carry the snippet? Looked at from here, said in words."""

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from berrydesk.http import fetching
from berrydesk.http.errors import FetchError

LIMIT_BYTES = 3 * 1024 * 1024
TIME_S = 15


@dataclass(frozen=True)
class Look:
    """``state`` is found, missing, wrong_agent, blocked or unreachable; the words say what to do."""

    state: str
    message: str
    remedy: str = ""
    url: str = ""


def look_at(agent, url):
    """What the page at ``url`` does with the agent's snippet. Reads its HTML as it is delivered.

    A page that adds the snippet by script (a tag manager) looks like one without it; the words say so.
    """
    url = url.strip() if "://" in url else f"https://{url.strip()}"
    try:
        page = fetching.fetch(url, limit_bytes=LIMIT_BYTES, time_s=TIME_S, accept="text/html")
    except FetchError as problem:
        return Look("unreachable", problem.message, problem.remedy, url)
    reader = _Reader()
    reader.feed(_text(page))
    ours = [agent_id for source, agent_id in reader.snippets if _is_ours(page.url, source)]
    if not ours:
        return _missing(page.url)
    if agent.public_id not in ours:
        return Look(
            "wrong_agent",
            _("The page carries a Berrydesk snippet, but of another agent ({ids}).").format(
                ids=", ".join(ours)
            ),
            _("Replace it by the snippet of {name}.").format(name=agent.name),
            page.url,
        )
    policies = [page.headers.get("content-security-policy", ""), *reader.policies]
    lacking = [need for policy in policies for need in _lacking(policy)]
    return _blocked(lacking, page.url) if lacking else Look(
        "found", _("The snippet of {name} is on this page.").format(name=agent.name), "", page.url
    )  # fmt: skip


def _missing(url):
    return Look(
        "missing",
        _("The page answers, but its HTML does not contain the snippet."),
        _(
            "Paste the snippet before </body> and publish the page. If a tag manager adds it, open the page once "
            "and press the chat: it is then seen here."
        ),
        url,
    )


def _blocked(lacking, url):
    needs = "; ".join(dict.fromkeys(f"{name} {_base()}" for name in lacking))
    return Look(
        "blocked",
        _("The snippet is on the page, but the page's Content-Security-Policy does not let it run."),
        _("Add to the policy: {needs}").format(needs=needs),
        url,
    )


def _base():
    return "{0.scheme}://{0.netloc}".format(urlsplit(settings.BASE_URL))


def _text(page):
    """The page's HTML; a charset that nobody knows is read as UTF-8."""
    try:
        return page.body.decode(page.charset or "utf-8", errors="replace")
    except LookupError:
        return page.body.decode("utf-8", errors="replace")


def _is_ours(page_url, source):
    try:
        there, here = urlsplit(urljoin(page_url, source)), urlsplit(settings.BASE_URL)
    except ValueError:  # an address that is none, such as http://[
        return False
    return there.path == "/widget.js" and there.netloc == here.netloc


def _lacking(policy):
    """The directives of a policy that keep the widget from running. Nothing for no policy.

    A header may join several policies by commas: each must allow us.
    """
    for one in policy.split(","):
        rules = {}
        for rule in filter(None, (part.split() for part in one.split(";"))):
            rules.setdefault(rule[0].lower(), rule[1:])  # the first of a name counts, as in browsers
        for name, falls_back in (
            ("script-src", ("script-src-elem", "script-src")),
            ("connect-src", ("connect-src",)),
        ):
            sources = next((rules[key] for key in (*falls_back, "default-src") if key in rules), None)
            if sources is not None and not any(_allows(source.lower()) for source in sources):
                yield name


def _allows(source):
    """True when one source of a policy lets our address in. A nonce may be on the tag: believed."""
    here = urlsplit(settings.BASE_URL)
    if source in ("*", f"{here.scheme}:") or source.startswith(("'nonce-", "'strict-dynamic'")):
        return True
    scheme, _sep, rest = source.rpartition("://")
    host = rest.partition("/")[0]
    if scheme and scheme != here.scheme and not (scheme == "http" and here.scheme == "https"):
        return False
    if host.startswith("*."):
        return (here.hostname or "").endswith(host[1:].partition(":")[0])
    return host in (here.netloc, f"{here.hostname}:*") or (
        ":" not in host and here.port is None and host == here.hostname
    )


class _Reader(HTMLParser):
    """Finds snippets (source, agent id) and policies in <meta>."""

    def __init__(self):
        super().__init__()
        self.snippets = []
        self.policies = []

    def handle_starttag(self, tag, attrs):
        facts = {name: value or "" for name, value in attrs}
        if tag == "script" and facts.get("src") and "data-agent" in facts:
            self.snippets.append((facts["src"].strip(), facts["data-agent"]))
        elif tag == "meta" and facts.get("http-equiv", "").lower() == "content-security-policy":
            self.policies.append(facts.get("content", ""))
