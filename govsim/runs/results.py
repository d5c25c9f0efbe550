"""What a run found: means over its replications with their intervals, in memory or on disk.

`govsim.runs.replications.run` returns a `Result`; `open_run` reads one back from its folder.
Tables and figures of `govsim.report` and the command line show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govsim.errors import RunError
from govsim.language import name as in_language
from govsim.language import retold, tr
from govsim.measures.catalogue import CATALOGUE, FLOWS, YEARLY, days, per
from govsim.measures.statistics import Interval, Moments
from govsim.runs.uncertainty import by_draw
from govsim.scenarios.changes import Change
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY, YEAR
from govsim.storage.contents import GRIDS, OUTLINE, POINTS, STAFF, file_of
from govsim.storage.folder import MANIFEST, RunFolder
from govsim.storage.tables import HOURS, LATE, MEASURES, OF_ALL, WEEKLY, as_frame

if TYPE_CHECKING:
    import pyarrow as pa

    from govsim.service.network import Network

MAIN = ("compliance_scene", "compliance_solve", "compliance_reply", "orders")
"""What a planner asks first, and what precision is asked of unless measures are named."""

COLUMNS = ["key", "measure", "per", "mean", "low", "high", "n"]


@dataclass(frozen=True, eq=False)
class Result:
    """A finished run.

    Attributes
    ----------
    tables : gives the replications of a table, by its name in `govsim.storage`, one after
        another.
    places : gives a table that all replications share, by its name in `govsim.storage`.
    manifest : what is recorded of the run: scenario, seed, versions, warm-up, notes.
    folder : its results folder; None where nothing was written.
    network : the service that was simulated; None where the run was read from disk.
    """

    tables: Callable[[str], Iterable[pa.Table]] = field(repr=False)
    places: Callable[[str], pd.DataFrame] = field(repr=False)
    manifest: Mapping[str, Any]
    folder: Path | None = None
    network: Network | None = field(default=None, repr=False)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was run.

        Raises
        ------
        RunError
            A version of govsim ran it whose scenarios were written otherwise.
        """
        if self.network is not None:
            return self.network.scenario
        try:
            return Scenario.model_validate(self.manifest["scenario"])
        except ValueError as error:
            raise RunError(
                tr(
                    "the run in {folder} was made by another version of govsim, {version}",
                    folder=self.folder,
                    version=self.manifest["versions"]["govsim"],
                )
            ) from error

    @cached_property
    def points(self) -> pd.DataFrame:
        """The service points: point, name_zh, name_en, kind, street, community, x, y."""
        return self.places(POINTS)

    @cached_property
    def grids(self) -> pd.DataFrame:
        """The grids: grid, street, community, point that serves it, residents, x, y (m).

        With ``street_en``, ``community_en``, "" where not known, and not there in older runs.
        """
        return self.places(GRIDS)

    @cached_property
    def staff(self) -> pd.DataFrame:
        """Who is on duty by the hour of the week; see `govsim.runs.staff`. Empty for older runs."""
        if self.folder is not None and not (self.folder / f"{STAFF}.parquet").is_file():
            from govsim.runs import staff

            return pd.DataFrame(columns=list(staff.COLUMNS))
        words = {"point": str, "kind": str, "team": str}
        return self.places(STAFF).astype(words)

    @cached_property
    def outline(self) -> pd.DataFrame:
        """The territory's outline: x, y (m) of the corners of each closed ring (from 0)."""
        return self.places(OUTLINE)

    @cached_property
    def english(self) -> dict[str, str]:
        """English names, where known, of streets and of communities as ``street/community``."""
        grids = self.grids
        if "street_en" not in grids:  # an older run
            return {}
        streets = grids["street"].astype(str)
        keys = [*streets, *(streets + "/" + grids["community"].astype(str))]
        named = [*grids["street_en"].astype(str), *grids["community_en"].astype(str)]
        return {key: text for key, text in zip(keys, named, strict=True) if text}

    @property
    def title(self) -> str:
        """The run's own name, else the scenario's in the current language, and if it is changed.

        What is changed stands below it wherever it is shown; see `govsim.report.changes`.
        """
        if self.name:
            return self.name
        return tr("{plan}, changed", plan=self.plan) if self.changes else self.plan

    @property
    def plan(self) -> str:
        """The scenario's name in the current language."""
        return in_language(self.scenario.label)

    @property
    def name(self) -> str:
        """The run's own name; empty if it has none."""
        return str(self.manifest.get("name", ""))

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What the run changes in the plan of its file; unknown, and empty, for older runs."""
        return tuple(map(Change.recorded, self.manifest.get("changes", ())))

    @property
    def confidence(self) -> float:
        """Confidence of the intervals."""
        return self.scenario.confidence

    @property
    def replications(self) -> int:
        """Number of replications."""
        return int(self.manifest["replications"])

    @property
    def per_draw(self) -> int:
        """Replications that share a draw from a posterior; 1 where the inputs are as given."""
        return int(self.manifest.get("posterior", {}).get("per_draw", 1))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is legal and suspicious, in the scenario or in the run."""
        return self._said("warnings")

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of any number here must know, such as that positions are generated."""
        return self._said("notes")

    def _said(self, which: str) -> tuple[str, ...]:
        """Say texts of the manifest in the current language; as written by older versions."""
        said = self.manifest.get("said")
        return tuple(self.manifest[which] if said is None else map(retold, said[which]))

    @property
    def measured_days(self) -> float:
        """Length of what was measured in a replication, days."""
        days: float = self.manifest["horizon_days"] - self.manifest["warm_up_days"]
        return days

    def summary(self, level: str = "district") -> pd.DataFrame:
        """Mean and interval of each measure at one level.

        Parameters
        ----------
        level : district, street, community, point, team, pool, category, channel, cause,
            hour (of the week, 0 to 167 from Monday's first), shift or team_hour.

        Returns
        -------
        pandas.DataFrame
            Columns key, measure, per, mean, low, high, n. What adds up over time is that of
            the measured days, and ``per`` says so; see `govsim.measures.catalogue.per`, and
            `a_year` for amounts a year. Intervals are Student's t over
            replications, NaN for a single one. They are cut at 0, since no measure is
            negative, and those of shares at 1. ``n`` counts the replications in which
            the measure has a value. With draws from a posterior, a draw counts as one.
        """
        table = self._summaries
        return table.loc[table["level"] == level, COLUMNS].reset_index(drop=True)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Columns replication, level, key, measure, value, per; see `govsim.measures`."""
        return as_frame(self.tables(MEASURES))

    def of_level(self, level: str) -> pd.DataFrame:
        """`values` of one level, which is all that is in memory then."""
        if level not in self._levels:
            import pyarrow.compute as pc

            mine = (t.filter(pc.equal(t["level"], level)) for t in self.tables(MEASURES))
            self._levels[level] = as_frame(mine)
        return self._levels[level]

    @cached_property
    def _levels(self) -> dict[str, pd.DataFrame]:
        return {}

    def first(self, replications: int) -> Result:
        """The same run with its first replications only, as if no more had been made."""
        if replications >= self.replications:
            return self

        def tables(name: str) -> Iterable[pa.Table]:
            return islice(self.tables(name), replications)

        manifest = {**self.manifest, "replications": replications}
        return replace(self, tables=tables, manifest=manifest)

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """Columns replication, week, level, key, measure, value, per."""
        return as_frame(self.tables(WEEKLY))

    @cached_property
    def hours(self) -> pd.DataFrame:
        """Counts by station and hour of the week; see `govsim.measures.point_hours`.

        Empty for older runs. With ``replication`` as the first column.
        """
        if self.folder is not None and not (self.folder / f"{HOURS}.parquet").is_file():
            from govsim.measures import point_hours

            return pd.DataFrame(columns=["replication", *point_hours.COLUMNS, "per"])
        return as_frame(self.tables(HOURS)).astype({"key": str})

    @cached_property
    def late(self) -> pd.DataFrame:
        """Where the time of late demands went; see `govsim.measures.late`. Empty for older runs.

        With ``replication`` as the first column.
        """
        if self.folder is not None and not (self.folder / f"{LATE}.parquet").is_file():
            from govsim.measures import late

            return pd.DataFrame(columns=["replication", *late.COLUMNS, "per"])
        words = {"clock": str, "level": str, "key": str, "piece": str}
        return as_frame(self.tables(LATE)).astype(words)

    def _over_replications(self, name: str, by: list[str]) -> pd.DataFrame:
        """Mean and interval of each group: columns `by`, mean, low, high, n.

        One replication is in memory at a time. Groups come in the order in which they
        first appear.
        """
        moments, groups, keys = Moments(), None, None
        tables = self.tables(name)
        for table in by_draw(tables, by, self.per_draw) if self.per_draw > 1 else tables:
            these = table.select(by)
            if keys is None:
                first = keys = these
                places = np.arange(len(these))
            elif not these.equals(keys):  # mostly all have the same groups in the same order
                keys, index = these, _groups(these)
                groups = (_groups(first) if groups is None else groups).union(index, sort=False)
                places = groups.get_indexer(index)
            moments.add(places, table["value"].to_numpy())
        if keys is None:
            raise ValueError("a result has at least one replication")
        found = moments.intervals(self.confidence)
        whole = first.to_pandas() if groups is None else groups.to_frame(index=False)
        return whole.assign(**found)

    @cached_property
    def _summaries(self) -> pd.DataFrame:
        table = _cut(self._over_replications(MEASURES, ["level", "key", "measure"]))
        counted = days(self.measured_days)
        of = {measure: per(measure, counted) for measure in table["measure"].unique()}
        table.insert(3, "per", table["measure"].astype(str).map(of))
        return table

    def get(self, measure: str, level: str = "district", key: str = "") -> Interval:
        """Mean and interval of one measure; its mean is NaN where there is none."""
        index = self._index
        row = index.get((level, key, measure))
        return row if row is not None else Interval(float("nan"), float("nan"), float("nan"), 0)

    @cached_property
    def _index(self) -> dict[tuple[str, str, str], Interval]:
        t = self._summaries
        # Lists, since going through a column of texts one by one takes several times as long.
        names = (t[column].tolist() for column in ("level", "key", "measure"))
        found = (t[column].tolist() for column in ("mean", "low", "high", "n"))
        return dict(zip(zip(*names, strict=True), map(Interval, *found), strict=True))

    def get_ready(self) -> None:
        """Sum up over the replications now, what is otherwise done when it is first asked for."""
        _ = self._index, self._weekly_summaries

    def by_week(self, measure: str, level: str = "district", key: str = "") -> pd.DataFrame:
        """Columns week, mean, low, high, n of one measure week by week."""
        w = self._weekly_summaries
        mine = w[(w["level"] == level) & (w["key"] == key) & (w["measure"] == measure)]
        return mine[["week", "mean", "low", "high", "n"]].reset_index(drop=True)

    @cached_property
    def _weekly_summaries(self) -> pd.DataFrame:
        keys = ["week", "level", "key", "measure"]
        return _cut(self._over_replications(WEEKLY, keys))

    def to_frame(self) -> pd.DataFrame:
        """Every measure at every level: columns level, key, measure, per, mean, low, high, n."""
        return self._summaries.copy()

    def __repr__(self) -> str:
        """Say the main measures, as `print` of a result should."""
        head = tr("{title}: {n} replications", title=self.title, n=self.replications)
        lines = [head, *(f"  {change}" for change in self.changes)]
        for name in MAIN:
            measure, found = CATALOGUE[name], self.get(name)
            scale = 100.0 if measure.kind == "share" else 1.0
            number = f"{found.mean * scale:.1f}"
            if found.n > 1:
                number += f" ({found.low * scale:.1f} – {found.high * scale:.1f})"
            lines.append(f"  {in_language(measure.label)}: {number} {in_language(measure.unit)}")
        if self.folder is not None:
            lines.append(f"  {self.folder}")
        return "\n".join(lines)


def _groups(keys: pa.Table) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(keys.to_pandas())


def a_year(found: pd.DataFrame, measured_days: float) -> pd.DataFrame:
    """Turn what adds up over time in a table such as `Result.summary` into amounts a year."""
    flow = found["measure"].isin(FLOWS)
    ends = ["mean", "low", "high"]
    scaled = found.assign(per=found["per"].mask(flow, YEARLY))
    scaled[ends] = found[ends].mul(flow.map({True: YEAR / DAY / measured_days, False: 1.0}), axis=0)
    return scaled


def _cut(table: pd.DataFrame) -> pd.DataFrame:
    """Cut intervals at 0, since no measure is negative, and those of shares at 1."""
    table["low"] = table["low"].clip(lower=0.0)
    shares = [name for name, m in CATALOGUE.items() if m.kind == "share"]
    share = table["measure"].isin(shares)
    table.loc[share, "high"] = table.loc[share, "high"].clip(upper=1.0)
    return table


def open_run(folder: RunFolder | Path) -> Result:
    """Read a finished run back.

    Raises
    ------
    RunError
        There is no run in the folder, it isn't finished, or a file can't be read.
    """
    run = folder if isinstance(folder, RunFolder) else RunFolder(folder)
    manifest = run.manifest()
    if not manifest and file_of(run.path, MEASURES).is_file():
        file = run.path / MANIFEST
        raise RunError(tr("{file} is missing; the same “govsim run” makes it anew", file=file))
    if not manifest:
        raise RunError(tr("there is no run in {folder}", folder=run.path))
    if not manifest.get("replications"):
        raise RunError(
            tr(
                "the run in {folder} isn't finished: {n} replications are kept, and the same "
                "“govsim run” goes on with them",
                folder=run.path,
                n=run.kept(),
            )
        )
    for name in (*OF_ALL, POINTS):
        known = f"{name}.parquet" in manifest["files"]
        if known or name not in (HOURS, LATE):  # those are not in older runs
            run.check(name)
    return on_disk(run, manifest)


def on_disk(run: RunFolder, manifest: Mapping[str, Any], network: Network | None = None) -> Result:
    """Make the result of a run whose files are written; they are read when they are needed."""
    tables = partial(run.read, replications=manifest["replications"])
    return Result(tables, run.frame, manifest, run.path, network)


def places(network: Network, warm_up: int) -> dict[str, pd.DataFrame]:
    """Lay out where a service takes place and who is there, by names in `govsim.storage`.

    Parameters
    ----------
    warm_up : ms that are left out.
    """
    from govsim.runs import staff

    territory = network.territory
    grids = territory.grids[["grid", "street", "community"]].assign(
        point=territory.points["point"].to_numpy()[network.covering],
        residents=territory.grids["residents"],
        x=territory.grids["x"],
        y=territory.grids["y"],
    )
    streets, communities = territory.grids["street"], territory.grids["community"]
    grids["street_en"] = streets.map(territory.english).fillna("")
    grids["community_en"] = (streets + "/" + communities).map(territory.english).fillna("")
    corners = [(i, x, y) for i, ring in enumerate(territory.outline) for x, y in ring]
    outline = pd.DataFrame(corners, columns=["ring", "x", "y"])
    return {
        POINTS: territory.points,
        GRIDS: grids,
        OUTLINE: outline,
        STAFF: staff.table(network, warm_up, network.end),
    }
