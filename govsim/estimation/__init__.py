"""What work orders tell directly: rates, shares, times and their intervals, by likelihood."""
