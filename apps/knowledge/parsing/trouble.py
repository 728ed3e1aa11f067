"""Why a file cannot be read, as a code that the parent turns into a sentence. Runs in the child."""


class Unreadable(Exception):
    """``code`` names the sentence in ``apps.knowledge.errors``; ``facts`` fill it in."""

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code = code
        self.facts = facts
