"""What Notion and its clients' makers recorded, in three of its versions, is read without a crash or a loss."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from apps.connections.models import Connection
from apps.knowledge.connectors.notion import blocks, client, listing, properties, rich_text
from berrydesk.errors import OwnerError
from tests.conftest import DATA

FILES = sorted((DATA / "wire" / "notion").glob("*/*.json"))
RECORDINGS = [path for path in FILES if path.parent.name.startswith("api-")]
_WORDS = re.compile(r"\w+")


def _read(path):
    return json.loads(path.read_text(encoding="utf-8-sig"))


def _things(value):
    """Every object in a payload that Notion gives a kind."""
    if isinstance(value, dict):
        if value.get("object") in ("page", "block", "database", "data_source") or "properties" in value:
            yield value
        for one in value.values():
            yield from _things(one)
    elif isinstance(value, list):
        for one in value:
            yield from _things(one)


def _name(path):
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_whatever_was_recorded_is_read(path):
    for thing in _things(_read(path)):
        if thing.get("object") == "block":
            found = blocks.read("page", lambda _id, one=thing: [{**one, "has_children": False}])
            body = thing.get(thing.get("type")) or {}
            items = (body.get("rich_text") or ()) if isinstance(body, dict) else ()
            said = " ".join(rich_text.plain([item]) for item in items)
            if not thing.get("in_trash") and not thing.get("archived"):
                assert set(_WORDS.findall(said)) <= set(_WORDS.findall(found.text))
        else:
            listing.about_of(thing)
            listing.formats_of(thing)
            assert rich_text.title_of(thing) is not None
            for name, _id, kind, words, _value, _more in properties.fields(thing):
                assert name and kind and words


def test_a_page_of_an_old_client_is_read_to_its_last_property():
    page = next(iter(_things(_read(DATA / "wire" / "notion" / "notion-sdk-jvm" / "PagesTest.json"))))
    told = {name: words for name, _id, _kind, words, _value, _more in properties.fields(page)}
    assert rich_text.title_of(page) == "Fix a bug"
    assert told["Velocity Points"] == "3" and told["Severity"] == "High" and told["Done"] == "Yes"
    assert told["Due"] == "2021-05-13 – 2021-12-31" and told["Rollup Array"] == "Gamba intermezzo"


class _Replay:
    """A server that answers as it was recorded, each exchange in its turn."""

    def __init__(self, exchanges):
        self.answers = {}
        for exchange in exchanges:
            asked = exchange["request"]
            key = (asked["method"], urlsplit(asked["url"]).path)
            self.answers.setdefault(key, []).append(exchange["response"])
        replay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                queue = replay.answers[(self.command, urlsplit(self.path).path)]
                answer = queue.pop(0) if len(queue) > 1 else queue[0]
                body = answer["body"]
                data = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(answer["status"])
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = _any

            def log_message(self, *_ignored):
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


def _question(notion, method, address):
    """The question of ours that a recorded request is, or None."""
    parts = urlsplit(address)
    path = parts.path.removeprefix("/v1/").split("/")
    cursor = parse_qs(parts.query).get("start_cursor", [None])[0]
    if (method, path) == ("POST", ["search"]):
        return lambda: notion.search(query="x")
    if method == "POST" and path[0] == "data_sources" and path[-1] == "query":
        return lambda: notion.rows(path[1])
    if method != "GET":
        return None
    if path == ["users", "me"]:
        return notion.me
    if path[0] == "blocks" and path[-1] == "children":
        return lambda: notion.children(path[1], cursor)
    if path[0] == "pages" and len(path) == 4:
        return lambda: notion.property_items(path[1], path[3])
    one = {"pages": notion.page, "blocks": notion.block, "databases": notion.database}
    one["data_sources"] = notion.data_source
    return (lambda: one[path[0]](path[1])) if path[0] in one and len(path) == 2 else None


@pytest.mark.parametrize("path", RECORDINGS, ids=_name)
def test_recorded_answers_come_through_the_client_as_they_are(path, settings):
    exchanges = _read(path)
    replay = _Replay(exchanges)
    settings.BERRYDESK_SERVICE_URLS = {"notion": replay.url}
    try:
        with client.Notion(Connection(secrets={"access_token": "secret"})) as notion:
            for exchange in exchanges:
                ask = _question(notion, exchange["request"]["method"], exchange["request"]["url"])
                if ask is None:
                    continue
                if exchange["response"]["status"] >= 400:
                    with pytest.raises(OwnerError) as problem:
                        ask()
                    assert problem.value.message and problem.value.remedy
                else:
                    assert ask() in [one["body"] for one in _answers_to(exchanges, exchange)]
    finally:
        replay.server.shutdown()
        replay.server.server_close()


def _answers_to(exchanges, asked):
    path = urlsplit(asked["request"]["url"]).path
    return [one["response"] for one in exchanges if urlsplit(one["request"]["url"]).path == path]
