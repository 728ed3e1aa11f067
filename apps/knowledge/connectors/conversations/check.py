"""Are these past conversations, or the wish to learn from those answered here?"""

import hashlib
import json

from django.utils.translation import gettext as _

from apps.knowledge.errors import InvalidConfig

MOST = 2000
MOST_MESSAGES = 300
ROLES = ("customer", "agent")


def cleaned(config):
    """``{own: True}`` and a name. Raises InvalidConfig, field by field."""
    if config.get("own") is not True:
        words = _("Send conversations, or own: true for those that were answered here.")
        raise InvalidConfig({"conversations": words})
    return {"own": True}, _("Answered here")


def as_file(config):
    """(file name, bytes) of ``config["conversations"]``, the same for the same. Raises InvalidConfig.

    The file has a conversation a line and nothing of the contact but the name, which mining must cut.
    """
    listed = config.get("conversations")
    if not isinstance(listed, list) or not listed:
        raise InvalidConfig({"conversations": _("Send a list of conversations.")})
    if len(listed) > MOST:
        words = _("At most %(limit)s at a time; send them in several calls.") % {"limit": f"{MOST:,}"}
        raise InvalidConfig({"conversations": words})
    errors, lines = {}, []
    for number, one in enumerate(listed):
        problem = _problem(one)
        if problem:
            errors[f"conversations.{number}{problem[0]}"] = problem[1]
        elif not errors:
            lines.append(json.dumps(_kept(one), ensure_ascii=False, sort_keys=True))
    if errors:
        raise InvalidConfig(dict(list(errors.items())[:20]))
    data = "\n".join(lines).encode("utf-8", "replace")
    return f"conversations-{hashlib.sha256(data).hexdigest()[:12]}.jsonl", data


def _problem(one):
    """(field, words) of what is wrong with one conversation, or None."""
    if not isinstance(one, dict):
        return "", _("This must hold fields and their values.")
    if not str(one.get("external_id") or "").strip():
        return ".external_id", _("Give each conversation an id of your own.")
    messages = one.get("messages")
    if not isinstance(messages, list) or not messages or len(messages) > MOST_MESSAGES:
        return ".messages", _("Send from 1 to %(limit)s messages.") % {"limit": MOST_MESSAGES}
    for number, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            return f".messages.{number}.role", _("The role is customer or agent.")
        if not isinstance(message.get("text"), str):
            return f".messages.{number}.text", _("The text of a message is missing.")
    csat = one.get("csat")
    if csat is not None and (
        isinstance(csat, bool) or not isinstance(csat, int | float) or not 0 <= csat <= 100
    ):
        return ".csat", _("The rating is a number.")
    return None


def _kept(one):
    contact = one.get("contact")
    contact = contact.get("name") if isinstance(contact, dict) else contact
    return {
        "external_id": str(one["external_id"]),
        "started_at": str(one.get("started_at") or ""),
        "subject": str(one.get("subject") or ""),
        "tags": one.get("tags") if isinstance(one.get("tags"), list) else [],
        "status": str(one.get("status") or ""),
        "csat": one.get("csat"),
        "contact": str(contact or ""),
        "messages": [
            {"role": m["role"], "text": m["text"], "at": str(m.get("at") or "")} for m in one["messages"]
        ],
    }
