"""What only the simulation can tell: inputs inferred from records by simulating the service."""
