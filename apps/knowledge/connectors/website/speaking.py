"""Whether a site whose owner typed no scheme speaks https, or only http."""

from apps.knowledge.connectors.website import addressing
from berrydesk.http import errors as http_errors

LOOK_S = 4
LIMIT_BYTES = 1024 * 1024
ANSWERED = (http_errors.BadStatus, http_errors.AnswerTooLarge, http_errors.TooManyRedirects)
SPEAKS_NOT = (http_errors.NoTls, http_errors.ConnectionRefused)
"""A certificate that is not valid is none of them: whoever shows one speaks https, and is not asked over http."""


def settled(fetcher, config):
    """``config`` with the address as the site speaks; unchanged where none was guessed or nothing can be told now.

    A site whose plain http leads to its own https speaks https, though it failed just now. Who typed https:// means it: nothing is guessed there.
    """
    if not config.get("guessed"):
        return config
    kept = without_guess(config)
    speaks = _speaks(fetcher, kept["url"])
    if speaks is None:
        return config
    if speaks:
        return kept
    plain = as_http(kept)
    passed = []
    speaks_plain = _speaks(fetcher, plain["url"], passed)
    own = addressing.root_of(kept["url"]).lower()
    leads_to_own_https = any(addressing.root_of(one).lower() == own for one in passed)
    return plain if speaks_plain and not leads_to_own_https else config


def without_guess(config):
    return {name: value for name, value in config.items() if name != "guessed"}


def as_http(config):
    """The same site over http."""
    return {**config, "url": f"http://{config['url'].removeprefix('https://')}"}


def _speaks(fetcher, url, passed=None):
    """True when a server answers there, False when it does not speak like that, None when that cannot be told.

    ``passed``: a list to which the addresses are added that it sends on to.
    """
    passed = [] if passed is None else passed
    try:
        fetcher.fetch(
            f"{addressing.root_of(url)}/robots.txt",
            limit_bytes=LIMIT_BYTES,
            time_s=LOOK_S,
            on_redirect=passed.append,
        )
    except ANSWERED:
        return True
    except SPEAKS_NOT:
        return bool(passed)  # who sends us on did answer
    except http_errors.FetchError:
        return None
    return True
