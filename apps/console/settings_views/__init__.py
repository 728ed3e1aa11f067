"""Settings: the workspace, its people, its keys, its log."""
