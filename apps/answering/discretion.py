"""What is internal may guide an answer; its words never reach a visitor.

Checked while the answer is written: words go out a little later than they come in, so that a stretch taken from
internal material is seen before its first word is said.
"""

import re

RUN = 8
"""So many words in a row that stand in internal material, and nowhere a visitor may read, are a quotation."""

_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W_]+(?:['’][^\W_]+)*")
_MARK = re.compile(r"\[\[?[^\]]{0,20}\]\]?")
_SECRET = re.compile(
    r"(?i)https?://\S+|[\w.+-]+@[\w-]+\.[\w.]+|\b(?=[a-z0-9-]*\d)(?=[a-z0-9-]*[a-z])[a-z0-9-]{5,}\b"
)
"""Addresses and codes: one is enough."""


class Betrayed(Exception):
    """The answer would have repeated internal material word for word."""


class Discretion:
    """``guidance``: internal texts; ``known``: what the visitor may read or wrote."""

    def __init__(self, guidance, known):
        open_words = " ".join(known)
        self._runs = {run for text in guidance for run in _runs(text)} - set(_runs(open_words))
        open_words = open_words.casefold()
        secrets = {match[0].casefold() for text in guidance for match in _SECRET.finditer(text)}
        self._secrets = {secret for secret in secrets if secret not in open_words}

    def check(self, text):
        """Raises Betrayed when ``text`` repeats what is internal."""
        plain = text.casefold()
        if any(run in self._runs for run in _runs(text)) or any(secret in plain for secret in self._secrets):
            raise Betrayed


class Discreet:
    """A voice that says what it is given once the words that follow have shown that it may."""

    def __init__(self, voice, discretion):
        self._voice = voice
        self._discretion = discretion
        self._text = ""
        self._said = 0

    async def say(self, words):
        """Raises Betrayed before a quotation has begun to be said."""
        self._text += words
        self._discretion.check(self._text)
        found = list(_WORD.finditer(self._text))
        if len(found) > RUN:
            await self._until(found[-RUN].start())

    async def close(self):
        """Say what is left."""
        self._discretion.check(self._text)
        await self._until(len(self._text))

    async def _until(self, end):
        start = self._text.rfind(" ", 0, end) + 1 if end < len(self._text) else end
        if start > self._said:
            words, self._said = self._text[self._said : start], start
            await self._voice.say(words)


def _runs(text):
    words = [match[0].casefold() for match in _WORD.finditer(_MARK.sub(" ", text))]
    return [tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)]
