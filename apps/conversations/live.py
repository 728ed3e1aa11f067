"""The text of answers that this process is writing right now.

Words reach the streams of the same process from here, without the database. Other processes, and whoever
comes later, read the message row, which is brought up to date a few times a second.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class LiveText:
    """One answer in the making. ``from_seq``: the event since which ``text`` counts."""

    message_id: str
    from_seq: int
    text: str = ""


_texts: dict[str, LiveText] = {}
_watchers: dict[str, list[Callable[[], None]]] = {}


def draft_key(conversation_id):
    """What streams of other processes listen to while an answer is being written here."""
    return f"draft:{conversation_id}"


def begin(conversation_id, message_id, from_seq):
    """This process writes the conversation's answer from now on."""
    _texts[str(conversation_id)] = LiveText(str(message_id), from_seq)
    _wake(conversation_id)


def append(conversation_id, words):
    """Add words and wake this process's streams."""
    _texts[str(conversation_id)].text += words
    _wake(conversation_id)


def end(conversation_id):
    """The row says it all from now on."""
    _texts.pop(str(conversation_id), None)
    _wake(conversation_id)


def of(conversation_id):
    """The answer being written here, or None."""
    return _texts.get(str(conversation_id))


@contextlib.contextmanager
def watched(conversation_id, on_text):
    """Call ``on_text`` whenever this process adds words to the conversation's answer."""
    watchers = _watchers.setdefault(str(conversation_id), [])
    watchers.append(on_text)
    try:
        yield
    finally:
        watchers.remove(on_text)
        if not watchers:
            _watchers.pop(str(conversation_id), None)


def _wake(conversation_id):
    for on_text in _watchers.get(str(conversation_id), ()):
        on_text()
