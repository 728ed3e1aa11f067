"""Drafts and placeholders: words that nobody meant to publish."""

import re

from django.utils.translation import gettext as _

from apps.knowledge.sweep import found

KIND = "draft"

LONGEST = 400
"""Characters of a sentence; longer ones are examples or lists that lost their marks."""

_LOREM = re.compile(r"(?i)\blorem ipsum\b|\bdolor sit amet\b")
_TODO = re.compile(
    r"\b(?:TODO|FIXME|TBD|TBC|TKTK|TBA|XXX+)\b|\bXX\b(?=\s*(?:dollars?|euros?|pounds?|days?|Tage|Euro|días|jours|%|€|\$|£))|(?:€|\$|£)\s?XX+\b|\?\?\?+"
)
_BLANK = re.compile(
    r"(?i)[\[{<]{1,2}\s*(?:insert|add|your|company|enter|fill|placeholder|todo|tbd|price|date|name|xx+|link|image|photo|"
    r"einfügen|einsetzen|ergänzen|platzhalter|preis|datum|hier|firmenname|"
    r"insertar|añadir|pendiente|completar|precio|fecha|nombre|"
    r"insérer|ajouter|à compléter|compléter|prix|nom)\b[^\]}>\n]{0,60}[\]}>]{1,2}"
    r"|\b(?:insert|add) (?:the )?(?:\w+ ){0,2}(?:here|later)\b|\b(?:hier|noch) (?:\w+ ){0,3}(?:einfügen|einsetzen|ergänzen)\b"
    r"|\b(?:insertar|añadir|poner) (?:\w+ ){0,3}aquí\b|\b(?:insérer|ajouter|mettre) (?:\w+ ){0,3}ici\b"
    r"|_{4,}|\.{6,}"
)
_CAPITALS = re.compile(
    r"\[(?!DONE|OK|YES|NO\b)[A-ZÄÖÜÁÉÍÓÚÑ][A-ZÄÖÜÁÉÍÓÚÑ]+(?:[ _-][A-ZÄÖÜÁÉÍÓÚÑ]+)*\](?!\()"
)
_DRAFT = re.compile(
    r"\b(?:DRAFT|ENTWURF|BORRADOR|BROUILLON|À COMPLÉTER|A COMPLETER|PENDIENTE|POR COMPLETAR|NOCH OFFEN)\b"
    r"|(?i:\b(?:do not publish|not for publication|not yet approved|needs? (?:to be )?(?:written|filled in|completed|review by)|waiting for approval|awaiting approval|to be (?:written|completed|confirmed|announced|defined|done)|"
    r"work in progress|this (?:page|article|section) is (?:a draft|incomplete|not finished|unfinished|under construction)|(?:^|[(.] ?)draft[:,–—-]|"
    r"nicht veröffentlichen|noch nicht (?:veröffentlich\w+|freigegeben|fertig)|(?:muss|müssen) noch (?:\w+ ){0,3}(?:ergänzt|geklärt|geprüft|abgestimmt)|wird noch (?:ergänzt|geklärt|abgestimmt)|in arbeit\b|"
    r"no publicar|sin aprobar|por definir|por confirmar|pendiente de (?:aprobación|revisión|redactar|completar|confirmar)|en construcción|"
    r"ne pas publier|non validée?|à (?:compléter|définir|confirmer|rédiger|valider)|en cours de (?:rédaction|validation)|en construction))"
)
_RULES = ((_LOREM, "lorem"), (_TODO, "todo"), (_BLANK, "blank"), (_CAPITALS, "blank"), (_DRAFT, "draft"))
_ABOUT_DRAFTS = re.compile(
    r"(?i)\b(?:save|saved|as|your|a|keep|create|edit|delete|open) (?:it )?(?:as )?(?:a |an |your )?drafts?\b|\b(?:als|einen|ihren|den) entwurf\b|\b(?:un|como|su) borrador\b|\b(?:un|votre|comme) brouillon\b|"
    r"\b(?:to[- ]?do|todo) (?:list|item|app|tasks?)\b"
)
_CODE = re.compile(r"[{}=]|\\n|://|\w_\w|\w\(|\w\[")


def find(page, _around):
    """Placeholders, drafts' marks and headings without anything below them."""
    places = []
    for statement in page.statements:
        marks = _marks(statement.text)
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


def _marks(text):
    if len(text) > LONGEST or len(_CODE.findall(text)) > 1 or _ABOUT_DRAFTS.search(text):
        return ()
    spans = sorted({m.span() for rule, _name in _RULES for m in rule.finditer(text)})
    merged = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _hollow(page):
    """A heading below which nothing stands, and no deeper heading either."""
    headings = page.headings
    if len(headings) < 2:
        return ""
    for n, (level, words, below) in enumerate(headings):
        deeper = n + 1 < len(headings) and headings[n + 1][0] > level
        if n and level == 1:
            continue  # a comment of code that lost its marks
        if not below and not deeper and not words.endswith(("?", ":")) and words and words != page.title:
            return words
    return ""
