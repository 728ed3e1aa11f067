"""The app ``answering``."""

from django.apps import AppConfig


class AnsweringConfig(AppConfig):
    name = "apps.answering"
    label = "answering"
