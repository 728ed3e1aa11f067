"""The plugin of the how-to page works as printed, and stays short."""

import http.server
import json
import re
import threading
from pathlib import Path

import pytest
from berrydesk_sdk import Status
from berrydesk_sdk.testing import check_declaration, check_run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "write-a-plugin.md"


@pytest.fixture
def printed():
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]
    assert sum(1 for line in code.splitlines() if line.strip()) <= 60
    names = {"__name__": "berrydesk_orders"}
    exec(compile(code, "berrydesk_orders.py", "exec"), names)
    return names["CancelOrder"]


@pytest.fixture
def shop():
    """A shop with one open order."""
    orders = {"A-1001": {"state": "open", "items": "1 × lamp"}}

    class Shop(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            order = orders.get(self.path.split("/")[2])
            if order and self.command == "POST":
                order["state"] = "cancelled"
            body = json.dumps(order).encode()
            self.send_response(200 if order else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_arguments):
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_printed_plugin_keeps_the_contract(printed, shop):
    check_declaration(printed)
    settings = printed.Settings(address=shop, token="t")
    outcome = check_run(printed(), settings, printed.Parameters(order="A-1001"))
    assert outcome.status is Status.SUCCEEDED
