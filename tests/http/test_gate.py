"""What a browser asks for goes through the gate, and only where a page may be fetched from."""

import base64
import socket
import threading
import time

import pytest

from berrydesk.http import gate as gates
from tests.peers.site import Site


@pytest.fixture
def site():
    with Site() as running:
        yield running


@pytest.fixture
def canary():
    with Site() as running:
        running.put("*", "the secret of the canary")
        yield running


@pytest.fixture
def gate(site):
    with gates.Gate(site.url, allow=[site.host]) as opened:
        yield opened


def ask(gate, line, *, secret=None, headers=(), body=b""):
    """Everything that the gate answers to one request, as bytes."""
    secret = gate.secret if secret is None else secret
    token = base64.b64encode(f"{gates.USER}:{secret}".encode()).decode()
    lines = [f"{line} HTTP/1.1", "Host: x", f"Proxy-Authorization: Basic {token}", *headers, "", ""]
    with socket.create_connection(("127.0.0.1", gate.port), 5) as there:
        there.sendall("\r\n".join(lines).encode() + body)
        there.settimeout(5)
        parts = []
        try:
            while part := there.recv(65536):
                parts.append(part)
        except TimeoutError:
            parts.append(b"(kept open)")
    return b"".join(parts)


def test_a_page_comes_through(gate, site):
    site.put("/a?b=1", "Hello")
    assert ask(gate, f"GET {site.url}/a?b=1").endswith(b"\r\n\r\nHello")
    assert site.asked == ["/a?b=1"]


def test_without_the_secret_nothing_comes_through(gate, site):
    answer = ask(gate, f"GET {site.url}/a", secret="guessed")
    assert answer.startswith(b"HTTP/1.1 407 ") and b"Proxy-Authenticate: Basic" in answer
    assert site.asked == []


def test_the_secret_is_never_told_to_a_site(site):
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = []

        def listen():
            peer, _from = server.accept()
            told.append(peer.recv(65536).decode())
            peer.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok")
            peer.close()

        listener = threading.Thread(target=listen)
        listener.start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with gates.Gate(f"http://{host}/", allow=[host]) as gate:
            assert ask(gate, f"GET http://{host}/", headers=["Upgrade: h2c", "X-Own: 1"]).endswith(b"ok")
        listener.join(5)
    assert gate.secret not in told[0] and "proxy-" not in told[0].lower() and "h2c" not in told[0]
    assert "x-own: 1" in told[0] and f"host: {host}" in told[0]


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://0x7f000001:{port}/",
        "http://127.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://metadata.google.internal/",
        "http://10.0.0.1/",
        "http://user:password@127.0.0.1:{port}/",
    ],
)
def test_what_may_not_be_fetched_may_not_be_reached(gate, canary, to):
    to = to.format(port=canary.port)
    assert ask(gate, f"GET {to}").startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 502 "))
    authority = to.split("/")[2]
    authority += "" if authority.endswith(str(canary.port)) else ":80"
    assert ask(gate, f"CONNECT {authority}").startswith(
        (b"HTTP/1.1 403 ", b"HTTP/1.1 400 ", b"HTTP/1.1 502 ")
    )
    assert canary.asked == []


def test_a_name_is_judged_by_what_it_resolves_to_and_looked_up_once(site, canary):
    looked_up = []

    def resolve(host):
        looked_up.append(host)
        return {
            "shop.example": ["93.184.216.34"],
            "inside.example": ["127.0.0.1"],
            "both.example": ["93.184.216.34", "10.0.0.1"],
        }[host]

    with gates.Gate("http://shop.example/", allow=[], resolve=resolve) as gate:
        for host in ("inside.example", "both.example"):
            assert ask(gate, f"GET http://{host}/").startswith(b"HTTP/1.1 403 ")
            assert ask(gate, f"CONNECT {host}:443").startswith(b"HTTP/1.1 403 ")
    assert sorted(looked_up) == ["both.example", "inside.example", "shop.example"]
    own = f"http://wiki.example:{site.port}/"
    allow = [f"wiki.example:{site.port}"]
    with gates.Gate(own, allow=allow, resolve=lambda host: ["127.0.0.1"]) as gate:
        site.put("/", "Wiki")
        assert ask(gate, f"GET {own}").endswith(b"Wiki")


def test_a_page_of_the_public_internet_reaches_nothing_inside_whatever_is_allowed(canary):
    places = {"shop.example": ["93.184.216.34"], "wiki.intra": ["127.0.0.1"]}
    host, allow = f"wiki.intra:{canary.port}", ["127.0.0.0/8", "wiki.intra"]
    with gates.Gate("http://shop.example/", allow=allow, resolve=places.get) as gate:
        for to in (host, canary.host):
            assert ask(gate, f"GET http://{to}/").startswith(b"HTTP/1.1 403 ")
            assert ask(gate, f"CONNECT {to}").startswith(b"HTTP/1.1 403 ")
    assert canary.asked == []
    with gates.Gate(
        f"http://{host}/", allow=allow, resolve=places.get
    ) as gate:  # but one that lies there does
        assert ask(gate, f"GET {canary.url}/").endswith(b"the secret of the canary")


def test_a_name_that_changes_sides_is_the_one_that_it_was(canary):
    answers = [["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"], ["127.0.0.1"]]
    own = f"http://evil.example:{canary.port}"
    with gates.Gate(own, allow=["127.0.0.0/8"], resolve=lambda host: answers.pop(0)) as gate:
        for line in (f"GET {own}/", f"GET {own}/admin", f"CONNECT evil.example:{canary.port}"):
            assert ask(gate, line).startswith(b"HTTP/1.1 403 ")
        assert ask(gate, f"POST {own}/delete", headers=["Content-Length: 0"]).startswith(b"HTTP/1.1 403 ")
    assert canary.asked == [] and len(answers) == 3


def answering(answer):
    """A server that keeps its one connection open after this answer; (address, thread)."""
    server = socket.create_server(("127.0.0.1", 0))

    def listen():
        with server, server.accept()[0] as peer:
            peer.recv(65536)
            peer.sendall(answer)
            while peer.recv(65536):
                pass

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    return f"127.0.0.1:{server.getsockname()[1]}", listener


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\n\n", b""),
    ],
)
def test_an_answer_ends_the_connection_whatever_the_site_says_of_it(answer, passed):
    host, listener = answering(answer)
    with gates.Gate(f"http://{host}/", allow=[host]) as gate:
        head, _end, body = ask(gate, f"GET http://{host}/").partition(b"\r\n\r\n")
    assert body == passed and b"connection: close" in head.lower() and b"keep-alive" not in head
    listener.join(5)
    assert not listener.is_alive()


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n", b"SSH-2.0\r\n\r\n"]
)
def test_a_site_that_poses_as_a_proxy_is_refused(answer):
    host, _listener = answering(answer)
    with gates.Gate(f"http://{host}/", allow=[host]) as gate:
        told = ask(gate, f"GET http://{host}/")
    assert told.startswith(b"HTTP/1.1 502 ") and b"Authenticate" not in told


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8080])
def test_only_the_ports_of_websites_are_reached(site, port):
    with gates.Gate("http://shop.example/", allow=[], resolve=lambda host: ["93.184.216.34"]) as gate:
        assert ask(gate, f"CONNECT shop.example:{port}").startswith(b"HTTP/1.1 403 ")
        assert ask(gate, f"GET http://shop.example:{port}/").startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "FOO"])
def test_nothing_is_changed_anywhere(gate, site, method):
    assert ask(gate, f"{method} {site.url}/a").startswith(b"HTTP/1.1 405 ")
    assert site.asked == []


def test_only_the_pages_own_site_is_posted_to(gate, site, canary):
    with gates.Gate(site.url, allow=["127.0.0.1"]) as wide:
        assert ask(wide, f"POST {canary.url}/a", headers=["Content-Length: 0"]).startswith(b"HTTP/1.1 405 ")
    assert canary.asked == []
    answer = ask(gate, f"POST {site.url}/a", headers=["Content-Length: 2"], body=b"{}")
    assert answer.startswith(b"HTTP/1.1 501 ")  # it was asked, and this site knows no POST


@pytest.mark.parametrize(
    "line",
    [
        "GET /a",
        "GET ftp://shop.example/",
        "GET file:///etc/passwd",
        "CONNECT shop.example",
        "CONNECT a:443/b",
        "nonsense",
    ],
)
def test_what_is_no_request_to_a_website_is_refused(gate, line):
    assert ask(gate, line).startswith(b"HTTP/1.1 40")


def test_a_sealed_connection_is_passed_on_as_it_is(gate, site):
    site.put("/a", "Through the tunnel", headers={"Connection": "close"})
    inner = f"GET /a HTTP/1.1\r\nHost: {site.host}\r\nConnection: close\r\n\r\n".encode()
    answer = ask(gate, f"CONNECT {site.host}", body=inner)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200") and answer.endswith(
        b"Through the tunnel"
    )


def test_no_more_comes_through_than_a_page_may_bring(site):
    site.put("/big", "x" * 2_000_000)
    with gates.Gate(site.url, allow=[site.host], most_bytes=300_000) as gate:
        assert len(ask(gate, f"GET {site.url}/big")) < 400_000
        assert b"x" not in ask(gate, f"GET {site.url}/big").partition(b"\r\n\r\n")[2]


def test_a_closed_gate_cuts_off_what_was_passing_and_hangs_on_nothing(site):
    site.put("/slow", "x" * 1000, drip_s=0.5)
    began = time.monotonic()
    with gates.Gate(site.url, allow=[site.host], resolve=lambda host: time.sleep(60)) as gate:
        slow = socket.create_connection(("127.0.0.1", gate.port))
        token = base64.b64encode(f"{gates.USER}:{gate.secret}".encode()).decode()
        lines = f"GET {site.url}/slow HTTP/1.1\r\nProxy-Authorization: Basic {token}\r\n\r\n"
        slow.sendall(lines.encode())
        assert slow.recv(10)
        lost = socket.create_connection(("127.0.0.1", gate.port))
        lost.sendall(lines.replace(site.host, "hangs.example").encode())
    with slow, lost:
        slow.settimeout(5)
        while slow.recv(65536):
            pass
    assert time.monotonic() - began < 5
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", gate.port))
