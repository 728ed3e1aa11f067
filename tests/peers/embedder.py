"""An embedding server over a real socket, as OpenAI's reference has it, with a model that can be told to change.

A text's vector is the sum of its words' vectors; words that ``MEANS`` the same share one, so that a paraphrase is
near. ``seed`` is the model: another seed, another space. It also speaks Cohere's own format.
"""

import contextlib
import hashlib
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy

MEANS = {"sneakers": "shoes", "trainers": "shoes", "postage": "delivery", "automobile": "car"}

ERRORS = {
    429: {"error": {"message": "Rate limit reached for requests", "type": "requests"}},
    401: {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}},
    404: {"error": {"message": "The model does not exist", "code": "model_not_found"}},
    500: {"error": {"message": "Internal error", "type": "server_error"}},
    400: {"error": {"message": "The model does not support Embeddings API", "type": "BadRequestError"}},
    501: {
        "error": {
            "message": "This server does not support embeddings. Start it with `--embeddings`",
            "type": "not_supported_error",
        }
    },
    503: {"error": {"message": "Loading model", "type": "unavailable_error"}},
}


class Embedder:
    """The server; a context manager. ``texts`` is all that it was sent, ``requests`` (path, headers, body) each.

    ``answers`` are statuses given before anything else, with their headers: ``[(429, {"Retry-After": "3"})]``.
    ``is_down`` answers 503 until it is not. ``longest``: more words than that are refused. ``before``: called
    with the number of each request before it is answered. ``breaks``: an answer is changed by it.
    """

    def __init__(self, *, dimensions=96, seed="one", key=""):
        self.dimensions = dimensions
        self.seed = seed
        self.key = key
        self.answers = []
        self.is_down = False
        self.longest = None
        self.delay_s = 0.0
        self.before = None
        self.breaks = None
        self.texts = []
        self.requests = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def root(self):
        return self.url.removesuffix("/v1")

    def vector(self, text):
        """What the model makes of a text."""
        total = numpy.zeros(self.dimensions)
        for word in re.findall(r"\w+", text.lower()):
            total += self._word(MEANS.get(word, word))
        return total / max(numpy.linalg.norm(total), 1e-9) if total.any() else self._word("")

    def _word(self, word):
        seed = int.from_bytes(hashlib.sha256(f"{self.seed} {word}".encode()).digest()[:8], "big")
        return numpy.random.default_rng(seed).standard_normal(self.dimensions)

    def _handler(peer):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with peer._lock:
                    peer.requests.append((self.path, dict(self.headers), body))
                    number = len(peer.requests)
                if peer.before:
                    peer.before(number)
                time.sleep(peer.delay_s)
                self._answer(*peer._respond(self.path, self.headers, body))

            def do_GET(self):
                self._answer(200, {}, {"object": "list", "data": [{"id": "words-96", "object": "model"}]})

            def _answer(self, status, headers, answer):
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # the client left, which is its right
                    self.wfile.write(data)

            def log_message(self, *_said):
                """Quiet."""

        return Handler

    def _respond(self, path, headers, body):
        with self._lock:
            if self.answers:
                status, more = self.answers.pop(0)
                return status, more, ERRORS.get(status, ERRORS[500])
        if self.is_down:
            return 503, {}, ERRORS[503]
        if self.key and self.key not in " ".join(headers.values()):
            return 401, {}, ERRORS[401]
        texts, shape = _read(path, body)
        if texts is None:
            return 404, {}, {"error": {"message": f"Unknown request URL: {path}"}}
        words = [len(text.split()) for text in texts]
        if self.longest and max(words) > self.longest:
            said = f"This model's maximum context length is {self.longest} tokens"
            return 400, {}, {"error": {"message": said, "code": "context_length_exceeded"}}
        with self._lock:
            self.texts += texts
        answer = shape([self.vector(text).tolist() for text in texts], sum(words))
        return 200, {}, self.breaks(answer) if self.breaks else answer


def _read(path, body):
    """The texts of a request and the shape of its answer; nothing for an address that is not the reference's."""
    if path.endswith("/embeddings"):
        given = body["input"]
        return [given] if isinstance(given, str) else given, lambda v, n: _openai(v, n, body["model"])
    if path.endswith("/embed"):
        return body["texts"], _cohere
    return None, None


def _openai(found, tokens, model):
    return {
        "object": "list",
        "model": model,
        "data": [{"object": "embedding", "index": n, "embedding": one} for n, one in enumerate(found)],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def _cohere(found, tokens):
    return {
        "id": "e1",
        "embeddings": {"float": found},
        "texts": [],
        "meta": {"billed_units": {"input_tokens": tokens}},
    }
