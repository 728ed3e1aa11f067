"""However an address is spelled, whatever a name resolves to, wherever a page redirects: the canary sees nothing."""

import ipaddress
import socket

import pytest

from berrydesk.http import addresses, errors, fetching
from tests.peers.site import Site

REFUSALS = (errors.AddressNotAllowed, errors.NotAWebAddress, errors.NameNotFound, errors.PortNotAllowed)

SPELLINGS = """
http://127.0.0.1:{p}/
http://localhost:{p}/
http://LOCALHOST:{p}/
http://localhost.:{p}/
http://127.1:{p}/
http://127.0.1:{p}/
http://0:{p}/
http://0.0.0.0:{p}/
http://127.127.127.127:{p}/
http://127.0.0.0:{p}/
http://2130706433:{p}/
http://0x7f000001:{p}/
http://0x7f.1:{p}/
http://0x7f.0x0.0x0.0x1:{p}/
http://0177.0.0.1:{p}/
http://017700000001:{p}/
http://0o177.0.0.1:{p}/
http://127.0.0.01:{p}/
http://[::1]:{p}/
http://[::]:{p}/
http://[0:0:0:0:0:0:0:1]:{p}/
http://[0000::1]:{p}/
http://[::ffff:127.0.0.1]:{p}/
http://[0:0:0:0:0:ffff:127.0.0.1]:{p}/
http://[::ffff:7f00:1]:{p}/
http://[::127.0.0.1]:{p}/
http://[64:ff9b::7f00:1]:{p}/
http://[64:ff9b:1::7f00:1]:{p}/
http://[2002:7f00:1::]:{p}/
http://[2001:0:4136:e378:8000:63bf:807f:fffe]:{p}/
http://[fe80::1]:{p}/
http://[fe80::1%25lo]:{p}/
http://[fe80::5efe:7f00:1]:{p}/
http://[2001:db8::5efe:7f00:1]:{p}/
http://[fc00::1]:{p}/
http://[fd00:ec2::254]:{p}/
http://[ff02::1]:{p}/
http://[2001:db8::1]:{p}/
http://[3fff::1]:{p}/
http://[100::1]:{p}/
http://[::ffff:169.254.169.254]/
http://169.254.169.254/latest/meta-data/
http://0xa9fea9fe/
http://2852039166/
http://169.254.170.2/
http://168.63.129.16/
http://100.100.100.200/
http://192.0.0.192/
http://metadata.google.internal/
http://metadata/
http://instance-data/
http://10.0.0.1/
http://172.16.0.1/
http://172.31.255.255/
http://192.168.1.1/
http://3232235777/
http://100.64.0.1/
http://198.18.0.1/
http://192.0.2.1/
http://198.51.100.1/
http://203.0.113.1/
http://224.0.0.1/
http://239.255.255.250/
http://240.0.0.1/
http://255.255.255.255/
http://192.88.99.1/
http://ip6-localhost:{p}/
http://ip6-loopback:{p}/
http://①②⑦.⓪.⓪.①:{p}/
http://127。0。0。1:{p}/
http://１２７.０.０.１:{p}/
http://localhost%00.example.com:{p}/
http://127.0.0.1%2f.example.com:{p}/
http://127.1.1.1:80\\@127.0.0.1:{p}/
http://127.1.1.1:{p}:\\@@127.0.0.1:{p}/
http://example.com@127.0.0.1:{p}/
http://example.com:80@127.0.0.1:{p}/
http://127.0.0.1:{p}#@example.com/
http:127.0.0.1:{p}/
http:/127.0.0.1:{p}/
http:///127.0.0.1:{p}/
//127.0.0.1:{p}/
http://127.0.0.1\t:{p}/
http://127.0.0.1 :{p}/
http://127.0.0.1:{p}\r\nHost: example.com
ftp://127.0.0.1:{p}/
file:///etc/passwd
gopher://127.0.0.1:{p}/_GET
dict://127.0.0.1:{p}/
jar:http://127.0.0.1:{p}!/
javascript:alert(1)
data:text/html,hello
http://
http://:{p}/
http://[::1
http://127.0.0.1:99999/
""".strip("\n").split("\n")


@pytest.fixture(scope="module")
def canary():
    with Site() as site:
        site.put("*", "the canary sings")
        yield site


def test_there_are_enough_tricks():
    assert len(SPELLINGS) >= 60


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_reaches_the_canary(canary, spelling):
    before = len(canary.asked)
    with fetching.Fetcher(allow=[]) as fetcher, pytest.raises(REFUSALS) as found:
        fetcher.fetch(
            spelling.format(p=canary.port).encode().decode("unicode_escape")
            if "\\t" in spelling or "\\r" in spelling
            else spelling.format(p=canary.port),
            time_s=5,
        )
    assert found.value.message and found.value.remedy
    assert len(canary.asked) == before


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["::1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        ["fe80::1%2"],
        ["0.0.0.0"],
    ],
)
def test_no_name_leads_to_a_private_address(answers):
    fetcher = fetching.Fetcher(allow=[], resolve=lambda host: answers)
    with pytest.raises(errors.AddressNotAllowed):
        fetcher.fetch("http://shop.example/", time_s=2)


def test_a_name_that_changes_its_mind_gets_no_second_look(canary):
    """The first answer is public, each later one the canary: only a checked address is connected to."""
    answers = iter([["192.0.2.1"], ["127.0.0.1"], ["127.0.0.1"]])
    before = len(canary.asked)
    with fetching.Fetcher(allow=["192.0.2.1"], resolve=lambda host: next(answers)) as fetcher:
        for _ in range(3):
            with pytest.raises((errors.FetchError, RuntimeError)):
                fetcher.fetch(f"http://rebind.example:{canary.port}/", time_s=1)
    assert len(canary.asked) == before


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.2:{p}/",
        "http://[::1]:{p}/",
        "http://169.254.169.254/",
        "//127.0.0.2:{p}/",
        "file:///etc/passwd",
    ],
)
def test_no_redirect_reaches_the_canary(canary, status, to):
    with Site() as site:
        site.put_redirect("/", to.format(p=canary.port), status)
        before = len(canary.asked)
        with fetching.Fetcher(allow=[f"127.0.0.1:{site.port}"]) as fetcher, pytest.raises(REFUSALS):
            fetcher.fetch(site.url + "/", time_s=3)
    assert len(canary.asked) == before


def test_ports_of_other_services_are_closed():
    fetcher = fetching.Fetcher(allow=[], resolve=lambda host: ["93.184.216.34"])
    with pytest.raises(errors.PortNotAllowed) as found:
        fetcher.fetch("http://shop.example:6379/", time_s=2)
    assert "6379" in found.value.message


@pytest.mark.parametrize(
    ("entry", "host", "port", "allowed"),
    [
        ("127.0.0.1", "127.0.0.1", 8000, True),
        ("127.0.0.0/8", "127.9.9.9", 80, True),
        ("127.0.0.1:8000", "127.0.0.1", 8000, True),
        ("127.0.0.1:8000", "127.0.0.1", 8001, False),
        ("10.1.0.0/16", "10.2.0.1", 80, False),
        ("[::1]:8000", "::1", 8000, True),
        ("[::1]:8000", "::1", 80, False),
        ("::1", "::1", 80, True),
        ("10.0.0.0/8:8080", "10.0.0.1", 8080, True),
    ],
)
def test_the_operator_allows_networks_and_ports(entry, host, port, allowed):
    assert addresses.Allowance([entry]).has_address(ipaddress.ip_address(host), port) is allowed


def test_an_allowed_host_is_allowed_by_name(canary):
    with fetching.Fetcher(allow=["intranet.example"], resolve=lambda host: ["127.0.0.1"]) as fetcher:
        assert fetcher.fetch(f"http://intranet.example:{canary.port}/").body == b"the canary sings"
        with pytest.raises(errors.AddressNotAllowed):
            fetcher.fetch(f"http://other.example:{canary.port}/")


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]
)
def test_the_public_internet_is_open(address):
    assert addresses.is_public(ipaddress.ip_address(address))


def test_what_spelling_alone_shows_is_refused_while_typing():
    none = addresses.Allowance([])
    for text in ("http://127.0.0.1/", "http://localhost/", "http://metadata.google.internal/"):
        with pytest.raises(errors.AddressNotAllowed):
            addresses.check_spelling(text, none)
    assert addresses.check_spelling("https://shop.example/help", none).host == "shop.example"


def test_addresses_of_the_system_are_asked_once_each():
    assert fetching.look_up("127.0.0.1") == ["127.0.0.1"]
    with pytest.raises(socket.gaierror):
        fetching.look_up("nobody.invalid")
