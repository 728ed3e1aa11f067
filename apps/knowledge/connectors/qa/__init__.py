"""Questions with their answers."""
