"""Notion over loopback, version 2025-09-03, written from its public reference: pages, blocks, data sources, search,
OAuth, and its ways of saying no. A test puts things there, changes them, shares them and takes them away.

``asked`` remembers who asked for what. Times are Notion's: to the minute, by the peer's own clock ``now``.
"""

import hashlib
import hmac
import json
import secrets
import threading
import time
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

from tests.peers.notion_things import text, value

VERSIONS = ("2022-02-22", "2022-06-28", "2025-09-03")
TOKEN = "ntn_498321abcBerrydeskInternalToken"
CLIENT = ("1f8ad872-594c-80a4-b2f4-00370af2b13f", "secret_BerrydeskClientSecret")
LINK_S = 3600
MOST = 100


class Refusal(Exception):
    """An error body as Notion sends it."""

    def __init__(self, status, code, message, *, headers=None, **more):
        self.status, self.headers = status, headers or {}
        self.body = {"object": "error", "status": status, "code": code, "message": message, **more}
        super().__init__(code)


class Notion:
    """A running Notion. Use as a context manager; ``url`` stands for https://api.notion.com."""

    def __init__(self, *, now=None):
        self.now = now or datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
        self.things, self.below, self.files = {}, {}, {}
        self.shared, self.unindexed = set(), set()
        self.tokens = {TOKEN: "Berrydesk"}
        self.refresh_tokens, self.codes = {}, {}
        self.clients = {CLIENT[0]: CLIENT[1]}
        self.redirects = None  # a set: those registered with the integration
        self.gives_refresh_tokens, self.allows, self.may_read = True, True, True
        self.place = "231674b6-2cc1-46bc-b742-c5c9fe4b9c73"
        self.most_results, self.largest_page = 10_000, MOST
        self.asked, self.faults, self.before_each = [], [], None
        self.dead_links = 0  # so many of the next downloads find their link run out
        self._key = secrets.token_bytes(16)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_ignored):
        self._server.shutdown()
        self._server.server_close()

    # --- what people do in Notion

    def page(self, title, *blocks, parent=None, shared=False):
        """A page at the top of the workspace, or below another page or block. Returns its id."""
        where = {"type": "workspace", "workspace": True}
        if parent:
            kind = "page_id" if self.things[parent]["object"] == "page" else "block_id"
            where = {"type": kind, kind: parent}
        page = self._thing("page", parent=where, properties={"title": _title(title)})
        page["url"] = f"https://www.notion.so/{title.replace(' ', '-')}-{page['id'].replace('-', '')}"
        page["public_url"] = None
        if parent:
            self._link(parent, page["id"], "child_page", {"title": title})
        self.write(page["id"], *blocks)
        if shared:
            self.share(page["id"])
        return page["id"]

    def database(self, title, *, parent, columns=None):
        """A database with one data source; ``columns``: name → kind, or (kind, number format). Returns both ids."""
        database = self._thing("database", parent={"type": "page_id", "page_id": parent}, title=text(title))
        source = self._thing(
            "data_source",
            parent={"type": "database_id", "database_id": database["id"]},
            database_parent=database["parent"],
            title=text(title),
            properties={"Name": {"id": "title", "name": "Name", "type": "title", "title": {}}},
        )
        for name, kind in (columns or {}).items():
            kind, number_format = kind if isinstance(kind, tuple) else (kind, None)
            about = {"format": number_format} if number_format else {}
            source["properties"][name] = {"id": name[:4], "name": name, "type": kind, kind: about}
        database["data_sources"] = [{"id": source["id"], "name": title}]
        database["url"] = source["url"] = f"https://www.notion.so/{database['id'].replace('-', '')}"
        self._link(parent, database["id"], "child_database", {"title": title})
        return database["id"], source["id"]

    def row(self, source_id, title, *blocks, created=None, **properties):
        """A row of a data source. Returns its id."""
        source = self.things[source_id]
        where = {**source["parent"], "type": "data_source_id", "data_source_id": source_id}
        row = self._thing("page", parent=where, properties={"Name": _title(title)})
        for name, given in properties.items():
            column = source["properties"][name]
            kind = column["type"]
            row["properties"][name] = {"id": column["id"], "type": kind, kind: value(kind, given)}
        row["url"], row["public_url"] = f"https://www.notion.so/{row['id'].replace('-', '')}", None
        row["created_time"] = _moment(created or self.now)
        self.write(row["id"], *blocks)
        return row["id"]

    def write(self, parent, *blocks):
        """Blocks at the end of a page or of another block."""
        for made in blocks:
            kept = self._thing("block", made["id"], type=made["kind"], **{made["kind"]: made["body"]})
            kept["parent"] = {"type": "block_id", "block_id": parent}
            if self.things[parent]["object"] == "page":
                kept["parent"] = {"type": "page_id", "page_id": parent}
            if "data" in made:
                self.files[made["id"]] = (made["name"], made["data"])
            self.below.setdefault(parent, []).append(made["id"])
            self.write(made["id"], *made["children"])
        self._touch(parent)

    def change(self, block_id, words):
        """Somebody writes other words into a block; its page was edited by that."""
        one = self.things[block_id]
        one[one["type"]]["rich_text"] = text(words)
        self._touch(block_id)

    def set(self, page_id, **properties):
        """Somebody changes properties of a row."""
        for name, given in properties.items():
            about = self.things[page_id]["properties"][name]
            about[about["type"]] = value(about["type"], given)
        self._touch(page_id)

    def trash(self, thing_id):
        """To the bin, with all that is below."""
        self.things[thing_id]["in_trash"] = self.things[thing_id]["archived"] = True
        for ids in self.below.values():
            if thing_id in ids:
                ids.remove(thing_id)

    def share(self, thing_id):
        self.shared.add(thing_id)

    def unshare(self, thing_id):
        self.shared.discard(thing_id)

    def revoke(self):
        """The owner takes the integration's access away."""
        self.tokens.clear()
        self.refresh_tokens.clear()

    # --- what Notion does of itself

    def limit(self, *, retry_after, times=1, reason="per_connection", after=0, status=429, path=""):
        """The next answers, after so many good ones, are refusals for asking too much."""
        code = "rate_limited" if status == 429 else "service_overload"
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        more = {"additional_data": {"rate_limit_reason": reason}}
        self.faults.append(
            [after, times, path, Refusal(status, code, "You have been limited.", headers=headers, **more)]
        )

    def fail(self, *, status=500, times=1, after=0, path="", code="internal_server_error"):
        """The next answers below a path go wrong."""
        self.faults.append([after, times, path, Refusal(status, code, "Something went wrong.")])

    def times_asked(self, part):
        return sum(part in asked for asked in self.asked)

    def link(self, block_id):
        """A signed link to a file, good for an hour."""
        until = int(time.time()) + LINK_S
        name = quote(self.files[block_id][0])
        signed = self.signature(block_id, until)
        return f"{self.url}/secure.notion-static.com/{block_id}/{name}?until={until}&sig={signed}"

    def signature(self, block_id, until):
        return hmac.new(self._key, f"{block_id}{until}".encode(), hashlib.sha256).hexdigest()

    def _thing(self, kind, thing_id=None, **about):
        moment = _moment(self.now)
        made = {
            "object": kind,
            "id": thing_id or str(uuid.uuid4()),
            "created_time": moment,
            "last_edited_time": moment,
            "in_trash": False,
            "archived": False,
            **about,
        }
        self.things[made["id"]] = made
        return made

    def _link(self, parent, thing_id, kind, body):
        """A sub-page or a database is a block of its parent, under the same id."""
        self.below.setdefault(parent, []).append(thing_id)
        self.things[thing_id]["as_block"] = {"type": kind, kind: body}
        self._touch(parent)

    def _touch(self, thing_id):
        """An edit is told by the block and by the page it stands on."""
        while thing_id:
            one = self.things[thing_id]
            one["last_edited_time"] = _moment(self.now)
            thing_id = one["parent"].get("block_id") or one["parent"].get("page_id")
            if one["object"] == "page":
                return

    def sees(self, thing_id):
        """True when the thing or something above it was shared, and nothing of that is in the bin."""
        passed, is_shared = set(), False
        while thing_id in self.things and thing_id not in passed:
            passed.add(thing_id)
            one = self.things[thing_id]
            if one["in_trash"]:
                return False
            is_shared = is_shared or thing_id in self.shared
            where = one["parent"]
            thing_id = next(
                (where[name] for name in _ABOVE if where.get(name)),
                None,
            )
        return is_shared


_ABOVE = ("data_source_id", "block_id", "page_id", "database_id")


def _title(words):
    return {"id": "title", "type": "title", "title": text(words)}


def _moment(moment):
    return moment.replace(second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _handler(peer):
    from tests.peers.notion_answers import answer, authorize, download

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self):
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size) or b"{}") if size else {}
            if parts.path.startswith("/secure.notion-static.com/"):
                return self._send(*download(peer, parts))
            if parts.path == "/v1/oauth/authorize":
                return self._send(302, b"", {"Location": authorize(peer, parse_qs(parts.query))})
            peer.asked.append(f"{self.command} {parts.path}")
            if peer.before_each:
                peer.before_each(f"{self.command} {parts.path}")
            request_id = str(uuid.uuid4())
            try:
                said, status, headers = answer(peer, self.command, parts, self.headers, body), 200, {}
            except Refusal as refusal:
                said, status, headers = dict(refusal.body), refusal.status, refusal.headers
            said["request_id"] = request_id
            headers = {**headers, "Content-Type": "application/json", "x-notion-request-id": request_id}
            return self._send(status, json.dumps(said).encode(), headers)

        do_GET = do_POST = _any

        def _send(self, status, data, headers):
            self.send_response(status)
            for name, given in headers.items():
                self.send_header(name, given)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            try:
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_ignored):
            """A test reads ``asked`` instead."""

    return Handler
