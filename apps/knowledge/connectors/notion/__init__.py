"""Notion: pages, databases and the files in them, read as the owner's own integration sees them."""
