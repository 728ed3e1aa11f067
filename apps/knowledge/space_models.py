"""Embeddings by a model of the owner's choice: a space of its own for each choice, never mixed with another.

A space is built beside the one in use and takes over once every passage has its vector in it. What every agent
has without a choice, the built-in embeddings, lies with the passages themselves.
"""

from django.db import models
from django.utils import timezone
from pgvector.django import HalfVectorField

from berrydesk.db.leases import Leased
from berrydesk.db.models import WorkspaceModel, scoped


class EmbeddingSpaceQuerySet(models.QuerySet):
    def kept(self):
        """Those that are built or in use; the others wait for their vectors to be deleted."""
        return self.filter(left_at=None)

    def in_use(self):
        return self.kept().exclude(ready_at=None)

    def in_the_making(self):
        """Not complete yet, whether it is worked on or failed."""
        return self.kept().filter(ready_at=None)


class EmbeddingSpace(WorkspaceModel, Leased):
    """One model's vectors of one agent's passages.

    Searched with from ``ready_at`` on, until ``left_at``. ``probe`` are two vectors on end, of one sentence as a
    passage and as a question: a server that answers differently to it has changed its model. ``longest`` is how
    many characters of a passage the model takes. ``due_at`` says that passages may lack their vector. ``problem``,
    {code, message, remedy}, is what embedding them came to: while ``failed_at`` is set nothing is tried, else it is
    tried again. ``trouble`` is what the latest questions came to, ``failures`` of them in a row; until
    ``resting_until`` none is sent.
    """

    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="embedding_spaces")
    connection = models.ForeignKey(
        "connections.Connection", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    model = models.CharField(max_length=160)
    dimensions = models.PositiveIntegerField()
    probe = HalfVectorField()
    longest = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    chosen_by = models.ForeignKey("workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField(null=True, db_index=True)
    ready_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)
    trouble = models.JSONField(null=True)
    failures = models.PositiveIntegerField(default=0)
    resting_until = models.DateTimeField(null=True)

    objects = scoped(EmbeddingSpaceQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=models.Q(left_at=None, ready_at__isnull=False),
                name="one_space_in_use_per_agent",
            ),
            models.UniqueConstraint(
                fields=["agent"],
                condition=models.Q(left_at=None, ready_at=None),
                name="one_space_in_the_making_per_agent",
            ),
        ]

    def __str__(self):
        return self.model


class SpaceVector(WorkspaceModel):
    """What one passage means in one space: unit length, as long as the space's ``dimensions``."""

    id = None
    number = models.BigAutoField(primary_key=True)
    space = models.ForeignKey(EmbeddingSpace, on_delete=models.CASCADE, related_name="vectors")
    passage = models.ForeignKey("knowledge.Passage", on_delete=models.CASCADE, related_name="+")
    vector = HalfVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["space", "passage"], name="one_vector_per_space_and_passage")
        ]


class SpaceBlock(WorkspaceModel):
    """Signs of a space's vectors, as ``SignBlock`` has them of the built-in ones."""

    id = None
    number = models.BigAutoField(primary_key=True)
    space = models.ForeignKey(EmbeddingSpace, on_delete=models.CASCADE, related_name="+")
    block = models.PositiveIntegerField()
    offsets = models.BinaryField()
    signs = models.BinaryField()
    far = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["space", "block"], name="one_row_per_space_block")]


class EmbeddingUse(WorkspaceModel):
    """What a provider was asked to embed for an agent in a quarter of an hour, passages and questions of its own checks.

    Questions of visitors stand with their turns. ``cost`` is in US dollars as far as prices are known; ``unpriced``
    are the requests to a provider whose price is not. The rows outlive the space.
    """

    id = None
    number = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=160)
    began_at = models.DateTimeField()
    requests = models.PositiveIntegerField()
    tokens = models.PositiveBigIntegerField()
    cost = models.DecimalField(max_digits=14, decimal_places=8)
    unpriced = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "model", "began_at"], name="one_use_per_model_and_quarter"
            )
        ]
        indexes = [models.Index(fields=["workspace", "began_at"])]
