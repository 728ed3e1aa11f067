"""Version 1 of the JSON API."""

from apps.api.v1.building import api

__all__ = ["api"]
