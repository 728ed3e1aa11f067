"""How both conformance kits call a plugin: with what it is given, in time, and without its secrets coming back."""

import inspect
import re
import time

from pydantic import SecretStr

LONGEST_CALL_S = 10

SECRET_LIKE = re.compile(r"secret|token|password|api_?key|private_?key", re.IGNORECASE)
"""Names of settings that hold a secret."""


def accepts(made, given):
    """Each method named in ``given`` takes these arguments by position, and neither awaits nor yields."""
    for name, arguments in given.items():
        method = getattr(made, name)
        call = f"{name}({', '.join(arguments)})"
        try:
            inspect.signature(method).bind(*arguments)
        except TypeError as error:
            raise AssertionError(
                f"Berrydesk calls {call}, and {name} does not take that: {error}."
            ) from error
        assert not inspect.iscoroutinefunction(method) and not inspect.isasyncgenfunction(method), (
            f"{name} is called without await: make it a plain function."
        )
        assert name == "walk" or not inspect.isgeneratorfunction(method), (
            f"{name} returns, it does not yield."
        )


def no_secret_in(told, settings):
    """No secret of the settings stands in what is told."""
    for name in type(settings).model_fields:
        held = getattr(settings, name)
        if isinstance(held, SecretStr) and len(held.get_secret_value()) > 3:
            assert held.get_secret_value() not in f"{told!r} {told}", (
                f"The setting {name} is told to the visitor."
            )


def timed(call, name):
    """What ``call`` returns, within the time that Berrydesk allows."""
    began = time.monotonic()
    try:
        return call()
    finally:
        assert time.monotonic() - began < LONGEST_CALL_S, f"{name} ends within {LONGEST_CALL_S} seconds."
