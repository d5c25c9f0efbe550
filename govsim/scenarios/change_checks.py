"""Checks of dated changes: they fall into the run, and name teams and shifts that there are.

What depends on where points stand is in `govsim.roster_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from govsim.language import tr
from govsim.scenarios.findings import Finding, error, missing, warning
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


def changes_name_teams_and_shifts(plan: Plan) -> Iterator[Finding]:
    """A change is of a team, the desk or the hotline, and its numbers are of shifts."""
    s = plan.scenario
    for key, change in s.changes.items():
        known = [*s.teams, DESK, CENTRE]
        if change.team is not None and change.team not in known:
            what = tr("there is no team “{found}”", found=change.team)
            yield missing(("changes", key, "team"), change.team, known, what)
        for shift, head in change.roster.items():
            if shift not in s.calendar.shifts:
                what = tr("there is no shift “{found}” in calendar.shifts", found=shift)
                yield missing(("changes", key, "roster", shift), shift, s.calendar.shifts, what)
            for number in head.values() if isinstance(head, dict) else (head,):
                if number < 0:
                    text = tr("{found} people is negative; 0 or more are allowed", found=number)
                    yield error(("changes", key, "roster", shift), text)


CHECKS = (changes_fall_into_the_run, changes_name_teams_and_shifts)
