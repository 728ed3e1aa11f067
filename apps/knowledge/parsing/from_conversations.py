"""Past conversations: JSON, a JSON object a line, or CSV with a message or a question and answer a row. In the child.

Exports of help desks name the same things in other words (``_NAMES``, ``_ROLES``).
"""

import csv
import html
import io
import json
import re

from apps.knowledge.parsing.decoding import decode
from apps.knowledge.parsing.trouble import Unreadable

MOST = 20_000
MOST_MESSAGES = 300
LONGEST = 5000
"""Characters of one message that are looked at."""

_NAMES = {
    "external_id": (
        *(
            "external_id",
            "conversation_id",
            "conversation",
            "convo_id",
            "ticket_id",
            "ticket",
            "ticket_number",
        ),
        *("chat_id", "thread_id", "case_id", "case_number", "display_id", "id"),
    ),
    "role": (
        *(
            "role",
            "author_type",
            "sender_type",
            "author_role",
            "from_type",
            "user_type",
            "direction",
            "speaker",
        ),
        *("author", "sender", "from", "actor", "incoming"),
    ),
    "text": (
        *(
            "text",
            "body",
            "message",
            "plain_body",
            "body_text",
            "comment",
            "comment_body",
            "content",
            "message_body",
        ),
        *("utterance", "nachricht", "mensaje"),
    ),
    "at": ("at", "sent_at", "created_at", "timestamp", "time", "date", "created"),
    "started_at": ("started_at", "created_at", "date", "created", "opened_at", "created_time"),
    "csat": (
        *(
            "csat",
            "satisfaction_rating",
            "satisfaction_score",
            "satisfaction",
            "rating",
            "conversation_rating",
        ),
        *("score", "survey_result", "stars", "bewertung"),
    ),
    "subject": ("subject", "title", "topic", "betreff", "asunto", "objet", "raw_subject"),
    "tags": ("tags", "labels", "tag", "label"),
    "status": ("status", "state", "ticket_status", "conversation_status"),
    "contact": (
        "contact",
        "requester",
        "requester_name",
        "customer_name",
        "customer",
        "contact_name",
        "name",
    ),
    "question": (
        *(
            "question",
            "customer_message",
            "customer_question",
            "query",
            "inquiry",
            "request",
            "frage",
            "pregunta",
        ),
        *("description", "description_text", "ticket_description", "initial_message", "first_message"),
    ),
    "answer": (
        *("answer", "agent_reply", "agent_response", "response", "reply", "resolution", "resolution_notes"),
        *("agent_message", "last_reply", "solution", "antwort", "respuesta", "agent_answer"),
    ),
    "is_private": ("private", "is_private", "internal", "is_note"),
    "is_public": ("public", "is_public"),
    "messages": ("messages", "comments", "conversations", "conversation_parts", "parts", "thread", "threads"),
}
_ROLES = {
    "customer": "customer user end_user end-user enduser visitor contact lead client requester consumer incoming "
    "inbound in true kunde kundin cliente visiteur buyer guest",
    "agent": "agent admin teammate support staff operator outgoing outbound out representative employee false "
    "mitarbeiter mitarbeiterin agente human helpdesk csr seller",
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split()}
_RATED = {
    "good": 5,
    "great": 5,
    "positive": 5,
    "satisfied": 5,
    "happy": 5,
    "offered": None,
    "unoffered": None,
}
_RATED |= {
    "bad": 1,
    "negative": 1,
    "unsatisfied": 1,
    "dissatisfied": 1,
    "unhappy": 1,
    "amazing": 5,
    "terrible": 1,
}


def read_conversations(data, *, name, charset=""):
    """``conversations`` as ``mining`` takes them; ``lost`` counts entries without a customer and an answer."""
    text = decode(data, declared=charset).lstrip("\ufeff \t\r\n")
    if not text:
        raise Unreadable("file_empty", name=name)
    rows = _of_json(text, name) if text[0] in "[{" else _of_csv(text, name)
    found, lost = {}, 0
    for number, row in enumerate(rows):
        one = _conversation(row, number)
        if one is None:
            lost += 1
            continue
        found[one["external_id"]] = one
        if len(found) > MOST:
            raise Unreadable("too_many_conversations", name=name, most=f"{MOST:,}")
    if not found:
        raise Unreadable("no_conversations", name=name)
    _even_ratings(list(found.values()))
    return {"title": "", "markdown": "", "conversations": list(found.values()), "lost": lost}


def _of_json(text, name):
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise Unreadable("file_broken", name=name) from error
    except ValueError as whole:
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            raise Unreadable("file_broken", name=name) from whole
    if isinstance(found, dict):
        lists = [v for v in found.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        is_one = any(_role(one) for one in _messages_of(found) or ())
        found = [found] if is_one or not lists else max(lists, key=len)
    rows = [row for row in found if isinstance(row, dict)]
    if rows and all(_messages_of(row) is None and _field(row, "text") for row in rows):
        yield from _grouped(rows)
    else:
        yield from rows


def _of_csv(text, name):
    try:
        dialect = csv.Sniffer().sniff(text[:10_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    dialect.doublequote = True
    csv.field_size_limit(10 * 1024 * 1024)
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), dialect=dialect)
        fields = {_key(field) for field in rows.fieldnames or ()}
        has_pairs = all(fields & set(_NAMES[one]) for one in ("question", "answer"))
        has_messages = all(fields & set(_NAMES[one]) for one in ("text", "role", "external_id"))
        if not has_pairs and not has_messages:
            raise Unreadable("no_conversations", name=name)
        rows = [{key: value for key, value in row.items() if key and value} for row in rows]
    except csv.Error as error:
        raise Unreadable("file_broken", name=name) from error
    yield from rows if has_pairs else _grouped(rows)


def _grouped(rows):
    """Rows of one message each as conversations, in the order in which these begin."""
    groups = {}
    for row in rows:
        key = str(_field(row, "external_id") or "")
        group = groups.setdefault(key, {"external_id": key, "messages": []})
        group["messages"].append(row)
        for field in ("csat", "subject", "tags", "status", "contact", "started_at"):
            value = _field(row, field)
            if value not in (None, ""):
                group[field] = group.get(field, value) if field in ("started_at", "subject") else value
    yield from groups.values()


def _conversation(row, number):
    messages = []
    listed = _messages_of(row)
    if listed is None:
        listed = [
            {"role": role, "text": _field(row, field)}
            for role, field in (("customer", "question"), ("agent", "answer"))
        ]
    for message in listed[:MOST_MESSAGES]:
        role, text = _role(message), _plain(_field(message, "text"))
        if role and text and not _is_note(message):
            messages.append({"role": role, "text": text, "at": str(_field(message, "at") or "")[:40]})
    if {message["role"] for message in messages} != {"customer", "agent"}:
        return None
    if all(re.match(r"\d{4}-\d\d-\d\d", message["at"]) for message in messages):
        messages.sort(key=lambda message: message["at"])
    tags = _field(row, "tags")
    tags = re.split(r"[,;|\s]+", tags) if isinstance(tags, str) else tags
    contact = _field(row, "contact")
    return {
        "external_id": str(_field(row, "external_id") or f"row-{number}")[:200],
        "started_at": str(_field(row, "started_at") or messages[0]["at"] or "")[:40],
        "subject": _plain(_field(row, "subject"))[:300],
        "tags": [str(tag)[:60] for tag in tags if tag][:50] if isinstance(tags, list) else [],
        "status": str(_field(row, "status") or "")[:40],
        "csat": _rating(_field(row, "csat")),
        "names": _called(contact),
        "messages": messages,
    }


def _messages_of(row):
    found = _field(row, "messages")
    if isinstance(found, dict):  # as Intercom nests its parts
        found = next((value for value in found.values() if isinstance(value, list)), None)
    if not isinstance(found, list):
        return None
    opening = row.get("source")  # where Intercom has the first message
    opening = [opening] if isinstance(opening, dict) and opening.get("body") else []
    return [one for one in [*opening, *found] if isinstance(one, dict)]


def _role(message):
    said = _field(message, "role")
    if isinstance(said, dict):
        said = said.get("type") or said.get("role") or ""
    return _ROLE_OF.get(re.sub(r"[\s_]+", "_", str(said).strip().casefold()), "")


def _is_note(message):
    private, public = _field(message, "is_private"), _field(message, "is_public")
    return str(private).casefold() in ("true", "1", "yes") or str(public).casefold() in ("false", "0", "no")


def _called(contact):
    if isinstance(contact, dict):
        contact = contact.get("name") or ""
    return [str(contact)[:120]] if contact and "@" not in str(contact) else []


def _rating(value):
    if isinstance(value, dict):
        value = value.get("score") or value.get("rating")
    if isinstance(value, bool) or value is None:
        return None
    words = str(value).strip().casefold()
    if words in _RATED:
        return _RATED[words]
    number = re.match(r"\d{1,3}(?:[.,]\d+)?", words)
    return float(number.group().replace(",", ".")) if number else None


def _even_ratings(conversations):
    """All ratings of one file are of five, whatever scale it used."""
    rated = [one for one in conversations if one["csat"] is not None]
    highest = max((one["csat"] for one in rated), default=0)
    if highest > 5:
        for one in rated:
            one["csat"] = round(one["csat"] * 5 / (10 if highest <= 10 else 100), 2)


def _field(row, field):
    """The value under the first of a field's names that the row has."""
    keys = {_key(key): key for key in row}
    for name in _NAMES[field]:
        if name in keys and row[keys[name]] not in (None, ""):
            return row[keys[name]]
    return None


def _key(name):
    return re.sub(r"[\s\-.]+", "_", str(name or "").strip().casefold())


def _plain(value):
    """A message as text without markup and without what it quotes."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    words = str(value).replace("\x00", "")[: LONGEST * 4]
    if re.search(r"<(?:p|br|div|span|html|body)\b", words):
        words = re.sub(r"(?i)<(?:br|/p|/li|/div)[^>]*>", "\n", words)
        words = html.unescape(re.sub(r"<[^>]{0,2000}>", " ", words))
    lines = [line.rstrip() for line in words.splitlines() if not line.lstrip().startswith(">")]
    words = re.sub(r"[ \t\r\f\v\xa0]+", " ", "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", words).strip()[:LONGEST]
