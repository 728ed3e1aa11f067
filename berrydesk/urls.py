"""Every address of this installation."""

from django.urls import include, path

from apps.api.v1 import api
from berrydesk import health

handler400 = "berrydesk.failing.unreadable"
handler403 = "berrydesk.failing.refused"
handler404 = "berrydesk.failing.not_found"
handler500 = "berrydesk.failing.broken"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("api/v1/", api.urls),
    path("", include("apps.workspaces.urls")),
    path("", include("apps.channels.web.urls")),
    path("settings/", include("apps.console.settings_views.urls")),
    path("", include("apps.console.urls")),
]
