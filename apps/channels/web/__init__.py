"""The widget, its wire protocol, and the hosted page."""
