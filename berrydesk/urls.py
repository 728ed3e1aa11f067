"""Every address of this installation."""

from django.urls import include, path

from apps.api.v1 import api
from berrydesk import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("api/v1/", api.urls),
    path("", include("apps.workspaces.urls")),
    path("", include("apps.channels.web.urls")),
    path("settings/", include("apps.console.settings_views.urls")),
    path("", include("apps.console.urls")),
]
