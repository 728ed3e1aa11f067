"""Version 1 of the JSON API."""

from ninja import NinjaAPI

api = NinjaAPI(title="Berrydesk", version="1")
