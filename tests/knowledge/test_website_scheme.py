"""A site typed without a scheme is read as it speaks; whoever types https:// means it."""

import socket
import ssl

import pytest

from apps.knowledge import sources, syncing
from apps.knowledge.connectors import registry
from apps.knowledge.models import Source
from berrydesk.db import leases
from berrydesk.http import errors as http_errors
from tests.peers.site import Site
from tests.peers.tls import self_signed


@pytest.fixture
def site(settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
    with Site() as running:
        running.put_page("/", "Home", links=["/a"])
        running.put_page("/a", "A")
        yield running


def typed(site):
    return f"127.0.0.1:{site.port}"


def add(agent, text):
    kind, config = sources.guess_kind(text)
    return sources.add_source(agent, kind=kind, config=config)


def learn(source):
    with leases.claim(Source, source.pk, for_s=120) as row:
        assert syncing.sync(row)
    source.refresh_from_db()
    return source


def count(text):
    return registry.count(*sources.guess_kind(text)).pages


def test_a_plain_site_typed_without_a_scheme_is_counted_and_learned(agent, site):
    assert count(typed(site)) == 2
    source = add(agent, typed(site))
    assert source.config["url"].startswith("https://") and source.name == typed(site)
    source = learn(source)
    assert (source.status, source.learned) == ("ready", 2)
    assert source.config["url"] == f"{site.url}/" and "guessed" not in source.config


def test_the_same_site_typed_again_is_the_same_source(agent, site):
    first = add(agent, typed(site))
    assert add(agent, typed(site)) == first
    learn(first)
    assert add(agent, typed(site)) == first and add(agent, site.url) == first


def test_limits_that_are_changed_before_it_was_read_leave_the_scheme_open(agent, site):
    source = add(agent, typed(site))
    sources.change_limits(source, {"max_pages": 1})
    source.refresh_from_db()
    assert learn(source).config["url"].startswith("http://")


def test_whoever_types_https_is_told_that_the_site_does_not_speak_it(site):
    with pytest.raises(http_errors.NoTls, match="http://"):
        count(f"https://{typed(site)}")
    assert site.asked == []


def test_a_certificate_that_is_not_valid_is_no_reason_for_plain_http(agent, site, tmp_path):
    key, certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    site._server.socket = context.wrap_socket(site._server.socket, server_side=True)
    with pytest.raises(http_errors.TlsFailed) as caught:
        count(typed(site))
    assert caught.value.code == "tls_failed"
    assert learn(add(agent, typed(site))).config["url"].startswith("https://")


def test_a_site_that_sends_plain_http_to_its_own_https_is_not_read_over_http(agent, site):
    """Its https fails at this moment; from where plain http leads it is known that it speaks it."""
    site.put_redirect("/robots.txt", f"https://{site.host}/robots.txt")
    source = learn(add(agent, typed(site)))
    assert source.config["url"].startswith("https://") and source.config["guessed"] is True
    site.take_away("/robots.txt")
    assert learn(sources.sync_again(source)).config["url"] == f"{site.url}/"


def test_a_plain_site_that_leads_to_another_hosts_https_is_begun_at_over_http(agent, site, settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1", "localhost"]
    site.put_redirect("/robots.txt", f"https://localhost:{site.port}/robots.txt")
    assert learn(add(agent, typed(site))).config["url"].startswith("http://")


def test_where_nobody_listens_nothing_is_settled(agent, settings):
    settings.BERRYDESK_FETCH_ALLOW = ["127.0.0.1"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        text = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(http_errors.ConnectionRefused):
        count(text)
    assert learn(add(agent, text)).config["guessed"] is True
