"""Files that were uploaded."""
