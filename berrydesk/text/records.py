"""Records: blocks of lines "name: value", as rows of a table are written so that each can be read by itself."""

import re

_FIELD = re.compile(r"([^\s:|#>*-][^:\n]{0,79}): +\S.*")

LONGEST_NAME = 100
"""Characters of a first value that names its record."""


def fields(block):
    """The names of the fields, in order, where every line of ``block`` is one; none otherwise."""
    lines = block.split("\n")
    found = [match[1] for line in lines if (match := _FIELD.fullmatch(line))]
    return found if 1 < len(lines) == len(found) else []


def split(text):
    """The records that ``text`` wholly consists of, or none: at least two, with fields in common."""
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", text.strip())]
    names = [set(fields(block)) for block in blocks]
    if len(blocks) < 2 or not all(names):
        return []
    usual = max(names, key=len)
    return blocks if all(len(own & usual) * 2 > len(own) for own in names) else []


def name_of(record):
    """What a record is called: its first value, unless that is too long for a name."""
    first = record.partition("\n")[0].partition(": ")[2].strip()
    return first if len(first) <= LONGEST_NAME else ""
