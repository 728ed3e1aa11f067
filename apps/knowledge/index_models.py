"""The index: which passage holds which word how often, what it means, and what its sentences look like.

Postings lie in blocks: one row for a word of an agent and ``BLOCK`` consecutive passage numbers. A question
reads a few rows whatever the size of the knowledge, and a change rewrites at most some kilobytes a word.
"""

from django.db import models

from berrydesk.db.models import WorkspaceModel

BLOCK = 4096
"""Passage numbers in one block of postings; an offset in it fits 16 bits."""

BITS_BLOCK = 1024
"""Passage numbers in one block of signs: 64 KB at most, rewritten with each change in it."""

LENGTHS = ""
"""The word under which every passage stands with its length in words: it also counts the passages."""

OF_SOURCE = " {source_id}"
"""The word under which all passages of a source stand, so that a closed one is hidden whole; no real word has a space."""


class IndexState(WorkspaceModel):
    """The name of the state an agent's index is in: another one after each change (``retrieval.resident``)."""

    id = None
    agent = models.OneToOneField("agents.Agent", on_delete=models.CASCADE, primary_key=True, related_name="+")
    state = models.UUIDField()


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


class LanguageCount(WorkspaceModel):
    """How many of an agent's passages are in a language: questions are cut into words as these languages do."""

    id = None
    number = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=10)
    passages = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "language"], name="one_count_per_language")]


class SignBlock(WorkspaceModel):
    """The signs of static embeddings: ``offsets`` uint16 ascending, ``signs`` and ``far`` 32 bytes for each."""

    id = None
    number = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="+")
    block = models.PositiveIntegerField()
    offsets = models.BinaryField()
    signs = models.BinaryField()
    far = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "block"], name="one_row_per_sign_block")]


class PassageWindows(WorkspaceModel):
    """What the second stage needs of a passage, computed once: see ``retrieval.windows`` for the layout."""

    id = None
    passage = models.OneToOneField(
        "knowledge.Passage", on_delete=models.CASCADE, primary_key=True, related_name="windows"
    )
    packed = models.BinaryField()


class Calibration(WorkspaceModel):
    """What an agent's own content says about its threshold: see ``retrieval.calibration``.

    ``passages`` is how many there were; ``figures`` for the "Why?" view. ``space`` is that of the embeddings
    that ranked what was found; none: the built-in ones.
    """

    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="calibrations")
    space = models.ForeignKey(
        "knowledge.EmbeddingSpace", on_delete=models.CASCADE, null=True, related_name="+"
    )
    threshold = models.FloatField()
    passages = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    calibrated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "space"], nulls_distinct=False, name="one_calibration_per_agent_and_space"
            )
        ]


class SynonymGroup(WorkspaceModel):
    """Wordings that mean the same to an agent's visitors: a question with one of them finds the others."""

    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="synonym_groups")
    position = models.PositiveIntegerField()
    wordings = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "position"], name="one_synonym_group_per_position")
        ]
