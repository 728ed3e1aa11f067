"""A page is fetched whole, or there is a sentence that says why not; and never from where nobody meant."""

import gzip
import json
import socket
import ssl
import threading
import time

import pytest

from berrydesk.http import errors, fetching
from tests.peers.site import Site, packed
from tests.peers.tls import self_signed

FETCH = {"time_s": 3}


@pytest.fixture
def site():
    with Site() as running:
        yield running


@pytest.fixture
def fetcher(site):
    with fetching.Fetcher(allow=["127.0.0.0/8"]) as ready:
        yield ready


def test_a_page_arrives_with_its_type_and_charset(site, fetcher):
    site.put("/a", "Grüße", media_type="text/html; charset=utf-8")
    answer = fetcher.fetch(site.url + "/a", **FETCH)
    assert (answer.body.decode(), answer.media_type, answer.charset) == ("Grüße", "text/html", "utf-8")


def test_redirects_are_followed_and_named(site, fetcher):
    site.put("/end", "here")
    site.put_redirect("/one", "two")
    site.put_redirect("/two", site.url + "/end")
    answer = fetcher.fetch(site.url + "/one", **FETCH)
    assert answer.url == site.url + "/end"
    assert answer.redirects == [site.url + "/one", site.url + "/two"]


def test_packed_pages_are_unpacked(site, fetcher):
    site.put("/zip", packed("hello " * 1000), headers={"Content-Encoding": "gzip"})
    assert fetcher.fetch(site.url + "/zip", **FETCH).body == b"hello " * 1000


def test_a_connection_is_kept(site, fetcher):
    site.put("/a", "1")
    for _ in range(3):
        fetcher.fetch(site.url + "/a", **FETCH)
    assert len(fetcher._pool.connections) == 1


def test_a_bomb_is_stopped_while_it_is_unpacked(site, fetcher):
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    site.put("/bomb", bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(errors.AnswerTooLarge):
        fetcher.fetch(site.url + "/bomb", limit_bytes=1_000_000, **FETCH)


def test_an_endless_page_is_stopped(site, fetcher):
    def endless():
        while True:
            yield b"x" * 65536

    site.put("/endless", chunks=endless)
    with pytest.raises(errors.AnswerTooLarge) as found:
        fetcher.fetch(site.url + "/endless", limit_bytes=2_000_000, **FETCH)
    assert "1 MB" in found.value.message


@pytest.mark.parametrize(
    ("status", "problem", "words"),
    [
        (404, errors.PageNotFound, "no page at"),
        (410, errors.PageNotFound, "no page at"),
        (401, errors.PageForbidden, "blocks robots"),
        (403, errors.PageForbidden, "blocks robots"),
        (429, errors.TooManyRequests, "more slowly"),
        (500, errors.ServerFailed, "problem of its own"),
        (503, errors.ServerFailed, "problem of its own"),
        (418, errors.BadStatus, "418"),
    ],
)
def test_a_bad_status_is_a_sentence(site, fetcher, status, problem, words):
    site.put("/x", status=status, headers={"Retry-After": "7"})
    with pytest.raises(problem) as found:
        fetcher.fetch(site.url + "/x", **FETCH)
    assert words in found.value.message
    assert found.value.remedy
    assert found.value.retry_after_s == 7


def test_a_redirect_loop_ends(site, fetcher):
    site.put_redirect("/a", "/b")
    site.put_redirect("/b", "/a")
    with pytest.raises(errors.TooManyRedirects):
        fetcher.fetch(site.url + "/a", **FETCH)
    assert len(site.asked) <= 6


def test_redirects_without_end_end(site, fetcher):
    for number in range(20):
        site.put_redirect(f"/{number}", f"/{number + 1}")
    with pytest.raises(errors.TooManyRedirects):
        fetcher.fetch(site.url + "/0", **FETCH)
    assert len(site.asked) == 6


def test_a_slow_drip_ends_in_time(site, fetcher):
    site.put("/slow", "x" * 1000, drip_s=0.05)
    before = time.monotonic()
    with pytest.raises(errors.TookTooLong):
        fetcher.fetch(site.url + "/slow", time_s=0.6)
    assert time.monotonic() - before < 10


def test_silence_ends_in_time(site, fetcher):
    site.put("/silent", "x", wait_s=3)
    with pytest.raises(errors.TookTooLong):
        fetcher.fetch(site.url + "/silent", time_s=0.4)


def test_an_answer_cut_in_the_middle_is_not_a_page(site, fetcher):
    site.put("/cut", "x" * 1000, cut=100)
    with pytest.raises(errors.BrokenAnswer):
        fetcher.fetch(site.url + "/cut", **FETCH)


def test_nobody_listening_is_a_sentence(fetcher):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(errors.ConnectionRefused) as found:
        fetcher.fetch(f"http://127.0.0.1:{port}/", **FETCH)
    assert "did not accept" in found.value.message


def test_a_server_without_tls_is_said_to_speak_plain_http(site, fetcher):
    with pytest.raises(errors.NoTls, match="does not speak https"):
        fetcher.fetch(f"https://127.0.0.1:{site.port}/", **FETCH)


def test_a_name_that_nobody_has(fetcher):
    def resolve(host):
        raise socket.gaierror(-2, "Name or service not known")

    with fetching.Fetcher(allow=[], resolve=resolve) as lost, pytest.raises(errors.NameNotFound) as found:
        lost.fetch("http://shpo.example/", **FETCH)
    assert "no website called shpo.example" in found.value.message


def test_a_look_up_that_hangs_ends_in_time():
    slow = fetching.Fetcher(allow=[], resolve=lambda host: time.sleep(15))
    before = time.monotonic()
    with pytest.raises(errors.TookTooLong):
        slow.fetch("http://slow.example/", time_s=0.3)
    assert time.monotonic() - before < 10


def test_credentials_stay_with_the_host_they_were_meant_for(fetcher):
    seen = []

    def listen(server):
        for _ in range(2):
            connection, _address = server.accept()
            request = connection.recv(65536).decode()
            seen.append(request)
            other = f"http://127.0.0.2:{server.getsockname()[1]}/b"
            connection.sendall(
                f"HTTP/1.1 302 Found\r\nLocation: {other}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
                if len(seen) == 1
                else b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
            )
            connection.close()

    with socket.create_server(("0.0.0.0", 0)) as server:
        threading.Thread(target=listen, args=(server,), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/a"
        fetcher.fetch(url, headers={"Authorization": "Bearer secret"}, **FETCH)
    assert "Bearer secret" in seen[0]
    assert "Bearer secret" not in seen[1]


def test_the_checked_address_is_the_one_connected_to(site):
    asked = []

    def resolve(host):
        asked.append(host)
        return ["127.0.0.1"]

    site.put("/", "hello")
    with fetching.Fetcher(allow=[f"shop.example:{site.port}"], resolve=resolve) as fetcher:
        answer = fetcher.fetch(f"http://shop.example:{site.port}/", **FETCH)
    assert answer.body == b"hello"
    assert asked == ["shop.example"], "A name is looked up once; a second answer could differ."


def test_a_self_signed_certificate_is_refused(tmp_path, fetcher):
    key, certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Site() as site:
        site._server.socket = context.wrap_socket(site._server.socket, server_side=True)
        with pytest.raises(errors.TlsFailed) as found:
            fetcher.fetch(f"https://127.0.0.1:{site.port}/", **FETCH)
    assert "certificate" in found.value.message and found.value.code == "tls_failed"


def test_retry_after_is_read_as_number_and_as_date():
    from datetime import UTC, datetime

    now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert fetching.retry_after("120") == 120
    assert fetching.retry_after("Tue, 24 Nov 2026 10:01:00 GMT", now) == 60
    assert fetching.retry_after("soon") is None


def test_a_problem_is_plain_json():
    from berrydesk.http import problems

    error = errors.NameNotFound(host="shpo.example", url="x")
    body = problems.of(error, 422)
    assert json.loads(json.dumps(body))["detail"].startswith("There is no website called shpo.example.")
    assert body["status"] == 422 and body["title"]
