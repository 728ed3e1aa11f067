"""Workspaces: businesses, the people in them, and their ways in."""

from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "apps.workspaces"
    label = "workspaces"
