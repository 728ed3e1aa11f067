"""A switch for safety is on unless somebody wrote that it is off."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from berrydesk.switching import is_on


@pytest.mark.parametrize("value", [None, "", "  ", "on", "ON", "yes", "true", "1"])
def test_what_is_unset_or_on_is_on(value):
    assert is_on("BERRYDESK_CHROMIUM_SANDBOX", value)


@pytest.mark.parametrize("value", ["off", "Off", "no", "false", "0", " off "])
def test_only_the_words_for_off_are_off(value):
    assert not is_on("BERRYDESK_CHROMIUM_SANDBOX", value)


@pytest.mark.parametrize("value", ["enabled", "disable", "2", "none"])
def test_anything_else_refuses_to_start(value):
    with pytest.raises(ImproperlyConfigured, match="BERRYDESK_CHROMIUM_SANDBOX is not understood"):
        is_on("BERRYDESK_CHROMIUM_SANDBOX", value)
