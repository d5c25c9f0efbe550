"""A design as files that a scenario reads: stations with their grids, and what must go with them.

``jiangning-sites.yaml`` runs as it is, by ``jiangning-sites-point_stations.csv``; both stand beside
``jiangning.yaml``. Where the planner's table of grids names stations, or the table of rosters a
station that is closed, these tables are written anew as well.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from govsim.lateness.levers import changed
from govsim.scenarios import tables
from govsim.scenarios.changes import MISSING
from govsim.scenarios.loading import Loaded
from govsim.scenarios.own_tables import by_name
from govsim.scenarios.territory import degrees_of
from govsim.siting.models import Design, Places
from govsim.storage.files import write_text, writing

STATIONS, GRIDS, ROSTERS = "point_stations.csv", "grids.csv", "rosters.csv"

_APART = re.compile(r"[\s,;、]")
"""What stands between the grids of a station, and so in no grid's name."""

_SETTING = {
    STATIONS: ("territory", "point_stations", "table"),
    GRIDS: ("territory", "grids", "table"),
    ROSTERS: ("territory", "rosters", "table"),
}


@dataclass(frozen=True)
class Written:
    """The tables of a design, as text by their names."""

    tables: Mapping[str, str]

    def settings(self, name_of: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Say what a scenario must have in place of its own, if the tables have these names."""
        yield ("territory", "point_stations", "count"), 0
        for name in self.tables:
            yield _SETTING[name], name_of[name]


def written(places: Places, design: Design, given: Loaded) -> Written:
    """Write the tables of a design."""
    section, folder = given.scenario.territory, given.folder or Path()
    made: dict[str, str] = {}
    degrees, projection = degrees_of(section, folder)
    standing = design.standing.reset_index(drop=True)
    ids = places.territory.grids["grid"].astype(str).to_numpy()
    frame = standing[["point", "name_zh", "name_en", "street", "community"]].copy()
    if degrees and projection is not None:
        lon, lat = projection.degrees(
            standing["x"].to_numpy(np.float64), standing["y"].to_numpy(np.float64)
        )
        frame["lon"], frame["lat"] = np.round(lon, 7), np.round(lat, 7)
    else:
        frame["x"], frame["y"] = standing["x"].round(1), standing["y"].round(1)
    mine = [ids[design.station == row] for row in range(len(standing))]
    plain = not any(_APART.search(one) for one in ids)
    if plain:
        frame["grids"] = [" ".join(some) for some in mine]
    made[STATIONS] = _csv(frame)
    named = _with_stations(folder / section.grids.table) if section.grids.table else None
    if named is not None and ("station" in named or not plain):
        covering = dict(zip(ids, design.station.tolist(), strict=True))
        points = [*standing["point"].astype(str), ""]
        named["station"] = [points[covering[grid]] for grid in named["grid"].astype(str)]
        made[GRIDS] = _csv(named)
    closed = design.stations.loc[design.stations["change"] == "closed", "point"].astype(str)
    if section.rosters is not None and len(closed):
        made[ROSTERS] = _csv(_without(folder / section.rosters.table, set(closed), places))
    return Written(made)


def _with_stations(path: Path) -> pd.DataFrame:
    return tables.read_table(path, tables.GRIDS).frame.drop(columns="line")


def _without(path: Path, closed: set[str], places: Places) -> pd.DataFrame:
    """Leave out the rows of stations that are closed."""
    frame = tables.read_table(path, tables.ROSTERS).frame.drop(columns="line")
    points = places.territory.points
    ids, known = points["point"].astype(str).tolist(), by_name(points)
    gone = [ids[known[name]] in closed if name in known else False for name in frame["point"]]
    return frame[~np.array(gone, dtype=bool)]


def _csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False, lineterminator="\n")


def scenario_of(given: Loaded, made: Written, folder: Path) -> Loaded:
    """Give the scenario with a design, whose tables are put into a folder.

    Raises
    ------
    RunError
        They can't be written.
    """
    here = folder.resolve()
    with writing(here):
        here.mkdir(parents=True, exist_ok=True)
    for name, text in made.tables.items():
        write_text(here / name, text)
    where = {name: str(here / name) for name in made.tables}
    return replace(given, scenario=changed(given.scenario, tuple(made.settings(where))))


def write(given: Loaded, made: Written) -> Path | None:
    """Write a scenario that runs with the design beside the one that was given.

    An earlier one with other contents stays, and the new one gets a number.

    Returns
    -------
    Path
        The scenario; None where none was given as a file, or ``--set`` has left something out.

    Raises
    ------
    RunError
        It can't be written.
    """
    if not given.files or any(change.after is MISSING for change in given.changes):
        return None
    file = given.files[0].path
    for number in count(1):
        name = f"{file.stem}-sites{'' if number == 1 else f'-{number}'}"
        where = {one: f"{name}-{one}" for one in made.tables}
        contents = {file.with_name(where[one]): text for one, text in made.tables.items()}
        contents[file.with_name(f"{name}.yaml")] = _scenario(given, made, where)
        if not any(one.exists() for one in contents) or _same(contents):
            break
    for one, text in contents.items():
        write_text(one, text)
    return file.with_name(f"{name}.yaml")


def _same(contents: Mapping[Path, str]) -> bool:
    try:
        return all(one.read_text(encoding="utf-8") == text for one, text in contents.items())
    except (OSError, ValueError):
        return False


def _scenario(given: Loaded, made: Written, where: Mapping[str, str]) -> str:
    label = given.scenario.label
    tree: dict[str, Any] = {
        "extends": given.files[0].path.name,
        "label": {"zh": f"{label.zh}（建议布点）", "en": f"{label.en}, proposed stations"},
    }
    for change in given.changes:
        _put(tree, tuple(change.path.split(".")), change.after)
    for path, value in made.settings(where):
        _put(tree, path, value)
    text = io.StringIO()
    YAML().dump(tree, text)
    return text.getvalue()


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value
