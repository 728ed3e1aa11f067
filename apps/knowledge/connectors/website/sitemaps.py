"""The pages that a site lists itself."""

import time

from apps.knowledge import errors
from berrydesk.http.errors import FetchError

MOST_SITEMAPS = 60
"""Read of one index; each may list 50,000 pages."""
MOST_BYTES = 50 * 1024 * 1024
MOST_S = 600
"""For all of them: well below the limit of the task that reads them."""


def pages(bench, addresses, *, enough, before_each=lambda: None, within_s=MOST_S):
    """Addresses that the sitemaps list, in order, at most ``enough`` of them; and the first problem, if any.

    ``before_each`` waits as the site wishes. A broken one among several costs only its own pages.
    """
    waiting, seen, found, problem = list(addresses), set(), {}, None
    ends_at = time.monotonic() + within_s
    while waiting and len(seen) < MOST_SITEMAPS and len(found) < enough and time.monotonic() < ends_at:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        try:
            before_each()
            left_s = min(60, max(1, ends_at - time.monotonic()))
            answer = bench.fetcher.fetch(address, limit_bytes=MOST_BYTES, time_s=left_s)
            about = bench.parser.sitemap(answer.body, url=address).about
        except (FetchError, errors.Unreadable) as error:
            problem = problem or error
            continue
        found |= dict.fromkeys(about["urls"])
        waiting += about["sitemaps"]
    return list(found)[:enough], problem
