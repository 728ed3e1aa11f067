"""Captions (.srt, .vtt, .sbv): who reads them knows at which second each word is said. Runs in the child.

Imports nothing but the standard library, so that a connector may call ``cues`` and ``as_markdown`` itself.
"""

import html
import re

from apps.knowledge.parsing.trouble import Unreadable

GROUP_S = 30
"""A group ends with the first full stop after this; long enough for a thought, short enough to jump to."""
LONGEST_GROUP_S = 60
LONGEST_GROUP_WORDS = 120

MARKER = re.compile(r"(?m)^\[(?:(\d+):)?(\d{1,2}):(\d{2})\](?= )")
"""What each group begins with: [m:ss] or [h:mm:ss]."""

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*(?:-->|,)\s*{_TIME}(?:\s.*)?$")
_TAG = re.compile(r"</?[a-zA-Z0-9:.][^<>]{0,200}>|\{\\[^{}]{0,100}\}")
_SPEAKER = re.compile(r"<v(?:\.[^\s>]*)?\s+([^<>]{1,80})>")
_APART = re.compile(r"^(NOTE|STYLE|REGION)\b")


def read_captions(data, *, name, charset=""):
    """The words said, in paragraphs that begin with their time."""
    from apps.knowledge.parsing.decoding import decode, refuse_binary

    refuse_binary(data, name)
    found = cues(decode(data, declared=charset))
    if not found:
        raise Unreadable("captions_broken", name=name)
    return {"title": "", "markdown": as_markdown(found)}


def cues(text):
    """(start in seconds, words) of each caption of SRT, WebVTT or SBV text, in the order of their times.

    Lines that a rolling caption repeats are given once.
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = sorted(_blocks(lines, is_vtt=lines[0].startswith("WEBVTT")), key=lambda cue: cue[0])
    said, before = [], []
    for start_s, block in found:
        own = [words for words in map(_words, block) if words]
        fresh = [line for line in own if line not in before]
        before = own or before
        if fresh:
            said.append((start_s, " ".join(fresh)))
    return said


def as_markdown(found):
    """Captions as paragraphs, each beginning with its time: ``[12:05] First, open the lid. …``"""
    paragraphs, start_s, group = [], 0, []
    for at_s, words in found:
        is_full = group and (
            (at_s - start_s >= GROUP_S and re.search(r"[.!?…。！？][\"'”’)]*$", group[-1]))
            or at_s - start_s >= LONGEST_GROUP_S
            or sum(len(part.split()) for part in group) >= LONGEST_GROUP_WORDS
        )
        if is_full:
            paragraphs.append(f"{marker(start_s)} {' '.join(group)}")
            group = []
        if not group:
            start_s = at_s
        group.append(words)
    if group:
        paragraphs.append(f"{marker(start_s)} {' '.join(group)}")
    return "\n\n".join(paragraphs)


def marker(start_s):
    """[m:ss], with hours where there are any."""
    minutes, seconds = divmod(int(start_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"[{hours}:{minutes:02}:{seconds:02}]" if hours else f"[{minutes}:{seconds:02}]"


def start_of(words):
    """The second at which a text that begins with a marker is said, or None."""
    found = MARKER.match(words)
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None


def _blocks(lines, *, is_vtt):
    """(start in seconds, lines) of each caption as it stands."""
    start_s, block = None, []
    for number, line in enumerate(lines):
        timing = _TIMING.match(line)
        if timing:
            if block and block[-1].strip().isdigit():
                block.pop()  # the next caption's number, where no blank line parts them
            if start_s is not None:
                yield start_s, block
            start_s, block = _seconds(timing.groups()[:4]), []
        elif start_s is None or (not line.strip() and not is_vtt):
            continue
        elif not line.strip():
            yield start_s, block
            start_s, block = None, []
        elif number + 1 < len(lines) and _TIMING.match(lines[number + 1]) and line.strip().isdigit():
            continue
        elif not _APART.match(line) or not is_vtt:
            block.append(line)
    if start_s is not None:
        yield start_s, block


def _seconds(parts):
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _words(line):
    line = _SPEAKER.sub(r"\1: ", line)
    return re.sub(r"\s+", " ", html.unescape(_TAG.sub("", line)).replace("\u200b", "")).strip()
