"""The widget's addresses: part of the promise to pages that carry the snippet."""

from django.urls import path

from apps.channels.web import chat, serving, views

app_name = "web"
_AGENT = "widget/<str:public_id>"

urlpatterns = [
    path("widget.js", serving.loader, name="loader"),
    path("chat/<str:public_id>", chat.chat, name="chat"),
    path("chat/<str:public_id>/", chat.without_slash, name="chat_slash"),
    path(f"{_AGENT}/open", views.open_chat, name="open"),
    path(f"{_AGENT}/messages", views.messages, name="messages"),
    path(f"{_AGENT}/email", views.email, name="email"),
    path(f"{_AGENT}/events", views.events, name="events"),
    path(f"{_AGENT}/person", views.person, name="person"),
    path(f"{_AGENT}/back", views.back, name="back"),
    path(f"{_AGENT}/identify", views.identify, name="identify"),
    path(f"{_AGENT}/runs/<uuid:run_id>/confirm", views.decide, {"is_yes": True}, name="confirm"),
    path(f"{_AGENT}/runs/<uuid:run_id>/cancel", views.decide, {"is_yes": False}, name="cancel"),
    path("widget/<str:stamp>/<path:name>", serving.module, name="module"),
]
