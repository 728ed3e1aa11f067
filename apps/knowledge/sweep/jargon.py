"""Internal jargon: what only colleagues understand, in pages that visitors are answered from."""

import functools
import re

from babel.numbers import list_currencies
from django.utils.translation import gettext as _

from apps.knowledge.sweep import found, grammar, numerals
from apps.knowledge.sweep.vocabulary import EXAMPLES
from berrydesk.text.stopwords import STOP_WORDS

KIND = "jargon"

LONGEST = 400
"""Characters of a sentence; longer ones are examples or lists that lost their marks."""

_TICKET = re.compile(
    r"(?i:\b(?:tickets?|issues?|jira|bugs?|incidents?|cases?|backlog|sprint|epic|story|workaround|tracked|rollout|hotfix|vorgang|fall|störung|incidencia|caso)\b[^.;]{0,40}?|\b(?:see|siehe|ver|voir)\s+|[(\[])"
    r"(?P<id>\b(?!(?:UTF|ISO|SHA|EN|DIN|ASTM|WCAG|RFC|COVID|MP|AES|IEC|IEEE|GPT|EC|EU|PEP|CVE|USB|AA|USD|EUR|GBP|VDE|TLS|WPA|A4|CO|H)-)[A-Z]{2,6}-\d{2,6}\b)"
)
_TIER = re.compile(
    r"(?i)\b(?:tier|level|lvl)[ -]?[123]\b(?=\D{0,25}(?:support|team|queue|agent))|\b(?:in|to|from|with|at) tier[ -]?[123]\b|\b(?:to|from|with) level[ -]?[123]\b"
    r"|\b(?:from|to|with|via|at|in|ask|by) L[123]\b|\bL[123] (?:support|team|agents?|on-?call|engineers?|queue)\b"
    r"|\b(?:second|third)[ -]level[ -]?support\b|\b(?:in|to|by) (?:second|third) level\b"
    r"|\b(?:im|vom|beim|an den|an das|zum|ans) (?:first|second|third)[ -]?level(?:[ -]?support)?\b"
    r"|\bnivel [123]\b|\b(?:au|du|le) niveau [123]\b|\b(?:on-?call|war[- ]room|runbook|playbook|escalation queue)\b"
)
_COLLEAGUE = re.compile(
    r"\b(?i:ask|ping|tell|notify|message|contact|escalate to|hand over to|forward to|check with|cc)\s+(?!(?:Monday|Tuesday|Customer|Support|Us|Our|The|Your|Berrydesk|Me|Claude)\b)[A-Z][a-zéèáíóúñäöü]+\b(?= (?:in|from|at|before|if|when|about|who|on|for|first)\b|[.;]|,(?! (?:and|who)\b))"
    r"|\b(?i:(?:frag(?:e|t|en Sie)?|an|bei)) (?:Frau|Herrn?|Kollegin|Kollege) [A-ZÄÖÜ][a-zäöüß]+\b(?=.{0,60}(?:weiterleiten|melden|eskalieren|fragen|abstimmen|level|intern))"
    r"|\b(?i:avisar|preguntar|consultar|escalar|llamar) (?:a|con) (?!la |el )[A-ZÁÉÍÓÚ][a-záéíóúñ]+\b"
    r"|\b(?i:prévenir|demander à|contacter|avertir|escalader à|voir avec) (?!le |la )[A-ZÉÈÀ][a-zéèàç]+\b"
)
_HOST = re.compile(
    r"(?i)\b(?:https?://)?(?:(?:intranet|confluence|jira|sharepoint|jenkins|internal|intern)\.[a-z0-9.-]+|(?:wiki|gitlab)\.(?![\w.-]*\b(?:org|io|com)\b)[a-z0-9.-]+)(?:/\S*)?"
    r"|\bhttps?://(?!localhost|host|server|hostname|example|your)[a-z][a-z0-9-]*(?:/|:\d+)\S*|\b(?!host\.docker\b)[a-z0-9-]+\.(?:local|lan|intra|corp|intern|intranet)\b(?:/\S*)?"
    r"|\bhttps?://(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+\S*|\\\\[a-z0-9-]+\\\S+|\b(?:prod|staging|stg|qa|dev)-[a-z]+(?:-[a-z]+)*-?\d+\b"
    r"|\b(?:in|to|on|via|ping|ask|tell|notify|message|post|channel|slack|teams|im|auf|kanal|en|dans|canal)\s+(?:it )?(?:the |in )?#[a-z]+(?:-[a-z]+)+\b"
)
_SYSTEM = re.compile(
    r"(?i:\b(?:in|im|into|via|through|using|with|en|dans|mit|über|log it in|log in|record in|queue)\s+(?:the |das |dem |der |el |la |le )?)([A-ZÄÖÜ][A-ZÄÖÜ0-9]{3,}(?:-[A-Z]{2,})?)(?!_)\b"
)
_INTERNAL = re.compile(
    r"(?i)^\W*(?:note (?:to|for) )?(?:agents|staff|csms?|support team|colleagues|mitarbeiter|kollegen|agentes|equipo interno)\s*:|\bcost (?:centre|center) \d+|\bkostenstelle \d+|\bcentro de costes? \d+|\bsign-off by\b|\bRMA['’]?d\b|\b(?:never|do not|don['’]t) (?:mention|tell|say|promise|reveal|disclose)\b[^.;]{0,40}\b(?:to (?:the )?(?:customers?|riders?|guests?|clients?|patients?|members?|callers?)|unless they)\b|"
    r"\b(?:internal (?:use|only|note|memo)|for internal|do not share with customers?|not for customers?|staff only|agents? must|"
    r"nur (?:für )?intern\w*|interner hinweis|nicht an kunden|nicht für kunden|solo uso interno|uso interno|no compartir con (?:los )?clientes|"
    r"usage interne|à usage interne|ne pas (?:communiquer|transmettre) aux clients?)\b"
)
_TO_COLLEAGUES = re.compile(
    r"(?i)^\W*(?:note (?:to|for) (?:the )?|nb[,:]? )?(?:agents?|staff|csms?|cs|support team|(?:front )?desk|reception|colleagues|ops|eng(?:ineering)?|back ?office|duty managers?|team leads?|handover|(?:für )?intern\w*|equipo interno|interno|interne)"
    r"(?: only| notes?| sheet| team| hinweis| notiz)?\s*:(?=(?:\s+(?![\d+(]|\S+@)\S+){6})"
)
"""A paragraph for whoever works here: "CS only: do not …"; not "Reception: 01234 …"."""

_ACRONYM = re.compile(r"(?<![\w-])[A-ZÄÖÜ]{2,6}s?(?![\w-])")
_HANDLED = re.compile(
    r"(?i)\b(?:log|record|create|enter|register|open|check|search|look|update|file|book|escalate|restart|anlegen|erfassen|eintragen|buchen|prüfen|öffnen|"
    r"registrar|anotar|consultar|crear|abrir|comprobar|saisir|créer|renseigner|enregistrer|consulter|ouvrir|vérifier)\w*"
)
KNOWN = frozenset(
    ["FOO", "BAR", "CTA", "KPI", "ROI", "B2B", "B2C", "POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "SELECT", "INSERT", "UPDATE", "WHERE", "FROM", "JOIN", "YAML", "TOML", "LDAP", "SMTP", "IMAP", "POP3", "CNAME", "SPF", "DKIM", "DMARC", "DHCP", "CDN", "REST", "SOAP", "OAUTH", "CORS", "CRUD", "ASCII", "UTF", "BIOS", "UEFI", "PCI", "DRM", "ICC", "RAID", "NTFS", "FAT", "GNOME", "KDE", "LINUX", "UNIX", "POSIX", "BASH", "BLEU", "ROUGE", "AUROC", "EBITDA", "NYSE", "NASDAQ", "EMEA", "APAC", "LATAM", "DACH", "HIPAA", "PCI-DSS", "SOC", "CCPA", "IEEE", "IETF", "UNESCO", "OECD", "FBI", "FDA", "EMA", "IRS", "SEC", "BMI", "ECG", "COVID", "PCR", "TRUE", "FALSE", "NULL", "NONE", "ERROR", "WARNING", "INFO", "DEBUG", "IBANS", "PAYPAL", "VISA", "IKEA", "ADAC", "LTE", "GSM", "HTML5", "FAQ", "OK", "AI", "API", "URL", "PDF", "USA", "UK", "EU", "VAT", "TV", "PC", "USB", "LED", "LCD", "GPS", "SMS", "PIN", "ID", "IBAN", "SEPA", "BIC", "CEO", "DIY", "CSV", "XML", "JSON", "HTML", "HTTP", "HTTPS", "CSS", "SQL", "SDK", "CLI", "GDPR", "DSGVO", "RGPD", "AGB", "MwSt", "USt", "IVA", "TVA", "TTC", "HT", "DHL", "UPS", "DPD", "GLS", "FBA", "SEO", "CMS", "CRM", "ERP", "SLA", "SSO", "SAML", "MFA", "TOTP", "QR", "NFC", "RAM", "CPU", "GPU", "SSD", "HDD", "MB", "GB", "TB", "KB", "KG", "KM", "CM", "MM", "ML", "AM", "PM", "GMT", "UTC", "CET", "CEST", "EST", "PST", "BST", "EUR", "USD", "GBP", "CHF", "IOS", "MAC", "DVD", "CD", "DNA", "UV", "SPF", "XS", "XL", "XXL", "XXXL", "RGB", "AC", "DC", "TÜV", "DIN", "ISO", "EN", "CE", "GMBH", "AG", "KG", "UG", "SL", "SA", "SAS", "SARL", "LLC", "INC", "LTD", "NGO", "DIY", "BMW", "VW", "ABS", "ASAP", "PS", "FYI", "TBD", "TBA", "TODO", "NASA", "WIFI", "WLAN", "LAN", "VPN", "DNS", "IP", "TCP", "FTP", "SSH", "SSL", "TLS", "MP", "MPG", "AVI", "JPG", "JPEG", "PNG", "GIF", "SVG", "ZIP", "RAR", "DOCX", "XLSX", "PPTX", "LLM", "ML", "NLP", "OCR", "RAG", "GPT", "CEST", "IRPF", "DNI", "NIE", "NIF", "CIF", "CB", "RIB", "NOT", "AND", "OR", "NO", "YES", "ALL", "NEW", "FREE", "SALE", "IF", "VIP", "DJ", "EN", "DE", "ES", "FR", "IT", "PT", "NL", "AR", "ZH", "JA", "KO", "RU", "MAX", "MIN", "AED", "HR", "IT", "PR", "QA", "UX", "UI", "A", "B", "II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "CX", "BV", "BW", "UVP", "RRP", "MSRP", "EAN", "ISBN", "SKU", "UPC", "OEM", "EOD", "AWS", "JWT", "CSP", "IBM", "SAP", "HP", "LG", "UEFA", "FIFA", "EURO", "UNO", "WHO", "NATO", "ADHS", "ADHD", "HIV", "MRT", "CT", "EKG", "SPA", "WC", "GTX", "MTB", "EMTB", "BTU", "COD", "POS", "ATM", "GO", "RPM", "PSI", "BPA", "PVC", "ABS", "PET", "LPG", "EPS", "OLED", "HDMI", "MIDI", "EV", "AAA", "RSS", "HDR", "FPS", "DPI", "CAD", "BIM", "CNC", "TPM", "RPD", "RTL", "LTR", "WCAG", "WAI", "ARIA"]
)  # fmt: skip
_ABOUT_CUSTOMERS = re.compile(
    r"(?i)\b(?:the customers?|customers?['’]|our customers|the caller|the client|der kunde|den kunden|dem kunden|des kunden|el cliente|al cliente|le client|au client|du client|escalat\w+|eskalier\w+|escalar)\b"
)
"""Who speaks of customers speaks to colleagues."""

OFTEN = 3
"""An acronym that stands this often in a page without ever being explained is in use there."""


def find(page, around):
    """Words of the house: one finding a page, at its most telling place. What is for the team alone may hold them."""
    if around.is_internal(page):
        return
    strong, weak = [], []
    for statement in page.statements:
        marks = _marks(page, statement)
        if marks:
            strong.append((statement, marks))
    if not strong and _ABOUT_CUSTOMERS.search(page.plain):
        weak = _unexplained(page)
    for statement, marks in (strong or weak)[:1]:
        everything = strong or weak
        spot = found.place(page, statement, marks)
        words = ", ".join(dict.fromkeys(s.text[a:b] for s, ms in everything for a, b in ms))
        yield found.Found(
            KIND,
            "medium" if strong else "low",
            page.title,
            _("Customers will not understand: {words}").format(words=words[:200]),
            spot,
        )


def _marks(page, statement):
    text = statement.text
    if len(text) > LONGEST or len(re.findall(r"[{}<>=]|\"\s*:", text)) > 4:
        return ()
    if EXAMPLES.search(" ".join([page.title, *statement.above])):
        return ()
    if not statement.row and (addressed := _TO_COLLEAGUES.match(text)):
        return (addressed.span(),)
    matches = [m for rule in (_TICKET, _TIER, _COLLEAGUE, _HOST, _INTERNAL) for m in rule.finditer(text)]
    spans = [m.span("id") if "id" in m.re.groupindex else m.span() for m in matches]
    if _HANDLED.search(text):
        found_systems = [
            m
            for m in _SYSTEM.finditer(text)
            if m.group(1) not in KNOWN | _currencies() and _is_odd(text, m.group(1))
        ]
        spans += [m.span(1) for m in found_systems if not _is_explained(page.plain, m.group(1), page.title)]
    kept = []
    for start, end in sorted(spans):
        end = start + len(text[start:end].rstrip(".,;:)>\"'”“"))
        if page.is_code(text[start:end]) or grammar.is_quoted(text, start, end):
            continue
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


def _is_odd(text, word):
    """Capitals stand out only among small letters."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) < 0.4 * len(letters) and not re.search(
        rf"\(\s*{re.escape(word)}|{re.escape(word)}\s*\(", text
    )


def _unexplained(page):
    """Acronyms that stand often in a page and are explained nowhere in it."""
    text = page.plain
    counts = {}
    for match in _ACRONYM.finditer(text):
        word = match.group().rstrip("s")
        counts[word] = counts.get(word, 0) + 1
    for word, count in counts.items():
        if (
            count >= OFTEN
            and word not in KNOWN | _currencies()
            and len(word) > 2
            and not _is_shouted(page, word)
            and not _is_explained(text, word, page.title)
        ):
            for statement in page.statements:
                at = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", statement.text)
                if at and _is_odd(statement.text, word):
                    return [(statement, (at.span(),))]
    return []


@functools.cache
def _currencies():
    """ISO 4217 codes: who shops in one knows it."""
    return list_currencies()


def _is_shouted(page, word):
    """A word in capitals that also stands there in small letters is no acronym, and neither is "ONLY" or "XXX"."""
    low = word.lower()
    if len(set(low)) == 1 or low in numerals.WORDS or low in STOP_WORDS.get(page.language, ()):
        return True
    return bool(re.search(rf"(?<!\w){re.escape(low)}(?!\w)", page.plain))


def _is_explained(text, word, title):
    """An acronym beside a bracket, after "stands for", in the title, or as the initials of words nearby."""
    if word in title or re.search(rf"\(\s*{re.escape(word)}\b|\b{re.escape(word)}s?\s*\(", text):
        return True
    if re.search(
        rf"(?i)\b{re.escape(word)}\b\s*(?:stands for|means|is short for|steht für|bedeutet|significa|signifie)",
        text,
    ):
        return True
    initials = r"[\w’'-]*(?:[\s-]+(?:of|and|the|for|und|der|die|de|la|y|du|des|et))?[\s-]+".join(word)
    return bool(re.search(rf"(?i)\b{initials}", text))
