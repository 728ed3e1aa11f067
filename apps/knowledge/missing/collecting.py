"""Where likely questions come from: visitors who got no answer, the agent's own headings, its products, common ones."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from apps.conversations.models import Author, Message, Outcome
from apps.knowledge.missing.common import COMMON, PRICE
from apps.knowledge.models import Document, Passage
from apps.knowledge.question_models import Origin
from apps.knowledge.retrieval import audiences, postings
from berrydesk.text import languages
from berrydesk.text.tokens import tokens

LOOKED_BACK = timedelta(days=90)
MOST_MESSAGES, MOST_OF_EACH = 2_000, 60
SHORTEST_WORDS, LONGEST_CHARACTERS = 2, 300
"""A single word is no question, and a letter is not one question."""

MAIN_SHARE = 0.2
"""Common questions are asked in the languages of this share of the passages."""


@dataclass(frozen=True)
class Candidate:
    """A question that somebody may ask; ``times`` visitors asked it without an answer."""

    question: str
    origin: str
    language: str
    times: int = 0

    @property
    def key(self):
        """The same for wordings that differ in small words, order or spelling of capitals only."""
        words = sorted(set(tokens(self.question, self.language))) or [self.question.casefold()]
        return hashlib.sha256(" ".join(words).encode()).hexdigest()


def candidates(agent, now=None):
    """Every candidate, the most telling origin first, one for each key."""
    found = {}
    for source in (
        _of_visitors(agent, now or timezone.now()),
        _of_headings(agent),
        _of_products(agent),
        _common(agent),
    ):
        for one in source:
            found.setdefault(one.key, one)
    return list(found.values())


def from_words(question, origin, times=0, fallback="en"):
    """A candidate from what somebody wrote, or None when that is no question to keep."""
    question = " ".join(question.split())
    if len(question) > LONGEST_CHARACTERS or (len(question.split()) < SHORTEST_WORDS and question.isascii()):
        return None
    return Candidate(question, origin, languages.detect(question, fallback=fallback), times)


def _of_visitors(agent, now):
    """What visitors asked in the last months and got no answer to, counted over its wordings."""
    asked = Message.objects.filter(
        author=Author.VISITOR,
        turn__outcome=Outcome.UNANSWERED,
        conversation__agent=agent,
        conversation__is_preview=False,
        created_at__gte=now - LOOKED_BACK,
    ).order_by("-created_at")
    by_key, times = {}, Counter()
    for text in asked.values_list("text", flat=True)[:MOST_MESSAGES]:
        one = from_words(text, Origin.VISITOR, fallback=agent.language)
        if one:
            by_key.setdefault(one.key, one)
            times[one.key] += 1
    for key, count in times.most_common(MOST_OF_EACH):
        one = by_key[key]
        yield Candidate(one.question, one.origin, one.language, count)


def _of_headings(agent):
    """Headings and titles of the agent's own pages that are questions."""
    shown = audiences.PUBLIC.visible(Document.objects.filter(agent=agent).in_use())
    heads = Passage.objects.filter(document__in=shown, heading__regex=r"[?？؟]\s*$").order_by("number")
    titles = shown.filter(title__regex=r"[?？؟]\s*$").order_by("created_at")
    said = [head.split(" › ")[-1] for head in heads.values_list("heading", flat=True)[: MOST_OF_EACH * 3]]
    said += list(titles.values_list("title", flat=True)[: MOST_OF_EACH * 3])
    for words in list(dict.fromkeys(said))[:MOST_OF_EACH]:
        one = from_words(re.sub(r"^[\d.)\s]+", "", words), Origin.HEADING, fallback=agent.language)
        if one:
            yield one


def _of_products(agent):
    """The price of each product that everybody may know and whose feed does not say it."""
    feeds = Document.objects.filter(agent=agent, source__kind="feed").in_use()
    rows = audiences.PUBLIC.visible(feeds).order_by("created_at", "pk")
    without = [
        row
        for row in rows.only("title", "facts", "language")[: MOST_OF_EACH * 5]
        if not row.facts.get("price")
    ]
    for row in without[:MOST_OF_EACH]:
        language = row.language if row.language in PRICE else "en"
        yield Candidate(PRICE[language].format(title=row.title), Origin.PRODUCT, language)


def _common(agent):
    used = postings.languages(agent)
    for code, count in used.items():
        if count >= MAIN_SHARE * sum(used.values()):
            for question in COMMON.get(code, ()):
                yield Candidate(question, Origin.COMMON, code)
