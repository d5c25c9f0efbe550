"""What a what-if changes in its plan, as it stands under the title wherever a run is shown."""

from __future__ import annotations

from collections.abc import Sequence

from govsim.comparison.result import Comparison
from govsim.language import tr
from govsim.runs.results import Result
from govsim.scenarios.changes import Change

MOST = 8
"""Changes under a title; the others stand in the list of how a run was made."""


def told(result: Result, most: int = MOST) -> list[str]:
    """Say of which plan a run is, where it has a name of its own, and what it changes in it."""
    lines = [tr("Plan: {plan}", plan=result.plan)] if result.name else []
    return lines + listed(result.changes, most)


def of_all(comparison: Comparison) -> list[str]:
    """Say what all plans of a comparison change alike, a line each."""
    return [tr("Changed in all plans: {change}", change=c) for c in comparison.shared_changes]


def of_plan(comparison: Comparison, plan: str) -> list[str]:
    """Say of which plan one of a comparison is, and what it changes beside `of_all`."""
    result = comparison.result(plan)
    lines = [tr("Plan: {plan}", plan=result.plan)] if comparison.name(plan) else []
    return lines + listed(comparison.changes(plan))


def listed(changes: Sequence[Change], most: int = MOST) -> list[str]:
    """Say what is changed, a line each, and how many changes are left out."""
    lines = [tr("Changed: {change}", change=change) for change in changes[:most]]
    if len(changes) > most:
        lines.append(
            tr("And {n} more changes; “Provenance” in the report lists all.", n=len(changes) - most)
        )
    return lines
