"""Text in pictures: scanned pages are drawn by one confined process and recognised by another (tesseract).

Where tesseract is not installed, a scan stays the refusal that it is without it.
"""

import csv
import functools
import io
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict

from django.conf import settings

from apps.knowledge import errors
from apps.knowledge.parsing import isolation, page_text

log = logging.getLogger(__name__)

PAGE = isolation.Limits(memory_bytes=1024 * isolation.MB, cpu_s=60, wall_s=120)
"""What one page may cost; a full one takes three to eight seconds of processor time."""
DRAWING = isolation.Limits(memory_bytes=1024 * isolation.MB, cpu_s=30, wall_s=45)

AT_ONCE_S = 120
"""Where a document must be read in one go; what is left by then is said to be lost."""
AT_ONCE_PAGES = 40

LANGUAGES = (
    *("eng", "deu", "fra", "spa", "ita", "por", "nld", "pol", "tur", "rus", "ukr", "ces", "swe", "ell"),
    *("jpn", "chi_sim", "chi_tra", "kor", "ara", "hin", "heb", "vie", "tha"),
)
"""Which of the installed ones to use, the first few; each costs time on every page."""
MOST_LANGUAGES = 4

SURE = 40
"""Tesseract's confidence, 0 to 100: lines below it are what it reads into textures and photographs."""
FEWEST_LETTERS = 3


class Parser(isolation.Parser):
    """As its base, and reads what is only drawn. A page that cannot be drawn or recognised is one lost page."""

    def __init__(self, limits=None, *, page_limits=PAGE):
        super().__init__(limits)
        self._page_limits = page_limits
        self._drawer = isolation.Parser(DRAWING, draws=True)

    def close(self):
        super().close()
        self._drawer.close()

    def recognised(self, spot, data, *, kind, page, name):
        """The words of one page; "" where there are none. See ``isolation.Parser.drawing`` for ``spot``."""
        try:
            picture = self._drawer.drawing(spot, data, kind=kind, page=page, name=name)
            return words_in(picture, limits=self._page_limits)
        except errors.Unreadable as problem:
            log.info("Page %d of %r could not be recognised: %s", page, name, problem)
            return ""

    def _completed(self, parsed, request, data):
        waiting = [*parsed.scanned, *parsed.sparse]
        if not waiting or not languages():
            return super()._completed(parsed, request, data)
        if request.get("in_steps"):
            return parsed
        spot = {key: request[key] for key in ("path", "member", "archive") if key in request}
        found, until = {}, time.monotonic() + AT_ONCE_S
        for page in waiting[:AT_ONCE_PAGES]:
            if time.monotonic() > until:
                break
            found[page] = self.recognised(
                spot, data, kind=parsed.about["kind"], page=page, name=request["name"]
            )
        return completed(parsed, found, name=request["name"])


def completed(parsed, found, *, name):
    """The document with the words ``found`` on its pages. Raises FileUnrecognised when there are none at all."""
    texts = list(parsed.texts)
    for page, words in found.items():
        if page_text.letters(words) > page_text.letters(texts[page - 1]):
            texts[page - 1] = words
    left = [page for page in parsed.scanned if page not in found]
    blank = [page for page in parsed.scanned if page in found and not texts[page - 1].strip()]
    parsed.markdown = page_text.as_markdown(texts)
    parsed.lost_pages += len(left) - len(parsed.scanned)
    if not parsed.markdown.strip():
        raise errors.FileUnrecognised(name=name)
    if blank and parsed.note is None and not parsed.lost_pages:
        parsed.note = errors.PagesUnrecognised(name=name, lost=len(blank), pages=parsed.pages)
    return parsed


def languages():
    """What tesseract is asked to recognise, such as "eng+deu"; "" where it is not installed."""
    program = shutil.which("tesseract")
    return _languages(program, settings.BERRYDESK_OCR_LANGUAGES)[0] if program else ""


@functools.lru_cache(maxsize=8)
def _languages(program, wished):
    """(languages, whether it can tell which way up a page is)."""
    try:
        told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("Tesseract is there but does not answer: %s", error)
        return "", False
    installed = [line.strip() for line in told.stdout.splitlines()[1:] if line.strip()]
    known = [name for name in installed if name not in ("osd", "equ") and "/" not in name]
    wanted = [name for name in wished.replace(",", "+").split("+") if name in known]
    usual = [name for name in LANGUAGES if name in known] or known
    return "+".join(wanted or usual[:MOST_LANGUAGES]), "osd" in installed


def words_in(picture, *, limits=PAGE):
    """The words in a picture (PNG bytes). Raises TooSlow or FileBroken for what tesseract cannot bear."""
    program = shutil.which("tesseract") or "tesseract"
    chosen, knows_up = _languages(program, settings.BERRYDESK_OCR_LANGUAGES)
    command = [sys.executable, "-s", "-m", "apps.knowledge.parsing.confined"]
    command += [
        str(limits.memory_bytes),
        str(limits.cpu_s),
        program,
        "stdin",
        "stdout",
        "-l",
        chosen,
        "--psm",
        "1" if knows_up else "3",
        "tsv",
    ]
    given = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX") if name in os.environ}
    process = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={**given, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},  # none of our secrets
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        told, _nothing = process.communicate(picture, timeout=limits.wall_s)
    except subprocess.TimeoutExpired:
        raise errors.TooSlow(name="tesseract") from None
    finally:
        process.kill()
        process.wait()
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise errors.TooSlow(name="tesseract")
    if process.returncode:
        raise errors.FileBroken(name="tesseract")
    return _sure_words(told.decode("utf-8", "replace"))


def _sure_words(table):
    """The lines that tesseract is sure enough of, paragraphs apart."""
    lines = defaultdict(list)
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        words = (row.get("text") or "").strip()
        if row.get("level") == "5" and words:
            lines[tuple(int(row[key]) for key in ("block_num", "par_num", "line_num"))].append(
                (float(row["conf"]), words)
            )
    out, before = [], None
    for place, found in lines.items():
        weight = sum(len(words) for _conf, words in found)
        if sum(conf * len(words) for conf, words in found) < SURE * weight:
            continue
        if before is not None and place[:2] != before:
            out.append("")
        out.append(" ".join(words for _conf, words in found))
        before = place[:2]
    text = page_text.without_gaps(page_text.reflowed("\n".join(out)))
    return text if page_text.letters(text) >= FEWEST_LETTERS else ""
