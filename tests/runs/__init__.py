"""Real processes: the embedded run and its parts, started, watched and killed as an operator would."""
