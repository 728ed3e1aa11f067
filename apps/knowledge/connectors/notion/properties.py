"""The properties of a page or a row: as words, and as exact values."""

from apps.knowledge.connectors.notion import rich_text

UNTOLD = {
    *("title", "created_time", "last_edited_time", "created_by", "last_edited_by", "button", "verification"),
}
"""Said elsewhere, or about who wrote it and not about what it is about."""
SIGNS = {
    "dollar": "$",
    "euro": "€",
    "pound": "£",
    "yen": "¥",
    "yuan": "CN¥",
    "rupee": "₹",
    "won": "₩",
    "ruble": "₽",
    "franc": "CHF",
    "real": "R$",
    "lira": "₺",
    "shekel": "₪",
    "krona": "SEK",
    "zloty": "zł",
    "canadian_dollar": "CA$",
    "australian_dollar": "A$",
    "new_zealand_dollar": "NZ$",
    "koruna": "Kč",
    "norwegian_krone": "NOK",
    "danish_krone": "DKK",
    "hong_kong_dollar": "HK$",
    "singapore_dollar": "S$",
    "new_taiwan_dollar": "NT$",
    "mexican_peso": "MX$",
    "rand": "R",
    "forint": "Ft",
    "baht": "฿",
    "dirham": "AED",
    "riyal": "SAR",
    "rupiah": "Rp",
    "philippine_peso": "₱",
    "ringgit": "RM",
}
"""What a number's format in Notion means to a reader; a format that is not here stands by its own name."""
LONGEST_FACT = 500
MOST_TOLD = 25
"""Notion hands out so many links of a property with the page; for the rest one must ask again."""


def fields(page):
    """``[[name, id, type, words, value, has_more]]`` of all that is filled in, in Notion's order."""
    properties = page.get("properties")
    found = []
    for name, given in properties.items() if isinstance(properties, dict) else ():
        if not isinstance(given, dict):
            continue
        kind = _kind_of(given)
        if not kind or kind in UNTOLD:
            continue
        words, value = told(kind, given.get(kind))
        if words:
            found.append([name, str(given.get("id") or ""), kind, words, value, _has_more(given, kind)])
    return found


def told(kind, value):
    """``(words, exact value or None)`` of one property's value; ("", None) for one that is empty or unknown."""
    teller = _TELLERS.get(kind)
    if teller is None or value is None:
        return "", None
    try:
        return teller(value)
    except (AttributeError, KeyError, TypeError, ValueError):  # not the shape that Notion documents
        return "", None


def with_sign(words, number_format):
    """A number with its currency or its per cent sign."""
    if not number_format or number_format in ("number", "number_with_commas"):
        return words
    if number_format == "percent":
        return f"{_number(round(float(words) * 100, 8))} %"
    if "." in words:
        words = f"{float(words):.2f}"
    return f"{words} {SIGNS.get(number_format, number_format.replace('_', ' '))}"


def from_items(kind, items):
    """The words of a property whose values were fetched one by one."""
    values = [item.get(kind) for item in items if isinstance(item, dict)]
    if kind in ("rich_text", "title"):
        return told(kind, values)[0]
    if kind == "relation":
        return ", ".join(value["id"] for value in values if isinstance(value, dict) and value.get("id"))
    return told(kind, values)[0]


def _kind_of(given):
    kind = given.get("type")
    if kind:
        return kind
    return next((name for name in given if name in _TELLERS or name in UNTOLD), None)


def _has_more(given, kind):
    value = given.get(kind)
    return bool(given.get("has_more")) or (
        kind in ("relation", "people", "rich_text") and isinstance(value, list) and len(value) >= MOST_TOLD
    )


def _number(value):
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return str(int(value)) if float(value).is_integer() else repr(value)


def _date(value):
    start, end = value.get("start"), value.get("end")
    words = f"{_moment(start)} – {_moment(end)}" if end else _moment(start)
    return words, {"start": start, "end": end} if end else start


def _moment(value):
    """A date as it is; a time to the minute."""
    return str(value).replace("T", " ")[:16]


def _names(value):
    names = [str(one.get("name") or "").strip() for one in value]
    kept = [name for name in names if name]
    return ", ".join(kept), kept or None


def _formula(value):
    kind = value.get("type")
    return told({"string": "string", "boolean": "checkbox"}.get(kind, kind), value.get(kind))


def _rollup(value):
    kind = value.get("type")
    if kind != "array":
        return told(kind, value.get(kind))
    parts = [told(_kind_of(one), one.get(_kind_of(one)))[0] for one in value.get("array") or ()]
    return ", ".join(part for part in parts if part), None


def _files(value):
    parts = []
    for one in value:
        to = rich_text.web_address((one.get("external") or {}).get("url"))
        parts.append(f"[{one.get('name') or to}]({to})" if to else str(one.get("name") or ""))
    return ", ".join(part for part in parts if part), None


def _unique_id(value):
    number = value["number"]
    words = f"{value['prefix']}-{number}" if value.get("prefix") else str(number)
    return words, words


def _text(value):
    words = rich_text.markdown(value)
    plain = rich_text.plain(value)
    return words, plain if plain and len(plain) <= LONGEST_FACT else None


def _plain(value):
    return str(value).strip(), str(value).strip()[:LONGEST_FACT] or None


_TELLERS = {
    "rich_text": _text,
    "title": _text,
    "number": lambda value: (_number(value), value),
    "select": lambda value: (value["name"], value["name"]),
    "status": lambda value: (value["name"], value["name"]),
    "multi_select": _names,
    "people": lambda value: (_names(value)[0], None),
    "date": _date,
    "checkbox": lambda value: ("Yes" if value else "No", bool(value)),
    "url": _plain,
    "email": _plain,
    "phone_number": _plain,
    "string": _plain,
    "formula": _formula,
    "rollup": _rollup,
    "relation": lambda value: (", ".join(one["id"] for one in value), None),
    "files": _files,
    "unique_id": _unique_id,
    "place": lambda value: _plain(value.get("address") or value.get("name") or ""),
}
