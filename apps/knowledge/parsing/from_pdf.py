"""PDF files: their text page by page, joined to sentences again. Runs in the child."""

import logging
import re
from collections import Counter

from apps.knowledge.parsing.trouble import Unreadable

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(handle, *, name):
    """Markdown with a heading per page, so that a quote can say where it stands."""
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
    texts, pictures, broken = [], 0, 0
    for number in range(count):
        try:
            page = reader.pages[number]
            text = page.extract_text() or ""
        except (MemoryError, FileNotDecryptedError):
            raise
        except Exception:  # pypdf meets damage with any kind of error; one bad page is not the whole file
            text, broken = "", broken + 1
        else:
            pictures += not text.strip() and _has_picture(page)
        texts.append(_reflow(text))
    _refuse_empty(texts, pictures, broken, name)
    texts = _without_running_lines(texts)
    if count > 1:
        blocks = [f"## Page {n}\n\n{text}" for n, text in enumerate(texts, 1) if text.strip()]
    else:
        blocks = texts
    return {
        "title": _title(reader),
        "markdown": "\n\n".join(blocks),
        "pages": count,
        "lost_pages": broken + pictures,
    }


def _refuse_empty(texts, pictures, broken, name):
    letters = sum(len(text.strip()) for text in texts)
    if letters >= 20 or (letters and not pictures):
        return
    if pictures:
        raise Unreadable("file_scanned", name=name)
    raise Unreadable("file_broken" if broken else "file_without_text", name=name)


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
    try:
        title = (reader.metadata and reader.metadata.title) or ""
    except Exception:  # damaged metadata is no reason to lose the text
        return ""
    title = re.sub(r"\s+", " ", str(title)).strip()
    machine = re.search(
        r"(?i)^(untitled|\(anonymous|microsoft word|document\d*|.*\.(docx?|pdf|indd|tex|odt|xlsx?))\b", title
    )
    return "" if machine or len(title) < 4 else title


def _reflow(text):
    """Lines that the page's width broke are joined; short lines, lists and headings stay their own."""
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in text.replace("\0", "").splitlines()]
    longest = sorted((len(line) for line in lines if line), reverse=True)
    if not longest:
        return ""
    full = longest[min(len(longest) - 1, len(longest) // 10)] * 0.7
    out, open_line = [], ""
    for line in lines:
        starts_own = not line or re.match(r"([•◦▪●·\-–*‣]|\(?\w{1,3}[.)])\s", line)
        if open_line and not starts_own:
            hyphen = re.search(r"[a-zà-ÿ]-$", open_line) and line[:1].islower()
            open_line = open_line[:-1] + line if hyphen else f"{open_line} {line}"
        else:
            out.append(open_line)
            open_line = line
        if len(line) < full or re.search(r"[.!?:。！？]$", line):
            out.append(open_line)
            open_line = ""
    out.append(open_line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()


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
