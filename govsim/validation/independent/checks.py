"""The checks that `govsim validate-model` runs beside the textbook cases."""

from __future__ import annotations

from govsim.validation.independent import opening
from govsim.validation.independent.checking import Check

CHECKS: tuple[Check, ...] = (
    Check("opening_hours", "opening_hours.yaml", opening.program, opening.observe),
)
