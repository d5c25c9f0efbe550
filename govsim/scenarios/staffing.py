"""Who a plan puts on duty: a team's roster at a kind of point, and the rows laid over it.

A roster is what the scenario says; a row of a planner's table changes what it names, and leaves
the rest as it was. `govsim.service.network` lays out what comes of both; the checks of
`govsim.scenarios.staffing_checks` read the same functions, so that they speak of what is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from govsim.scenarios.schema import PointKind, Roster, Scenario
from govsim.scenarios.schema.place import DayKind, Head

DESK = "desk"
"""Name of the people at the desk, in tables that name teams."""

DAY_KINDS: tuple[DayKind, ...] = ("workday", "weekend", "holiday")
"""In the order of `govsim.scenarios.calendar.WORKDAY` and the others."""


class Row(NamedTuple):
    """One row of a table of rosters.

    Attributes
    ----------
    shift : which one.
    day_kind : on which days; "" on all.
    number : people on duty.
    line : of the table.
    """

    shift: str
    day_kind: str
    number: int
    line: int = 0


def written(scenario: Scenario, team: str, kind: PointKind) -> Roster | None:
    """Roster of a team at a kind of point; None if it doesn't stand there."""
    one = scenario.teams[team]
    return one.roster_at.get(kind, one.roster) if kind in one.at else None


def where_written(scenario: Scenario, team: str, kind: PointKind) -> tuple[str, ...]:
    """Path of that roster in the scenario."""
    own = kind in scenario.teams[team].roster_at
    return ("teams", team, *(("roster_at", kind) if own else ("roster",)))


def with_rows(roster: Roster | None, rows: Iterable[Row]) -> Roster:
    """Lay rows over a roster, one after the other.

    Parameters
    ----------
    roster : what holds without them; None where the team doesn't stand.
    rows : a row for all days takes the place of all that its shift had; one for a kind of day
        of what the shift had on such days. Whatever no row names stays as it was.
    """
    found = dict(roster or {})
    for row in rows:
        found[row.shift] = _with(found.get(row.shift, 0), row)
    return found


def _with(head: Head, row: Row) -> Head:
    if not row.day_kind:
        return row.number
    return {kind: row.number if kind == row.day_kind else on(head, kind) for kind in DAY_KINDS}


def on(head: Head, kind: DayKind) -> int:
    """Number that a shift has on a kind of day; a kind that is not named has nobody."""
    return head if isinstance(head, int) else head.get(kind, 0)


def days_without(roster: Mapping[str, Head]) -> tuple[DayKind, ...]:
    """Kinds of day on which no shift has anybody."""
    return tuple(k for k in DAY_KINDS if not any(on(head, k) for head in roster.values()))
