"""What holds from one day to another: absences, holiday rosters, stations closed for repair.

What a what-if changes in a plan is another matter: see `govsim.scenarios.changes`.
"""

from __future__ import annotations

from datetime import date

from pydantic import model_validator

from govsim.language import tr
from govsim.scenarios.schema.base import Label, Model, choice
from govsim.scenarios.schema.place import Roster


class Change(Model):
    """Who is on duty on some days of the run, where that differs from the rosters."""

    label: Label | None = choice(None)
    """Name."""
    first_day: date
    """First day on which it holds."""
    last_day: date
    """Last day on which it holds; a shift belongs to the day on which it begins."""
    at: tuple[str, ...] = choice(())
    """Service points, by id or name, or kinds of point; none named: wherever the team stands."""
    team: str | None = choice(None)
    """Whose people: a team, `desk`, or `centre` for the hotline 12345."""
    roster: Roster = choice({})
    """Number on duty instead, by shift (and kind of day); what is not named stays as it was."""
    add: int = choice(0)
    """People more on each shift that has anybody, or fewer if negative, down to nobody."""
    closed: bool = choice(False)
    """The points are closed: nobody is there, and others serve their grids."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Change:
        if self.last_day < self.first_day:
            text = tr("the last day {last} is before the first, {first}", **_days(self))
            raise ValueError(text)
        if self.closed:
            if not self.at or self.team is not None or self.roster or self.add:
                raise ValueError(
                    tr("name the points that are closed in `at`, without a team or numbers")
                )
        elif self.team is None or not (self.roster or self.add):
            raise ValueError(
                tr("give a team with a roster or a number to add, or write closed: true")
            )
        return self


def _days(change: Change) -> dict[str, str]:
    return {"first": f"{change.first_day}", "last": f"{change.last_day}"}
