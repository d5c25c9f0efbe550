"""Plans over the same demands: differences, the best one, what it costs."""
