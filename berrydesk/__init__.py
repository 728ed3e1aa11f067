"""Berrydesk: a self-hosted, no-code platform for AI customer support."""

__version__ = "0.1.0"

from berrydesk.celery import app as celery_app

__all__ = ["__version__", "celery_app"]
