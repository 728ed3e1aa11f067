"""What ``make bench`` measures, as tables with ratios to a baseline of the same run."""
