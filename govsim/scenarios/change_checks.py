"""Checks of dated changes: they fall into the run, and name teams that there are.

What depends on where points stand is in `govsim.checks.roster_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from govsim.language import tr
from govsim.scenarios.findings import Finding, missing, warning
from govsim.scenarios.staffing import DESK
from govsim.scenarios.staffing_checks import Plan
from govsim.scenarios.units import DAY

CENTRE = "centre"
"""Name of the hotline's call-takers, where a change names a team."""


def changes_fall_into_the_run(plan: Plan) -> Iterator[Finding]:
    """Each change holds on some day of the run."""
    s = plan.scenario
    days = -(-s.horizon // DAY) - 1
    # That the run goes beyond the calendar is a mistake of its own.
    end = s.start + timedelta(days=min(days, (date.max - s.start).days))
    for key, change in s.changes.items():
        if change.last_day < s.start - timedelta(days=1) or change.first_day > end:
            text = tr(
                "it holds from {first} to {last}, outside the run from {start} to {end}",
                first=change.first_day,
                last=change.last_day,
                start=s.start,
                end=end,
            )
            yield warning(("changes", key, "first_day"), text)


def changes_name_teams(plan: Plan) -> Iterator[Finding]:
    """A change is of a team, the desk or the hotline; `staffing_checks` looks at its numbers."""
    s = plan.scenario
    known = {**s.teams, DESK: None, CENTRE: None}
    for key, change in s.changes.items():
        if change.team is not None and change.team not in known:
            what = tr("there is no team “{found}”", found=change.team)
            yield missing(("changes", key, "team"), change.team, known, what)


CHECKS = (changes_fall_into_the_run, changes_name_teams)
