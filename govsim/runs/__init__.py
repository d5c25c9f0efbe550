"""Replications: what a worker does, where workers are, what is kept, what a run found."""
