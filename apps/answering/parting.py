"""What a visitor wrote, parted into what is answered by itself: several questions of one message, each with what leads to it.

A single question is left whole, whatever stands beside it.
"""

import itertools
import re
from dataclasses import dataclass

from berrydesk.text import countries, sentences
from berrydesk.text.languages import detect

_MARKS = "?？؟"
_MARKED = re.compile(r"[?？؟][?？؟!！…]*[\"'”’»）」』)\]]*")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|„[^“”]*[“”]|「[^」]*」|『[^』]*』|\([^()]*\)|（[^）]*）")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_FULL_STOPS = re.compile(r"[.!?…。！？؟]\W*$")
_IN_SMALL_LETTERS = re.compile(r"(?:!|(?<=[^\W\d_]{4})(?<!prox|incl|excl|inkl|exkl)\.)\s+(?=[^\W\d_])")
"""The end of a sentence before one that begins with a small letter, as people type; no abbreviation."""

_OR = re.compile(r"^\W*(?:(?:or|oder|o|u|ou)\b|还是|或者|それとも|または|أو\b|أم\b)", re.IGNORECASE)
"""What is asked as another choice belongs to the question before it: "On Saturday? Or on Sunday?"."""

_COURTESY = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hallo|hola|bonjour|olá|oi|guten tag)\b[\s\w]{0,20}[,!.]*\s*)?(?:"
    r"how are (?:you|things)(?: doing)?(?: today)?|how(?:'s| is) it going|how do you do|(?:is )?any(?:one|body) (?:there|here)|are you there"
    r"|(?:can|could|would|will|may) (?:you|someone|somebody|anyone|anybody) (?:please )?help(?: me| us)?(?: out)?(?: with (?:something|this))?(?: please)?"
    r"|(?:can|could|may) i ask (?:you )?(?:something|(?:a|some|a few|a couple of|two|three) (?:quick )?questions?)"
    r"|wie geht(?:'s|s| es)(?: ihnen| dir)?|(?:können sie|kannst du|könnten sie|kann) (?:mir|uns)(?: bitte| jemand)* helfen"
    r"|(?:ist )?(?:da )?jemand da|(?:darf|kann) ich (?:sie |dich )?(?:kurz )?(?:etwas|was) fragen"
    r"|(?:cómo|como) (?:está[ns]?|estas|va)|qué tal|(?:me )?(?:puede[ns]?|podría[ns]?) ayudar(?:me|nos)?|hay alguien(?: ahí)?"
    r"|comment (?:allez-vous|ça va|vas-tu)|ça va|(?:pouvez|pourriez)-vous m['’]aider|(?:il )?y a(?:-t-il)? quelqu['’]un"
    r"|tudo bem|(?:pode[ms]?|poderia[ms]?) (?:me )?ajudar(?:-me)?"
    r"|お元気ですか|質問(?:が|を)?(?:あります|して(?:も)?(?:いい|よろしい))ですか|你好吗|在吗|有人吗|(?:能|可以)(?:帮|幫)(?:我|一下)(?:吗|嗎)"
    r"|كيف حالك|هل يمكنك مساعدتي"
    r"|right|ok|okay|really|seriously|yes|no|correct|please|you know|ja|nein|oder|bitte|wirklich|stimmt(?:'s)?|verdad|sí|cierto|por favor"
    r"|vraiment|n['’]est-ce pas|s['’]il vous plaît|né|certo|对吗|对吧|好吗|でしょう|صحيح"
    r")\W*$",
    re.IGNORECASE,
)
"""What only opens a conversation or asks for a nod: no page answers it, and nobody waits for that."""

LONGEST_STOP = 6
"""Characters of a full stop with all that closes after it."""

MOST_TOLD = 12
"""Sentences beside the questions in which a country is looked for."""


@dataclass(frozen=True)
class Line:
    """``text`` as it was written; ``asks``, its question alone, or "" where nothing is asked."""

    text: str
    asks: str = ""

    @property
    def alone(self):
        """The question without what is said beside it, but for what names a country; "" where that is all there is."""
        if not self.asks or self.asks == self.text:
            return ""
        return _told_with(self.asks, _places(_sentences(self.text.replace(self.asks, " "))))


def lines(text, most):
    """Each message of a burst as a Line, and one with several questions as several; the first ``most``, each once."""
    found: dict[Line, None] = {}
    for line in itertools.chain.from_iterable(map(_parted, _messages(text))):
        found[line] = None
        if len(found) == most:
            break
    return list(found)


def questions(text):
    """All that is asked in ``text``, each question alone."""
    return [_from_mark(one) for message in _messages(text) for one in _sentences(message) if _is_asked(one)]


def _messages(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parted(message):
    said = list(dict.fromkeys(_sentences(message)))
    asked = [one for one in said if _is_asked(one)]
    if len(asked) < 2:
        yield Line(message, _from_mark(asked[0]) if asked else "")
        return
    where, lead = _places([one for one in said if one not in asked]), []
    for sentence in said:
        lead.append(sentence)
        if sentence in asked:
            yield Line(_told_with(" ".join(lead), where), _from_mark(sentence))
            lead = []
    if lead:
        yield Line(" ".join(lead))


def _places(told):
    """Those sentences that name a country, of the first few: "I live in Norway."."""
    first = list(dict.fromkeys(told))[:MOST_TOLD]
    return [one for one in first if countries.named(one, detect(one))]


def _told_with(question, where):
    """``question`` after the sentences that say ``where``, if it names no country itself."""
    if not where or countries.named(question, detect(question)):
        return question
    return " ".join([*where, question])


def _sentences(message):
    """The sentences of one message; what is quoted or in brackets is never parted."""
    quoted = [one.span() for one in _QUOTED.finditer(message)]
    cuts = {at for at, end in _cuts(message) if not any(a < end < b for a, b in quoted)}
    places = [0, *sorted(cuts), len(message)]
    said = [message[a:b].strip() for a, b in itertools.pairwise(places)]
    joined: list[str] = []
    for one in filter(None, said):
        if joined and _OR.match(one) and _is_asked(joined[-1]):
            joined[-1] += f" {one}"
        else:
            joined.append(one)
    return joined


def _cuts(message):
    """(where a sentence may begin, what ends the one before it): a question's mark does, but in an address."""
    addresses = [one.span() for one in _ADDRESS.finditer(message)]
    for mark in _MARKED.finditer(message):
        at, after = mark.end(), message[mark.end() : mark.end() + 1]
        is_apart = after.isspace() or after == "¿" or mark[0][0] in "？؟"
        if is_apart or (after.isalpha() and not after.islower() and not _is_in(mark.start(), addresses)):
            yield at, mark.start()
    opened = [n for n, letter in enumerate(message) if letter == "¿"]
    yield from ((at, at) for at in opened[1:])
    yield from ((one.end(), one.start()) for one in _IN_SMALL_LETTERS.finditer(message))
    for start, _end in sentences.spans(message):
        if _FULL_STOPS.search(message[max(0, start - LONGEST_STOP) : start]):
            yield start, start


def _is_in(at, spans):
    return any(a <= at < b for a, b in spans)


def _is_asked(sentence):
    end = len(sentence)
    while end and not sentence[end - 1].isalnum():
        end -= 1
    is_marked = "¿" in sentence or any(mark in sentence[end:] for mark in _MARKS)
    return is_marked and not _COURTESY.match(sentence)


def _from_mark(sentence):
    """The question from its opening mark on, where it has one: "Hola, ¿tienen cascos?"."""
    return sentence[sentence.find("¿") :] if "¿" in sentence else sentence
