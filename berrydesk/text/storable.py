"""Text from strangers that PostgreSQL can keep."""

import re

_ODD = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL keeps no zero, and no half of a pair: a script that cuts an emoji in two sends one."""


def storable(text):
    """The text without what no database column can hold."""
    return _ODD.sub("", text)
