"""The wiring as an app of Django: whatever process this is, its tasks go to our queue."""

from django.apps import AppConfig


class BerrydeskConfig(AppConfig):
    name = "berrydesk"
    label = "berrydesk"

    def ready(self):
        from berrydesk import celery

        celery.app.set_default()
