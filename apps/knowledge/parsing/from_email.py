"""E-mails that were saved as files: subject, sender, day and words. Runs in the child."""

import contextlib
import email
import email.errors
import email.header
import re

from apps.knowledge.parsing.decoding import decode
from apps.knowledge.parsing.from_html import read_html
from apps.knowledge.parsing.trouble import Unreadable

KNOWN = ("From", "Subject", "Date", "To", "Received", "Message-ID", "Return-Path")


def read_email(data, *, name, charset=""):
    """Markdown under the subject. Attachments are named, not read."""
    text = re.sub(rb"\r\n?", b"\n", data.removeprefix(b"\xef\xbb\xbf").lstrip())
    head, gap, body = re.sub(rb"\AFrom .*\n", b"", text).partition(b"\n\n")
    head = re.sub(rb"(?m)^([A-Za-z\-]{2,40})[ \t]+:", rb"\1:", head)  # as RFC 822 allowed
    message = email.message_from_bytes(head + gap + body)
    if not any(message.get(header) for header in KNOWN):
        raise Unreadable("wrong_type", name=name, ending=".eml", looks="something else")
    bodies, attached = _bodies(message, charset)
    subject = _header(message, "Subject")
    about = "\n".join(f"{label}: {words}" for label in ("From", "Date") if (words := _header(message, label)))
    words = "\n\n".join(body for body in bodies if body)
    if not words and not subject:
        raise Unreadable("file_without_text", name=name)
    blocks = [f"# {subject}" if subject else "", about, words]
    notes = []
    if attached:
        shown = ", ".join(attached[:5]) + (" …" if len(attached) > 5 else "")
        blocks.append(f"Attachments: {', '.join(attached)}")
        notes.append(["attachments_left_out", {"name": name, "files": shown}])
    return {"title": subject, "markdown": "\n\n".join(block for block in blocks if block), "notes": notes}


def _bodies(message, charset):
    """(texts in their order, names of attachments). Of the same text in two forms, the fuller one."""
    texts, attached, waiting = [], [], [message]
    while waiting:
        part = waiting.pop(0)
        kind = part.get_content_type()
        name = _plain(part.get_filename() or "")
        is_apart = (part.get_content_disposition() or "") == "attachment"
        if kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            texts.append(f"**{_header(inner, 'Subject') or _header(inner, 'From')}**".replace("****", ""))
            waiting.insert(0, inner)
        elif kind == "multipart/alternative" and part.is_multipart():
            texts.append(_fullest(part, charset, attached))
        elif part.is_multipart():
            waiting[:0] = part.get_payload()
        elif kind in ("text/plain", "text/html") and not is_apart and not name:
            texts.append(_text(part, charset))
        elif name or is_apart or not kind.startswith(("text/", "multipart/", "message/")):
            attached.append(name or kind)
        elif kind.startswith("message/"):
            texts.append(_text(part, charset))
    return texts, attached


def _fullest(part, charset, attached):
    found = {}
    for choice in part.walk():
        kind = choice.get_content_type()
        if kind in ("text/plain", "text/html") and not choice.get_filename():
            found.setdefault(kind, _text(choice, charset))
        elif not choice.is_multipart() and choice.get_filename():
            attached.append(_plain(choice.get_filename()))
    plain, rich = found.get("text/plain", ""), found.get("text/html", "")
    return rich if len(rich.split()) > 1.5 * len(plain.split()) else plain


def _text(part, charset):
    payload = part.get_payload(decode=True)
    if payload is None:
        payload = str(part.get_payload()).encode("utf-8", "replace")
    declared = str(part.get_param("charset", "") or charset)
    if part.get_content_type() == "text/html":
        return read_html(payload, name="", charset=declared, whole=True)["markdown"]
    text = decode(payload, declared=declared).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if str(part.get_param("format", "")).lower() == "flowed":
        text = re.sub(r"(?m)(?<!^--) \n(?!>)", " ", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _header(message, name):
    """A header's words, whatever they were packed in."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return _plain(decode(str(raw).encode("utf-8", "surrogateescape")))


def _plain(words):
    """A header's or a file name's words on one line, unpacked."""
    with contextlib.suppress(LookupError, ValueError, email.errors.HeaderParseError):
        # What cannot be unpacked stays as it stands.
        words = str(email.header.make_header(email.header.decode_header(words)))
    words = words.encode("utf-8", "replace").decode("utf-8", "replace")
    return re.sub(r"[\s\x00-\x1f]+", " ", words).strip()[:500]
