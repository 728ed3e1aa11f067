"""What a plugin of Berrydesk is written against."""

from berrydesk_sdk.actions import (
    Action,
    Context,
    Effect,
    Identity,
    NoSettings,
    Outcome,
    PastRun,
    Person,
    Preview,
    Status,
)
from berrydesk_sdk.errors import PluginError, Retryable, SetupError, Unknown, VisitorError

__all__ = [
    "Action",
    "Context",
    "Effect",
    "Identity",
    "NoSettings",
    "Outcome",
    "PastRun",
    "Person",
    "PluginError",
    "Preview",
    "Retryable",
    "SetupError",
    "Status",
    "Unknown",
    "VisitorError",
]
