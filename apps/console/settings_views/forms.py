"""What people type under Settings."""

import zoneinfo

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from apps.workspaces.models import Role


def _input(kind=forms.TextInput, **attrs):
    return kind(attrs={"class": "input", **attrs})


def _zones():
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


class WorkspaceForm(forms.Form):
    name = forms.CharField(label=_("Business name"), max_length=120, widget=_input())
    website = forms.CharField(
        label=_("Website"),
        required=False,
        max_length=200,
        validators=[URLValidator(["http", "https"], message=_("Write it like https://www.shop.example."))],
        widget=_input(inputmode="url"),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=_zones, widget=forms.Select(attrs={"class": "select"})
    )


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), widget=_input(forms.EmailInput, autocomplete="off"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        initial=Role.TEAMMATE,
        help_text=_(
            "Viewers read. Teammates answer in the inbox. Admins change the agent and these settings. "
            "Owners also make owners."
        ),
        widget=forms.Select(attrs={"class": "select"}),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("What will use it, so that you know later which one to revoke."),
        widget=_input(placeholder=_("Shop server")),
    )
