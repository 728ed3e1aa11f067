"""Drafts and placeholders: words that nobody meant to publish."""

import re

from django.utils.translation import gettext as _

from apps.knowledge.sweep import found, grammar
from apps.knowledge.sweep.vocabulary import EXAMPLES
from berrydesk.text import placeholders

KIND = "draft"

LONGEST = 400
"""Characters of a sentence; longer ones are examples or lists that lost their marks."""

_BLANK = re.compile(
    r"(?i)[\[{<]{1,2}\s*(?:insert|add|your (?:company|name|address|logo|text|price|business)|company|fill in|placeholder|todo|tbd|price|date|xx+|link|image|photo|picture|screenshot|"
    r"einfügen|einsetzen|ergänzen|platzhalter|preis|datum|hier|firmenname|bild|"
    r"insertar|añadir|pendiente|completar|precio|fecha|"
    r"insérer|ajouter|à compléter|compléter|prix)\b(?![-_])[^\]}>\n]{0,60}[\]}>]{1,2}"
    r"|\[[^\]\n]{1,40}\b(?:einfügen|einsetzen|ergänzen|eintragen|here|aquí|ici)\]"
    r"|\b(?:insert|add) (?:the )?(?:\w+ ){0,2}(?:here|later)\b(?! (?:to|for|in|on)\b)|\b(?:hier|noch) (?:\w+ ){0,3}(?:einfügen|einsetzen|ergänzen)\b"
    r"|\b(?:insertar|añadir|poner) (?:\w+ ){0,3}aquí\b|\b(?:insérer|ajouter|mettre) (?:\w+ ){0,3}ici\b"
    r"|_{4,}|\.{6,}"
)
_TAG = re.compile(r"</?[^\W\d][\w/-]*\s*/?>")
"""Names in angle brackets are tags, or a way to write what one types oneself."""

_CAPITALS = re.compile(
    r"\[(?!DONE|OK|YES|NO\b)[A-ZÄÖÜÁÉÍÓÚÑ][A-ZÄÖÜÁÉÍÓÚÑ]+(?:[ _-][A-ZÄÖÜÁÉÍÓÚÑ]+)*\](?!\()"
)
_DRAFT = re.compile(
    r"\b(?:DRAFT|ENTWURF|BORRADOR|BROUILLON|À COMPLÉTER|A COMPLETER|PENDIENTE|POR COMPLETAR|NOCH OFFEN)\b"
    r"|(?i:(?<!we )(?<!you )(?<!they )\b(?:do not publish(?=\s*(?:$|[.!:,;)–—-]|yet|before|until))|not for publication|not yet approved|needs? (?:to be )?(?:written|filled in|completed|review by)|waiting for approval|awaiting approval|(?<!need )(?<!needs )(?<!have )(?<!has )(?<!must )(?<!going )to be (?:written|confirmed|announced|decided|determined|added)(?=\s*(?:$|[.)\],;:–—]))|"
    r"placeholder (?:text|copy|page|content)|work in progress|this (?:page|article|section) is (?:a draft|incomplete|not finished|unfinished|under construction)|(?:^|[(.] ?)draft[:,–—-]|"
    r"nicht veröffentlichen|noch nicht (?:veröffentlich\w+|freigegeben|fertig)|(?:muss|müssen) noch (?:\w+ ){0,3}(?:ergänzt|geklärt|geprüft|abgestimmt)|wird noch (?:ergänzt|geklärt|abgestimmt)|in arbeit\b|"
    r"no publicar|sin aprobar|por definir|por confirmar|pendiente de (?:aprobación|revisión|redactar|completar|confirmar)|en construcción|"
    r"ne pas publier|non validée?|à (?:compléter|définir|confirmer|rédiger|valider)(?=\s*(?:$|[.)\],;:–—]))|en cours de (?:rédaction|validation)|en construction))"
)
_RULES = (placeholders.LOREM, placeholders.TODO, _BLANK, _CAPITALS, _DRAFT)
_ABOUT_DRAFTS = re.compile(
    r"(?i)\b(?:placeholders|(?:a|the) placeholder|(?:ein|der|den|als) platzhalter|marcador(?:es)? de posición|variables?|syntax|prefix|format should|in the (?:following )?format)\b|\b(?:save|saved|as|your|a|keep|create|edit|delete|open) (?:it )?(?:as )?(?:a |an |your )?drafts?\b|\b(?:als|einen|ihren|den) entwurf\b|\b(?:un|como|su) borrador\b|\b(?:un|votre|comme) brouillon\b|"
    r"\b(?:to[- ]?do|todo) (?:list|item|app|tasks?)\b"
)
_TOLD = re.compile(
    r"(?i)\b(?:such as|like|called|named|marked|prefix|the (?:word|mark|tag|action|button|label|prefix|placeholder)s?|a bracketed|wie|genannt|das wort|como|llamad[oa]|comme|appelé)\s*:?\s*$"
)
MOST_HEADING = 6
"""Words of a heading of the first level; longer ones are comments of code that lost their marks."""

_BRACED = re.compile(r"\{\{[^{}]*\}\}")
_CODE = re.compile(r"[{}=]|\\n|://|\w_\w|\w\(|\w\[")


def find(page, _around):
    """Placeholders, drafts' marks and headings without anything below them."""
    places = []
    for statement in page.statements:
        marks = _marks(page, statement)
        if marks:
            places.append(found.place(page, statement, marks))
    if _DRAFT.search(page.title) and not _ABOUT_DRAFTS.search(page.title):
        places.insert(0, found.of_page(page, page.title, [(0, len(page.title))]))
    if places:
        words = places[0].words
        yield found.Found(
            KIND,
            "high" if len(places) > 1 else "medium",
            page.title,
            _("“{title}” still holds words that were meant to be replaced: {words}").format(
                title=page.title, words=words
            ),
            places[0],
        )
        return
    hollow = _hollow(page)
    if hollow:
        yield found.Found(
            KIND,
            "low",
            page.title,
            _("Nothing stands below the heading “{heading}”.").format(heading=hollow),
            found.of_page(page, hollow, [(0, len(hollow))]),
        )


def _marks(page, statement):
    text = statement.text
    if EXAMPLES.search(" ".join([page.title, *statement.above])):
        return ()
    if len(text) > LONGEST or len(_CODE.findall(_BRACED.sub("", text))) > 1 or _ABOUT_DRAFTS.search(text):
        return ()
    spans = sorted(
        m.span()
        for m in (m for rule in _RULES for m in rule.finditer(text))
        if not _TAG.fullmatch(m.group()) and not page.is_code(m.group()) and not _is_named(page, text, m)
    )
    merged = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _is_named(page, text, match):
    """True where the mark is spoken of and not left: in quotation marks, or told of by what stands before it."""
    before, after = text[: match.start()], text[match.end() :]
    if _is_abbreviation(page, match.group()):
        return True
    if grammar.is_quoted(text, match.start(), match.end()) or re.match(r"\s*[\"”“'’»]", after[:2]):
        return True
    return bool(_TOLD.search(before)) or bool(re.search(r"[\w)\]]$", before) and match.group()[0] in "[<{")


def _is_abbreviation(page, mark):
    """True for the initials of names in the title or text: "The Big Downhill, TBD to its friends"."""
    if not mark.isupper() or len(mark) < 2:
        return False
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", page.title)).upper()
    named = r"\s+".join(rf"{re.escape(letter)}[a-zà-ÿ]+" for letter in mark)
    return mark in initials or bool(re.search(rf"\b{named}\b", page.plain))


def _hollow(page):
    """A heading below which nothing stands, and no deeper heading either."""
    headings = page.headings
    empty = [
        h
        for n, h in enumerate(headings)
        if not h[2] and (n + 1 == len(headings) or headings[n + 1][0] <= h[0])
    ]
    if len(headings) < 2 or 2 * len(empty) >= len(headings):
        return ""  # a list of headings leads on to other pages
    for n, (level, words, below) in enumerate(headings):
        deeper = n + 1 < len(headings) and headings[n + 1][0] > level
        if level == 1 and (n or len(words.split()) > MOST_HEADING or words.endswith(".")):
            continue  # a comment of code that lost its marks
        if (
            not below
            and not deeper
            and not words.endswith(("?", ":", "."))
            and "!" not in words
            and words
            and words != page.title
        ):
            return words
    return ""
