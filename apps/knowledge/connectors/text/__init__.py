"""Text that was pasted."""
