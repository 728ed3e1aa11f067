"""A plugin's secrets stand in no sentence of its own."""

from urllib.parse import quote, quote_plus

COVER = "•••"

SHORTEST = 4
"""Characters of a value that is covered: a shorter one stands in every sentence, and says nothing where it stands."""


def hidden(text, secrets):
    """The text without the values of ``secrets``, as they are or as an address holds them."""
    values = {str(value) for value in secrets.values() if value and len(str(value)) >= SHORTEST}
    ways = {
        way for value in values for way in (value, quote(value, safe=""), quote(value), quote_plus(value))
    }
    for way in sorted(ways, key=len, reverse=True):
        text = text.replace(way, COVER)
    return text
