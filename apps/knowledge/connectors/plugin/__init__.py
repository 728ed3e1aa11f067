"""Sources that third parties' packages bring along (entry points ``berrydesk.sources``)."""
