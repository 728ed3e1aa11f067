"""Which countries a text names, by their names in its language (Unicode CLDR, through Babel) and in English."""

import functools
import re
import unicodedata
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

EVERYWHERE = "*"
"""Among the countries of a text that speaks of several at once, of all, or of all others: it may be about any."""

_FURTHER = {
    "GB": "UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland, Großbritannien, Schottland, "
    "Nordirland, Inglaterra, Gran Bretaña, Escocia, Angleterre, Grande-Bretagne, Écosse, بريطانيا",
    "US": "US, U.S., USA, U.S.A., the States, America, United States of America, Amerika, Vereinigte Staaten von Amerika, "
    "EEUU, EE. UU., EE.UU., Amérique, أمريكا, アメリカ, 米国",
    "NL": "Holland, the Netherlands, Holanda, Hollande, Pays Bas",
    "AE": "UAE, Emirates, VAE, EAU, Emiratos Árabes, الإمارات, 阿联酋",
    "CZ": "Czech Republic, Tschechische Republik, República Checa, République tchèque",
    "TR": "Turkey",
    "HK": "Hong Kong, Hongkong, 香港",
    "TW": "Taiwan, 台湾",
    "KR": "Korea, Corea, Corée",
    "CI": "Ivory Coast",
    "BA": "Bosnia, Bosnien",
    "SA": "السعودية",
    "VA": "Vatikan",
    "RU": "Russian Federation",
}
"""What people write and CLDR does not have, in any language."""

_REGIONS = """
    EU, E.U., European Union, Europe, European, worldwide, world-wide, international, internationally, abroad, overseas, other countries,
    other country, every country, all countries, any country, anywhere, only, elsewhere,
    Europäische Union, Europa, europaweit, EU-weit, weltweit, Ausland, ins Ausland, anderen Ländern, andere Länder, alle Länder,
    allen Ländern, nur, ausschließlich, überall,
    UE, Unión Europea, internacional, internacionales, extranjero, todo el mundo, otros países, todos los países, solo, sólo, solamente,
    únicamente,
    Union européenne, monde entier, à l’étranger, l’étranger, étranger, autres pays, tous les pays, seulement, uniquement,
    العالم, الدول, دول, فقط, 世界, 全球, 海外, 各国, 其他国家, 国外, 只, 仅, 海外発送, のみ, だけ, 全世界
"""
"""What speaks of more than one country, or says of the named ones that they are the only ones."""

_NOT_MEANT = frozenset({"JE"})
"""A jersey is worn."""

_PROPER = frozenset(
    {
        "turkey",
        "china",
        "chad",
        "jordan",
        "georgia",
        "america",
        "cuba",
        "mali",
        "man",
        "wales",
        "chile",
        "guinea",
    }
)
"""Names that are also other words, or people's: they are countries as "to Jordan" or alone between marks only."""

_BEFORE = re.compile(
    r"(?i)\b(?:to|in|from|for|of|within|across|throughout|into|outside|except|via|nach|aus|für|von|innerhalb|außer|a|en|de|desde|"
    r"para|hacia|vers|pour|au|aux)$"
)
"""Before a name: a place is meant."""

BETWEEN = re.compile(r"(?i)\s*(?:,|/|&|\b(?:and|or|und|oder|y|o|et|ou)\b|\s)+\s*")
"""Between the names of one list."""

_NOT_AFTER_US = frozenset({"size", "sizes", "dollar", "dollars"})

_LONGEST = 5
"""Words of one name that are looked for at most."""

_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")
_UNSPACED = re.compile(r"[\u0600-\u06ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_KATAKANA = "ァ-ヶー"


def named(text, language="en"):
    """The ISO 3166 codes of the countries that ``text`` names, and ``EVERYWHERE``."""
    return frozenset(code for _start, _end, code in places(text, language))


def places(text, language="en"):
    """(start, end, code) of each name in ``text``, in one pass."""
    names = _names(language)
    written = list(_WORD.finditer(text))
    words = [_plain(word.group()) for word in written]
    found, at = [], 0
    while at < len(words):
        length, code = _longest(names, words, at, language) if words[at] in names.first else (0, None)
        if code and (length > 1 or _is_meant(text, written, words, at, found)):
            found.append((written[at].start(), written[at + length - 1].end(), code))
        at += max(1, length)
    if _UNSPACED.search(text):
        found += [
            (match.start(), match.end(), names.unspaced[match.group()])
            for match in names.glued.finditer(text)
        ]
    return found


def _longest(names, words, at, language):
    """(how many words from ``at`` on are a name, its code), or (0, None)."""
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        phrase = " ".join(words[at : at + length])
        code = names.spaced.get(phrase)
        if code is None and language == "de" and phrase.endswith("s"):  # Norwegens
            code = names.spaced.get(phrase[:-1])
        if code:
            return length, code
    return 0, None


def _is_meant(text, written, words, at, found):
    """Whether a word that is a name, and may be another word as well, is used as a name there; ``found`` stand before it."""
    if words[at] != "us" and words[at] not in _PROPER:
        return True
    here, before = written[at], words[at - 1] if at else ""
    after = written[at + 1].group() if at + 1 < len(written) else ""
    if words[at] == "us":
        if text[here.end() : here.end() + 2].strip().startswith("$") or after.lower() in _NOT_AFTER_US:
            return False
        shouted = [word for word in (written[at - 1].group() if at else "", after) if len(word) > 1]
        is_shouting = any(word.isupper() for word in shouted)
        return before == "the" or (here.group() == "US" and not is_shouting)
    if here.group().islower() or (after[:1].isupper() and text[here.end() : written[at + 1].start()] == " "):
        return False  # roast turkey, Jordan Smith
    if found and BETWEEN.fullmatch(text, found[-1][1], here.start()):
        return True
    left, right = text[: here.start()].rstrip(" *_"), text[here.end() :].lstrip(" *_")
    is_alone = (not left or left[-1] in "|,:;(-•\n") and (not right or right[0] in "|,:;).?!\n–-")
    return bool(_BEFORE.search(left)) or is_alone


@dataclass(frozen=True)
class _Names:
    """``spaced``: {name in plain words: code}; ``first``: the first words of these; ``unspaced``: {name: code} in scripts
    that part no words, or glue small ones to them, and ``glued`` finds any of them.
    """

    spaced: dict
    first: frozenset
    unspaced: dict
    glued: re.Pattern


@functools.cache
def _names(language):
    spaced, unspaced = {}, {}
    for name, code in _pairs(language):
        if _UNSPACED.search(name):
            unspaced.setdefault(name, code)
        elif plain := " ".join(_plain(word) for word in _WORD.findall(name)):
            spaced.setdefault(plain, code)
    first = {name.split(" ", 1)[0] for name in spaced}
    first.update([f"{word}s" for word in first] if language == "de" else [])
    return _Names(spaced, frozenset(first), unspaced, _any_of(unspaced))


def _any_of(names):
    """Finds the longest of ``names``; those in katakana only as whole words: タイ is no part of タイプ."""
    longest = sorted(names, key=len, reverse=True)
    first = re.escape("".join(sorted({name[0] for name in names})))
    return re.compile(f"(?=[{first}])(?:{'|'.join(map(_alone, longest))})")


def _pairs(language):
    for code, names in _FURTHER.items():
        yield from ((name.strip(), code) for name in names.split(","))
    yield from ((name.strip(), EVERYWHERE) for name in _REGIONS.replace("\n", " ").split(",") if name.strip())
    for each in dict.fromkeys((language, "en")):
        for code, name in _territories(each).items():
            if (
                len(code) == 2
                and code.isalpha()
                and code not in _NOT_MEANT | {"EU", "EZ", "UN", "ZZ", "XA", "XB"}
            ):
                yield re.sub(r"\s*[(（].*", "", name), code


def _territories(language):
    try:
        return Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}


def _alone(name):
    if re.fullmatch(f"[{_KATAKANA}・]+", name):
        return f"(?<![{_KATAKANA}]){re.escape(name)}(?![{_KATAKANA}])"
    return re.escape(name)


@functools.lru_cache(maxsize=20_000)
def _plain(word):
    """Without case and accents, as people type names in a hurry."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
