"""Numbers that a plugin's model lets through and no JSON holds."""

import math


def endless(settings):
    """The names of the fields of a pydantic object that are infinite or no number."""
    return [name for name, value in settings if isinstance(value, float) and not math.isfinite(value)]
