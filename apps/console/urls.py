"""Addresses of the console."""

import importlib.util

from django.urls import include, path

# The pages teach through ``apps.knowledge.sources``; without it there are none.
if importlib.util.find_spec("apps.knowledge.sources"):
    urlpatterns = [path("", include("apps.console.pages"))]
else:
    urlpatterns = []
