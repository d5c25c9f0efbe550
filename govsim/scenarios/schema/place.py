"""Where the service is given and when: territory and calendar."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import field_validator, model_validator

from govsim.language import tr
from govsim.scenarios.quantities import Distance, Hours, Share
from govsim.scenarios.schema.base import Label, Model, choice, par

Estate = Literal["large", "old", "resettlement", "commercial", "rural"]


class Square(Model):
    """A square as the district's outline, for tests and textbook cases."""

    square: Distance
    """Length of its side."""


class Table(Model):
    """A planner's own table in place of a generated part."""

    table: str
    """CSV or Excel file, relative to the scenario file."""


class Grids(Model):
    """How the grids come to be."""

    count: int | None = choice(None, ge=1, le=100_000)
    """Number of grids to generate."""
    layout: Literal["random", "lattice"] = choice("random")
    """Generated at random in the outline, or as a square lattice."""
    table: str | None = choice(None)
    """The planner's own grids (CSV or Excel) instead of generated ones."""

    @model_validator(mode="after")
    def _one_way(self) -> Grids:
        if (self.count is None) == (self.table is None):
            raise ValueError(tr("give either a count of grids or a table of them"))
        return self


class Workstations(Model):
    """Grid workstations, each serving its nearest grids of the same community."""

    count: int = choice(0, ge=0, le=100_000)
    """Number of workstations to generate."""
    table: str | None = choice(None)
    """The planner's own workstations (CSV or Excel)."""


class PointStations(Model):
    """Point stations in large, old and resettlement estates."""

    enabled: bool = choice(True)
    """Off: the stations stand empty and their grids are served as all others."""
    count: int = choice(0, ge=0, le=100_000)
    """Number of stations to generate."""
    table: str | None = choice(None)
    """The planner's own stations (CSV or Excel)."""
    estates: tuple[Estate, ...] = choice(("large", "old", "resettlement"))
    """Kinds of estate in which generated stations are placed."""
    reach: Distance = par("1.2 km", "500 m", "3 km")
    """A generated station covers no grid beyond this distance."""
    grids_each: int = par(6, 2, 20, ge=1)
    """A generated station covers at most so many grids."""


class Territory(Model):
    """The district: outline, communities, grids and the points that serve them."""

    name: Label = choice({"zh": "某地", "en": "A place"})
    """Name of the district or estate."""
    outline: str | Square = choice({"square": "1 km"})
    """Shipped outline (`jiangning`), a GeoJSON file, or a square."""
    communities: str | Table | None = choice(None)
    """Shipped table (`jiangning`) or the planner's own; none: a single community."""
    grids: Grids = choice({"count": 1})
    """The grids."""
    residents: int | None = choice(None, ge=1)
    """Residents in all; generated grids share them out exactly."""
    household_size: float = par(
        2.97, 2.2, 3.4, "inferred", "994 residents and 335 households a grid", gt=0
    )
    """Residents a household."""
    estates: dict[Estate, Share] = par(
        {"large": 0.22, "old": 0.14, "resettlement": 0.16, "commercial": 0.28, "rural": 0.20},
        {"large": 0.10, "old": 0.05, "resettlement": 0.08, "commercial": 0.15, "rural": 0.10},
        {"large": 0.35, "old": 0.25, "resettlement": 0.30, "commercial": 0.45, "rural": 0.35},
    )
    """Share of generated grids by kind of estate."""
    workstations: Workstations = choice({})
    """Grid workstations."""
    offices: bool = choice(False)
    """A community office in each community, for grids without a workstation."""
    point_stations: PointStations = choice({"count": 1})
    """Point stations."""
    rosters: Table | None = choice(None)
    """The planner's own rosters by point, team and shift, on some days or all (CSV or Excel)."""
    note: Label | None = choice(None)
    """What a reader of the results must know of these tables (say, that positions are invented)."""
    seed: int = choice(1, ge=0, lt=2**63)
    """Seed of the generated layout; apart from the seed of the replications."""

    @field_validator("estates")
    @classmethod
    def _add_up(cls, value: dict[str, float]) -> dict[str, float]:
        if abs(sum(value.values()) - 1) > 1e-6:
            found = f"{sum(value.values()):g}"
            raise ValueError(tr("the shares add up to {found}; they must add up to 1", found=found))
        return value


class Calendar(Model):
    """Holidays, working hours and shifts."""

    holidays: Literal["china", "none"] = choice("china")
    """Official holidays and make-up workdays of China, or weekends only."""
    extra_holidays: tuple[date, ...] = choice(())
    """Further days that count as holidays."""
    extra_workdays: tuple[date, ...] = choice(())
    """Weekend days or holidays that are worked."""
    working_hours: Hours = par(
        "09:00-12:00, 13:30-17:30", "09:00-12:00, 14:00-17:00", "08:30-12:00, 13:30-18:00"
    )
    """Hours that count for limits in working hours and days, on workdays."""
    shifts: dict[str, Hours] = choice({"day": "08:00-20:00", "night": "20:00-08:00"})
    """Shifts by name; rosters give numbers for them. They may not overlap."""

    @field_validator("shifts")
    @classmethod
    def _apart(cls, value: dict[str, tuple[tuple[int, int], ...]]) -> dict[str, object]:
        day = 86_400_000
        spans: list[tuple[int, int, str]] = []
        for name, windows in value.items():
            for start, end in windows:
                parts = [(start, end)] if end <= day else [(start, day), (0, end - day)]
                spans += [(a, b, name) for a, b in parts]
        for (_, end, one), (start, _, other) in zip(sorted(spans), sorted(spans)[1:], strict=False):
            if start < end:
                raise ValueError(tr("shifts {one} and {other} overlap", one=one, other=other))
        return dict(value)


DayKind = Literal["workday", "weekend", "holiday"]
Head = int | dict[DayKind, int]
"""Number on duty: one for every day, or by kind of day."""
Roster = dict[str, Head]
"""Number on duty by shift; a shift that is not named has nobody."""
