"""One page, one row or one file of Notion: read, and judged whether it is worth learning."""

import re
import time
from datetime import timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.knowledge import errors as knowledge_errors
from apps.knowledge.connectors.notion import blocks, errors, properties
from apps.knowledge.connectors.outcome import Outcome, Pause
from berrydesk.http import errors as http_errors

SETTLED_S = 120
"""Notion tells times to the minute: what was changed later than this before it was read may change unseen."""
UNSETTLED = "~"
"""Ends the version of a page that is read again whatever Notion says of its time."""
PART_S = 240
"""A page that takes longer is read in several runs."""
FILE_BYTES = 50 * 1024 * 1024
NOT_FOR_US = (knowledge_errors.UnknownType, knowledge_errors.FileWithoutText)


class PageReader:
    """Fetches what one page holds, and keeps what it fetched when it has to break off."""

    def __init__(self, notion, visit, now):
        self.notion = notion
        self.visit = visit
        self.fetched = dict(visit.about.get("fetched") or {})
        self.begun_at = _moment(visit.about.get("begun_at")) or now()
        self._got_on = False
        self._ends_at = time.monotonic() + PART_S

    def found(self):
        """The page's ``blocks.Found``. A ``Pause`` on the way loses nothing of what was fetched."""
        try:
            return blocks.read(self.visit.key, self._children)
        except Pause as pause:
            if self._got_on:
                pause.got_on = True
                self.visit.about |= {"fetched": self.fetched, "begun_at": self.begun_at.isoformat()}
                self.visit.save(update_fields=["about"])
            raise

    def _children(self, block_id):
        if block_id in self.fetched:
            return self.fetched[block_id]
        listed, cursor = [], None
        while True:
            if time.monotonic() > self._ends_at:
                raise Pause(errors.Long(title=self.visit.about.get("title") or self.visit.key), for_s=1)
            try:
                answer = self.notion.children(block_id, cursor)
            except errors.NotShared:
                if block_id == self.visit.key:
                    raise
                return None  # a copy of what lies on a page that was not shared
            listed += [one for one in answer.get("results") or () if isinstance(one, dict)]
            cursor = answer.get("next_cursor") if answer.get("has_more") else None
            if not cursor:
                break
        self.fetched[block_id], self._got_on = listed, True
        return listed


def page(notion, visit, *, formats, titles, now=timezone.now):
    """``(Outcome, Found)`` of a page or row. Raises NotShared where it is there no more."""
    about, reader = visit.about, PageReader(notion, visit, now)
    found = reader.found()
    lines = [
        line
        for line in (_line(notion, visit, field, formats, titles) for field in about.get("fields") or ())
        if line
    ]
    text = "\n\n".join(part for part in ("\n".join(lines), found.text) if part)
    title = about.get("title") or ""
    if not re.search(r"\w", text):
        return Outcome(external_id=visit.key, is_gone=True, visits=(visit.key,)), found
    problem = None
    if found.is_cut:
        problem = errors.PageCut(title=title or visit.key, limit=f"{blocks.MOST_BLOCKS:,}")
    return (
        Outcome(
            external_id=visit.key,
            title=title or _first_words(text),
            url=about.get("url") or "",
            text=text,
            problem=problem,
            visits=(visit.key,),
            version=version(about.get("at"), reader.begun_at, is_settled=not found.has_copies),
            modified_at=_moment(about.get("at")),
            facts={
                name: value
                for name, _id, _kind, _words, value, _more in about.get("fields") or ()
                if value is not None
            },
        ),
        found,
    )


def file(notion, bench, visit, *, now=timezone.now):
    """The Outcome of a file on a page, read through a link that was signed just now. Raises NotShared."""
    about, mark = visit.about, version(visit.about.get("at"), now())
    name = about.get("title") or "file"
    try:
        answer = _fetched(notion, bench, visit.key.rpartition("/")[2])
        parsed = bench.parser.parse_bytes(
            answer.body,
            name=_with_ending(name, answer.url),
            media_type=answer.media_type,
            charset=answer.charset,
        )
    except (knowledge_errors.Unreadable, http_errors.FetchError) as problem:
        return Outcome(
            external_id=visit.key,
            title=name,
            url=about.get("url") or "",
            problem=problem,
            failed=not isinstance(problem, NOT_FOR_US),
            visits=(visit.key,),
            version=mark,
        )
    problem = None
    if parsed.lost_pages:
        problem = knowledge_errors.PagesLost(name=name, lost=parsed.lost_pages, pages=parsed.pages)
    return Outcome(
        external_id=visit.key,
        title=parsed.title or name,
        url=about.get("url") or "",
        text=parsed.markdown,
        problem=problem,
        pages=parsed.pages,
        visits=(visit.key,),
        version=mark,
        modified_at=_moment(about.get("at")),
    )


def version(at, read_at, *, is_settled=True):
    """The mark of what was read; one that no later listing equals where a change could go unseen."""
    moment = _moment(at)
    if moment is None or not is_settled or read_at - moment < timedelta(seconds=SETTLED_S):
        return f"{at}{UNSETTLED}"
    return at


def _line(notion, visit, field, formats, titles):
    """One property as a line of a list."""
    name, property_id, kind, words, _value, has_more = field
    if has_more and property_id:
        words = properties.from_items(kind, _all_items(notion, visit.key, property_id)) or words
    if kind == "number":
        words = properties.with_sign(words, formats.get(name))
    if kind == "relation":
        ids = words.split(", ")
        known = titles(ids)
        words = ", ".join(known[one] for one in ids if one in known)
    return f"- {name}: {words}" if words else ""


def _all_items(notion, page_id, property_id):
    items, cursor = [], None
    while True:
        answer = notion.property_items(page_id, property_id, cursor)
        items += answer.get("results") or ()
        cursor = answer.get("next_cursor") if answer.get("has_more") else None
        if not cursor:
            return items


def _fetched(notion, bench, block_id):
    """The file's bytes; once more with a fresh link, should the first have run out on the way."""
    for is_last in (False, True):
        block = notion.block(block_id)
        kind = str(block.get("type") or "")
        link = blocks.file_link(block.get(kind) or {})
        if not link:
            raise knowledge_errors.FileLost(name=blocks.file_name(block.get(kind) or {}))
        try:
            return bench.fetcher.fetch(link, limit_bytes=FILE_BYTES, time_s=120)
        except http_errors.PageForbidden:
            if is_last:
                raise
    raise AssertionError("the loop above ends")


def _with_ending(name, url):
    """The file's name, with the ending of its address where it has none of its own."""
    if re.search(r"\.\w{2,5}$", name):
        return name
    ending = re.search(r"\.\w{2,5}$", url.split("?")[0])
    return name + ending[0] if ending else name


def _first_words(text):
    line = re.sub(r"^[#>*\-\s]+", "", text.strip().splitlines()[0]).strip() or text.strip()
    return line if len(line) <= 70 else line[:70].rsplit(" ", 1)[0] + "…"


def _moment(at):
    try:
        return parse_datetime(str(at or ""))
    except ValueError:
        return None
