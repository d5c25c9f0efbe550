"""The district as tables: its grids, its service points, and who serves whom.

`build` makes a `Territory` from a scenario's ``territory`` section. Each part comes from
the planner's table or is generated (`govsim.scenarios.layout`, `govsim.scenarios.points`),
and `Territory.notes` says which. `govsim.service.network` reads it; reports draw it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isqrt
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.language import joined, tr
from govsim.language import name as in_language
from govsim.scenarios import dated_rows, english, layout, points, tables
from govsim.scenarios.outline import Outline, Projection, Ring, read_outline, square
from govsim.scenarios.own_tables import OwnTables
from govsim.scenarios.staffing import Row

Ints = NDArray[np.int64]
SHIPPED = Path(__file__).parent / "data"
RESIDENTS_PER_GRID = 994
"""District mean (census 2020 over 1,938 grids), where a scenario gives no residents."""


ROSTER_COLUMNS = ["point", "team", "shift", "day_kind", "number", "line"]


class Section(Protocol):
    """What is read of a scenario's ``territory``; `govsim.scenarios.schema.Territory`."""

    @property
    def outline(self) -> Any: ...  # noqa: D102
    @property
    def communities(self) -> Any: ...  # noqa: D102
    @property
    def grids(self) -> Any: ...  # noqa: D102
    @property
    def residents(self) -> int | None: ...  # noqa: D102
    @property
    def household_size(self) -> float: ...  # noqa: D102
    @property
    def estates(self) -> Any: ...  # noqa: D102
    @property
    def workstations(self) -> Any: ...  # noqa: D102
    @property
    def offices(self) -> bool: ...  # noqa: D102
    @property
    def point_stations(self) -> Any: ...  # noqa: D102
    @property
    def rosters(self) -> Any: ...  # noqa: D102
    @property
    def note(self) -> Any: ...  # noqa: D102
    @property
    def seed(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Territory:
    """A district, ready for the model. Its frames are not to be changed.

    Attributes
    ----------
    grids : a row for each grid, index 0 to n - 1: ``grid`` (its id), ``street``,
        ``community`` (no two streets share a name), ``residents``, ``households``,
        ``area_km2``, ``x``, ``y`` (m, east and north), ``side_m`` (a demand lies anywhere in
        the square of this side around x, y), ``estate`` (large, old, resettlement,
        commercial or rural), ``station`` (row in `points` of the point station that covers
        it, or -1), ``fallback`` (row of the workstation or office that serves it without).
    points : a row for each service point: ``point`` (its id), ``name_zh``, ``name_en``,
        ``kind`` (point_station, workstation or community_office), ``street``,
        ``community``, ``x``, ``y``.
    outline : closed rings of (x, y) in the same metres, for maps.
    notes : what a reader of any result must know, in the language in force at `build`.
    generated : whether any part is generated.
    rosters : the planner's rosters: ``point, team, shift, day_kind, number, line``, and where a
        row holds on some days only `govsim.scenarios.dated_rows.COLUMNS`.
    english : English names of streets, and of communities as ``street/community``.
    """

    grids: pd.DataFrame
    points: pd.DataFrame
    outline: list[Ring]
    notes: list[str]
    generated: bool
    rosters: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ROSTER_COLUMNS))
    english: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _hash(self) -> str:
        made = hashlib.blake2b(digest_size=16)
        for frame in (self.grids, self.points, self.rosters):
            made.update(json.dumps(list(frame.columns)).encode())
            for name in frame.columns:
                made.update(json.dumps(frame[name].tolist(), ensure_ascii=False).encode())
        made.update(json.dumps(self.outline).encode())
        return made.hexdigest()

    def content_hash(self) -> str:
        """Hash of grids, points, rosters and outline: what the results can depend on."""
        return self._hash

    def roster_rows(self) -> dict[tuple[int, str], tuple[Row, ...]]:
        """Give the rows of the planner's rosters that are for each team and always hold.

        Returns
        -------
        dict
            (row in `points`, team) to its rows in the order in which `with_rows` lays them over
            the scenario's roster: those for the kind of point, then those for the point itself;
            of each those for all days, then those for a kind of day.
        """
        at: dict[str, list[int]] = {}
        for p, (point, kind) in enumerate(
            zip(self.points["point"], self.points["kind"], strict=True)
        ):
            at.setdefault(str(kind), []).append(p)
            at[str(point)] = [p]
        kinds = set(self.points["kind"])
        row: Any
        always = self.rosters[~dated_rows.dated(self.rosters)]
        rows = sorted(
            always.itertuples(), key=lambda row: (row.point not in kinds, row.day_kind != "")
        )
        found: dict[tuple[int, str], list[Row]] = {}
        for row in rows:
            one = Row(str(row.shift), str(row.day_kind), int(row.number), int(row.line))
            for p in at.get(str(row.point), ()):
                found.setdefault((p, str(row.team)), []).append(one)
        return {key: tuple(rows) for key, rows in found.items()}

    def __repr__(self) -> str:
        kinds = self.points["kind"].value_counts()
        parts = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
        people = int(self.grids["residents"].sum())
        return f"Territory({len(self.grids)} grids, {people} residents, {parts})"


def build(section: Section, folder: Path) -> Territory:
    """Lay the district out as a scenario's ``territory`` says.

    Parameters
    ----------
    section : the scenario's section.
    folder : where relative paths of tables start.

    Raises
    ------
    InputError
        With every mistake found in the section and its tables.
    """
    return _Builder(section, folder).territory()


def degrees_of(section: Section, folder: Path) -> tuple[bool, Projection | None]:
    """Say whether a scenario's tables give degrees, and how degrees become its metres.

    Raises
    ------
    InputError
        The outline can't be read.
    """
    problems: list[Problem] = []
    outline = _Builder(section, folder).outline_of_section()
    own = OwnTables(section, folder, outline, problems)
    named = (
        (section.grids.table, tables.GRIDS),
        (section.point_stations.table, tables.POINTS),
        (section.workstations.table, tables.POINTS),
    )
    return own.degrees_in([(name, columns) for name, columns in named if name])


class _Builder:
    """Lays out one part after the other, collecting problems and notes."""

    def __init__(self, section: Section, folder: Path) -> None:
        self.section, self.folder = section, folder
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.generated: list[str] = []
        self.english: dict[str, str] = {}
        # One stream for each part, so that more stations don't move the grids.
        self.streams = np.random.SeedSequence(section.seed).spawn(1)

    def territory(self) -> Territory:
        s = self.section
        self.outline = self.outline_of_section()
        own = OwnTables(s, self.folder, self.outline, self.problems)
        own.read_all()
        self._raise()
        names: dict[str, str] = {}
        if s.grids.table:
            grids, self.outline = own.grids()
        else:
            grids, names = self._generated_grids(own)
        self._raise()
        stations, station = self._stations(grids, own, names)
        desks = self._desks(grids, own, names)
        self._raise()
        parts = [part for part in (stations, *desks) if len(part)]
        every = pd.concat(parts or [stations], ignore_index=True)
        fallback = points.serve(grids, every)
        grids = grids.assign(station=station, fallback=fallback)
        own.check(grids, every)
        rosters = own.rosters(every) if s.rosters is not None else None
        self._unserved(grids, own)
        self._raise()
        self._say(own)
        made = Territory(
            _ordered(grids, s.household_size),
            every,
            self.outline.rings(),
            self.notes,
            bool(self.generated),
            english=english.of_jiangning() | self.english,
        )
        if rosters is None:
            return made
        columns = [*ROSTER_COLUMNS, *(c for c in dated_rows.COLUMNS if c in rosters)]
        return replace(made, rosters=rosters[columns])

    def _raise(self) -> None:
        if self.problems:
            raise InputError(self.problems)

    def _wrong(self, message: str, path: str) -> None:
        self.problems.append(Problem(message, f"territory.{path}"))

    def outline_of_section(self) -> Outline:
        """Give the outline that is drawn, shipped or in a file."""
        given = self.section.outline
        if not isinstance(given, str):
            return square(float(given["square"] if isinstance(given, Mapping) else given.square))
        shipped = given == "jiangning"
        outline = read_outline(
            SHIPPED / given / "outline.geojson" if shipped else self.folder / given
        )
        if outline.crs.upper().replace("-", "") == "GCJ02":
            self.notes.append(
                tr(
                    "The district's outline carries the offset of Chinese map data (GCJ-02), "
                    "some 500 m: it does not lie true over WGS-84 coordinates."
                )
            )
        return outline

    def _generated_grids(self, own: OwnTables) -> tuple[pd.DataFrame, dict[str, str]]:
        s = self.section
        count = int(s.grids.count)
        communities = self._communities(own)
        names = dict(zip(communities["community"], communities["name_en"], strict=True))
        residents = s.residents
        if residents is None:
            known = communities.get("residents")
            residents = int(known.sum()) if known is not None else RESIDENTS_PER_GRID * count
            if known is None:
                self.notes.append(
                    tr(
                        "The scenario gives no residents; {n} are assumed, {each} a grid.",
                        n=residents,
                        each=RESIDENTS_PER_GRID,
                    )
                )
        if count < len(communities):
            self._wrong(
                tr(
                    "{count} grids are too few for {n} communities, which need one each",
                    count=count,
                    n=len(communities),
                ),
                "grids.count",
            )
            self._raise()
        shares = {e: _share(s.estates, e) for e in layout.ESTATES}
        rng = np.random.Generator(np.random.PCG64(self.streams[0]))
        if s.grids.layout == "lattice":
            side = self._lattice_side(count)
            grids = layout.lattice(side, count, residents, communities, shares, rng)
        else:
            streets = self._streets(communities)
            grids = layout.generate(
                self.outline.shape, count, residents, communities, shares, rng, streets
            )
        if count > 1:
            self.generated.append(tr("the positions, sizes, residents and estate types of grids"))
        width = len(str(count)) if count > 999 else 3
        grids.insert(0, "grid", [f"G{i:0{width}}" for i in range(1, count + 1)])
        return grids, names

    def _lattice_side(self, count: int) -> float:
        west, _, east, _ = self.outline.shape.bounds
        if isinstance(self.section.outline, str):
            self._wrong(tr("a lattice needs a square as its outline"), "grids.layout")
        elif isqrt(count) ** 2 != count:
            near = round(count**0.5) ** 2
            text = tr("a lattice needs a square number of grids, such as {near}", near=near)
            self._wrong(text, "grids.count")
        self._raise()
        return float(east - west)

    def _communities(self, own: OwnTables) -> pd.DataFrame:
        given = self.section.communities
        if given is None:
            one: dict[str, Any] = {"community": "", "street": "", "name_en": "", "type": ""}
            return pd.DataFrame([one])
        shipped = given == "jiangning"
        if isinstance(given, str) and not shipped:
            self._wrong(
                tr("“{found}” is no shipped table of communities; write table: FILE", found=given),
                "communities",
            )
            self._raise()
        path = SHIPPED / given / "communities.csv" if shipped else self.folder / given.table
        frame = own.read(path, tables.COMMUNITIES)
        for name in ("street", "name_en", "type"):
            if name not in frame:
                frame[name] = ""
        if "residents" in frame and frame["residents"].isna().any():
            text = tr("the column residents must be filled in for all communities or none")
            self.problems.append(Problem(text, "territory.communities", str(path)))
            self._raise()
        row: Any
        for row in frame[frame.duplicated(["street", "community"])].itertuples():
            text = tr("the community “{name}” is there twice", name=row.community)
            self.problems.append(Problem(text, "", str(path), row.line))
        self._raise()
        frame["community"] = tables.apart(frame["street"], frame["community"])
        self.english = english.of_table(frame)
        if shipped:
            self.notes.append(
                tr("Streets and communities are real; their places on the map are generated.")
            )
        # Communities of a street lie together, whatever the order of the table.
        order = {street: i for i, street in enumerate(dict.fromkeys(frame["street"]))}
        return frame.sort_values(
            "street", key=lambda c: c.map(order), kind="stable", ignore_index=True
        )

    def _streets(self, communities: pd.DataFrame) -> layout.Streets | None:
        """Where the shipped district's streets roughly lie."""
        s, projection = self.section, self.outline.projection
        if s.outline != "jiangning" or s.communities != "jiangning" or projection is None:
            return None
        known = pd.read_csv(SHIPPED / s.outline / "streets.csv")
        x, y = projection.metres(known["lon"].to_numpy(), known["lat"].to_numpy())
        return layout.Streets(tuple(known["street"]), x, y, known["share"].to_numpy())

    def _stations(
        self, grids: pd.DataFrame, own: OwnTables, names: Mapping[str, str]
    ) -> tuple[pd.DataFrame, Ints]:
        s = self.section.point_stations
        if s.table:
            return own.stations(grids)
        if own.names_stations(grids):
            return points.place_stations(grids, 0, 0, 1, (), names)
        if not s.count:
            return points.place_stations(grids, 0, 0, 1, (), names)
        # A single grid is the textbook's: its station stands in it, whatever its estate.
        kinds: Sequence[str] = layout.ESTATES if len(grids) == 1 else tuple(s.estates)
        made, station = points.place_stations(grids, s.count, s.reach, s.grids_each, kinds, names)
        if len(made) < s.count:
            self._wrong(
                tr(
                    "only {found} of {count} point stations find grids of {estates} that no "
                    "other covers; ask for fewer, or for more kinds of estate, or let each "
                    "cover fewer grids",
                    found=len(made),
                    count=s.count,
                    estates=", ".join(kinds),
                ),
                "point_stations.count",
            )
        if len(grids) > 1:
            self.generated.append(tr("the places of point stations and the grids they cover"))
        return made, station

    def _desks(
        self, grids: pd.DataFrame, own: OwnTables, names: Mapping[str, str]
    ) -> list[pd.DataFrame]:
        s = self.section
        made = []
        if s.workstations.table:
            made.append(own.workstations(grids))
        elif s.workstations.count > len(grids):
            self._wrong(
                tr(
                    "{count} workstations are more than the {n} grids",
                    count=s.workstations.count,
                    n=len(grids),
                ),
                "workstations.count",
            )
        elif s.workstations.count:
            made.append(points.place_workstations(grids, s.workstations.count, names))
            if len(grids) > 1:
                self.generated.append(tr("the places of grid workstations"))
        if s.offices:
            made.append(points.place_offices(grids, names))
            if len(grids) > 1:
                self.generated.append(tr("the places of community offices"))
        return made

    def _unserved(self, grids: pd.DataFrame, own: OwnTables) -> None:
        """Every grid is served by someone, also while point stations stand empty."""
        enabled = getattr(self.section.point_stations, "enabled", True)
        lost = (grids["fallback"] < 0) & ((grids["station"] < 0) | (not enabled))
        if not lost.any():
            return
        advice = tr(
            "no service point serves {n} of {all} grids ({some}); write offices: true, or give "
            "workstations",
            n=int(lost.sum()),
            all=len(grids),
            some=", ".join(grids.loc[lost, "grid"].astype(str).head(5))
            + (" …" if lost.sum() > 5 else ""),
        )
        file, line = own.line_of(grids, int(np.flatnonzero(lost.to_numpy())[0]))
        self.problems.append(Problem(advice, "territory.offices", file, line))

    def _say(self, own: OwnTables) -> None:
        self.notes += own.notes
        if self.section.note is not None:
            self.notes.insert(0, in_language(self.section.note))
        if self.generated:
            self.notes.insert(
                0,
                tr(
                    "Not surveyed but generated from seed {seed} inside the district's outline: "
                    "{parts}.",
                    seed=self.section.seed,
                    parts=joined(self.generated, "；", "; "),
                ),
            )


def _share(estates: Any, kind: str) -> float:
    return float(estates.get(kind, 0) if isinstance(estates, Mapping) else getattr(estates, kind))


def _ordered(grids: pd.DataFrame, household_size: float) -> pd.DataFrame:
    if "households" not in grids:
        size = (grids["residents"] / household_size).round()
        grids = grids.assign(households=size.clip(lower=(grids["residents"] > 0).astype(float)))
    numbers = {"residents": "int64", "households": "int64", "station": "int64", "fallback": "int64"}
    columns = ["grid", "street", "community", "residents", "households", "area_km2", "x", "y"]
    return grids[[*columns, "side_m", "estate", "station", "fallback"]].astype(numbers)
