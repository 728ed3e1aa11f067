"""Switches of the operator's that nothing but the right word may open."""

from django.core.exceptions import ImproperlyConfigured

ON, OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0")


def is_on(name, value):
    """True unless the value is a word for off; an empty one, as compose files write what is unset, is none.

    Raises ImproperlyConfigured, in words.
    """
    word = (value or "on").strip().lower() or "on"
    if word not in ON + OFF:
        raise ImproperlyConfigured(f"{name} is not understood: {word}. Write on or off.")
    return word in ON
