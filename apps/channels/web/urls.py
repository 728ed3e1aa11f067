"""The web channel's addresses."""

urlpatterns = []
