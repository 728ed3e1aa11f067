"""What actions tell the layers above them, once it is committed. Receivers only enqueue."""

from django.dispatch import Signal

run_needs_person = Signal()
"""A run waits for approval, or nobody can tell what became of it: ``workspace_id``, ``run_id`` as texts."""
