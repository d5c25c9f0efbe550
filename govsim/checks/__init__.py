"""What is told of a scenario before a run: more work than people's time, inputs with no effect."""
