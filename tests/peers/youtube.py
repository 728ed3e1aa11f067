"""YouTube over loopback HTTP: watch pages, the player's answers, caption tracks, lists with a second page, oEmbed.

Shapes as in the recorded answers that youtube-transcript-api and pytube are tested with.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

CONSENT = '<form action="https://consent.youtube.com/s"><input name="v" value="cb.20260101"></form>'
REFUSALS = {
    "bot": {"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm you’re not a bot"},
    "age": {"status": "LOGIN_REQUIRED", "reason": "This video may be inappropriate for some users."},
    "gone": {"status": "ERROR", "reason": "This video is unavailable"},
    "country": {"status": "UNPLAYABLE", "reason": "The uploader has not made it available in your country"},
}


class YouTube:
    """A running one; use as a context manager.

    ``videos``: id to ``{"title", "cues": [(second, words)], "kind", "wrong"}``; ``lists``: playlist id or handle to ids,
    two a page. ``wrong`` of a video is a key of REFUSALS, "captions", "proof", "elsewhere" or "garbage"; ``refuses``
    of the whole is "429", "captcha", "consent" or "".
    """

    def __init__(self):
        self.videos, self.lists, self.refuses, self.asked = {}, {}, "", []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_ignored):
        self._server.shutdown()
        self._server.server_close()

    def put(self, video, title, *cues, wrong="", kind=""):
        self.videos[video] = {"title": title, "cues": cues, "wrong": wrong, "kind": kind}

    def times_asked(self, path):
        return sum(one.startswith(path) for one in self.asked)

    def _page(self, ids, token):
        items = [
            {"playlistVideoRenderer": {"videoId": v, "title": {"runs": [{"text": self.videos[v]["title"]}]}}}
            for v in ids
        ]
        if token:
            command = {"continuationCommand": {"token": token}}
            items.append({"continuationItemRenderer": {"continuationEndpoint": command}})
        return {"contents": {"list": items}}

    def _listed(self, name, start):
        ids = [v for v in self.lists[name] if v in self.videos]
        more = f"{name}:{start + 2}" if len(ids) > start + 2 else ""
        return self._page(ids[start : start + 2], more)

    def _player(self, video):
        known = self.videos.get(video)
        wrong = known["wrong"] if known else "gone"
        if wrong in REFUSALS:
            return {"playabilityStatus": REFUSALS[wrong]}
        if wrong == "captions":
            return {"playabilityStatus": {"status": "OK"}}
        host = "http://127.0.0.1:9" if wrong == "elsewhere" else "https://www.youtube.com"
        extra = "&exp=xpe" if wrong == "proof" else ""
        track = {
            "baseUrl": f"{host}/api/timedtext?v={video}{extra}&fmt=srv3",
            "name": {"runs": [{"text": "English"}]},
            "languageCode": "en",
            "kind": known["kind"],
        }
        return {
            "playabilityStatus": {"status": "OK"},
            "captions": {"playerCaptionsTracklistRenderer": {"captionTracks": [track]}},
        }

    def _handler(self):
        return type("Handler", (_Handler,), {"peer": self})


class _Handler(BaseHTTPRequestHandler):
    """Answers for its ``peer``."""

    peer = None
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.peer.asked.append(self.path)
        parts, asked = urlsplit(self.path), parse_qs(urlsplit(self.path).query)
        if self.peer.refuses == "429":
            return self.answer("slow down", 429)
        if parts.path == "/api/timedtext":
            return self.answer(self.track(asked["v"][0]), kind="text/xml")
        if parts.path == "/oembed":
            video = parse_qs(urlsplit(asked["url"][0]).query)["v"][0]
            known = self.peer.videos.get(video)
            return self.answer(json.dumps({"title": known["title"]}) if known else "x", 200 if known else 404)
        if self.peer.refuses == "captcha":
            return self.answer('<div class="g-recaptcha"></div>')
        if self.peer.refuses == "consent" and "cb.20260101" not in self.headers.get("Cookie", ""):
            return self.answer(CONSENT)
        page = '<script>ytcfg.set({"INNERTUBE_API_KEY": "key-1","INNERTUBE_CLIENT_VERSION": "2.1"})</script>'
        if parts.path != "/watch":
            name = asked.get("list", [""])[0] or parts.path.split("/")[1].replace("%40", "@")
            if name not in self.peer.lists:
                return self.answer("not found", 404)
            page += f"<script>var ytInitialData = {json.dumps(self.peer._listed(name, 0))};</script>"
        return self.answer(page)

    def do_POST(self):
        self.peer.asked.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "key=key-1" not in self.path:
            return self.answer("no key", 403)
        if self.path.startswith("/youtubei/v1/browse"):
            name, _colon, start = body["continuation"].rpartition(":")
            return self.answer(json.dumps(self.peer._listed(name, int(start))))
        return self.answer(json.dumps(self.peer._player(body["videoId"])))

    def track(self, video):
        if self.peer.videos[video]["wrong"] == "garbage":
            return "<not xml"
        rows = "".join(
            f'<text start="{at}" dur="4">{escape(words)}</text>'
            for at, words in self.peer.videos[video]["cues"]
        )
        return f'<?xml version="1.0" encoding="utf-8" ?><transcript>{rows}</transcript>'

    def answer(self, text, status=200, kind="text/html; charset=utf-8"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_ignored):
        """A test reads ``asked`` instead."""
