"""Yes against no: one page affirms what the other denies, or asks for what the other does without."""

import re

from apps.knowledge.sweep import grammar
from apps.knowledge.sweep import likeness as likeness_of
from apps.knowledge.sweep import vocabulary as v
from apps.knowledge.sweep.terms import WORD, is_light, light_terms, read

LONGEST = 240
"""Characters; in a longer sentence a negator seldom denies the whole."""

CONDITIONAL = 0.85
"""How much less a denial counts where only one of the two names a condition."""

ALIKE = 0.6
"""Share of common telling words from which two sentences say one thing: less, and they are about two."""

MOST_BESIDES = 2
"""Words that only the denial has, beside an affirmation of all there is."""

_NOUN = r"([\w’'-]+(?: [\w’'-]+)?)"
_LACKS = re.compile(
    rf"(?i)\bwithout (?:an |a |any |prior |previous )+{_NOUN}|\bno (?:prior )?{_NOUN} (?:is |are )?(?:needed|required|necessary)|\b{_NOUN} (?:is|are) not (?:needed|required|necessary)|\bdo(?:es)? not (?:need|require) (?:an? |any ){_NOUN}"
    rf"|\bohne (?!die |das |den |dem |der )(?:vorherige[nr]? |eine[nr]? )?{_NOUN}|\bkeine?n? {_NOUN} (?:nötig|notwendig|erforderlich)|\b{_NOUN} ist nicht (?:nötig|notwendig|erforderlich)|\bbrauchen (?:Sie )?(?:dafür )?keine?n? {_NOUN}"
    rf"|\bsin (?!las? |los |el )(?:previa )?{_NOUN}|\bno (?:es necesari[oa]|hace falta|se necesita) {_NOUN}"
    rf"|\bsans (?!la |les? |l['’]){_NOUN}|\b{_NOUN} n['’]est pas (?:nécessaire|obligatoire)"
)
_NEEDS = re.compile(
    rf"(?i)\b(?:by|with) (?:prior )?{_NOUN} only\b|\bonly (?:by|with|after) (?:an? |prior )?{_NOUN}|\b{_NOUN} (?:is|are) (?:required|necessary|needed|mandatory|compulsory|essential)\b|\brequires? (?:an |a |prior )+{_NOUN}|\bmust (?:first )?(?:make|have|book|bring|get) (?:an? )?{_NOUN}|\byou need (?:an? ){_NOUN}"
    rf"|\bnur (?:mit|nach|gegen) (?:vorherige[rmn]? |eine[mr]? )?{_NOUN}|\b{_NOUN} (?:ist|sind) (?:unbedingt )?(?:nötig|notwendig|erforderlich|Pflicht)\b|\b(?:brauchen|benötigen) (?:Sie )?(?:eine[nr]? ){_NOUN}"
    rf"|\b(?:solo|sólo|únicamente) (?:con|bajo) (?!las? |los |el )(?:previa )?{_NOUN}|\bes (?:necesari[oa]|obligatori[oa]|imprescindible) (?:pedir |tener |una? )*{_NOUN}|\b{_NOUN} (?:previa )?(?:obligatoria|imprescindible)\b"
    rf"|\b(?:uniquement|seulement) sur {_NOUN}|\b{_NOUN} (?:est )?(?:obligatoire|nécessaire|indispensable)\b"
)
_UNNECESSARY = re.compile(
    rf"(?i)\b{_NOUN} (?:is|are) not (?:needed|required|necessary)|\b(?:need not|do(?:es)? not (?:need|have) to) (\w+)"
    rf"|\b{_NOUN} ist nicht (?:nötig|notwendig|erforderlich)|\b(?:müssen|brauchen) (?:Sie )?(?:\w+ ){{0,3}}nicht (?:zu )?(\w+en)\b"
    rf"|\bno (?:es necesario|hace falta) (\w+)|\bil n['’]est pas nécessaire (?:de |d['’])(\w+)"
)
_MUST = re.compile(
    r"(?i)\b(?:must|have to|has to) (\w+)|\b(?:muss|müssen) (?:[\w-]+ ){0,4}?(\w+en)\b(?=\s*(?:[.,;!]|und\b|oder\b|$))"
    r"|\b(?:debe|deben|tiene que|tienen que) (\w+)|\b(?:doit|doivent|devez) (\w+)"
)
_DEMANDS = ((_LACKS, _NEEDS), (_UNNECESSARY, _MUST))
"""(what does without, what asks for), by noun and by verb."""


def polarity(one, other, likeness):
    """(marks of one, marks of other, score) where one affirms what the other denies, else None."""
    if one.denies == other.denies or not one.is_whole or not other.is_whole:
        return None
    no, yes = (one, other) if one.denies else (other, one)
    if not _may_conflict(no, yes) or _denies_too(yes, no):
        return None
    language = one.page.language
    light = light_terms(language)
    extra = likeness.one_extra if no is one else likeness.other_extra
    other_extra = likeness.other_extra if no is one else likeness.one_extra
    extra &= _beside(no)
    is_kind = extra & likeness_of.of_title(no.page)
    if yes.universal and not is_kind and len(extra) <= MOST_BESIDES and len(other_extra) <= 1:
        extra = frozenset()
    telling = likeness.terms - light
    denied = [t for t in no.denied if t not in light]
    if denied[:2] and not set(denied[:2]) <= telling & (set(yes.own) | set(yes.around)):
        return None
    own = no.telling
    said = (yes.telling & telling) & (
        own | set(no.around) if v.PRONOUN.match(no.statement.text) else own | telling
    )
    is_alike = set(one.own) == set(other.own) and len(one.own) > 1 and bool(said)
    if not is_alike and _same_subject(no, yes, extra):
        is_alike = True
    if not is_alike and (not denied or len(said) < 2 or len(own & telling) < 2 or len(extra) > len(own) / 3):
        return None
    if not is_alike and not _say_one_thing(no, yes, telling, extra, other_extra):
        return None
    if one.page.pk == other.page.pk and (
        not own <= yes.telling or no.statement.question != yes.statement.question
    ):
        return None
    score = likeness.shared / (likeness.shared + 0.9 * len(extra) + 0.25 * len(other_extra) + 0.35)
    if bool(v.CONDITION.search(no.statement.text)) != bool(v.CONDITION.search(yes.statement.text)):
        score *= CONDITIONAL
    marks, opposite = no.marked[:1], _counterpart(yes, no)
    return (marks, opposite, score) if no is one else (opposite, marks, score)


def _may_conflict(no, yes):
    """Both are short whole sentences that assert something; an instruction only conflicts with a ban."""
    texts = no.statement.text, yes.statement.text
    language = no.page.language
    if max(map(len, texts)) > LONGEST or not all(map(grammar.is_sentence, texts)):
        return False
    conditional = [grammar.is_conditional(text, language) for text in texts]
    if any(conditional) and not all(conditional):
        return False
    return grammar.is_ban(texts[0]) or not any(grammar.is_instruction(text, language) for text in texts)


def _denies_too(yes, no):
    """True where the sentence that is taken for affirming holds a negator before what the other denies, or asks in passing."""
    text, language = yes.statement.text, yes.page.language
    rule = v.NEGATION.get(language) or v.NEGATION["en"]
    denied = set(no.denied)
    return any(
        denied & set(read(re.split(r"[;:.]", text[match.end() :], maxsplit=1)[0], language).terms)
        for match in rule.finditer(text)
    )


def _same_subject(no, yes, extra):
    """Short sentences about one thing that say, and deny, one light word of it: "Towels are (not) included"."""
    predicate = no.denied[:1]
    if not predicate or not predicate[0].startswith("@") or predicate[0] not in yes.own or extra:
        return False
    first = [next(iter(c.telling & set(list(c.own)[:1])), None) for c in (no, yes)]
    return first[0] is not None and first[0] == first[1] and len(yes.telling) <= MOST_BESIDES + 1


def _beside(no):
    """The terms of the clause in which the denial stands."""
    text, (start, end) = no.statement.text, no.marked[0]
    before = max(text.rfind(mark, 0, start) for mark in ";:") + 1
    after = min((at for at in (text.find(mark, end) for mark in ";:") if at >= 0), default=len(text))
    return frozenset(read(text[before:after], no.page.language).terms)


def _say_one_thing(no, yes, telling, extra, other_extra):
    """What both say is most of what the denial says, and much of what the other says."""
    both = len(telling & (no.telling | yes.telling))
    weight = 2 * both + len(extra) + 0.5 * len(other_extra)
    return bool(weight) and 2 * both / weight >= ALIKE


def necessity(one, other, likeness):
    """(marks, marks, score) where one does without what the other asks for, else None."""
    for lacking, needing in ((one, other), (other, one)):
        text, against = lacking.statement.text, needing.statement.text
        if max(len(text), len(against)) > LONGEST:
            continue
        for lacks, needs in _DEMANDS:
            lack, need = lacks.search(text), needs.search(against)
            if not lack or not need or lacks.search(against):
                continue
            if grammar.is_denied(text, lack.start(), one.page.language):
                continue
            shared = _same_thing(lack, need, one.page.language)
            rest = {t for t in likeness.terms if not is_light(t, one.page.language)} - shared
            if shared and rest:
                marks = (lack.span(),), (need.span(),)
                score = likeness.shared / (likeness.shared + 0.35)
                return (*marks, score) if lacking is one else (*marks[::-1], score)
    return None


def _same_thing(lack, need, language):
    """The terms of what both name: "Termin" and "Terminvereinbarung" in languages that join words."""
    one, other = (
        {t for group in match.groups() if group for t in read(group, language).terms}
        for match in (lack, need)
    )
    shared = one & other
    if not shared and language in likeness_of.JOINING:
        shared = {t for t in one | other if any(len(x) >= 5 and x in t and x != t for x in one | other)}
    return shared - light_terms(language)


def _counterpart(yes, no):
    """What to mark in the affirming sentence: its Yes, else the first word that the other denies."""
    text = yes.statement.text
    said = v.YES.match(text)
    if said:
        return (said.span(),)
    shared = {*no.denied, *no.own}
    for wanted in (set(no.denied[:1]), shared):
        for match in WORD.finditer(text):
            found = set(read(match.group(), yes.page.language).terms)
            if found & wanted:
                return (match.span(),)
    return ()
