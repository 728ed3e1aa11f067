"""Tags of the doors."""
