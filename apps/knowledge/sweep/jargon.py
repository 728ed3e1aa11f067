"""Internal jargon: what only colleagues understand, in pages that visitors are answered from."""

import re

from django.utils.translation import gettext as _

from apps.knowledge.sweep import found

KIND = "jargon"

LONGEST = 400
"""Characters of a sentence; longer ones are examples or lists that lost their marks."""

_TICKET = re.compile(
    r"\b(?!(?:UTF|ISO|SHA|EN|DIN|ASTM|WCAG|RFC|COVID|MP|AES|IEC|IEEE|GPT|EC|EU|PEP|CVE|USB|AA|USD|EUR|GBP|VDE|TLS|WPA|A4|CO|H)-)[A-Z]{2,6}-\d{2,6}\b"
)
_TIER = re.compile(
    r"(?i)\b(?:tier|level|lvl)[ -]?[123]\b(?=\D{0,25}(?:support|team|queue|agent))|\b(?:in|to|from|with|at) (?:tier|level)[ -]?[123]\b"
    r"|\b(?:from|to|with|via|at|in|ask|by) L[123]\b|\bL[123] (?:support|team|agents?|on-?call|engineers?|queue)\b"
    r"|\b(?:second|third)[ -]level[ -]?support\b|\b(?:in|to|by) (?:second|third) level\b"
    r"|\b(?:im|vom|beim|an den|an das|zum|ans) (?:first|second|third)[ -]?level(?:[ -]?support)?\b"
    r"|\bnivel [123]\b|\b(?:au|du|le) niveau [123]\b|\b(?:on-?call|war[- ]room|runbook|playbook|escalation queue)\b"
)
_COLLEAGUE = re.compile(
    r"\b(?i:ask|ping|page|tell|notify|message|contact|escalate to|hand over to|forward to|check with|cc)\s+(?!(?:Monday|Tuesday|Customer|Support|Us|Our|The|Your|Berrydesk|Me|Claude)\b)[A-Z][a-zéèáíóúñäöü]+\b(?= (?:in|from|at|before|if|when|about|who|on|for|first)\b|[.,;])"
    r"|\b(?i:(?:frag(?:e|t|en Sie)?|an|bei)) (?:Frau|Herrn?|Kollegin|Kollege) [A-ZÄÖÜ][a-zäöüß]+\b(?=.{0,60}(?:weiterleiten|melden|eskalieren|fragen|abstimmen|level|intern))"
    r"|\b(?i:avisar|preguntar|consultar|escalar|llamar) (?:a|con) (?!la |el )[A-ZÁÉÍÓÚ][a-záéíóúñ]+\b"
    r"|\b(?i:prévenir|demander à|contacter|avertir|escalader à|voir avec) (?!le |la )[A-ZÉÈÀ][a-zéèàç]+\b"
)
_HOST = re.compile(
    r"(?i)\b(?:https?://)?(?:intranet|wiki|confluence|jira|sharepoint|gitlab|jenkins|internal|intern)\.[a-z0-9.-]+(?:/\S*)?|\bhttps?://[a-z0-9-]+(?:/|:\d+)\S*(?<!localhost)|\b[a-z0-9-]+\.(?:local|lan|intra|corp|internal|intern|intranet)\b(?:/\S*)?"
    r"|\bhttps?://(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+\S*|\\\\[a-z0-9-]+\\\S+|\b(?:prod|staging|stg|qa|dev)-[a-z]{2,}-?\d*\b|(?<!\w)#[a-z]+(?:-[a-z]+)+\b"
)
_SYSTEM = re.compile(
    r"(?i:\b(?:in|im|into|via|through|using|with|en|dans|mit|über|log it in|log in|record in|queue)\s+(?:the |das |dem |der |el |la |le )?)([A-ZÄÖÜ][A-ZÄÖÜ0-9_]{3,}(?:-[A-Z]{2,})?)\b"
)
_INTERNAL = re.compile(
    r"(?i)\b(?:internal (?:use|only|note|memo)|for internal|do not share with customers?|not for customers?|staff only|agents? must|"
    r"nur (?:für )?intern\w*|interner hinweis|nicht an kunden|nicht für kunden|solo uso interno|uso interno|no compartir con (?:los )?clientes|"
    r"usage interne|à usage interne|ne pas (?:communiquer|transmettre) aux clients?)\b"
)
_ACRONYM = re.compile(r"(?<![\w-])[A-ZÄÖÜ]{2,6}s?(?![\w-])")
_HANDLED = re.compile(
    r"(?i)\b(?:log|record|create|enter|register|open|check|search|look|update|file|book|escalate|restart|anlegen|erfassen|eintragen|buchen|prüfen|öffnen|"
    r"registrar|anotar|consultar|crear|abrir|comprobar|saisir|créer|renseigner|enregistrer|consulter|ouvrir|vérifier)\w*"
)
KNOWN = frozenset(
    ["FAQ", "OK", "AI", "API", "URL", "PDF", "USA", "UK", "EU", "VAT", "TV", "PC", "USB", "LED", "LCD", "GPS", "SMS", "PIN", "ID", "IBAN", "SEPA", "BIC", "CEO", "DIY", "CSV", "XML", "JSON", "HTML", "HTTP", "HTTPS", "CSS", "SQL", "SDK", "CLI", "GDPR", "DSGVO", "RGPD", "AGB", "MwSt", "USt", "IVA", "TVA", "TTC", "HT", "DHL", "UPS", "DPD", "GLS", "FBA", "SEO", "CMS", "CRM", "ERP", "SLA", "SSO", "SAML", "MFA", "TOTP", "QR", "NFC", "RAM", "CPU", "GPU", "SSD", "HDD", "MB", "GB", "TB", "KB", "KG", "KM", "CM", "MM", "ML", "AM", "PM", "GMT", "UTC", "CET", "CEST", "EST", "PST", "BST", "EUR", "USD", "GBP", "CHF", "IOS", "MAC", "DVD", "CD", "DNA", "UV", "SPF", "XS", "XL", "XXL", "XXXL", "RGB", "AC", "DC", "TÜV", "DIN", "ISO", "EN", "CE", "GMBH", "AG", "KG", "UG", "SL", "SA", "SAS", "SARL", "LLC", "INC", "LTD", "NGO", "DIY", "BMW", "VW", "ABS", "ASAP", "PS", "FYI", "TBD", "TBA", "TODO", "NASA", "WIFI", "WLAN", "LAN", "VPN", "DNS", "IP", "TCP", "FTP", "SSH", "SSL", "TLS", "MP", "MPG", "AVI", "JPG", "JPEG", "PNG", "GIF", "SVG", "ZIP", "RAR", "DOCX", "XLSX", "PPTX", "LLM", "ML", "NLP", "OCR", "RAG", "GPT", "CEST", "IRPF", "DNI", "NIE", "NIF", "CIF", "CB", "RIB", "NOT", "AND", "OR", "NO", "YES", "ALL", "NEW", "FREE", "SALE", "IF", "VIP", "DJ", "EN", "DE", "ES", "FR", "IT", "PT", "NL", "AR", "ZH", "JA", "KO", "RU", "MAX", "MIN", "AED", "HR", "IT", "PR", "QA", "UX", "UI", "A", "B", "II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "CX", "BV", "BW", "UVP", "RRP", "MSRP", "EAN", "ISBN", "SKU", "UPC", "OEM", "EOD", "AWS", "JWT", "CSP", "IBM", "SAP", "HP", "LG", "UEFA", "FIFA", "EURO", "UNO", "WHO", "NATO", "ADHS", "ADHD", "HIV", "MRT", "CT", "EKG", "SPA", "WC", "GTX", "MTB", "EMTB", "BTU", "COD", "POS", "ATM", "GO", "RPM", "PSI", "BPA", "PVC", "ABS", "PET", "LPG", "EPS", "OLED", "HDMI", "MIDI", "EV", "AAA", "RSS", "HDR", "FPS", "DPI", "CAD", "BIM", "CNC", "TPM", "RPD", "RTL", "LTR", "WCAG", "WAI", "ARIA"]
)  # fmt: skip
OFTEN = 3
"""An acronym that stands this often in a page without ever being explained is in use there."""


def find(page, _around):
    """Words of the house: one finding a page, at its most telling place."""
    strong, weak = [], []
    for statement in page.statements:
        marks = _marks(statement.text, page.plain, page.title)
        if marks:
            strong.append((statement, marks))
    if not strong:
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


def _marks(text, whole, title):
    if len(text) > LONGEST or len(re.findall(r"[{}<>=]|\"\s*:", text)) > 4:
        return ()
    spans = [m.span() for rule in (_TICKET, _TIER, _COLLEAGUE, _HOST, _INTERNAL) for m in rule.finditer(text)]
    if _HANDLED.search(text):
        found_systems = [
            m for m in _SYSTEM.finditer(text) if m.group(1) not in KNOWN and _is_odd(text, m.group(1))
        ]
        spans += [m.span(1) for m in found_systems if not _is_explained(whole, m.group(1), title)]
    kept = []
    for start, end in sorted(spans):
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
            and word not in KNOWN
            and len(word) > 2
            and not _is_explained(text, word, page.title)
        ):
            for statement in page.statements:
                at = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", statement.text)
                if at and _is_odd(statement.text, word):
                    return [(statement, (at.span(),))]
    return []


def _is_shouted(text, word):
    """A word in capitals that also stands there in small letters is no acronym."""
    return bool(re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", text))


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
