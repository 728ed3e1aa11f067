"""Branches of one business: pages made after one pattern, each about a place or a thing that has its own name."""

import re

from apps.knowledge.sweep import vocabulary as v
from apps.knowledge.sweep.claims import blanked
from apps.knowledge.sweep.terms import WORD, light_terms, read
from apps.knowledge.sweep.values import CAPITALISING, values
from berrydesk.text.stopwords import STOP_WORDS
from berrydesk.text.tokens import tokens

MOST_WORDS = 3
"""Words of a title that is nothing but a name: "Bath", "York Minster Yard"."""

_PAGE_NAMES = (
    "contact help about support faq faqs questions info information service services customer customers visit visiting visitors business welcome home imprint legal terms policy policies rules "
    "overview guide handbook reception directions getting finding reaching notice notes news website shop online kontakt hilfe impressum fragen übersicht anfahrt besuch agb hausordnung service "
    "contacto ayuda preguntas información normas visita aide questions informations conditions visite accueil"
)
PAGE_NAMES = frozenset(_PAGE_NAMES.split())
"""What a page is called that speaks of the business as a whole."""

_PLACES = (
    "shop shops store branch office clinic practice surgery studio restaurant hotel hostel salon centre center hub depot warehouse location site showroom café cafe bakery school gym library museum garage "
    "workshop station campus house filiale laden geschäft praxis standort niederlassung büro werkstatt haus tienda oficina clínica sucursal sede taller magasin boutique cabinet agence atelier bureau"
)
PLACES = frozenset(_PLACES.split())
"""What there may be several of, each with its own hours and telephone."""

_OF_A_PLACE = frozenset({"phone", "email", "hours"})
"""What each branch has of its own."""

_WITHIN = r"[^\W_][\w’',-]*\s+"


def are_branches(one, other):
    """True for claims of pages whose titles differ by names alone, neither of which the other claim says."""
    if one.page.pk == other.page.pk or one.page.language != other.page.language:
        return False
    mine, theirs = _words(one.page), _words(other.page)
    a, b = mine.keys() - theirs.keys(), theirs.keys() - mine.keys()
    if not a or not b or a & _said(other) or b & _said(one):
        return False
    shared = (mine.keys() & theirs.keys()) - STOP_WORDS.get(one.page.language, frozenset())
    if shared:
        return all(
            any(_is_name(w, page, words, shared) for w in own)
            and all(_says_little(w, page.language) or words[w] for w in own)
            for own, page, words in ((a, one.page, mine), (b, other.page, theirs))
        )
    if not all(len(words) <= MOST_WORDS and all(words.values()) for words in (mine, theirs)):
        return False
    if any(_says_little(w, one.page.language) for w in a | b):
        return False
    if one.dimensions & other.dimensions & _OF_A_PLACE and not _is_common(one.page) | _is_common(other.page):
        return True
    return _worded(one) == _worded(other) or any(
        _is_named(w, page) for own, page in ((a, one.page), (b, other.page)) for w in own
    )  # of a long page only a passage is at hand, which need not say its name


def is_about_more(page, other):
    """True when the page's title names something that the other never says, beyond what a page is called, or a place."""
    own = _words(page).keys() - _words(other).keys()
    return any(not _says_little(w, page.language) for w in own - _everything(other))


def _everything(page):
    """Every word of the page in lower case."""
    if "said" not in page.extra:
        page.extra["said"] = frozenset(w.lower() for w in WORD.findall(_bare(page)))
    return page.extra["said"]


def _is_common(page):
    """True where a word of the title stands in the page written small: it is no name."""
    stems = {t for w in _words(page) for t in tokens(w, page.language)}
    return any(w[0].islower() and stems & set(tokens(w, page.language)) for w in WORD.findall(_bare(page)))


def _worded(claim):
    """The words of a sentence without its values."""
    text = claim.statement.text
    return blanked(text, values(text, claim.page.language)).split()


def _words(page):
    """{word of the title in lower case: whether it is written with a capital}."""
    if "title words" not in page.extra:
        page.extra["title words"] = {w.lower(): w[0].isupper() for w in WORD.findall(page.title)}
    return page.extra["title words"]


def _said(claim):
    """Every word of a claim's sentence, question and headings in lower case."""
    s = claim.statement
    return {w.lower() for w in WORD.findall(" ".join((s.text, s.question, s.column, *s.above)))}


def _bare(page):
    """The page's sentences without addresses, which write every name small."""
    return re.sub(r"\S*(?:@|://|www\.)\S*", " ", page.plain)


def _is_name(word, page, words, shared):
    """True for a capitalised word of a title that stands beside small ones, beside a kind of place, or so in the text."""
    if not words[word] or _says_little(word, page.language):
        return False
    if shared & PLACES or _is_named(word, page):
        return True
    if shared <= PAGE_NAMES and word != next(iter(words)):
        return True
    return (
        word != next(iter(words))
        and page.language not in CAPITALISING
        and any(not is_capital and len(w) > MOST_WORDS for w, is_capital in words.items())
    )


def _is_named(word, page):
    """True where the page's sentences write the word with a capital within them, and never small."""
    text, name = _bare(page), re.escape(word.capitalize())
    if page.language in CAPITALISING:
        return bool(re.search(rf"\b(?:in|aus|nach|bei|von) {name}\b", text))
    return bool(re.search(rf"{_WITHIN}{name}\b", text)) and not re.search(rf"\b{re.escape(word)}\b", text)


def _says_little(word, language):
    """True for a word that is no name: one of a known meaning, or what a page of the whole business is called."""
    if word in PAGE_NAMES or word in PLACES or word in v.SCOPE_OF or word in STOP_WORDS.get(language, ()):
        return True
    terms = read(word, language).terms
    return not terms or any(t.startswith("@") or t in light_terms(language) for t in terms)
