"""Reaching out over HTTP without being led astray, and saying problems the standard way."""
