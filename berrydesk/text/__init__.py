"""Text without models: languages, tokens, sentences, static embeddings. Pure functions."""
