"""A stateful Google Drive on loopback, written from the public reference of Drive v3 and of Google's OAuth.

People, files, shared drives and their change logs are as in the service: a change entry holds the present
state and replaces the earlier one of its file; what a parent's move or trashing does to the files below it
is in no log. Partial answers are strict: what ``fields`` does not name is not there.
"""

import hashlib
import itertools
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.peers.google_queries import matcher, only
from tests.peers.google_tokens import CLIENT_ID, CLIENT_SECRET, READONLY, Refused, Tokens, as_json

FOLDER = "application/vnd.google-apps.folder"
SHORTCUT = "application/vnd.google-apps.shortcut"
DOC = "application/vnd.google-apps.document"
SHEET = "application/vnd.google-apps.spreadsheet"
SLIDES = "application/vnd.google-apps.presentation"
OPEN = "application/vnd.openxmlformats-officedocument."
DOCX = OPEN + "wordprocessingml.document"
XLSX = OPEN + "spreadsheetml.sheet"
PPTX = OPEN + "presentationml.presentation"
EXPORT_BYTES = 10 * 1024 * 1024


class Fault(Exception):
    """An answer that is no success."""

    def __init__(self, status, reason, message="", *, headers=None, body=None, domain="global", **more):
        error = {"domain": domain, "reason": reason, "message": message or reason, **more}
        whole = {"error": {"code": status, "message": message or reason, "errors": [error]}}
        self.status, self.headers = status, headers or {}
        self.body = body if body is not None else json.dumps(whole).encode()


class Drive:
    """A running one. Use as a context manager; ``url`` stands for all of Google's hosts.

    ``asked`` lists "METHOD path?query" of every request; ``before_each`` is called with it.
    """

    def __init__(self):
        self.files, self.contents, self.drives = {}, {}, {}
        self.log = {}
        self.asked, self.before_each = [], None
        self.page_size = 1000
        self.incomplete = False
        self._faults, self._numbers = [], itertools.count(1)
        self._clock = datetime(2026, 1, 1, tzinfo=UTC)
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.tokens = Tokens(self.url)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.root = self.put_folder("My Drive", id="0AroOt", parent=None)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_ignored):
        self._server.shutdown()
        self._server.server_close()

    def secrets(self):
        """What a connection holds after its owner consented."""
        return {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": self.tokens.a_refresh_token(),
        }

    # --- what people do

    def put_folder(self, name, *, parent="0AroOt", id=None, **about):
        return self._put(id, name, FOLDER, parent, about)

    def put_drive(self, name):
        """A shared drive, which is also the folder at its top."""
        found = self._put(None, name, FOLDER, None, {})
        self.drives[found] = {"kind": "drive#drive", "id": found, "name": name}
        self.files[found]["driveId"] = found
        return found

    def put(self, name, content, *, mime="text/plain", parent="0AroOt", id=None, **about):
        """A file with bytes of its own; putting it again under its ``id`` is a new revision."""
        content = content.encode() if isinstance(content, str) else content
        found = self._put(id, name, mime, parent, about)
        self.contents[found] = {"": content}
        self.files[found] |= {"md5Checksum": hashlib.md5(content).hexdigest(), "size": str(len(content))}
        return found

    def put_doc(self, name, exports, *, mime=DOC, parent="0AroOt", id=None, **about):
        """A Google document: nothing but what it can be exported to, by media type."""
        found = self._put(id, name, mime, parent, about)
        self.contents[found] = {
            kind: content.encode() if isinstance(content, str) else content
            for kind, content in exports.items()
        }
        return found

    def put_shortcut(self, name, target, *, parent="0AroOt"):
        kind = self.files[target]["mimeType"] if target in self.files else DOC
        details = {"targetId": target, "targetMimeType": kind}
        return self._put(None, name, SHORTCUT, parent, {"shortcutDetails": details})

    def change(self, id, **about):
        """The file's metadata is changed: its name, its parents, its sharing."""
        with self._lock:
            self.files[id] |= about
            self._touch(id)

    def move(self, id, to):
        self.change(id, parents=[to])

    def trash(self, id):
        """The file is in the bin, and all below it, of which the log says nothing."""
        with self._lock:
            self.change(id, trashed=True)
            for below in [f["id"] for f in self.files.values() if id in f.get("parents", ())]:
                self._trash_quietly(below)

    def delete(self, id):
        """The file is gone for ever, or no longer shared with this person."""
        with self._lock:
            file = self.files.pop(id)
            self._note(id, file.get("driveId", ""), removed=True)

    def fail(self, part, fault, *, times=1):
        """The next ``times`` requests with ``part`` in them are answered by the Fault."""
        self._faults.append([part, fault, times])

    def times_asked(self, part):
        return sum(part in asked for asked in self.asked)

    def forget_changes(self):
        """Every token of the change logs given so far is too old."""
        for key in self.log:
            self.log[key] = {"entries": {}, "oldest": next(self._numbers)}

    def _put(self, id, name, mime, parent, about):
        with self._lock:
            id = id or f"1{hashlib.sha256(str(next(self._numbers)).encode()).hexdigest()[:32]}"
            file = self.files.setdefault(
                id, {"kind": "drive#file", "id": id, "trashed": False, "version": "0"}
            )
            file |= {
                "name": name,
                "mimeType": mime,
                "webViewLink": f"https://drive.google.com/file/d/{id}/view",
            }
            if parent:
                file["parents"] = [parent]
            file |= about
            if parent and (drive := self._drive_of(parent)):
                file["driveId"] = drive
            file["modifiedTime"] = self._now()
            self._touch(id)
        return id

    def _trash_quietly(self, id):
        self.files[id]["trashed"] = True
        for below in [f["id"] for f in self.files.values() if id in f.get("parents", ())]:
            self._trash_quietly(below)

    def _touch(self, id):
        file = self.files[id]
        file["version"] = str(int(file["version"]) + 1)
        self._note(id, file.get("driveId", ""))

    def _note(self, id, drive, removed=False):
        log = self.log.setdefault(drive, {"entries": {}, "oldest": 0})
        log["entries"].pop(id, None)
        log["entries"][id] = (next(self._numbers), removed)

    def _drive_of(self, parent):
        return self.files.get(parent, {}).get("driveId", "")

    def _now(self):
        self._clock += timedelta(seconds=1)
        return self._clock.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    # --- what the service answers

    def answer(self, method, path, query, form, authorization):
        """(status, headers, bytes) of one request. Raises Fault."""
        with self._lock:
            if (method, path) == ("POST", "/token"):
                try:
                    return 200, {}, as_json(self.tokens.answer(form))
                except Refused as refused:
                    return refused.status, {}, as_json(refused.body)
            if (method, path) == ("GET", "/o/oauth2/v2/auth"):
                return 302, {"Location": self.tokens.consent(query)}, b""
            self._must_be_allowed(authorization)
            return self._api(path, query)

    def _must_be_allowed(self, authorization):
        scope = self.tokens.access.get((authorization or "").removeprefix("Bearer "))
        if scope is None:
            raise Fault(
                401, "authError", "Invalid Credentials", location="Authorization", locationType="header"
            )
        if READONLY not in scope.split():
            raise Fault(403, "insufficientPermissions", "Insufficient Permission")

    def _api(self, path, query):
        if not path.startswith("/drive/v3/"):
            raise Fault(404, "notFound", "Not Found")
        path = path.removeprefix("/drive/v3/")
        lists = {
            "about": self._about,
            "files": self._list,
            "drives": self._list_drives,
            "changes": self._list_changes,
            "changes/startPageToken": self._start_token,
        }
        if path in lists:
            return self._json(lists[path](query), query)
        found = re.fullmatch(r"files/([^/]+)(/export)?", path)
        if not found:
            raise Fault(404, "notFound", "Not Found")
        file = self._file(found[1], query)
        if found[2]:
            return self._export(file, query)
        if query.get("alt") == "media":
            return self._media(file, query)
        return self._json(file, query, "kind,id,name,mimeType")

    def _json(self, body, query, default="*"):
        try:
            return 200, {}, as_json(only(body, query.get("fields", default)))
        except ValueError as error:
            raise Fault(400, "invalidParameter", str(error), location="fields", locationType="parameter")

    def _about(self, query):
        if "fields" not in query:
            raise Fault(400, "required", "The 'fields' parameter is required for this method.")
        return {"user": {"displayName": "Ada of Nordlicht", "emailAddress": "ada@nordlicht.example"}}

    def _file(self, id, query):
        file = self.files.get("0AroOt" if id == "root" else id)
        if file is None or (file.get("driveId") and query.get("supportsAllDrives") != "true"):
            raise Fault(
                404, "notFound", f"File not found: {id}.", location="fileId", locationType="parameter"
            )
        return file

    def _list(self, query):
        try:
            test = matcher(query.get("q", "trashed = false").replace("'root'", "'0AroOt'"))
        except (ValueError, KeyError) as error:
            raise Fault(400, "invalid", f"Invalid Value: {error}", location="q", locationType="parameter")
        for parent in re.findall(r"'([^']+)' in parents", query.get("q", "")):
            self._file(parent, query)
        everywhere = query.get("supportsAllDrives") == query.get("includeItemsFromAllDrives") == "true"
        found = [
            f
            for f in self.files.values()
            if f.get("parents") or f.get("sharedWithMe")
            if test(f) and (everywhere or not f.get("driveId"))
            if query.get("corpora") != "drive" or f.get("driveId") == query["driveId"]
        ]
        page, more = self._page(found, query)
        return {"kind": "drive#fileList", "incompleteSearch": self.incomplete, "files": page, **more}

    def _list_drives(self, query):
        page, more = self._page(list(self.drives.values()), query)
        return {"kind": "drive#driveList", "drives": page, **more}

    def _page(self, items, query):
        token = query.get("pageToken", "0")
        if not token.isdigit():
            raise Fault(400, "invalid", "Invalid Value", location="pageToken", locationType="parameter")
        size = min(int(query.get("pageSize", 100)), self.page_size, 1000)
        first = int(token)
        more = {"nextPageToken": str(first + size)} if first + size < len(items) else {}
        return items[first : first + size], more

    def _start_token(self, query):
        return {"kind": "drive#startPageToken", "startPageToken": str(next(self._numbers))}

    def _list_changes(self, query):
        drive, token = query.get("driveId", ""), query.get("pageToken", "")
        log = self.log.setdefault(drive, {"entries": {}, "oldest": 0})
        if not token.isdigit():
            raise Fault(400, "invalid", "Invalid Value", location="pageToken", locationType="parameter")
        if int(token) < log["oldest"]:
            raise Fault(410, "gone", "The page token is too old.")
        later = sorted((n, id, gone) for id, (n, gone) in log["entries"].items() if n > int(token))
        size = min(int(query.get("pageSize", 100)), self.page_size)
        entries = [self._change(id, gone, drive) for _n, id, gone in later[:size]]
        if len(later) > size:
            more = {"nextPageToken": str(later[size - 1][0])}
        else:
            more = {"newStartPageToken": str(next(self._numbers))}
        return {"kind": "drive#changeList", "changes": entries, **more}

    def _change(self, id, gone, drive):
        entry = {"kind": "drive#change", "changeType": "file", "type": "file", "fileId": id, "removed": gone}
        entry |= {"driveId": drive} if drive else {}
        return entry if gone else entry | {"file": self.files[id]}

    def _media(self, file, query):
        if not file.get("capabilities", {}).get("canDownload", True):
            raise Fault(403, "cannotDownloadFile", "This file cannot be downloaded by the user.")
        content = self.contents.get(file["id"], {}).get("")
        if content is None:
            words = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
            raise Fault(403, "fileNotDownloadable", words)
        return 200, {"Content-Type": file["mimeType"], "ranged": "yes"}, content

    def _export(self, file, query):
        content = self.contents.get(file["id"], {}).get(query.get("mimeType"))
        if content is None:
            raise Fault(400, "badRequest", "The requested conversion is not supported.")
        if len(content) > EXPORT_BYTES:
            raise Fault(403, "exportSizeLimitExceeded", "This file is too large to be exported.")
        return 200, {"Content-Type": query["mimeType"]}, content

    def _fault_for(self, asked):
        with self._lock:
            for waiting in self._faults:
                if waiting[0] in asked and waiting[2]:
                    waiting[2] -= 1
                    return waiting[1]
        return None


def _handler(drive):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1024 * 1024  # head and body in one packet: two would wait for each other

        def do_GET(self):
            self._serve({})

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._serve(dict(parse_qsl(body.decode())))

        def _serve(self, form):
            asked = f"{self.command} {self.path}"
            drive.asked.append(asked)
            if drive.before_each:
                drive.before_each(asked)
            target = urlsplit(self.path)
            try:
                if fault := drive._fault_for(asked):
                    raise fault
                self._send(
                    *drive.answer(
                        self.command,
                        target.path,
                        dict(parse_qsl(target.query)),
                        form,
                        self.headers.get("Authorization"),
                    )
                )
            except Fault as fault:
                self._send(fault.status, fault.headers, fault.body)

        def _send(self, status, headers, body):
            headers = dict(headers)
            asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if headers.pop("ranged", "") and asked:
                status, whole = 206, len(body)
                first, last = int(asked[1]), min(int(asked[2]), whole - 1)
                if first >= whole:
                    status, body = 416, b""
                    headers["Content-Range"] = f"bytes */{whole}"
                else:
                    body = body[first : last + 1]
                    headers["Content-Range"] = f"bytes {first}-{last}/{whole}"
            self.send_response(status)
            self.send_header("Content-Type", headers.pop("Content-Type", "application/json; charset=UTF-8"))
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *_ignored):
            """A test reads ``asked`` instead."""

    return Handler
