"""Models that think aloud: a part of thought, or what stands between think marks at the start, is no answer."""

OPEN, CLOSE = "<think>", "</think>"


def words_in(content):
    """The words of a delta's ``content``: text as it is, of a list of parts those of its text."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    texts = (part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text")
    return "".join(text for text in texts if isinstance(text, str))


class WithoutThinking:
    """Passes words on, without a leading block of thought. Give it pieces, take what is for the reader."""

    def __init__(self):
        self._held = ""
        self._state = "start"

    def hear(self, piece):
        """The words that may be shown after ``piece``."""
        if self._state == "answer":
            return piece
        self._held += piece
        if self._state == "start":
            start = self._held.lstrip()
            if not start or (len(start) < len(OPEN) and OPEN.startswith(start)):
                return ""
            if not start.startswith(OPEN):
                return self._open(self._held)
            self._state = "thinking"
        end = self._held.find(CLOSE)
        if end < 0:
            return ""
        rest = self._held[end + len(CLOSE) :].lstrip()
        if not rest:
            self._held, self._state = "", "start"
            return ""
        return self._open(rest)

    def rest(self):
        """What was held back and turned out to be words; empty for a thought that never ended."""
        return self._held if self._state == "start" and self._held.strip() else ""

    def _open(self, words):
        self._held, self._state = "", "answer"
        return words
