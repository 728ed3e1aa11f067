"""Embeddings by a model of the owner's choice: chosen, filled in the background, asked for each question."""
