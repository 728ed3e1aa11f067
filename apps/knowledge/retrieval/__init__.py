"""Finding the passages that answer a question, without a model call."""
