"""Is a pasted text complete?"""

import re

from django.utils.translation import gettext as _

from apps.knowledge.errors import InvalidConfig

LONGEST = 2_000_000


def cleaned(config):
    """``{text, title, external_id, url}`` and a name. Raises InvalidConfig."""
    errors = {}
    kept = {key: config.get(key) or "" for key in ("text", "title", "external_id", "url")}
    for key, value in kept.items():
        if not isinstance(value, str):
            errors[key] = _("This must be text.")
            kept[key] = ""
    kept = {key: value.replace("\x00", "").strip() for key, value in kept.items()}
    if not kept["text"] and "text" not in errors:
        errors["text"] = _("Paste the text that the agent should know.")
    elif len(kept["text"]) > LONGEST:
        errors["text"] = _("This is longer than %(limit)s characters. Save it as a file and upload that.") % {
            "limit": f"{LONGEST:,}"
        }
    for key, longest in (("title", 500), ("external_id", 1000), ("url", 2000)):
        if len(kept[key]) > longest:
            errors[key] = _("At most %(limit)s characters.") % {"limit": longest}
    if kept["url"] and not re.match(r"(?i)https?://[^\s/]", kept["url"]):
        errors.setdefault("url", _("A web address begins with https://."))
    if errors:
        raise InvalidConfig(errors)
    kept["title"] = kept["title"] or first_words(kept["text"])
    return kept, kept["title"][:200]


def first_words(text):
    """The text's first line, cut at a word: what an untitled text is called."""
    line = re.sub(r"^[#>*\-\s]+", "", text.strip().splitlines()[0]).strip() or text.strip()
    return line if len(line) <= 70 else line[:70].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
