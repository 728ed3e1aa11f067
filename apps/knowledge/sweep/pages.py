"""A document as the sweep reads it: its sentences in plain words, each with what stands above it."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from apps.knowledge.sweep.units import MONTH_OF
from berrydesk.text import sentences

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE_ROW = re.compile(r"^[\s|:-]+$")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(\*\*|__|`+|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w))")
_INLINE = re.compile(r"(?<!`)`([^`\n]{1,200})`(?!`)")
_ASKED = re.compile(r"^\s*(?:Q|F|P|Question|Frage|Pregunta)\s*[:.)]\s*", re.I)
_ANSWERED = re.compile(r"^\s*(?:A|R|Answer|Antwort|Respuesta|Réponse)\s*[:.)]\s+", re.I)
_ORDINAL_END = re.compile(r"(?:^|\s)\d{1,2}\.$")

_MONTH = re.compile(rf"(?i)(?:{'|'.join(MONTH_OF)})\b")

LONGEST = 200_000
"""Characters of one document that are swept."""


@dataclass(frozen=True)
class Statement:
    """One sentence, list item or table row in plain words.

    ``block`` is the paragraph around it, which it begins in at ``offset``; ``above`` the headings over it,
    outermost first; ``question`` the one it answers; ``before`` what a pronoun at its start means; ``row`` and ``column`` a table's names of
    a cell, with ``table`` numbering the tables of a page and ``intro`` the paragraph before it.
    """

    text: str
    block: str
    offset: int
    above: tuple
    question: str = ""
    before: str = ""
    lead: str = ""
    intro: str = ""
    row: str = ""
    column: str = ""
    table: int = 0
    order: int = 0


@dataclass
class Page:
    """A document, or a passage of it: ``pk`` of the document's row, and the words that were learned.

    ``path`` are the headings above a passage, ``first`` is where its statements begin to be numbered.
    """

    pk: object
    external_id: str
    title: str
    url: str
    language: str
    text: str
    path: tuple = ()
    first: int = 0
    extra: dict = field(default_factory=dict)

    @cached_property
    def statements(self):
        """Every sentence outside of code, in order."""
        return list(_statements(self.text[:LONGEST], self.path, self.first))

    @cached_property
    def plain(self):
        """The text without code and Markdown's marks."""
        return "\n".join(s.text for s in self.statements)

    @cached_property
    def paragraphs(self):
        """Each paragraph once, in order."""
        return list(dict.fromkeys(s.block for s in self.statements))

    @cached_property
    def headings(self):
        """(level, words, what stands below it before the next heading, code included) for each heading."""
        found, fenced = [], False
        for line in self.text[:LONGEST].splitlines():
            fenced ^= bool(_FENCE.match(line))
            heading = None if fenced else _HEADING.match(line)
            if heading:
                found.append([len(heading.group(1)), plain(heading.group(2)), ""])
            elif found:
                found[-1][2] += line.strip()
        return [tuple(each) for each in found]

    @cached_property
    def codes(self):
        """What stands between back-ticks within sentences: said of, not said."""
        return [match.group(1) for match in _INLINE.finditer(self.text[:LONGEST])]

    def is_code(self, words):
        """True for words that the page shows as code."""
        return any(words in code for code in self.codes)


def plain(markdown):
    """A line's words without links, emphasis and code marks."""
    return re.sub(r"[ \t]+", " ", _EMPHASIS.sub("", _LINK.sub(r"\1", markdown))).strip()


def _outside_code(text):
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif (not fenced and not line.startswith(("    ", "\t"))) or (not fenced and _ITEM.match(line)):
            yield line


def _statements(text, path, first):
    reader = _Reader(path, first)
    for line in _outside_code(text):
        yield from reader.take(line)
    yield from reader.close()


class _Reader:
    """Goes through the lines of a page and remembers what stands above."""

    def __init__(self, path, first):
        self.path = [(0, heading) for heading in path]
        self.lines = []
        self.question = ""
        self.intro = self.last = ""
        self.columns = None
        self.tables = 0
        self.order = first

    def take(self, line):
        heading = _HEADING.match(line)
        if heading:
            yield from self.close()
            level = len(heading.group(1))
            self.path = [*[(n, t) for n, t in self.path if n < level], (level, plain(heading.group(2)))]
            self.question = self.intro = self.last = ""
        elif _ROW.match(line):
            yield from self._flush()
            yield from self._row(line)
        elif not line.strip():
            yield from self._flush()
            self.columns = None
        elif (
            _ITEM.match(line)
            or _ASKED.match(line)
            or _ANSWERED.match(line)
            or (self.lines and self._ends(self.lines[-1], line))
        ):
            yield from self._flush()
            self.lines = [line]
        else:
            self.columns = None
            self.lines.append(line)

    def close(self):
        yield from self._flush()
        self.columns = None

    def _ends(self, before, line):
        """A short line without a full stop is a line of its own, as in a list without marks."""
        return (
            len(before.strip()) < 70
            and not before.rstrip().endswith((",", ";", "-"))
            and not line[:1].islower()
        )

    def _flush(self):
        lines, self.lines = self.lines, []
        if not lines:
            return
        is_item = bool(_ITEM.match(lines[0]))
        whole = " ".join(line.strip() for line in lines)
        is_whole_question = whole.strip("*_ ").endswith(("?", "？"))
        if _ASKED.match(whole) or is_whole_question:
            self.question = plain(_ASKED.sub("", whole))
            self.intro = ""
        block = plain(_ANSWERED.sub("", _ASKED.sub("", _ITEM.sub("", whole))))
        if block.endswith(":") and not is_item:
            self.intro = block
        elif not is_item:
            self.intro = ""
        self.last = block
        yield from self._sentences(block, self.intro if is_item else "")

    def _sentences(self, block, lead):
        before = ""
        for start, end in _spans(block):
            text = block[start:end]
            if not text.strip():
                continue
            yield self._statement(text, block, start, before=before, lead=lead)
            if text.rstrip().endswith(("?", "？")):
                self.question = text
            else:
                before = text

    def _statement(self, text, block, offset, **more):
        self.order += 1
        above = tuple(t for _n, t in self.path)
        question = self.question if self.question != text else ""
        if not question and above and above[-1].endswith(("?", "？")):
            question = above[-1]
        return Statement(text, block, offset, above, question, order=self.order, **more)

    def _row(self, line):
        cells = [plain(cell) for cell in line.strip().strip("|").split("|")]
        if _RULE_ROW.match(line):
            return
        if self.columns is None:
            self.columns, self.tables = cells, self.tables + 1
            return
        for column, cell in zip(self.columns[1:], cells[1:], strict=False):
            if cell:
                text = f"{cells[0]}: {column} {cell}" if column else f"{cells[0]}: {cell}"
                yield self._statement(
                    text, text, 0, row=cells[0], column=column, table=self.tables, intro=self.last
                )


def _spans(block):
    """Sentences of a block; "am 1. Mai" is not cut after its number."""
    spans = []
    for start, end in sentences.spans(block):
        if (
            spans
            and _ORDINAL_END.search(block[spans[-1][0] : spans[-1][1]])
            and _MONTH.match(block[start:end])
        ):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
