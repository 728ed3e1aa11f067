"""``llmock`` of ``@copilotkit/aimock``: the providers' wire formats, from a fixtures file, on loopback."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

FOLDER = Path(sys.prefix) / "node-peers"
"""Where ``npm install --no-package-lock @copilotkit/aimock`` put it: ``make test`` does that once."""

TEXT = "You can return the lamp within 30 days of delivery [1]."
DONE = "The refund of 25.00 EUR is on its way."

FIXTURES = [
    {
        "match": {"userMessage": "refund", "hasToolResult": False},
        "response": {
            "toolCalls": [{"name": "refund_payment", "arguments": {"payment": "pi_1", "amount": "25.00"}}],
            "usage": {"prompt_tokens": 90, "completion_tokens": 12, "input_tokens": 90, "output_tokens": 12},
        },
    },
    {"match": {"hasToolResult": True}, "response": {"content": DONE}},
    # The mock reads Gemini's results in camel case only, the API and LiteLLM know both: go by the depth there.
    {"match": {"turnIndex": 1}, "response": {"content": DONE}},
    {
        "match": {"userMessage": "return"},
        "response": {
            "content": TEXT,
            "usage": {
                "prompt_tokens": 120,
                "completion_tokens": 14,
                "total_tokens": 134,
                "input_tokens": 120,
                "output_tokens": 14,
                "promptTokenCount": 120,
                "candidatesTokenCount": 14,
                "totalTokenCount": 134,
            },
        },
    },
    {"match": {"userMessage": "OK"}, "response": {"content": "OK"}},
]


class NotInstalled(Exception):
    """The npm package is missing: ``make test`` installs it."""


@contextlib.contextmanager
def running(folder, fixtures=None):
    """The root URL of an llmock that answers from ``fixtures``; ``folder`` takes its files."""
    command = FOLDER / "node_modules" / ".bin" / "llmock"
    if not command.exists():
        raise NotInstalled(f"{command.name} is not in {FOLDER.name}. Run make test, which installs it.")
    path = Path(folder) / "llmock-fixtures.json"
    path.write_text(json.dumps({"fixtures": fixtures or FIXTURES}))
    port = _free_port()
    with open(Path(folder) / "llmock.log", "wb") as log:
        process = subprocess.Popen(
            [command, "-p", str(port), "-f", str(path), "--log-level", "info"],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NODE_ENV": "test"},
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def journal(url):
    """The requests that the mock at ``url`` was sent."""
    with urllib.request.urlopen(f"{url}/__aimock/journal", timeout=5) as answer:
        return json.load(answer)


def _wait_for(url, process):
    ends = time.monotonic() + 20
    while time.monotonic() < ends and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/v1/models", timeout=1)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("llmock did not start")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
