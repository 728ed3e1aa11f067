"""The app ``knowledge``."""

from django.apps import AppConfig
from django.core import checks


class KnowledgeConfig(AppConfig):
    name = "apps.knowledge"
    label = "knowledge"

    def ready(self):
        """What the operator set is looked at."""
        from apps.knowledge.rendering import chromium

        checks.register(chromium.check)
