"""PDF files: their text page by page, joined to sentences again. Runs in the child."""

import logging
import re
from collections import Counter

from apps.knowledge.parsing import page_text
from apps.knowledge.parsing.trouble import Unreadable

FULL = 300
"""Letters: a page with as many holds its own text, whatever is drawn beside it."""
SPARSE = 20
"""Letters: with fewer, a page with a picture says nearly nothing by itself, as a scanner's stamp."""

LONGEST_HEADING = 60
"""Characters; a longer first line is a sentence."""

_BY_MACHINE = re.compile(
    r"(?i)^(?:untitled|\(anonymous|microsoft (?:word|powerpoint|excel)|(?:document|presentation|slide)\s?\d*$|about:|"
    r"(?:https?|file|data|blob):|[a-z]:\\|~?[/\\]\S|\S+[/\\]\S+$)|\.(?:docx?|pptx?|xlsx?|pdf|indd|tex|odt|ods|odp|html?|rtf|pages|md|txt)$"
)

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(handle, *, name):
    """Markdown with a heading per page. ``scanned``: pages that are pictures; ``sparse``: those that are nearly so.

    No Markdown means that there is nothing but pictures. ``texts`` are for who can read pictures, too.
    """
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, PyPdfError

    try:
        reader = PdfReader(handle, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("file_encrypted", name=name)
        count = len(reader.pages)
    except FileNotDecryptedError as error:
        raise Unreadable("file_encrypted", name=name) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable("file_broken", name=name) from error
    texts, drawn, broken = [], set(), 0
    for number in range(1, count + 1):
        try:
            page = reader.pages[number - 1]
            text = page.extract_text() or ""
        except (MemoryError, FileNotDecryptedError):
            raise
        except Exception:  # pypdf meets damage with any kind of error; one bad page is not the whole file
            text, broken = "", broken + 1
        else:
            if page_text.letters(text) < FULL and _has_picture(page):
                drawn.add(number)
        texts.append(page_text.reflowed(text))
    texts = _without_running_lines(texts)
    scanned = [n for n, text in enumerate(texts, 1) if n in drawn and not text.strip()]
    sparse = [n for n, text in enumerate(texts, 1) if n in drawn and 0 < page_text.letters(text) < SPARSE]
    found = sum(len(text.strip()) for text in texts)
    if not scanned and not found:
        raise Unreadable("file_broken" if broken else "file_without_text", name=name)
    return {
        "title": _title(reader) or _heading(texts),
        "markdown": "" if scanned and found < SPARSE else page_text.as_markdown(texts),
        "pages": count,
        "lost_pages": broken + len(scanned),
        "scanned": scanned,
        "sparse": sparse,
        "texts": texts if scanned or sparse else [],
    }


def _has_picture(page):
    """True when the page draws a picture, in a form within it too."""
    waiting, seen = [page], 0
    while waiting and seen < 50:
        seen += 1
        resources = waiting.pop().get("/Resources")
        drawn = resources.get_object().get("/XObject") if resources else None
        for reference in (drawn.get_object() if drawn else {}).values():
            thing = reference.get_object()
            if thing.get("/Subtype") == "/Image":
                return True
            if thing.get("/Subtype") == "/Form":
                waiting.append(thing)
    return False


def _title(reader):
    """What the file says its title is; nothing where a program wrote that: a name, a path or an address."""
    try:
        title = (reader.metadata and reader.metadata.title) or ""
    except Exception:  # damaged metadata is no reason to lose the text
        return ""
    title = re.sub(r"\s+", " ", str(title)).strip()
    return "" if _BY_MACHINE.search(title) or len(title) < 4 else title


def _heading(texts):
    """The first line of the first page, where it stands by itself as a heading does."""
    first, _blank, rest = next((text for text in texts if text.strip()), "").strip().partition("\n")
    plain = len(first) <= LONGEST_HEADING and not re.search(r"[.,;:!?|]$|[@/\\]|\d{4}", first)
    return first.strip() if plain and page_text.letters(first) > 3 and page_text.letters(rest) else ""


def _without_running_lines(texts):
    """Headers and footers that stand on most pages say nothing about any of them."""
    if len(texts) < 4:
        return texts
    edges = Counter()
    for text in texts:
        lines = [line for line in text.splitlines() if line.strip()]
        edges.update({_shape(line) for line in lines[:2] + lines[-2:]})
    running = {shape for shape, times in edges.items() if times > len(texts) * 0.6 and len(shape) < 160}
    cleaned = []
    for text in texts:
        lines = text.splitlines()
        keep = [
            line
            for n, line in enumerate(lines)
            if not (line.strip() and (n < 3 or n >= len(lines) - 3) and _shape(line) in running)
        ]
        cleaned.append("\n".join(keep).strip())
    return cleaned


def _shape(line):
    return re.sub(r"\d+", "#", line.strip())
