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
from berrydesk_sdk.sources import Gone, Page, Problem, Reading, Source, Unchanged

__all__ = [
    "Action",
    "Context",
    "Effect",
    "Gone",
    "Identity",
    "NoSettings",
    "Outcome",
    "Page",
    "PastRun",
    "Person",
    "PluginError",
    "Preview",
    "Problem",
    "Reading",
    "Retryable",
    "SetupError",
    "Source",
    "Status",
    "Unchanged",
    "Unknown",
    "VisitorError",
]
