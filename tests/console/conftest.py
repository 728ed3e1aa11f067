"""Who looks at the pages."""

import pytest


@pytest.fixture
def as_ada(client, ada):
    """A browser in which Ada has signed in."""
    client.force_login(ada.user)
    return client
