"""Addresses under /settings/."""

from django.urls import path

from apps.console.settings_views import keys, log, people, workspace

app_name = "settings"

urlpatterns = [
    path("", workspace.index, name="index"),
    path("switch/", workspace.switch, name="switch"),
    path("members/", people.members, name="members"),
    path("members/<uuid:member_id>/role/", people.change_role, name="change_role"),
    path("members/<uuid:member_id>/remove/", people.remove, name="remove_member"),
    path("members/invitations/<uuid:invitation_id>/withdraw/", people.withdraw, name="withdraw_invitation"),
    path("tokens/", keys.index, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", keys.revoke, name="revoke_token"),
    path("log/", log.index, name="log"),
]
