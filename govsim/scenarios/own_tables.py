"""Turns a planner's own tables of grids, points and rosters into parts of a territory.

`govsim.scenarios.tables` reads the cells; this module gives them their meaning: positions
in metres, who covers whom, which point a roster is for. Used by
`govsim.scenarios.territory` alone, which raises the problems collected here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.errors import Problem
from govsim.language import tr
from govsim.scenarios import dated_rows, points, tables
from govsim.scenarios.cells import closest
from govsim.scenarios.outline import Outline, Projection, around

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POINT_KINDS = {
    **{kind: kind for kind in ("point_station", "workstation", "community_office")},
    **dict.fromkeys(("点站", "point station", "point stations"), "point_station"),
    **dict.fromkeys(("网格工作站", "工作站", "workstations"), "workstation"),
    **dict.fromkeys(("社区便民服务中心", "社区", "community office"), "community_office"),
}
"""How a roster may name all points of a kind."""


class OwnTables:
    """The planner's tables of one scenario; mistakes go to `problems`, remarks to `notes`."""

    def __init__(
        self, section: Any, folder: Path, outline: Outline, problems: list[Problem]
    ) -> None:
        self.section, self.folder, self.outline = section, folder, outline
        self.problems = problems
        self.notes: list[str] = []
        self.projection: Projection | None = outline.projection
        self.degrees: bool | None = None
        self.lines: dict[str, Ints] = {}
        self.frames: dict[Path, pd.DataFrame] = {}

    # --- grids ---------------------------------------------------------------------------

    def grids(self) -> tuple[pd.DataFrame, Outline]:
        """Read the grids, with ``station_name`` where the table has a column for it.

        Returns
        -------
        grids : ``grid, street, community, residents, households, area_km2, x, y, side_m,
            estate`` and, where given, ``station_name``.
        outline : the scenario's, or one around the grids where they don't lie in it.
        """
        path = self.folder / self.section.grids.table
        frame = self.read(path, tables.GRIDS)
        for name in ("street", "community", "estate"):
            if name not in frame:
                frame[name] = ""
        frame["community"] = tables.apart(frame["street"], frame["community"])
        frame["estate"] = frame["estate"].replace("", "commercial")
        frame["x"], frame["y"] = self._metres(frame, path, needed=len(frame) > 1)
        outline = self._around(frame)
        if "area" in frame:
            area = frame["area"].to_numpy(np.float64)
        else:
            area = np.full(len(frame), np.nan)
        if "side" in frame:
            area = np.where(np.isnan(area), (frame["side"].to_numpy() / 1000) ** 2, area)
        if np.isnan(area).any():
            area = np.where(np.isnan(area), outline.shape.area / 1e6 / len(frame), area)
            self.notes.append(
                tr("The table of grids has no size for some; they share the outline's area evenly.")
            )
        side = np.sqrt(area) * 1000
        if "side" in frame:
            side = np.where(frame["side"].isna(), side, frame["side"])
        frame["area_km2"], frame["side_m"] = area, side
        if "households" in frame:
            size = (frame["residents"] / self.section.household_size).round()
            frame["households"] = frame["households"].fillna(size)
        self._compare_residents(frame)
        self.lines["grids"] = frame["line"].to_numpy(np.int64)
        return frame.rename(columns={"station": "station_name"}), outline

    def _compare_residents(self, frame: pd.DataFrame) -> None:
        total, wanted = int(frame["residents"].sum()), self.section.residents
        if wanted is not None and wanted != total:
            self.notes.append(
                tr(
                    "The table of grids has {total} residents, the scenario says {wanted}; "
                    "the table's are used.",
                    total=total,
                    wanted=wanted,
                )
            )

    def _around(self, frame: pd.DataFrame) -> Outline:
        """Keep the scenario's outline where most grids lie in it."""
        import shapely

        x, y = frame["x"].to_numpy(), frame["y"].to_numpy()
        if shapely.contains_xy(self.outline.shape, x, y).mean() >= 0.5:
            return self.outline
        spread = np.sqrt(max(np.ptp(x) * np.ptp(y), 1e6) / max(len(x), 1))
        self.notes.append(
            tr("Most grids lie outside the scenario's outline; the map shows one drawn round them.")
        )
        return around(x, y, float(spread) / 2)

    def line_of(self, grids: pd.DataFrame, row: int) -> tuple[str, int]:
        """File and line of a grid, or ("", 0) for generated ones."""
        if "grids" not in self.lines:
            return "", 0
        return str(self.folder / self.section.grids.table), int(self.lines["grids"][row])

    # --- points --------------------------------------------------------------------------

    def names_stations(self, grids: pd.DataFrame) -> bool:
        """Say whether the grids name stations, and ask for the table of these if so."""
        if "station_name" not in grids or not (grids["station_name"] != "").any():
            return False
        row = int(np.flatnonzero((grids["station_name"] != "").to_numpy())[0])
        file, line = self.line_of(grids, row)
        text = tr("the grids name point stations; give the table of these stations too")
        self.problems.append(Problem(text, "territory.point_stations.table", file, line))
        return True

    def stations(self, grids: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
        """Read point stations and find the grids that each covers.

        These are said by the grids' column ``station``; else by the stations' column
        ``grids``; else they are the nearest, as for generated stations.
        """
        s = self.section.point_stations
        path = self.folder / s.table
        frame = self._points(path, grids, "point_station")
        if "station_name" in grids:
            covering = self._named_by_grids(grids, frame)
        elif "grids" in frame and (frame["grids"] != "").any():
            covering = self._named_by_stations(grids, frame, path)
        else:
            covering = points.cover(grids, frame, s.reach, s.grids_each, s.estates)
            self.notes.append(
                tr("No table says which grids a point station covers; the nearest are taken.")
            )
        return frame[list(points.COLUMNS)], covering

    def workstations(self, grids: pd.DataFrame) -> pd.DataFrame:
        """Read grid workstations."""
        path = self.folder / self.section.workstations.table
        return self._points(path, grids, "workstation")[list(points.COLUMNS)]

    def _points(self, path: Path, grids: pd.DataFrame, kind: str) -> pd.DataFrame:
        frame = self.read(path, tables.POINTS)
        for name in ("name_zh", "name_en", "street", "community"):
            if name not in frame:
                frame[name] = ""
        frame["name_zh"] = frame["name_zh"].where(frame["name_zh"] != "", frame["point"])
        frame["name_en"] = frame["name_en"].where(frame["name_en"] != "", frame["name_zh"])
        frame["kind"] = kind
        frame["x"], frame["y"] = self._metres(frame, path, needed=len(grids) > 1)
        at = np.column_stack([frame["x"], frame["y"]])
        xy = grids[["x", "y"]].to_numpy(np.float64)
        nearest = [int(np.argmin(((xy - p) ** 2).sum(axis=1))) for p in at]
        self._communities_of(frame, grids, nearest, path)
        return frame

    def _communities_of(
        self, frame: pd.DataFrame, grids: pd.DataFrame, nearest: Sequence[int], path: Path
    ) -> None:
        """Find each point's community among the grids'; empty ones take the nearest grid's."""
        streets, names = grids["street"].tolist(), grids["community"].tolist()
        pairs = dict.fromkeys(zip(streets, names, strict=True))
        known = set(names)
        lines: list[int] = frame["line"].tolist()
        for i, g in enumerate(nearest):
            street, name = str(frame.at[i, "street"]), str(frame.at[i, "community"])
            if not name:
                street, name = streets[g], names[g]
            elif name not in known and street + name in known:
                name = street + name
            elif name not in known:
                text = tr("no grid is in the community “{name}”", name=name)
                near = closest(name, known)
                self.problems.append(Problem(text, "", str(path), lines[i], near))
            if not street:
                street = next((s for s, n in pairs if n == name), "")
            frame.at[i, "street"], frame.at[i, "community"] = street, name

    def _named_by_grids(self, grids: pd.DataFrame, frame: pd.DataFrame) -> Ints:
        known = by_name(frame)
        covering = np.full(len(grids), -1, dtype=np.int64)
        found = []
        for g, name in enumerate(grids["station_name"]):
            if not name:
                continue
            if name in known:
                covering[g] = known[name]
                continue
            file, line = self.line_of(grids, g)
            text = tr("the station “{name}” is not in the table of stations", name=name)
            found.append(Problem(text, "", file, line, closest(name, known)))
        self.problems += tables.short(found)
        return covering

    def _named_by_stations(self, grids: pd.DataFrame, frame: pd.DataFrame, path: Path) -> Ints:
        known = {grid: i for i, grid in enumerate(grids["grid"])}
        covering = np.full(len(grids), -1, dtype=np.int64)
        found = []
        row: Any
        for p, row in enumerate(frame.itertuples()):
            for name in filter(None, pd.Series([row.grids]).str.split(r"[\s,;、]+").iloc[0]):
                if name not in known:
                    text = tr("the grid “{name}” is not in the table of grids", name=name)
                    near = closest(name, known)
                    found.append(Problem(text, "", str(path), row.line, near))
                elif covering[known[name]] >= 0:
                    text = tr("the grid “{name}” is covered by two stations", name=name)
                    found.append(Problem(text, "", str(path), row.line))
                else:
                    covering[known[name]] = p
        self.problems += tables.short(found)
        return covering

    def check(self, grids: pd.DataFrame, every: pd.DataFrame) -> None:
        """Refuse two points with one id."""
        for name in every.loc[every["point"].duplicated(), "point"]:
            text = tr("two service points have the id “{name}”", name=name)
            self.problems.append(Problem(text, "territory"))

    # --- rosters -------------------------------------------------------------------------

    def rosters(self, every: pd.DataFrame) -> pd.DataFrame:
        """Read rosters; ``point`` becomes the id of a point, or a kind of point."""
        path = self.folder / self.section.rosters.table
        frame = self.read(path, tables.ROSTERS)
        if "day_kind" not in frame:
            frame["day_kind"] = ""
        frame = dated_rows.with_columns(frame)
        known = by_name(every)
        found = []
        lines: list[int] = frame["line"].tolist()
        for i, name in enumerate(frame["point"]):
            if name in known:
                frame.at[i, "point"] = every["point"].iloc[known[name]]
            elif name in POINT_KINDS:
                frame.at[i, "point"] = POINT_KINDS[name]
            else:
                text = tr("there is no service point “{name}”", name=name)
                near = closest(name, [*known, *POINT_KINDS])
                found.append(Problem(text, "", str(path), lines[i], near))
        found += dated_rows.mistakes(frame, str(path))
        for line in dated_rows.twice(frame):
            text = tr("this point, team, shift and kind of day has a number already")
            found.append(Problem(text, "", str(path), line))
        self.problems += tables.short(found)
        return frame

    # --- shared --------------------------------------------------------------------------

    def read_all(self) -> None:
        """Read every table that the scenario names, to tell the mistakes of all at once."""
        s = self.section
        named = (
            (getattr(s.communities, "table", None), tables.COMMUNITIES),
            (s.grids.table, tables.GRIDS),
            (s.point_stations.table, tables.POINTS),
            (s.workstations.table, tables.POINTS),
            (getattr(s.rosters, "table", None), tables.ROSTERS),
        )
        for name, columns in named:
            if name:
                self.read(self.folder / name, columns)

    def read(self, path: Path, columns: Sequence[tables.Column]) -> pd.DataFrame:
        """Read the cells of a table, once."""
        if path not in self.frames:
            read = tables.read_table(path, columns)
            self.problems += read.problems
            self.frames[path] = read.frame
        return self.frames[path].copy()

    def degrees_in(
        self, named: Sequence[tuple[str, Sequence[tables.Column]]]
    ) -> tuple[bool, Projection | None]:
        """Say whether tables give degrees, and how degrees become metres."""
        for name, columns in named:
            frame = self.read(self.folder / name, columns)
            if {"lon", "lat"} <= set(frame.columns) or {"x", "y"} <= set(frame.columns):
                self._metres(frame, self.folder / name, needed=False)
        return bool(self.degrees), self.projection

    def _metres(self, frame: pd.DataFrame, path: Path, needed: bool) -> tuple[Floats, Floats]:
        """Give positions in metres, of x and y or of longitude and latitude."""
        degrees = {"lon", "lat"} <= set(frame.columns)
        if not degrees and not {"x", "y"} <= set(frame.columns):
            if needed:
                text = tr("positions are missing: give the columns x and y (m), or lon and lat")
                self.problems.append(Problem(text, "", str(path), 1))
            return np.zeros(len(frame)), np.zeros(len(frame))
        names = ("lon", "lat") if degrees else ("x", "y")
        a, b = (frame[name].to_numpy(np.float64) for name in names)
        empty = np.isnan(a) | np.isnan(b)
        found = [
            Problem(tr("the position is empty"), "", str(path), int(line))
            for line in frame["line"].to_numpy()[empty]
        ]
        self.problems += tables.short(found)
        if self.degrees is None:
            self.degrees = degrees
        elif self.degrees != degrees:
            text = tr("all tables must give positions alike: either x and y, or lon and lat")
            self.problems.append(Problem(text, "", str(path), 1))
        a, b = np.where(empty, 0.0, a), np.where(empty, 0.0, b)
        if not degrees:
            return a, b
        if self.projection is None:
            some = ~empty if not empty.all() else np.ones(len(a), dtype=bool)
            self.projection = Projection(float(a[some].mean()), float(b[some].mean()))
        x, y = self.projection.metres(a, b)
        return x.round(1) + 0.0, y.round(1) + 0.0


def by_name(frame: pd.DataFrame) -> dict[str, int]:
    """Rows by id, and by name where only one point has it."""
    ids = {str(point): i for i, point in enumerate(frame["point"])}
    for column in ("name_zh", "name_en"):
        names = frame[column].tolist()
        ids = {n: i for i, n in enumerate(names) if names.count(n) == 1} | ids
    return ids
