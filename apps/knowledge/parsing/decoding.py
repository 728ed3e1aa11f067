"""From bytes to text, whatever the sender believes its charset is. Runs in the child."""

import codecs
import re

from apps.knowledge.parsing.trouble import Unreadable

BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
SHIFTING = ("iso2022", "hz", "utf_7")
"""Charsets whose bytes look like ASCII."""

WESTERN = {"iso8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252"}
"""What browsers read instead: declared Latin-1 is Windows-1252 in practice (WHATWG Encoding)."""

ENOUGH_ACCENTS = 40
"""With fewer, statistics tell Western from Central European letters no better than a coin."""

LATIN = ["cp1252", "cp1250", "cp1254", "cp1257"]

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.\-]{2,40})""", re.I)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([a-zA-Z0-9_:.\-]{2,40})""", re.I)


def decode(data, *, declared="", is_html=False):
    """The text of ``data``. What is valid UTF-8 is UTF-8, whatever was declared."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    candidates = [_known(declared)]
    if is_html:
        found = _XML.search(data[:1024]) or _META.search(data[:8192])
        candidates.append(_known(found[1].decode("ascii")) if found else None)
    candidates = [name for name in candidates if name]
    for name in candidates:
        if name.startswith(SHIFTING) and (text := _strictly(data, name)) is not None:
            return text
    for name in ["utf-8", *candidates]:
        if (text := _strictly(data, name)) is not None:
            return text
    return _guess(data, candidates)


def refuse_binary(data, name):
    """Raise Unreadable when the bytes are no text at all."""
    start = data[:65536]
    if start.startswith(tuple(mark for mark, _name in BOMS[1:])):
        return
    odd = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in start)
    if b"\0" in start or odd > len(start) / 20:
        raise Unreadable("not_text", name=name)


def _strictly(data, name):
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _known(name):
    try:
        name = codecs.lookup(name.strip()).name if name else None
    except (LookupError, ValueError):
        return None
    return WESTERN.get(name, name)


def _guess(data, candidates):
    """The likeliest reading; a few broken bytes do not make a page unreadable."""
    from charset_normalizer import from_bytes

    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") <= len(text) // 200:
        return text
    words = re.sub(rb"<[^>]{0,2000}>", b" ", data[:200_000])
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", words)]
    plain = len(re.findall(rb"[A-Za-z]", words))
    # Accents among plain letters; other alphabets are high bytes through and through.
    is_latin = sum(length <= 2 for length in runs) > len(runs) * 0.9 and sum(runs) < plain * 0.5
    if is_latin and len(runs) < ENOUGH_ACCENTS and (text := _strictly(data, "cp1252")) is not None:
        return text
    best = from_bytes(data[:200_000], cp_isolation=LATIN if is_latin else None).best()
    for name in [*candidates, best.encoding if best else "cp1252", "cp1252"]:
        text = data.decode(name, "replace")
        if text.count("\ufffd") <= len(text) // 50:
            return text
    return text
    return text
