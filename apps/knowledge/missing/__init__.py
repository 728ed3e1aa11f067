"""What is missing: questions that visitors are likely to ask, and which of them nothing answers yet."""
