"""Residents' demands, drawn before anything is simulated: the demand table holds all luck."""
