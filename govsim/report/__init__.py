"""What planners see of results: tables, figures, and the words and numbers in them."""
