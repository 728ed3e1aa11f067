"""Long trials with real processes that are killed."""
