"""What a sentence claims: about which matter, for whom, with which values, and whether it affirms or denies."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from apps.knowledge.sweep import grammar
from apps.knowledge.sweep import vocabulary as v
from apps.knowledge.sweep.hours import weekdays
from apps.knowledge.sweep.pages import Page, Statement
from apps.knowledge.sweep.provisos import found_in
from apps.knowledge.sweep.terms import light_terms, read
from apps.knowledge.sweep.units import MONTH_OF
from apps.knowledge.sweep.values import values

OWN, ASKED, HEADED, TITLED, ASIDE = 1.0, 0.9, 0.7, 0.6, 0.5
"""How much a word counts by where it stands: in the sentence, the question, the heading, the title, another clause."""

LONGEST = 700
"""Characters of a sentence; longer ones are lists or code that lost their marks."""

MOST_LABEL = 4
"""Words before a colon; more of them are a sentence."""

JANUARY, JULY = 1, 7

MOST_CODE = 3
"""Signs of code in a sentence; with so many it is some."""

_SEAM = re.compile(
    r"(?i)[;,:()]|\s[–—-]\s|\b(?:and|but|while|whereas|und|aber|während|y|pero|mientras|et|mais|tandis)\b"
)

_CODE = re.compile(r"[{}<>=\\\[\]]|\":|\(\)|\w_\w|://|\w\.\w+\(")

_LABEL = re.compile(r"^\W*([^\W\d][^:.;!?()]{1,38}[^:\s]):\s+\S")

_PHONE = re.compile(r"(?<![\w.,])\+?\(?\d[\d ()/-]{5,}\d(?![\w.,]\d)")

_COMMAND = re.compile(r"(?:^|\s)--?[a-z][\w-]+(?:[ =]|$)|(?<!\w)\$\s?[a-z]+ ")

_LISTED = re.compile(r"(?i)^[\s,/]*(?:and|or|und|oder|y|o|et|ou)?[\s]*$")


@dataclass(frozen=True)
class Claim:
    """One thing said. ``own``: {term: weight} of its words, ``around``: of what stands above and beside it.

    ``scope``: {kind: words} said in it, ``scope_around`` by headings and title. ``values``: what it says, with
    offsets in the statement's text. ``denies``: it holds a negator, at ``marked``; ``denied``: the terms right
    after it. ``free``: where it says that something costs nothing, or None; ``paid``: where it says that the customer pays.
    """

    page: Page
    statement: Statement
    own: dict
    around: dict
    scope: dict
    scope_around: dict
    values: tuple = ()
    denies: bool = False
    denied: tuple = ()
    marked: tuple = ()
    universal: bool = False
    free: tuple | None = None
    paid: tuple | None = None
    asks: bool = False
    names: frozenset = frozenset()
    is_whole: bool = True

    @cached_property
    def terms(self):
        """{term: weight} of everything."""
        return {**self.around, **self.own}

    @cached_property
    def telling(self):
        """The terms of the sentence itself that say what it is about."""
        return frozenset(self.own.keys() - light_terms(self.page.language))

    @cached_property
    def label(self):
        """The telling terms of its row's name, or of the words before a colon that it begins with."""
        named = _LABEL.match(self.statement.text)
        name = self.statement.row or (named.group(1) if named else "")
        if not name or v.NO_LABEL.match(name) or v.MONTHS_LONG.match(name):
            return frozenset()
        if not self.statement.row and (len(name.split()) > MOST_LABEL or v.SPOKEN.search(name)):
            return frozenset()
        language = self.page.language
        words = read(blanked(name, values(name, language)), language)
        return frozenset(words.terms) - light_terms(language)

    @cached_property
    def conditions(self):
        """{name: where} of what it makes a condition of: only, all, tied, loose."""
        return found_in(self.statement.text)

    @cached_property
    def said(self):
        """Every value of the whole sentence, of which this claim may be a part."""
        return tuple(values(self.statement.text, self.page.language))

    @cached_property
    def days(self):
        """The days of the calendar that the whole sentence names."""
        return tuple(x for x in self.said if x.dimension == "date")

    @cached_property
    def dimensions(self):
        """The kinds of its values; working days are days."""
        return frozenset("time" if x.dimension == "workdays" else x.dimension for x in self.values)


def claims(page):
    """Every claim of the page, in order."""
    found = []
    if v.EXAMPLES.search(page.title):
        return found
    for statement in page.statements:
        if statement.text.casefold().strip() == page.title.casefold().strip():
            continue
        if _says_something(statement):
            found.extend(_claims(page, statement))
    return found


def _says_something(statement):
    text = statement.text
    return (
        len(text) <= LONGEST
        and not text.rstrip().endswith(("?", "？"))
        and not v.EXAMPLE.search(text)
        and not any(v.EXAMPLES.search(heading) for heading in statement.above)
        and any(c.isalpha() for c in text)
        and len(_CODE.findall(text)) < MOST_CODE
        and not _COMMAND.search(text)
        and text.strip(" :").casefold() not in {h.casefold() for h in statement.above[-1:]}
    )


def _claims(page, statement):
    language = page.language
    text = statement.text
    said = [x for x in values(text, language) if _is_claimed(text, x, language)]
    around, scope_around = _around(page, statement)
    blank = blanked(text, said)
    whole = read(blank, language)
    names = _names(text, blank)
    own = dict.fromkeys(whole.terms, OWN)
    question = read(statement.question, language) if statement.question else None
    yes, no = v.YES.match(text), v.NO.match(text)
    places, denied = _denials(text, blank, language)
    places_in_answer, denied_in_answer = places, denied
    if question and (yes or no):  # the question says what is affirmed or denied, the answer explains
        around = {**around, **dict.fromkeys(own, ASIDE)}
        own = dict.fromkeys(question.terms, ASKED)
        places = [no.span()] if no else []
        denied = question.terms if no else ()
    elif question and len(own) - len(whole.light & set(own)) < 2:
        own = {**dict.fromkeys(question.terms, ASKED), **own}
    explained = [span for span in places_in_answer if not no or span[0] >= no.end()]
    if question and (yes or no) and explained:  # what the answer itself denies, in its own words
        answered = dict.fromkeys(question.terms, ASKED) if yes else {}
        answered |= dict.fromkeys(whole.terms, OWN)
        yield _polar(page, statement, answered, around, whole, scope_around, explained, denied_in_answer)
    base = Claim(
        page,
        statement,
        own,
        {t: w for t, w in around.items() if t not in own},
        _scopes(text, question.scope if question and (yes or no) else {}, whole.scope),
        scope_around,
        denies=bool(places),
        denied=denied,
        marked=tuple(places),
        universal=bool(v.UNIVERSAL.search(text)),
        names=names,
        free=_free(text),
        paid=_paid(text),
        asks=bool(v.ASKS.search(text)),
    )
    yield from _by_segment(base, said, language)


def _is_claimed(text, value, language):
    """False for an amount in somebody's quoted words, and for one that a condition names without a limit."""
    if grammar.is_quoted(text, value.start, value.end) or grammar.is_history(text, value.start):
        return False
    if value.unit == "age" and grammar.is_threshold(text, value.start):
        return False
    return bool(value.role) or not grammar.within_condition(text, value.start, language)


def _polar(page, statement, own, around, words, scope_around, places, denied):
    """The claim in the rest of an answer that begins with Yes: "Yes, and without an appointment"."""
    return Claim(
        page,
        statement,
        own,
        {t: w for t, w in around.items() if t not in own},
        words.scope,
        scope_around,
        denies=True,
        denied=denied,
        marked=tuple(places),
    )


def _around(page, statement):
    """Terms and scopes of what stands above and beside a statement."""
    language = page.language
    around, scope = {}, {}
    layers = [(page.title, TITLED), *((h, HEADED) for h in statement.above), (statement.question, ASKED)]
    if statement.lead:
        layers.append((statement.lead, HEADED))
    if statement.before and v.PRONOUN.match(statement.text):
        layers.append((statement.before, HEADED))
    for text, weight in layers:
        if text:
            words = read(text, language)
            around |= {t: max(weight, around.get(t, 0)) for t in words.terms}
            for kind, members in words.scope.items():
                scope.setdefault(kind, members)
                if weight != TITLED:
                    scope[kind] = members
    season = _season(" ".join([*statement.above[-1:], statement.text]))
    if season:
        scope["season"] = season
    years = re.findall(r"\b(?:19|20)\d\d\b", " ".join([page.title, *statement.above]))
    if years:
        scope["year"] = frozenset(years)
    return around, scope


def _season(text):
    """ "April to October: …" holds in summer, "November to March: …" in winter."""
    match = v.MONTHS_LONG.match(text)
    if not match:
        return None
    first, last = (MONTH_OF[word.lower()] for word in match.groups())
    months = {(first - 1 + n) % 12 + 1 for n in range((last - first) % 12 + 1)}
    if (JULY in months) == (JANUARY in months):
        return None
    return frozenset(v.SUMMER if JULY in months else v.WINTER)


def _scopes(text, *found):
    scope = {}
    for each in found:
        for kind, words in each.items():
            scope[kind] = scope.get(kind, frozenset()) | words
    if v.EXAMPLE.search(text):
        scope["example"] = frozenset(("example",))
    return scope


def blanked(text, said):
    """The text with values and weekdays taken out, at unchanged places."""
    spans = [(x.start, x.end) for x in said] + [(a, b) for a, b, _d in weekdays(text)]
    spans += [m.span() for rule in (v.FREE, _PHONE) for m in rule.finditer(text)]
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _names(text, blank):
    """Capitalised words within the sentence, and words with digits in them: products, places, people."""
    found = set()
    for match in re.finditer(r"[^\W_][\w-]*", blank):
        word = match.group()
        inside = re.search(r"[^\W_][\w’',-]*\s+$", text[: match.start()])
        if (word[0].isupper() and inside) or (
            any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
        ):
            found.add(word.lower())
    return frozenset(found)


def _denials(text, blank, language):
    """Where negators stand, and the terms right after them."""
    pattern = v.NEGATION.get(language) or v.NEGATION["en"]
    doubled = [m.span() for m in v.DOUBLE.finditer(text)] + [m.span() for m in v.FREE.finditer(text)]
    places, denied = [], []
    for match in pattern.finditer(text):
        if any(a <= match.start() < b for a, b in doubled):
            continue
        if not grammar.is_denial(text, match.start(), match.group(), language):
            continue
        if places and match.start() - places[-1][1] < 20 and language == "fr":
            continue  # ne … pas
        places.append(match.span())
        clause = re.split(r"[;,:.]", blank[match.end() :], maxsplit=1)[0]
        denied.extend(read(clause, language).terms[:3])
    return places, tuple(denied)


def _paid(text):
    """Where the sentence says that the customer bears the cost, else None."""
    match = v.OWN_COST.search(text)
    return match.span() if match else None


def _free(text):
    """Where the sentence says that something costs nothing, else None."""
    apart = [m.span() for m in v.NOT_FREE.finditer(text)]
    for match in v.FREE.finditer(text):
        if not any(a <= match.start() < b for a, b in apart):
            before = text[max(0, match.start() - 12) : match.start()].lower()
            if not re.search(r"\b(?:not|nicht|no|pas|no es)\s*$", before):
                return match.span()
    return None


def _by_segment(base, said, language):
    """The claim as a whole, and where it names several values of one dimension, a claim for each of them."""
    has_price = any(x.dimension.startswith("money") for x in said)
    yield replace(base, values=(), free=None if has_price else base.free)
    said = [value for value in said if not _is_listed(base.statement.text, value, said)]
    bounds = _bounds(base.statement.text, said)
    if len(bounds) == 1:
        if said:
            yield replace(base, values=tuple(said), scope=_scope_beside(base, said, language))
        return
    for start, end in bounds:
        inside = [x for x in said if start <= x.start < end]
        if not inside:
            continue
        blank = blanked(base.statement.text, said)
        words = read(blank[start:end], language)
        own = dict.fromkeys(words.terms, OWN)
        rest = {t: ASIDE for t in base.own if t not in own}
        scope = (
            words.scope or base.scope if start == 0 else {**_lacking(base.scope, words.scope), **words.scope}
        )
        free = base.free if base.free and start <= base.free[0] < end else None
        yield replace(
            base,
            own=own,
            around={**base.around, **rest},
            scope=scope,
            values=tuple(inside),
            free=free,
            is_whole=False,
            names=frozenset(n for n in base.names if n in base.statement.text[start:end].lower()),
        )


def _scope_beside(base, said, language):
    """The claim's scopes; a season only where it is named beside a value: "by the 1st, on holidays a day later"."""
    if "season" not in base.scope:
        return base.scope
    beside = [
        part
        for part in re.finditer(r"[^,;]+", base.statement.text)
        if any(part.start() <= x.start < part.end() for x in said)
    ]
    if any("season" in read(part.group(), language).scope for part in beside):
        return base.scope
    return {kind: words for kind, words in base.scope.items() if kind != "season"}


def _lacking(whole, own):
    """Scopes of the whole sentence that hold for a clause that names none of the kind."""
    return {kind: words for kind, words in whole.items() if kind not in own and kind == "place"}


def _is_listed(text, value, said):
    """True for one of several values in a row, such as "£10, £25 and £50": a choice, not a claim."""
    for other in said:
        same = (other.dimension, other.per) == (value.dimension, value.per)
        if other is not value and same and value.dimension not in ("hours", "date"):
            first, second = sorted((value, other), key=lambda x: x.start)
            if _LISTED.match(text[first.end : second.start]):
                return True
    return False


def _bounds(text, said):
    """Stretches of the sentence, each with at most one value of a dimension (opening hours stay together)."""
    cuts, seen = [0], {}
    for value in said:
        kind = value.dimension if value.dimension != "workdays" else "time"
        if kind == "hours":
            continue
        if kind in seen and seen[kind].start >= cuts[-1]:
            between = list(_SEAM.finditer(text, seen[kind].end, value.start))
            if between:
                cuts.append(
                    between[-1].start() if between[-1].group().strip().isalpha() else between[-1].end()
                )
        seen[kind] = value
    return list(zip(cuts, [*cuts[1:], len(text)], strict=True))
