"""Berrydesk: a self-hosted, no-code platform for AI customer support."""

__version__ = "0.1.0"
