"""The index: which passage holds which word how often, and what its sentences look like.

Postings lie in blocks: one row for a word of an agent and ``BLOCK`` consecutive passage numbers. A question
reads a few rows whatever the size of the knowledge, and a change rewrites at most some kilobytes a word.
"""

from django.db import models

from berrydesk.db.models import WorkspaceModel

BLOCK = 4096
"""Passage numbers in one block; an offset in it fits 16 bits."""

LENGTHS = ""
"""The word under which every passage stands with its length in words: it also counts the passages."""


class TermBlock(WorkspaceModel):
    """Postings of one word: ``offsets`` uint16 within the block, ascending, and ``counts`` uint16 beside them."""

    id = None
    number = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="+")
    term = models.CharField(max_length=64)
    block = models.PositiveIntegerField()
    offsets = models.BinaryField()
    counts = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "term", "block"], name="one_row_per_term_and_block")
        ]


class PassageWindows(WorkspaceModel):
    """What the second stage needs of a passage, computed once: see ``retrieval.windows`` for the layout."""

    id = None
    passage = models.OneToOneField(
        "knowledge.Passage", on_delete=models.CASCADE, primary_key=True, related_name="windows"
    )
    packed = models.BinaryField()
