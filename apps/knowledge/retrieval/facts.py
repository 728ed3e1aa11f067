"""Questions that every business is asked and whose answers are known by their form: when it is open, its phone
number, its e-mail address, where it is, how one pays. "01225 555 010" or "Visa and PayPal" answer in words that they
need not share with the question.
"""

import itertools
import re
from dataclasses import dataclass, replace

from apps.knowledge.retrieval.closeness import written
from berrydesk.text import sentences
from berrydesk.text.stopwords import STOP_WORDS

FEATURE = "fact"
"""1.0 among the features of a passage that holds what is asked for."""

NEAR = 200
"""Characters about a window in which the word that names the fact may stand, if not in the title or heading."""

WHOLE = 400
"""Characters to which a stretch grows over its neighbours that say more of the same fact, such as the other days."""

ROOT = 4
"""Letters that a further word of the question and a word of the passage have in common at least, endings apart."""


def _words(text):
    return frozenset(text.split())


@dataclass(frozen=True)
class Fact:
    """``names`` ask for it, or ``phrase``; ``hints`` do where no fact is named; ``beside``: what may stand with them.

    A stretch of text holds it where ``form`` is found and ``named`` near it, and its neighbours with ``form`` or ``more``
    belong to it. ``unless``: questions that only sound so. Of several stretches the one with most of ``listed`` tells it.
    """

    names: frozenset
    hints: frozenset
    beside: frozenset
    form: re.Pattern
    named: re.Pattern = re.compile("")
    phrase: re.Pattern = re.compile(r"(?!)")
    unless: re.Pattern = re.compile(r"(?!)")
    more: re.Pattern = re.compile(r"(?!)")
    listed: re.Pattern = re.compile(r"(?!)")


_HOUR, _MARK = r"\b(?:[01]?\d|2[0-4])", r"(?:[:.h][0-5]\d|\s?(?:[ap]\.?m\b\.?|uhr|h|o'clock))"
_TIME = rf"{_HOUR}{_MARK}(?!\w)"
_TO = r"[-–—]|(?:to|till|until|and|bis|und|a|y|à|et)(?: las| um)?\b"
_OPENS = (
    r"\b(?:opens?|closes?|closed|öffne[nt]|geöffnet|schlie(?:ß|ss)(?:en|t)|abr\w+|cierr\w+|ouvr\w+|ferm\w+)"
)
_AT = r"(?:at|from|until|till|by|daily|every|day|on|um|ab|bis|a|las|desde|hasta|à|dès|jusqu'à|\w+days?|\w+tags?)"

_HOURS = Fact(
    names=_words(
        "open opening opens hours close closes closing closed öffnungszeiten geöffnet offen öffnet geschlossen "
        "horario horarios abierto abierta abiertos abren abre cierran cierra horaires ouvert ouverts ouverte "
        "ouverture ouvrez ouvre fermez ferme fermés"
    ),
    hints=frozenset(),
    beside=_words("time times hour business uhr zeiten hora horas apertura atención heure heures"),
    form=re.compile(
        rf"(?i){_HOUR}{_MARK}?\s*(?:{_TO})\s*{_TIME}|{_OPENS}(?: {_AT}){{0,4}} {_TIME}|\b24\s?(?:/\s?7|hours)"
    ),
    named=re.compile(
        r"(?i)\b(?:open|opening|opens|hours|closed|geöffnet|öffnungszeiten|offen|öffne[nt]|abiert[oa]s?|abrimos|abren?|"
        r"horarios?|ouverte?s?|ouvre|ouverture|horaires)\b"
    ),
    unless=re.compile(r"(?i)\b(?:i|we|to|it|not|cannot|can't|won't|doesn't) (?:open|close)\b"),
    more=re.compile(
        r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:mon|diens|donners|frei|sams|sonn)tags?\b|\bmittwochs?\b|"
        r"\b(?:lunes|martes|miércoles|jueves|viernes|sábados?|domingos?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b|"
        r"\b(?:closed|geschlossen|cerrad[oa]s?|fermée?s?)\b"
    ),
)
_PHONE = Fact(
    names=_words(
        "phone telephone tel call ring telefon telefonnummer telefonisch anrufen teléfono llamar llamaros "
        "téléphone appeler"
    ),
    hints=_words(
        "number reach contact nummer erreichen erreiche kontakt kontaktieren contactar contacto contacter joindre"
    ),
    beside=_words("número numéro"),
    form=re.compile(
        r"(?<![\w.,:/-])(?:\+\d|\(0|0\d|\(\d|[1-9]\d\d[ .-]\d)\d*(?:[ ()./-]{1,2}\d+)+(?![\w:/])|(?<!\w)(?:\+|0)\d{7,14}\b"
    ),
    named=re.compile(
        r"(?i)\b(?:phone|telephone|tel|call|ring|mobile|hotline|reach|telefon\w*|anruf\w*|ruf\w*|erreich\w*|teléfono|"
        r"ll[aá]m\w*|móvil|téléphon\w*|appel\w*|joign\w*|[ck]onta[ck]t\w*)\b"
    ),
)
_EMAIL = Fact(
    names=_words("email emails mail mails correo courriel"),
    hints=_words(
        "write reach contact schreiben erreichen erreiche kontakt kontaktieren escribir contactar contacto écrire "
        "contacter joindre"
    ),
    beside=_words("e address adresse dirección electrónico send"),
    form=re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"),
)
_PLACE = Fact(
    names=_words(
        "located location directions standort befindet ubicados ubicación ubicada situés situé emplacement"
    ),
    hints=_words("address adresse anschrift dirección"),
    beside=_words("find finde finden encuentra encuentran trouver postal street"),
    form=re.compile(
        r"\b\d+[a-z]?,? (?:[A-Z][\w'’.-]+ ){1,4}(?:Street|St|Road|Rd|Lane|Avenue|Ave|Square|Drive|Court|Row|Place|Way|"
        r"Terrace|Quay|Hill|Boulevard|Blvd|Park|Yard)\b|\b\w+(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|ufer)\s\d+|"
        r"(?i:\b(?:calle|avenida|avda\.?|plaza|paseo)\s[^.\n]{2,50}\d|"
        r"\b\d+(?: bis| ter)?,? (?:rue|avenue|boulevard|place|chemin|quai|impasse|allée)\b)"
    ),
    phrase=re.compile(
        r"(?i)\b(?:where (?:is|are|can i find) (?:your|the|you)|wo (?:ist|sind|seid|liegt|finde ich)|"
        r"d[oó]nde (?:est[aá]|est[aá]n|est[aá]is)|o[uù] (?:est|êtes|se trouve))\b"
    ),
)
_BRAND = (
    r"(?:Visa|Master ?card|Maestro|American Express|Amex|PayPal|Klarna|Apple Pay|Google Pay|UnionPay|Alipay|WeChat Pay|iDEAL|"
    r"Bancontact|TWINT|giropay|girocard|Bizum|SEPA|Carte Bleue)"
)
_METHOD = (
    rf"(?:{_BRAND}|(?i:(?:(?<=by )|(?<=or )|(?<=and )|(?<=take )|(?<=with )|(?<=accept ))cards?|credit cards?|debit cards?|bank transfer|direct debit|"
    r"cash(?: on delivery)?|invoice|kreditkarten?|ec-karten?|lastschrift|überweisung|vorkasse|nachnahme|rechnung|barzahlung|"
    r"tarjetas? (?:bancaria|de crédito|de débito)|transferencia|efectivo|contra reembolso|domiciliación|cartes? (?:bancaires?|de "
    r"crédit)|virement|espèces|chèques?|prélèvement))"
)
_PAYMENT = Fact(
    names=_words(
        "pay payment payments cards zahlen bezahlen zahlung bezahlung zahlungsarten zahlungsmittel zahlungsmethoden "
        "zahlungsmöglichkeiten zahlungsweisen bezahlmöglichkeiten karten kreditkarte kreditkarten kartenzahlung pagar pago "
        "pagos tarjetas payer paiement paiements cartes régler règlement"
    ),
    hints=frozenset(),
    beside=_words(
        "card credit debit take accept accepted method methods option options way ways possible nehmen nehmt nimmt "
        "akzeptieren akzeptiert karte arten möglich tarjeta crédito débito acepta aceptan aceptáis forma formas medio medios "
        "método métodos carte bancaire acceptez prenez moyen moyens mode modes"
    ),
    form=re.compile(
        rf"\b(?P<one>{_METHOD})\b.{{0,60}}?\b(?!(?P=one)){_METHOD}\b|\b(?i:accept|take|akzeptieren|nehmen|aceptamos|acceptons|prenons) {_METHOD}\b"
    ),
    named=re.compile(
        r"(?i)\b(?:accept|take|pay(?!pal)|paid|card|zahl|bezahl|akzeptier|nehmen|pag|acept|tarjeta|paie|règl|carte)"
    ),
    unless=re.compile(
        r"(?i)^\W*(?:when|where|why|how (?:much|long|soon|often)|wann|wo|warum|wie (?:viel|lange|oft)|cuándo|dónde|por qué|"
        r"cuánto|quand|où|pourquoi|combien)\b"
    ),
    listed=re.compile(_METHOD),
)
_PAYS_WITH = replace(
    _PAYMENT,
    names=frozenset(),
    beside=_PAYMENT.names
    | _PAYMENT.beside
    | _words("use using support work works offer via mit nutzen geht usar con avec"),
    phrase=re.compile(
        rf"(?i)\b(?:take|accept|support|use|pay\w*|offer|do you have|possible|nehm\w*|akzeptier\w*|zahl\w*|bezahl\w*|geht|gibt|"
        rf"acept\w*|admit\w*|pagar|accept\w*|pren\w*|payer)\b.{{0,40}}\b{_BRAND}\b|\b{_BRAND}\b.{{0,20}}\b(?:accepted|possible|ok|okay|"
        rf"available|möglich|zahlen|bezahlen)\b|^\W*(?:and |und |y |et )?{_BRAND}\W*$"
    ),
    form=re.compile(
        rf"{_PAYMENT.form.pattern}|\b(?i:pay|paid|payment\w*|payable|zahl\w*|bezahl\w*|pagar|pago|payer|paiement)\b[^.!?]{{0,40}}\b{_METHOD}\b|"
        rf"\b{_METHOD}\b[^.!?]{{0,40}}\b(?i:accepted|welcome|possible|available|akzeptiert|möglich|acepta\w*|acceptée?s?)\b"
    ),
)
"""Whether one named way to pay is taken: "Do you take PayPal?". What names it must stand in the passage, as any other word."""

_FACTS = (_HOURS, _PHONE, _EMAIL, _PLACE, _PAYMENT, _PAYS_WITH)

_SMALL = _words(
    "please tell give know want need like us shop store office business company branch also have today tomorrow "
    "bitte laden geschäft büro firma sind seid eure euer euch ihr ihre wann heute morgen wo wie lautet tienda oficina hoy mañana cuándo dónde cuál qué cómo "
    "magasin boutique bureau quand où quel quelle quelles quels comment puis kann können puedo puede cuáles son there"
)
_STOP = _SMALL.union(*(STOP_WORDS[code] for code in ("en", "de", "es", "fr")))
_OWN = re.compile(r"(?i)\b(?:my|mine|meine?[mnr]?|mis?|mon|ma|mes)\b")
"""What belongs to who asks is in nobody's pages."""


def is_asked(query):
    """True where the question asks for one of these facts, whatever else it asks."""
    return bool(_asked(query)[0])


def first(query, found):
    """``found`` with the passages first that hold what is asked for, quoted where they do; as it was otherwise."""
    asked, further = _asked(query)
    if not asked:
        return found
    held = [_held(passage, asked, further) if _has(passage, further) else (0, passage) for passage in found]
    order = sorted(range(len(found)), key=lambda i: -held[i][0])
    return [replace(held[i][1], score=known.score) for i, known in zip(order, found, strict=True)]


def _asked(query):
    """The facts asked for, and the words of the question that have nothing to do with them."""
    telling = {word for word in written(_asking(query)) if word not in _STOP}
    if _OWN.search(query):
        return [], telling
    facts = [fact for fact in _FACTS if not fact.unless.search(query)]
    asked = [fact for fact in facts if fact.names & telling or fact.phrase.search(query)]
    asked = asked or [fact for fact in facts if fact.hints & telling]
    return asked, telling.difference(*(fact.names | fact.hints | fact.beside for fact in asked))


def _asking(query):
    """The sentences that ask, where others only say something of who asks: "I am in Norway."."""
    asking = [query[a:b] for a, b in sentences.spans(query) if query[a:b].rstrip().endswith(("?", "？"))]
    return "\n".join(asking) or query


def _has(passage, further):
    return _named(f"{passage.title} {passage.heading} {passage.text}", further) == len(further)


def _root(word):
    return word[: max(ROOT, len(word) - 2)]


def _held(passage, asked, further):
    """How many of the facts the passage holds, and the passage: quoted where it holds most, if any.

    Of stretches that hold as much, the one with more of the question's ``further`` words is quoted, and that lists more.
    """
    best, most = None, (0, 0, 0)
    for span in itertools.chain(_quoted(passage), _windows(passage.text)):
        words = passage.text[slice(*span)]
        holds = sum(_holds(passage, span, fact) for fact in asked)
        listed = max(len(set(fact.listed.findall(words))) for fact in asked)
        if holds and (holds, _named(words, further), listed) > most:
            best, most = span, (holds, _named(words, further), listed)
    if best is None:
        return 0, passage
    best = _without_lead(passage, best, asked, further)
    best = _grown(passage.text, best, asked)
    quote = passage.text[slice(*best)]
    around = passage.around if quote == passage.quote else passage.text[_about(*best)]
    return most[0], replace(passage, quote=quote, around=around, features={**passage.features, FEATURE: 1.0})


def _named(text, further):
    there = " " + " ".join(written(text)) if further else ""
    return sum(f" {_root(asked)}" in there for asked in further)


def _without_lead(passage, span, asked, further):
    """The stretch without its first sentence, where that says nothing of what is asked and the rest holds the facts."""
    spans = [each for each in sentences.spans(passage.text) if span[0] <= each[0] and each[1] <= span[1]]
    if len(spans) < 2 or _says_more(passage.text, spans[0], asked):
        return span
    if _named(passage.text[slice(*spans[0])], further):
        return span
    rest = (spans[1][0], span[1])
    return rest if any(_holds(passage, rest, fact) for fact in asked) else span


def _grown(text, span, asked):
    """The stretch with its neighbours that say more of the same, ``WHOLE`` characters together."""
    start, end = span
    spans = sentences.spans(text)
    after = [each for each in spans if each[0] >= end]
    before = [each for each in reversed(spans) if each[1] <= start]
    for a, b in after:
        if b - start > WHOLE or not _says_more(text, (a, b), asked):
            break
        end = b
    for a, b in before:
        if end - a > WHOLE or not _says_more(text, (a, b), asked):
            break
        start = a
    return start, end


def _says_more(text, span, asked):
    return any(fact.form.search(text, *span) or fact.more.search(text, *span) for fact in asked)


def _quoted(passage):
    start = passage.text.find(passage.quote)
    return [(start, start + len(passage.quote))] if start >= 0 else []


def _windows(text):
    spans = sentences.spans(text)
    return [(spans[a][0], spans[b][1]) for a, b in sentences.windows(spans)]


def _holds(passage, span, fact):
    if not fact.form.search(passage.text, *span):
        return False
    return bool(fact.named.search(f"{passage.title}\n{passage.heading}\n{passage.text[_about(*span)]}"))


def _about(start, end):
    return slice(max(0, start - NEAR), end + NEAR)
