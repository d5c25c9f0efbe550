"""What planners see of results: tables, figures, and the words and numbers in them."""

WIDTH = 100
"""Columns of a terminal that every table fits in."""
