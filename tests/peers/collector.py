"""An OpenTelemetry collector for traces over HTTP, as the OTLP specification has it; it keeps the spans it is sent."""

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


class Collector:
    """The collector; a context manager. ``is_away``: it answers 503."""

    def __init__(self):
        self.spans = []
        self.is_away = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def wait_for(self, name, within_s=30):
        """The spans so far, once one called ``name`` is among them."""
        ends = time.monotonic() + within_s
        while time.monotonic() < ends and not any(span.name == name for span in self.spans):
            time.sleep(0.05)
        return list(self.spans)

    def _handler(collector):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                if collector.is_away or self.path != "/v1/traces":
                    self.send_error(503 if collector.is_away else 404)
                    return
                asked = ExportTraceServiceRequest.FromString(body)
                for resource in asked.resource_spans:
                    for scope in resource.scope_spans:
                        collector.spans.extend(scope.spans)
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_words):
                """The test's output stays its own."""

        return Handler
