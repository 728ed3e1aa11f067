"""Why a file cannot be read, as a code that the parent turns into a sentence. Runs in the child."""

LONGEST_CHARACTERS = 20_000_000
"""Of one document's Markdown; a book has one million."""


class Unreadable(Exception):
    """``code`` names the sentence in ``apps.knowledge.errors``; ``facts`` fill it in."""

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code = code
        self.facts = facts


def too_long(name):
    """The refusal of a document that holds more text than any document does."""
    return Unreadable("file_too_long", name=name, limit=f"{LONGEST_CHARACTERS:,}")
