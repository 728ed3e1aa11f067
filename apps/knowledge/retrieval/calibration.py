"""An agent's threshold, laid by its own content: its headings and questions asked with the passage that answers
them shown, and with its document hidden (near misses).

Headings are asked more plainly than visitors ask, so their confidences are no thresholds by themselves. What counts
is how an agent's own near misses lie beside those of the knowledge bases that the weights were fitted on: where they
look more like answers than there, the threshold rises, and else it falls, as far as there is evidence.
"""

import re
import time
import zlib

import numpy
from django.utils import timezone

from apps.knowledge.index_models import Calibration
from apps.knowledge.models import Passage
from apps.knowledge.retrieval import answerability, audiences, postings, searching, spaces
from berrydesk.text.tokens import count_words, tokens

SAMPLE = 40
"""Questions asked, each shown and hidden."""

BUDGET_S = 30.0
"""Asking ends after this, whatever the size of the knowledge: nobody waits, and a busy machine asks as many."""

LEAST = 8
"""Questions below which an agent keeps the general threshold."""

CHANGED_SHARE = 0.2
"""The threshold is laid anew once this share of the passages has come or gone."""

NEAR_SHARE, NEAR_USUALLY = 0.75, 0.65
"""The confidence that this share of an agent's own near misses stays below, and where it usually lies."""

MOVED = 0.25
"""How far the threshold follows the difference between the two."""

LOWEST, HIGHEST = 0.4, 0.52
TRUST = 40
"""As many own questions weigh as much as the general threshold."""

_ASKED = re.compile(r"[^.!?。！？؟\n]{8,160}[?？؟]")


def is_due(agent, space_id=None):
    """Whether the agent's content has changed enough since its threshold was laid; ``space_id``: for its space."""
    now = sum(postings.languages(agent).values())
    own = Calibration.objects.filter(agent=agent, space=space_id).first()
    if own is None:
        return now >= LEAST
    newest = own.figures.get("newest", 0)
    fresh = Passage.objects.filter(agent=agent, number__gt=newest).count()
    return fresh + max(0, own.passages + fresh - now) >= CHANGED_SHARE * max(own.passages, 1)


def keep_up(agent):
    """The agent's threshold fits its content; nothing is done where that has hardly changed."""
    if is_due(agent):
        calibrate(agent)


def calibrate(agent, meant=spaces.BUILT_IN):
    """Lay the agent's threshold, the general one where its content asks too few questions.

    ``meant``: its own ``questions`` in a space, whose threshold it is then.
    """
    passages = sum(postings.languages(agent).values())
    newest = Passage.objects.filter(agent=agent).order_by("-number").values_list("number", flat=True).first()
    shown, hidden = _asked(agent, meant)
    threshold = _laid(hidden)
    figures = {
        "questions": len(shown),
        "newest": newest or 0,
        "shown_passed": _share(shown, threshold),
        "hidden_refused": round(1 - _share(hidden, threshold), 3),
    }
    Calibration.objects.update_or_create(
        agent=agent,
        space_id=meant.space_id,
        defaults={
            "workspace_id": agent.workspace_id,
            "threshold": threshold,
            "passages": passages,
            "figures": figures,
            "calibrated_at": timezone.now(),
        },
    )
    return threshold


def questions(agent):
    """(question, numbers of its document's passages) for a sample of the agent's documents, always the same one."""
    found = []
    for row in _sample(agent):
        question = _question(row)
        if question:
            numbers = Passage.objects.filter(document_id=row.document_id).values_list("number", flat=True)
            found.append((question, set(numbers)))
    return found[:SAMPLE]


def _asked(agent, meant):
    """Confidence of each own question, its passage shown, and its document hidden."""
    looked = {"limit": answerability.LOOKED_AT, "audience": audiences.OWNER, "meant": meant}
    ends_at, shown, hidden = time.monotonic() + BUDGET_S, [], []
    for question, numbers in questions(agent):
        if time.monotonic() > ends_at:
            break
        near = searching.search(agent, question, hidden=numbers, **looked)
        if any(_is_headed(passage, question) for passage in near):
            continue  # the same heading elsewhere: that may well answer it
        found = searching.search(agent, question, **looked)
        shown.append(answerability.confidence(question, *found) if found else 0.0)
        hidden.append(answerability.confidence(question, *near) if near else 0.0)
    return shown, hidden


def _is_headed(passage, question):
    return question.casefold() in f"{passage.title} {passage.heading} {passage.quote}".casefold()


def _laid(hidden):
    if len(hidden) < LEAST:
        return answerability.THRESHOLD
    moved = MOVED * (float(numpy.quantile(hidden, NEAR_SHARE)) - NEAR_USUALLY)
    share = len(hidden) / (len(hidden) + TRUST)
    return round(min(HIGHEST, max(LOWEST, answerability.THRESHOLD + share * moved)), 4)


def _share(confidences, threshold):
    return round(float(numpy.mean([sure >= threshold for sure in confidences])), 3) if confidences else 0.0


def _sample(agent):
    """Up to three times as many passages as questions are wanted: some hold none."""
    rows = Passage.objects.filter(agent=agent)
    ends = rows.order_by("number").values_list("number", flat=True)
    first, last = ends.first(), ends.last()
    if first is None:
        return []
    # Even steps through the numbers: one look-up each, however many passages there are.
    wanted = {
        rows.filter(number__gte=at).order_by("number").values_list("number", flat=True).first()
        for at in numpy.unique(numpy.linspace(first, last, SAMPLE * 3).astype(int)).tolist()
    }
    chosen = (
        rows.kept().filter(number__in=wanted).select_related("document").defer("embedding", "document__text")
    )
    each = {row.document_id: row for row in chosen}  # of a document once
    return sorted(each.values(), key=lambda row: zlib.crc32(str(row.number).encode()))


def _question(row):
    """A question that the passage answers in its owner's own words, or None."""
    asked = _ASKED.search(row.text)
    heading = row.heading.split(" › ")[-1] or row.document.title
    for words in (asked.group(0).strip() if asked else "", heading):
        if count_words(tokens(words, row.language)) >= 2:
            return words
    return None
