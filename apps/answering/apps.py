"""The app ``answering``."""

from django.apps import AppConfig


class AnsweringConfig(AppConfig):
    name = "apps.answering"
    label = "answering"

    def ready(self):
        from apps.actions.signals import run_needs_person
        from apps.answering import tasks

        run_needs_person.connect(tasks.on_run_needs_person, dispatch_uid="answering.run_needs_person")
