"""Old versions and past dates: what held once, beside what holds now. The day it is comes from outside."""

import re
from datetime import date, timedelta

from django.utils.translation import gettext as _

from apps.knowledge.sweep import found, grammar
from apps.knowledge.sweep.units import MONTH_OF
from apps.knowledge.sweep.values import values
from apps.knowledge.sweep.vocabulary import EXAMPLE

KIND = "outdated"

LONGEST_PROMISE = 320
"""Characters; in a longer sentence, or a list that lost its marks, a date promises nothing."""

STALE_YEARS = 3
""""Last updated" so many years ago is worth a look."""

_YEAR = re.compile(r"(?<![\d-])(?:19|20)\d\d(?!\d)")
_VERSION = re.compile(
    r"(?i)\b(?:v|version|rev|revision|edition|ausgabe|versión|edición|édition)\.?\s?(\d+(?:\.\d+)*)\b|\((?:old|alt|archived?|deprecated|obsolete|antiguo|ancien|archiviert)\)"
)
_VALID = re.compile(
    r"(?i)\b(?:valid|validity|offer|promotion|ends?|expires?|until|available (?:until|till|through)|apply (?:by|before)|last orders?|deadline|register by|"
    r"gültig|angebot|aktion|läuft|endet|bis (?:zum|einschließlich)|anmeldeschluss|einsendeschluss|"
    r"válid[oa]s?|oferta|promoción|hasta el|termina|vigente|fecha límite|"
    r"valables?|offre|promotion|jusqu['’]au|se termine|date limite|en vigueur jusqu|du \d)\b"
)
_PLANNED = re.compile(
    r"(?i)\b(?:will|shall|is going to|are going to|we plan|starting|from|wird|werden|ab dem|será|serán|estará|estarán|a partir del|sera|seront|à partir du|"
    r"open|opens|closed?|closes|opening|shut|geöffnet|geschlossen|schließen|schließt|öffnet|öffnen|abierto|abrimos|abre|cerrado|cerrados|cerramos|cierra|ouvert|ouverte|fermé|fermée|ferme|fermons)\b"
)
_PAST = re.compile(
    r"(?i)\b(?:was|were|has been|had|introduced|launched|founded|since|released|changed|moved|opened|started|born|won|replaced|wurde|wurden|seit|gegründet|war|waren|eröffnet|fue|fueron|desde|fundad[oa]|"
    r"a été|ont été|depuis|fondée?|était|créée?)\b"
)
_RANGE = re.compile(r"(?i)(?:[-–—]|\bto\b|\bbis\b|\bal?\b|\bau\b|\buntil\b)")
_EVENT = re.compile(
    r"(?i)\b(?:christmas|xmas|easter|holidays?|black friday|summer|winter|spring|autumn|sale|offer|promotion|opening hours|hours|price ?list|prices|pricing|tariff|rates|calendar|timetable|schedule|programme|season|catalogue|catalog|terms|policy|"
    r"preisblatt|preisblätter|weihnachten|weihnachts\w*|ostern|oster\w*|feiertag\w*|sommer\w*|winter\w*|aktion\w*|angebot\w*|öffnungszeiten|preisliste|preise|tarife?|kalender|termine|programm|saison|katalog|"
    r"navidad|semana santa|festivos|verano|invierno|oferta|rebajas|horarios?|tarifas|precios|calendario|programa|temporada|catálogo|"
    r"noël|pâques|jours fériés|été|hiver|soldes|offre|promo|horaires|tarifs?|prix|calendrier|programme|saison|catalogue|conditions)\b"
)
_RECORD = re.compile(
    r"(?i)\b(?:release notes?|changelog|change log|what['’]?s new|what is new|history|annual report|blog|news|archive|press|versionshinweise|neuigkeiten|geschichte|jahresbericht|archiv|presse|"
    r"novedades|historia|informe anual|prensa|nouveautés|histoire|rapport annuel|presse|actualités)\b"
)
_SUPERSEDED = re.compile(
    r"(?i)\b(?:this|the following|these) (?:\w+ )?(?:page|document|article|policy|version|guide|terms|prices?|information|list|section)\b.{0,90}\b(?:no longer|outdated|out of date|obsolete|deprecated|superseded|replaced by|was replaced|has been replaced|archived|old version|not current)\b"
    r"|\b(?:superseded by|no longer (?:valid|current|in force|up to date|applies)|replaced by the (?:new|current)|for the (?:current|latest|new) version,? (?:see|please)|outdated (?:page|version|document))\b"
    r"|\b(?:dies\w*|die|das|der) (?:\w+ )?(?:seite|dokument|artikel|fassung|version|preisliste|preise|richtlinie|regelung|anleitung)\b.{0,90}\b(?:nicht mehr (?:gültig|aktuell)|veraltet|überholt|ersetzt|abgelöst|archiviert)\b"
    r"|\b(?:nicht mehr (?:gültig|aktuell|in kraft)|ersetzt durch|abgelöst durch|veraltete (?:fassung|version)|frühere fassung)\b"
    r"|\b(?:est[ae]|el|la) (?:página|documento|artículo|versión|política|lista|guía|información)\b.{0,90}\b(?:ya no|obsolet[oa]|desactualizad[oa]|sustituid[oa]|reemplazad[oa]|antigu[oa])\b"
    r"|\b(?:ya no (?:es|está|son) (?:válid\w+|vigente\w*|actual\w*)|sustituid[oa]s? por|reemplazad[oa]s? por|versión anterior)\b"
    r"|\b(?:cette|cet|ce|la|le) (?:page|document|article|version|politique|liste|guide|tarif)\b.{0,90}\b(?:n['’]est plus|obsolète|périmée?|remplacée?|caduque|archivée?)\b"
    r"|\b(?:n['’]est plus (?:valable|en vigueur|à jour)|ne sont plus (?:valables|en vigueur)|remplacée?s? par|ancienne version)\b"
)
_UPDATED = re.compile(
    r"(?i)\b(?:last (?:updated|reviewed|changed)|updated(?: on)?|as of|version of|effective|stand|letzte (?:änderung|aktualisierung)|zuletzt (?:aktualisiert|geändert)|última actualización|actualizad[oa] (?:el|en)|dernière mise à jour|mis à jour (?:le|en))\s*:?\s*(.{0,30}?((?:19|20)\d\d))\b"
)


def find(page, around):
    """Older versions beside newer ones; else at most one finding: a note that the page is over, or a date gone by."""
    is_old = False
    for older, newer in around.versions(page):
        is_old = is_old or older is page
        yield _beside_newer(older, newer)
    if is_old:
        return
    first = next(filter(None, (rule(page, around) for rule in _RULES)), None)
    if first:
        yield first


def _beside_newer(older, newer):
    mark = _YEAR.search(older.title) or _VERSION.search(older.title)
    return found.Found(
        KIND,
        "high",
        older.title,
        _("“{title}” stands beside the newer “{newer}”.").format(title=older.title, newer=newer.title),
        found.of_page(older, older.title, [mark.span()] if mark else ()),
        found.of_page(newer, newer.title),
    )


def _says_so(page, _around):
    """The page says itself that it no longer holds."""
    if _RECORD.search(page.title):
        return None
    for statement in page.statements:
        match = _SUPERSEDED.search(statement.text)
        if match and not _PRODUCT_NOTE.search(statement.text) and not _RULED.search(statement.text):
            words = _("“{title}” says itself that it no longer holds.").format(title=page.title)
            return _found(page, statement, match.span(), words)
    return None


def _is_over(page, around):
    """A promise whose day is past, or a year gone by that is called this one."""
    if _RECORD.search(page.title):
        return None
    ended = _ended(page, around.today)
    if not ended:
        this = _this_year(page, around.today)
        ended = this and (this[0], this[1].span())
    if not ended:
        return None
    statement, (start, end) = ended
    return _found(
        page, statement, (start, end), _("“{words}” is over.").format(words=statement.text[start:end])
    )


def _past_title(page, around):
    """The title names a year gone by."""
    if _RECORD.search(page.title) or not is_past(page, around.today):
        return None
    return found.Found(
        KIND,
        "medium",
        page.title,
        _("“{title}” is about {year}, which is over.").format(title=page.title, year=_title_year(page)),
        found.of_page(page, page.title, [_YEAR.search(page.title).span()]),
    )


def _old_version(page, around):
    """A version is called current that the release notes have passed."""
    old = None if _RECORD.search(page.title) else _overtaken(page, around)
    if not old:
        return None
    statement, (start, end), newer, number = old
    words = _("“{words}” is not the current version: “{title}” names {number}.").format(
        words=statement.text[start:end], title=newer.title, number=number
    )
    return _found(page, statement, (start, end), words)


def _long_ago(page, around):
    """The page says when it was last looked at: years ago."""
    if _RECORD.search(page.title):
        return None
    for statement in page.statements:
        match = _UPDATED.search(statement.text)
        if match and int(match.group(2)) <= around.today.year - STALE_YEARS and len(statement.text) < 120:
            words = _("“{title}” was last looked at long ago.").format(title=page.title)
            return _found(page, statement, match.span(1), words, "low")
    return None


_RULES = (_says_so, _is_over, _past_title, _old_version, _long_ago)
"""In the order in which they are asked; the first that finds something is heard."""

_RULED = re.compile(
    r"(?i)\b(?:connectors?|drivers?|feature|function|method|parameter|option|field|endpoint|librar(?:y|ies)|package|plugin|extension|support|is getting|if|when|that no longer|which no longer|whether|funktion|treiber|wenn|falls|sobald|función|si|cuando|fonction|quand)\b"
)
"""What is told of a part of the product, or ruled for a case, says nothing of the page."""

_PRODUCT_NOTE = re.compile(
    r"(?i)\b(?:model|battery|part|component|filter|modell|akku|teil|modelo|pieza|modèle|pièce)\b"
)


RELEASES = r"release notes?|changelog|change log|what.?s new|what is new|version history|versionshinweise|neuerungen|novedades|nouveautés|notas de (?:la )?versi"
"""What a page is called that lists what was released, for the database."""

_CURRENT = re.compile(
    r"(?i)\b(?:current|latest|newest|most recent|aktuelle\w*|neueste\w*|derzeitige\w*|actual|última|más reciente|actuelle|dernière) (?:\w+ ){0,2}?(?:version|release|edition|fassung|ausgabe|versión|edición)\b\W{0,3}(?:(?:of|von|de) [\w+-]+ )?(?:(?:is|ist|es|est) )?(?:v\.? ?|version )?(\d+(?:\.\d+)+)"
    r"|\b(?:version |release |v)?(\d+(?:\.\d+)+),? (?:is|ist|es|est),? (?:\w+ )?(?:the |die |la )?(?:current|latest|newest|most recent|aktuelle|neueste|última|dernière)\b"
)
_NUMBERED = re.compile(
    r"(?:^|\n|[*#(\s])(?i:v|version |release )?(\d{1,3}(?:\.\d{1,3}){1,2})(?=[\s,:*)–—-]|\.\s|$)"
)


def _overtaken(page, around):
    """(statement, where, page of releases, number) where a version is called current that a list of releases has passed."""
    for statement in page.statements:
        match = _CURRENT.search(statement.text)
        if not match or grammar.is_quoted(statement.text, match.start(), match.end()):
            continue
        group = 1 if match.group(1) else 2
        said = _parts(match.group(group))
        for record in around.records():
            if record.pk == page.pk or not _RECORD.search(record.title):
                continue
            numbers = {each for each in _NUMBERED.findall(record.text) if len(_parts(each)) == len(said)}
            newest = max(numbers, key=_parts, default="")
            if newest and _parts(newest) > said:
                return statement, match.span(group), record, newest
    return None


def _parts(number):
    return tuple(int(part) for part in number.split("."))


def look_again_on(page, today):
    """The first day on which a date of the page will have gone by, or None."""
    days = [day for statement in page.statements for day, _span in _dates(statement, page.language)]
    later = [day for day in days if day >= today]
    return min(later) if later else None


def is_past(page, today):
    """True for a page whose title names a year gone by and something that has one, such as a price list."""
    year = _title_year(page)
    return bool(year) and year < today.year and bool(_EVENT.search(page.title))


def title_key(title):
    """The title without years and versions: the same for all versions of one page."""
    bare = _VERSION.sub(" ", _YEAR.sub(" ", title))
    bare = re.sub(
        r"(?i)\.(?:pdf|docx?|xlsx?|pptx?|md|txt|html?)$|\b(?:old|new|neu|alt|final|copy|kopie|draft)\b",
        " ",
        bare,
    )
    return " ".join(re.findall(r"[^\W_]+", bare.lower()))[:300]


def version_of(title):
    """(year, version numbers) in a title; zeros where it has none."""
    years = [int(y) for y in _YEAR.findall(title)]
    match = _VERSION.search(title)
    numbers = tuple(int(n) for n in match.group(1).split(".")) if match and match.group(1) else ()
    return (max(years, default=0), numbers or (0,))


_THIS_YEAR = re.compile(
    r"(?i)\b(?:this|the current|dieses|im laufenden|este|cette|l['’])\s?(?:year|season|jahr|año|temporada|année|saison)\W{0,3}((?:19|20)\d\d)\b"
)


def _this_year(page, today):
    """(statement, match) where a year gone by is called this one."""
    for statement in page.statements:
        match = _THIS_YEAR.search(statement.text)
        if (
            match
            and int(match.group(1)) < today.year
            and not grammar.is_quoted(statement.text, *match.span())
        ):
            return statement, match
    return None


def _title_year(page):
    years = [int(y) for y in _YEAR.findall(page.title)]
    return max(years) if years else 0


def _ended(page, today):
    """The first statement whose promise ended before today."""
    for statement in page.statements:
        text = statement.text
        dates = list(_dates(statement, page.language))
        months = [] if dates or not _EXPECTED.search(text) or _TOLD.search(text) else list(_months(text))
        dates = dates or months
        dates = [(day, span) for day, span in dates if not _is_name(page, text, span)]
        if len(text) > LONGEST_PROMISE or not dates or max(day for day, _s in dates) >= today:
            continue
        _day, span = max(dates)
        if _PAST.search(text) and not _VALID.search(text):
            continue
        if _BEGUN.search(text[: span[0]]) and not _TO_COME.search(text) and not _ON_TO.match(text[span[1] :]):
            continue
        heading = " ".join([page.title, *statement.above])
        promised = (
            months
            or _VALID.search(text)
            or _PLANNED.search(text)
            or (len(dates) > 1 and _RANGE.search(text))
            or (_EVENT.search(heading) and not _HAPPENED.search(text))
        )
        if promised:
            return statement, span
    return None


_BEGUN = re.compile(
    r"(?i)\b(?:from|since|as of|effective|with effect from|ab|seit|desde|a partir del?|à partir du|depuis|dès)\s*(?:the|dem|el|le)?\s*$"
)
"""Before the day from which something holds: once it is past, it does."""

_TO_COME = re.compile(r"(?i)\b(?:will|shall|going to|plan\w*|wird|werden|soll\w*|será\w*|sera|seront)\b")
_ON_TO = re.compile(r"(?i)^\s*(?:[-–—]|to|until|till|through|bis|hasta|al?|jusqu['’]\w+|au)(?:\s|\d)")
_HAPPENED = re.compile(
    r"(?i)(?<!is )(?<!are )(?<!be )(?<!be un)\b(?!need|seed|feed|speed|breed|limited|unlimited|reduced|red\b)[a-z]{3,}ed\b|\b(?:swam|ran|took|gave|came|went|began|met|held|sold|grew|said|told|brought|got|made|became|saw|wrote|chose)\b"
)
"""What a sentence tells that happened, below a heading that names something yearly."""

_EXPECTED = re.compile(
    r"(?i)\b(?:will|shall|due to|is going to|are going to|is to|are to|planned|plan to|scheduled|expected|coming|next (?:spring|summer|autumn|fall|winter|month|year)|has not (?:come|been) |wird|werden|soll|sollen|geplant|voraussichtlich|"
    r"será|serán|abrirá|abriremos|está previst\w+|previst\w+|llegará|sera|seront|ouvrirons|prévue?s?)\b"
)
_TOLD = re.compile(
    r"(?i)\b(?:was|were|has been|have been|had|said|promised|announced|wurde|wurden|war|waren|fue|fueron|était|a été)\b"
)
_SEASONS = {
    "spring": 5, "summer": 8, "autumn": 11, "winter": 12, "frühjahr": 5, "frühling": 5, "sommer": 8, "herbst": 11,
    "primavera": 5, "verano": 8, "otoño": 11, "invierno": 12, "printemps": 5, "été": 8, "automne": 11, "hiver": 12,
}  # fmt: skip
"""The last month of a season; of the year named."""

_MONTH_YEAR = re.compile(
    rf"(?i)(?<![\w.])({'|'.join(sorted([*MONTH_OF, *_SEASONS], key=len, reverse=True))})\.?,?\s+(?:of |de |del |von )?(20\d\d)(?!\d)"
)


_QUARTERS = {
    word: number
    for number, words in enumerate(
        ("first 1st ersten erstes primer premier", "second 2nd zweiten zweites segundo deuxième", "third 3rd dritten drittes tercer troisième",
         "fourth 4th last vierten viertes cuarto quatrième"), start=1,
    )
    for word in words.split()
}  # fmt: skip
_QUARTER_YEAR = re.compile(
    rf"(?i)\b(?:({'|'.join(_QUARTERS)}) (?:quarter|quartal|trimestre)|q([1-4]))(?: of| de| des jahres)? (20\d\d)(?!\d)"
)


def _months(text):
    """(last day, span) of each month, quarter or season that is named with its year alone."""
    for match in _QUARTER_YEAR.finditer(text):
        quarter = _QUARTERS.get((match.group(1) or "").lower()) or int(match.group(2))
        yield _last_day(int(match.group(3)), 3 * quarter), match.span()
    for match in _MONTH_YEAR.finditer(text):
        word, year = match.group(1).lower(), int(match.group(2))
        month = MONTH_OF.get(word) or _SEASONS[word]
        yield _last_day(year, month), match.span()


def _last_day(year, month):
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


_NAMED = re.compile(
    r"(?i)(?:\b(?:version|versions|release|api|build|default|prior to|earlier than|later than|ausgabe|fassung|versión|édition)\s*:?\s*|[=\"'(\[/:_-])$"
)


def _is_name(page, text, span):
    """True for a date that names something: a version, an argument in code, an example."""
    start, end = span
    if page.is_code(text[start:end]) or grammar.is_quoted(text, start, end) or EXAMPLE.search(text):
        return True
    return bool(_NAMED.search(text[:start])) or bool(re.match(r"[\"'\])_:]|\s+\d\d:\d\d", text[end:]))


def _dates(statement, language):
    """(day, span) of each date with a year."""
    for value in values(statement.text, language):
        if value.dimension == "date" and value.unit == "y":
            number = int(value.low)
            try:
                yield date(number // 10000, number // 100 % 100, number % 100), (value.start, value.end)
            except ValueError:
                continue  # the 31st of June is nobody's date


def _found(page, statement, span, sentence, severity="medium"):
    return found.Found(KIND, severity, page.title, sentence, found.place(page, statement, (span,)))
