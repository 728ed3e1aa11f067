"""In which language the plain chat page speaks to a visitor: their browser's, where the widget's words exist in it."""

import functools
import json
from pathlib import Path

from django.conf import settings
from django.utils.translation.trans_real import parse_accept_lang_header

FOLDER = Path(settings.BASE_DIR) / "static" / "widget" / "strings"
RIGHT_TO_LEFT = ("ar", "he", "fa", "ur")

ENGLISH = {
    "hello": "Hello. How can we help?",
    "ai": "AI assistant",
    "person": "Talk to a person",
    "waiting": "A person has been asked to join",
    "log": "Conversation",
    "you": "You",
    "write": "Write a message",
    "send": "Send",
    "cancel": "Cancel",
    "email": "Your e-mail address",
    "email_send": "Leave it",
}


def language_of(request, agent):
    """The first language of the browser that we have words in, else the agent's own."""
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    for tag, _weight in wanted:
        short = tag.split("-")[0]
        if short == "en" or (FOLDER / f"{short}.json").is_file():
            return short
    return agent.language.split("-")[0]


def direction(language):
    """ "rtl" or "ltr"."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


@functools.cache
def words(language):
    """The widget's words in a language, the English one where it lacks one."""
    path = FOLDER / f"{language}.json"
    known = json.loads(path.read_text()) if language.isalpha() and path.is_file() else {}
    return ENGLISH | {key: known[key] for key in ENGLISH if key in known}
