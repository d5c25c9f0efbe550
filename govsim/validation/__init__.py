"""Holds the model against known answers; `govsim validate-model` shows the outcome."""
