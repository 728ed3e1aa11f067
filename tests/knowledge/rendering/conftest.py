"""A real Chromium, in its sandbox wherever this machine lets it have one."""

import pytest

from apps.knowledge import rendering_errors
from apps.knowledge.rendering import opening
from tests.peers.site import Site

_may_have_sandbox = []


@pytest.fixture(autouse=True)
def chromium(settings):
    """Pages may be rendered; without the sandbox only where the machine forbids it, as an operator may allow."""
    settings.BERRYDESK_CHROMIUM = None
    if not _may_have_sandbox:
        with Site() as site:
            settings.BERRYDESK_FETCH_ALLOW = [site.host]
            site.put_page("/", "Hello")
            try:
                opening.render(site.url, may_follow=print, meanwhile=lambda: None)
                _may_have_sandbox.append(True)
            except rendering_errors.BrowserUnsafe:
                _may_have_sandbox.append(False)
    settings.BERRYDESK_CHROMIUM_SANDBOX = _may_have_sandbox[0]
    settings.BERRYDESK_FETCH_ALLOW = []


@pytest.fixture
def site(chromium, settings):
    """A website, and the only thing that may be fetched at all."""
    with Site() as running:
        settings.BERRYDESK_FETCH_ALLOW = [running.host]
        yield running
