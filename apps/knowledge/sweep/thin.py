"""Thin and empty pages: too little to answer from."""

import re

from django.utils.translation import gettext as _

from apps.knowledge.sweep import found

KIND = "empty"

FEWEST_WORDS = 6
"""A page with fewer words, beyond its title, answers nothing."""

_SOON = re.compile(
    r"(?i)\b(?:coming (?:soon|shortly)|(?:content|page|more|details|information) (?:coming|to follow|follows|will follow)|under construction|to be announced|check back (?:soon|later)|watch this space|"
    r"(?:inhalt|mehr|infos?|informationen|seite|details) (?:folgt|folgen)|folgt in kürze|demnächst|in kürze (?:mehr|verfügbar)|im aufbau|bald verfügbar|"
    r"próximamente|muy pronto|en construcción|contenido en preparación|disponible pronto|"
    r"à venir|bientôt(?: disponible)?|prochainement|en construction|contenu à venir|page en cours|em breve|prossimamente|binnenkort)\b"
)
SOON_WORDS = 30
"""Longer pages say more than that something comes."""

_LOST = re.compile(
    r"(?i)\b(?:404|page not found|seite nicht gefunden|página no encontrada|page (?:introuvable|non trouvée)|access denied|zugriff verweigert|acceso denegado|accès refusé|please enable javascript)\b"
)


def find(page, _around):
    """One finding for a page that says nothing."""
    text = page.plain
    if page.title and text.casefold().startswith(page.title.casefold()):
        text = text[len(page.title) :]
    words = re.findall(r"[^\W_]+", text)
    cjk = len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text))
    asked = page.title.rstrip().endswith(("?", "？"))  # a short answer is an answer
    has_fact = any(c.isdigit() for c in text) or "@" in text
    if _SOON.search(text) and len(words) <= SOON_WORDS:
        words_found = _SOON.search(page.plain)
        yield _found(page, _("“{title}” only says that something is to come."), (words_found.span(),))
    elif _LOST.search(text) and len(words) <= SOON_WORDS:
        yield _found(page, _("“{title}” holds an error page instead of its content."), ())
    elif not words:
        yield _found(page, _("“{title}” is empty."), ())
    elif len(words) < FEWEST_WORDS and cjk < 10 and not asked and not has_fact:
        yield _found(page, _("“{title}” holds too few words to answer from."), ())


def _found(page, sentence, marks):
    return found.Found(
        KIND,
        "low",
        page.title or page.external_id,
        sentence.format(title=page.title or page.external_id),
        found.of_page(page, page.plain, marks),
    )
