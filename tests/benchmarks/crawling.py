"""A site of 1,000 pages on loopback: how long until it is searchable, and what reading it again costs."""

import itertools
import json
import os
import statistics
import time
import urllib.request

import psutil

from tests.benchmarks.tables import show
from tests.peers.site import Site
from tests.runs.live import Live

PAGES = 1000
LINKS = 30
"""On each page, as menus have them."""


def main():
    """Learn the site through the product, then read it again unchanged, then with one page changed."""
    with Site(validators=("etag",)) as site, Live(BERRYDESK_FETCH_ALLOW="127.0.0.1") as live:
        _build(site)
        call = _caller(live)
        agent = call("/agents", {"name": "Bench"})["id"]
        body = {"kind": "website", "config": {"url": site.url, "max_pages": PAGES + 1}}
        began = time.monotonic()
        source = call(f"/agents/{agent}/sources", body)
        rows = [_row("first sync", _wait(call, agent, source["id"]), began, live)]
        for name, change in (("again, unchanged", None), ("again, one page changed", 77)):
            if change is not None:
                site.put_page(
                    f"/p{change}",
                    f"Article {change}",
                    text=_text(change, "has new words now"),
                    links=_links(change),
                )
            began = time.monotonic()
            call(f"/agents/{agent}/sources/{source['id']}/sync", {})
            rows.append(_row(name, _wait(call, agent, source["id"]), began, live))
        names = (
            "what",
            "seconds",
            "learned",
            "as before",
            "first page after, s",
            "then longest without news, s",
        )
        show(
            f"A site of {PAGES} pages, on loopback, without waiting between pages",
            (*names, "CPU so far, s", "median load"),
            rows,
        )


def _build(site):
    site.put_page("/", "Home", links=[f"/p{n}" for n in range(0, PAGES, 40)])
    for n in range(PAGES):
        site.put_page(f"/p{n}", f"Article {n}", text=_text(n, "is here to be read"), links=_links(n))


def _links(n):
    return [f"/p{(n + step) % PAGES}" for step in range(1, LINKS + 1)]


def _text(n, words):
    sentences = (
        f"Item {n * 31 + k} {words}, costs {n + k} euros and is sent on day {k + 1}." for k in range(40)
    )
    return f"This is article {n}. " + " ".join(sentences)


def _caller(live):
    token = live.token(live.found())

    def call(path, body=None):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{live.url}/api/v1{path}", data, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    return call


def _wait(call, agent, source_id):
    """The source when it was read, the moments at which its numbers were seen to change, and the load meanwhile."""
    loads, numbers, moments = [], (0, 0), [time.monotonic()]
    while True:
        source = call(f"/agents/{agent}/sources/{source_id}")
        loads.append(os.getloadavg()[0])
        found = (source["documents"], source["skipped"])
        if found != numbers:
            numbers = found
            moments.append(time.monotonic())
        if source["status"] not in ("queued", "syncing"):
            return source, moments, statistics.median(loads)
        time.sleep(0.2)


def _row(name, waited, began, live):
    source, moments, load = waited
    took = time.monotonic() - began
    share = source["unchanged"] / max(1, source["documents"])
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    processes = [live.process, *psutil.Process(live.process.pid).children(recursive=True)]
    spent = sum(sum(psutil.Process(p.pid).cpu_times()[:2]) for p in processes if psutil.pid_exists(p.pid))
    figures = (f"{took:.1f}", source["documents"], f"{share:.1%}", f"{gaps[0]:.1f}", f"{max(gaps[1:]):.1f}")
    return (name, *figures, f"{spent:.0f}", f"{load:.1f}")


if __name__ == "__main__":
    main()
