"""Which countries a text names, by their names in its language (Unicode CLDR, through Babel) and in English."""

import functools
import re
import unicodedata

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
    {"us", "turkey", "china", "chad", "jordan", "georgia", "america", "cuba", "mali", "man", "wales", "chile"}
)
"""Names that are also other words: only in the capitals of a name are they countries."""

_LONGEST = 5
"""Words of one name that are looked for at most."""

_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(r"[\u0600-\u06ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_KATAKANA = "ァ-ヶー"


def named(text, language="en"):
    """The ISO 3166 codes of the countries that ``text`` names, and ``EVERYWHERE``."""
    spaced, unspaced = _names(language)
    written = _WORD.findall(unicodedata.normalize("NFC", text))
    words = [_plain(word) for word in written]
    found, at = set(), 0
    while at < len(words):
        length, code = _longest(spaced, words, at, language)
        if code and not (length == 1 and words[at] in _PROPER and written[at].islower()):
            found.add(code)
        at += max(1, length)
    if _UNSPACED.search(text):
        found.update(code for pattern, code in unspaced if pattern.search(text))
    return frozenset(found)


def _longest(names, words, at, language):
    """(how many words from ``at`` on are a name, its code), or (0, None)."""
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        phrase = " ".join(words[at : at + length])
        code = names.get(phrase)
        if code is None and language == "de" and phrase.endswith("s"):  # Norwegens
            code = names.get(phrase[:-1])
        if code:
            return length, code
    return 0, None


@functools.cache
def _names(language):
    """({name in plain words: code}, [(pattern, code)] of the scripts that part no words, or glue small ones to them)."""
    spaced, unspaced = {}, []
    for name, code in _pairs(language):
        if _UNSPACED.search(name):
            unspaced.append((_alone(name), code))
        elif plain := " ".join(_plain(word) for word in _WORD.findall(name)):
            spaced.setdefault(plain, code)
    return spaced, unspaced


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
    """Names in katakana only as whole words: タイ is no part of タイプ."""
    if re.fullmatch(f"[{_KATAKANA}・]+", name):
        return re.compile(f"(?<![{_KATAKANA}]){re.escape(name)}(?![{_KATAKANA}])")
    return re.compile(re.escape(name))


def _plain(word):
    """Without case and accents, as people type names in a hurry."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
