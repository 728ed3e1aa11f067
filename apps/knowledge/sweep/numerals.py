"""Numbers in text, written in digits or in words, as their language writes them."""

import re
from dataclasses import dataclass

POINT_FIRST = frozenset({"en", "zh", "ja", "ko", "he", "th", "hi"})
"""Languages that write 1,500.75; the others write 1.500,75 or 1 500,75."""

_SPACE = "\u00a0\u202f\u2009'’ "
_DIGITS = re.compile(
    rf"(?<![\w.,#/-])(?:\d{{1,3}}(?:[{_SPACE}.,]\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)|\d+(?:[.,]\d+)?(?!\d))"
)

_UNITS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn zwanzig",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf vingt",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici "
    "sedici diciassette diciotto diciannove venti",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis "
    "dezessete dezoito dezenove vinte",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien twintig",
}
_TENS = {
    "en": "thirty forty fifty sixty seventy eighty ninety hundred",
    "de": "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien",
    "fr": "trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix cent",
    "it": "trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
    "pt": "trinta quarenta cinquenta sessenta setenta oitenta noventa cem",
    "nl": "dertig veertig vijftig zestig zeventig tachtig negentig honderd",
}
WORDS = frozenset(w for words in (*_UNITS.values(), *_TENS.values()) for w in words.split())
"""Every number word of the languages known."""

_OTHERS = {
    "en": {"a dozen": 12, "thousand": 1000, "a thousand": 1000, "one thousand": 1000, "forty-eight": 48},
    "de": {"tausend": 1000, "eintausend": 1000, "vierundzwanzig": 24, "achtundvierzig": 48, "dutzend": 12},
    "es": {"mil": 1000, "veintiuno": 21, "veinticuatro": 24, "cuarenta y ocho": 48, "docena": 12},
    "fr": {"mille": 1000, "vingt-quatre": 24, "quarante-huit": 48, "quinzaine": 15, "douzaine": 12},
}
_ONE = {
    "en": {"a", "an", "one", "single"},
    "de": {"ein", "eine", "einen", "einem", "einer", "eines"},
    "es": {"un", "una", "uno"},
    "fr": {"un", "une"},
    "it": {"un", "uno", "una"},
    "pt": {"um", "uma"},
    "nl": {"een", "één"},
}
"""Words that mean 1 before a unit and nothing elsewhere: who asks for values decides."""


@dataclass(frozen=True)
class Numeral:
    """A number at ``start``..``end`` of its text. ``is_article``: "a", which counts only before a unit."""

    start: int
    end: int
    value: float
    is_article: bool = False


def numerals(text, language):
    """The numbers in ``text`` in order."""
    found = [
        Numeral(m.start(), m.end(), _read(m.group(), language))
        for m in _DIGITS.finditer(text)
        if not _is_ordinal_or_label(text, m)
    ]
    words, pattern = _words(language)
    if pattern:
        taken = [(n.start, n.end) for n in found]
        for match in pattern.finditer(text):
            word = match.group().lower()
            if not any(a < match.end() and match.start() < b for a, b in taken):
                value, is_article = words[word]
                found.append(Numeral(match.start(), match.end(), value, is_article))
    return sorted(found, key=lambda n: n.start)


def _read(digits, language):
    point_first = language in POINT_FIRST
    digits = re.sub(rf"[{_SPACE}]", "", digits)
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return float(digits)
    mark, after = digits[last], len(digits) - last - 1
    others = digits.count(".") + digits.count(",")
    if others > 1 and digits.count(mark) > 1:
        is_decimal = False
    elif others > 1 or after != 3:
        is_decimal = True
    else:
        is_decimal = (mark == ".") == point_first or digits.startswith("0")
    whole = re.sub(r"[.,]", "", digits[:last] if is_decimal else digits)
    return float(f"{whole}.{digits[last + 1 :]}") if is_decimal else float(whole)


def _is_ordinal_or_label(text, match):
    """ "version 4.2", "No. 5", "#12" and "1st" count nothing."""
    after = text[match.end() : match.end() + 3].lower()
    if re.match(r"(st|nd|rd|th|er|ère|ème|º|ª)\b", after) or re.match(r"[.,]\d", after):
        return True
    before = text[max(0, match.start() - 14) : match.start()].lower()
    return bool(
        re.search(
            r"(\b(version|v|no|nr|nº|num|n°|number|nummer|número|numéro|model|modell|modelo|modèle|type|typ|article|section|step|schritt|chapter|page|seite)\.?\s*|[§#])$",
            before,
        )
    )


def _words(language):
    known = _CACHE.get(language)
    if known is None:
        known = _CACHE[language] = _build(language)
    return known


_CACHE = {}


def _compound(language):
    """(word, value) of numbers between the tens, and of whole hundreds."""
    ones = _UNITS.get(language, "").split()[1:10]
    tens = (_UNITS.get(language, "").split()[20:], *([word] for word in _TENS.get(language, "").split()[:-1]))
    for ten, words in enumerate(tens, start=2):
        for one, unit in enumerate(ones, start=1):
            for word in words:
                for joined in _JOINED.get(language, lambda _ten, _one: ())(word, unit):
                    yield joined, float(10 * ten + one)
    for hundred, unit in enumerate(ones, start=1):
        for joined in _HUNDREDS.get(language, lambda _one: ())(unit):
            yield joined, 100.0 * hundred


_JOINED = {
    "en": lambda ten, one: (f"{ten}-{one}", f"{ten} {one}"),
    "de": lambda ten, one: (f"{'ein' if one == 'eins' else one}und{ten}",),
    "es": lambda ten, one: (f"{ten} y {one}", f"veinti{one}" if ten == "veinte" else f"{ten} y {one}"),
    "fr": lambda ten, one: (f"{ten}-{one}", f"{ten} et {one}"),
}
_HUNDREDS = {
    "en": lambda one: (f"{one} hundred",),
    "de": lambda one: (f"{'ein' if one == 'eins' else one}hundert",),
    "es": lambda one: (
        {"cinco": "quinientos", "siete": "setecientos", "nueve": "novecientos"}.get(one, f"{one}cientos"),
    ),
    "fr": lambda one: (f"{one} cents",),
}
"""How a language writes a number between the tens, and hundreds."""


def _build(language):
    words = {}
    for value, word in enumerate(_UNITS.get(language, "").split()):
        words[word] = (float(value), False)
    for step, word in enumerate(_TENS.get(language, "").split()):
        words[word] = (float(30 + 10 * step), False)
    words |= {word: (value, False) for word, value in _compound(language)}
    words |= {word: (float(value), False) for word, value in _OTHERS.get(language, {}).items()}
    words |= dict.fromkeys(_ONE.get(language, ()), (1.0, True))
    if not words:
        return words, None
    longest = sorted(words, key=len, reverse=True)
    return words, re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?![\w-])", re.I)
