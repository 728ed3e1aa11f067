"""Plugins of third parties: found by entry point, called in threads of their own, cut off when they hang."""
