"""The running product from outside: start, memory, ingest, search, first words, streams and their connections."""

import concurrent.futures
import json
import random
import time
import urllib.request

import psutil

from tests.benchmarks.tables import percentile, show
from tests.runs.live import Live

DOCUMENTS = 10_000
STREAMS = 60
WORDS = [
    "parcel",
    "return",
    "boot",
    "jacket",
    "order",
    "refund",
    "size",
    "zip",
    "repair",
    "label",
    "invoice",
    "account",
    "password",
    "delivery",
    "shop",
    "address",
    "payment",
    "card",
    "voucher",
    "warranty",
    "exchange",
    "stock",
    "colour",
    "material",
    "tent",
    "rope",
    "stove",
    "lamp",
    "battery",
    "filter",
    "strap",
    "sole",
    "lace",
    "hood",
    "pocket",
    "seam",
    "wax",
    "wash",
    "dry",
    "fold",
    "store",
    "carry",
    "wear",
    "rent",
    "lend",
    "buy",
    "sell",
    "ship",
    "track",
    "cancel",
    "change",
    "confirm",
    "book",
    "reserve",
    "visit",
    "call",
    "write",
    "ask",
    "answer",
    "help",
    "wait",
    "open",
    "close",
    "begin",
    "end",
    "morning",
    "evening",
    "monday",
    "friday",
    "winter",
    "summer",
]


def main():
    """Start a Berrydesk in a home of its own and measure it."""
    with Live() as live:
        live.stop()
        began = time.monotonic()
        live.start()
        warm_s = time.monotonic() - began
        time.sleep(5)  # what is loaded after the start counts as idle memory too
        rss, pss = _memory(live)
        figures = [
            ("warm start to ready", f"{warm_s:.1f} s"),
            ("idle memory, sum of RSS", f"{rss} MB"),
            ("idle memory, PSS (shared pages once)", f"{pss} MB"),
        ]
        show("The embedded run", ("what", "figure"), figures)
        shop = Shop(live, live.token(live.found()))
        _ingest(shop)
        _speed(shop)
        _streams(live, shop)


class Shop:
    """One workspace with one agent, reached over the API."""

    def __init__(self, live, token):
        self.url, self.token = live.url + "/api/v1", token
        self.agent = json.load(self.call("/agents", {"name": "Bench"}))["id"]

    def call(self, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        return urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers), timeout=300)

    def first_words_ms(self, question):
        began = time.monotonic()
        with self.call(f"/agents/{self.agent}/chat", {"message": question, "stream": True}) as stream:
            for line in stream:
                if line.startswith(b"event: delta"):
                    took = (time.monotonic() - began) * 1000
                    stream.read()
                    return took
        raise AssertionError("the stream ended without a word")


def _text(number):
    chance = random.Random(number)
    sentences = [" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(8)]
    return f"Article {number} is about item{number}. " + " ".join(sentences)


def _ingest(shop):
    began = time.monotonic()
    for start in range(0, DOCUMENTS, 1000):
        batch = [
            {"external_id": f"d{n}", "title": f"Article {n}", "text": _text(n)}
            for n in range(start, start + 1000)
        ]
        shop.call(f"/agents/{shop.agent}/documents:batch", {"documents": batch}).read()
    took = time.monotonic() - began
    show(
        "Learning",
        ("documents", "seconds", "a second"),
        [(DOCUMENTS, f"{took:.1f}", f"{DOCUMENTS / took:.0f}")],
    )


def _speed(shop):
    alive = []
    for _ in range(30):
        began = time.monotonic()
        shop.call("/agents").read()
        alive.append((time.monotonic() - began) * 1000)
    search, words = [], []
    for n in range(30):
        began = time.monotonic()
        shop.call(f"/agents/{shop.agent}/search", {"query": f"What is item{n * 7} about?", "limit": 5}).read()
        search.append((time.monotonic() - began) * 1000)
        words.append(shop.first_words_ms(f"What is article {n * 11} about, item{n * 11}?"))
    with concurrent.futures.ThreadPoolExecutor(10) as ten:
        at_once = list(ten.map(lambda n: shop.first_words_ms(f"What is item{n}?"), range(40)))
    base = percentile(alive, 0.5)
    show(
        f"Speed with {DOCUMENTS} passages, milliseconds; baseline: a list call of the same server",
        ("what", "median", "p95", "median to baseline"),
        [
            (
                name,
                f"{percentile(v, 0.5):.0f}",
                f"{percentile(v, 0.95):.0f}",
                f"{percentile(v, 0.5) / base:.1f}",
            )
            for name, v in (
                ("list call", alive),
                ("search", search),
                ("first words, one chat", words),
                ("first words, ten chats at once", at_once),
            )
        ],
    )


def _streams(live, shop):
    opened = json.load(shop.call(f"/agents/{shop.agent}/chat", {"message": "human please"}))
    path = f"/conversations/{opened['conversation_id']}/events?after=0"
    streams = [shop.call(path) for _ in range(STREAMS)]
    for stream in streams:
        stream.readline()
    time.sleep(2)
    held = sum("berrydesk_app" in " ".join(p.cmdline()) for p in _database(live))
    for stream in streams:
        stream.close()
    show("Open streams", ("streams", "database connections of the whole run"), [(STREAMS, held)])


def _database(live):
    pid = int((live.home / "postgres" / "postmaster.pid").read_text().split()[0])
    return psutil.Process(pid).children(recursive=True)


def _memory(live):
    run = psutil.Process(live.process.pid)
    whole = {run, *run.children(recursive=True), *_database(live)}
    infos = [p.memory_full_info() for p in whole]
    return sum(i.rss for i in infos) // 2**20, sum(i.pss for i in infos) // 2**20
