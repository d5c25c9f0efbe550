"""Plans that met the same demands, and what the differences allow to be said.

A `Comparison` is made by `govsim.compare.compare`, kept in ``<out>/comparisons/<id>/`` and
read back by `open_comparison`. Differences are taken replication by replication: the same
number meets the same demands in every plan, so most of the luck cancels.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import combinations
from math import nan
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from govsim.comparison.selection import Selection
from govsim.errors import RunError
from govsim.language import joined, kept, retold, tr
from govsim.language import name as in_language
from govsim.measures.catalogue import FLOWS, YEARLY, Measure, per
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval, Paired, each_of, more_to_settle, paired
from govsim.runs.results import MAIN, Result, open_run
from govsim.runs.uncertainty import Components, components
from govsim.scenarios.changes import Change
from govsim.scenarios.units import DAY, YEAR
from govsim.storage import records
from govsim.storage.files import write_text, writing

COMPARED = (*MAIN, "cost")
"""Measures that every comparison shows."""


FEWEST = 5
"""Replications below which no verdict is given: a handful can agree by chance."""

COMPARISONS, RECORD = "comparisons", "comparison.json"
"""Folder of comparisons below the results, and the file that says what one is."""

NAMING = 2
"""Changes that name a plan; all of them stand beside it."""

Verdict = Literal["better", "worse", "higher", "lower", "same", "unclear", "too few", "no value"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a plan changes in one quantity.

    Attributes
    ----------
    plan, against : names; the difference is the first minus the second.
    quantity : of what.
    mean, mean_against : of both, over the replications that both have.
    paired : the difference with its interval, its spread, and what the pairing saved.
    verdict : what it allows to be said; see `judged`.
    more : replications that would be needed beyond those there are where the verdict is
        unclear, if the difference is as large as it seems; else NaN.
    """

    plan: str
    against: str
    quantity: Quantity
    mean: float
    mean_against: float
    paired: Paired
    verdict: Verdict
    more: float

    def the_other_way(self) -> Difference:
        """The same with the plans exchanged."""
        found = self.paired.difference
        turned = Interval(-found.mean, -found.high, -found.low, found.n)
        opposite: dict[Verdict, Verdict] = {
            "better": "worse", "worse": "better", "higher": "lower", "lower": "higher",
        }  # fmt: skip
        return replace(
            self,
            plan=self.against,
            against=self.plan,
            mean=self.mean_against,
            mean_against=self.mean,
            paired=replace(self.paired, difference=turned),
            verdict=opposite.get(self.verdict, self.verdict),
        )

    def row(self) -> dict[str, Any]:
        """Give it as plain values; see `Comparison.to_frame`."""
        found = self.paired.difference
        return {
            "plan": self.plan,
            "against": self.against,
            "level": self.quantity.level,
            "key": self.quantity.key,
            "measure": self.quantity.measure,
            "per": per(self.quantity.measure, YEARLY),
            "mean": self.mean,
            "mean_against": self.mean_against,
            "difference": found.mean,
            "low": found.low,
            "high": found.high,
            "n": found.n,
            "sd": self.paired.sd,
            "saved": self.paired.saved,
            "verdict": self.verdict,
            "more": self.more,
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """Plans that met the same demands.

    Attributes
    ----------
    names : of the plans; those of their files.
    results : their runs, in the same order.
    used : replications of each that count; what a run has beyond these is left out of `results`.
    baseline : name of the plan that the others are compared with.
    quantities : what is compared.
    confidence : with which all intervals of `differences` hold together.
    every_pair : whether each plan is compared with each, not with the baseline alone.
    best, selection : what the best plan was asked for, and what was found; None if not asked.
    warnings : what is legal and suspicious, in a plan or in the comparison.
    called : names that the planner gave the plans here, "" where none; empty if to none.
    grid : inputs of which each plan but the baseline has other values, where it is a sweep.
    folder : its results folder; None where nothing was written.
    """

    names: tuple[str, ...]
    results: tuple[Result, ...]
    used: tuple[int, ...]
    baseline: str
    quantities: tuple[Quantity, ...]
    confidence: float
    every_pair: bool = False
    best: Quantity | None = None
    selection: Selection | None = None
    warnings: tuple[str, ...] = ()
    folder: Path | None = None
    called: tuple[str, ...] = ()
    grid: tuple[str, ...] = ()

    def title(self, plan: str) -> str:
        """Name of a plan in the current language; a what-if is named by what it changes."""
        result, own = self.result(plan), self.changes(plan)
        if name := self.name(plan) or ("" if own else result.plan):
            return name
        listed = joined((change.brief() for change in own[:NAMING]), "，", ", ")
        if len(own) > NAMING:
            listed += "…"
        return tr("{plan}: {changes}", plan=result.plan, changes=listed)

    @cached_property
    def shared_changes(self) -> tuple[Change, ...]:
        """What every plan changes alike in its file, as the baseline does."""
        of_each = [{_to(change) for change in result.changes} for result in self.results]
        alike = set.intersection(*of_each) if of_each else set()
        return tuple(c for c in self.result(self.baseline).changes if _to(c) in alike)

    def changes(self, plan: str) -> tuple[Change, ...]:
        """What a plan changes in its file that not all others change too."""
        alike = set(map(_to, self.shared_changes))
        return tuple(c for c in self.result(plan).changes if _to(c) not in alike)

    def name(self, plan: str) -> str:
        """Give the name that a planner gave a plan, here or when it was run; else nothing."""
        here = self.called[self.names.index(plan)] if self.called else ""
        return here or self.result(plan).name

    def result(self, plan: str) -> Result:
        """The run of a plan."""
        return self.results[self.names.index(plan)]

    def values(self, quantity: Quantity) -> pd.DataFrame:
        """Values by replication (rows) and plan (columns); counts and hours as those a year."""
        if quantity not in self._known:
            of_plans = zip(self.results, self.used, strict=True)
            columns = [values(result, quantity, used) for result, used in of_plans]
            self._known[quantity] = pd.concat(columns, axis=1, keys=self.names)
        return self._known[quantity]

    @cached_property
    def _known(self) -> dict[Quantity, pd.DataFrame]:
        """Values that were looked up before."""
        return {}

    @cached_property
    def other_demands(self) -> dict[str, float]:
        """Plans that did not meet the demands of the baseline, and how many more they met.

        As a share of the baseline's, over the replications of both: an input that makes demands
        differs, or the people who are served.
        """
        demands = self.values(Quantity("demands"))
        base, found = demands[self.baseline], {}
        for plan in self.names:
            days = self.result(plan).measured_days
            if abs(days - self.result(self.baseline).measured_days) > 1e-6:
                continue  # another time is measured, which is told by itself
            both = demands[plan].notna() & base.notna()
            mine, theirs = demands.loc[both, plan], base[both]
            if not mine.equals(theirs):
                found[plan] = float(mine.mean() / theirs.mean() - 1)
        return found

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Plans that are compared: (plan, with which), the baseline with all others first."""
        others = [name for name in self.names if name != self.baseline]
        found = [(name, self.baseline) for name in others]
        if self.every_pair:
            found += [(b, a) for a, b in combinations(others, 2)]
        return found

    @property
    def confidence_of_each(self) -> float:
        """Confidence of each interval of `differences`, so that all hold together (Bonferroni)."""
        return each_of(len(self.pairs) * len(self.quantities), self.confidence)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What each plan changes, quantity by quantity."""
        return self.compared(self.quantities, self.pairs)

    def compared(
        self, quantities: Sequence[Quantity], pairs: Sequence[tuple[str, str]]
    ) -> tuple[Difference, ...]:
        """Compare plans by pairs, with intervals that hold together with `confidence`."""
        each = each_of(len(pairs) * len(quantities), self.confidence)
        found = []
        for quantity in quantities:
            values = self.values(quantity)
            columns = {name: values[name].to_numpy(np.float64) for name in self.names}
            for plan, against in pairs:
                both = ~np.isnan(columns[plan] + columns[against])
                a, b = columns[plan][both], columns[against][both]
                difference = paired(a, b, each)
                verdict = judged(difference, quantity.shown)
                more = nan
                if verdict == "unclear":
                    more = more_to_settle(difference, each) * self.per_draw
                means = (float(a.mean()), float(b.mean())) if len(a) else (nan, nan)
                found.append(Difference(plan, against, quantity, *means, difference, verdict, more))
        return tuple(found)

    @property
    def per_draw(self) -> int:
        """Replications that share a draw from a posterior; 1 where the inputs are as given."""
        return self.results[0].per_draw

    def components(self, quantity: Quantity, plan: str, against: str) -> Components:
        """Split what makes a difference uncertain into the inputs and luck."""
        a, b = (
            by_replication(self.result(name), quantity, self.used[self.names.index(name)])
            for name in (plan, against)
        )
        return components(a - b, self.confidence, self.per_draw)

    def to_frame(self) -> pd.DataFrame:
        """Give the differences, a row for each plan, plan it is compared with, and quantity.

        Returns
        -------
        pandas.DataFrame
            Columns plan, against, level, key, measure; per (`govsim.measures.catalogue.per`); mean
            and mean_against over the replications of both; difference (plan minus against) with low
            and high, which hold together with `confidence`; n and sd of the paired differences;
            saved, how many times the replications it would take without pairing; verdict
            (`judged`); more, the replications that would be needed beyond n where the verdict is
            unclear. Shares are from 0 to 1, counts and hours of work a year, money in yuan.
        """
        return pd.DataFrame([difference.row() for difference in self.differences])

    def __repr__(self) -> str:
        """Say the differences, as `print` of a comparison should."""
        lines = [
            tr(
                "Compared with {baseline}; all {n} intervals hold together with {share:g}%",
                baseline=self.title(self.baseline),
                n=len(self.differences),
                share=100 * self.confidence,
            )
        ]
        for found in self.differences:
            shown, interval = found.quantity.shown, found.paired.difference
            scale = 100.0 if shown.kind == "share" else 1.0
            mean, low, high = (scale * x for x in (interval.mean, interval.low, interval.high))
            pair = found.plan + (f" – {found.against}" if self.every_pair else "")
            what = in_language(shown.label)
            if found.quantity.key:
                what += f" ({found.quantity.level} {found.quantity.key})"
            line = f"  {pair}: {what}: {mean:+,.1f} ({low:+,.1f} … {high:+,.1f})"
            lines.append(f"{line} {in_language(shown.unit)}".rstrip())
        if self.folder is not None:
            lines.append(f"  {self.folder}")
        return "\n".join(lines)


def _to(change: Change) -> tuple[str, str]:
    """What an input is changed to, whatever it was in the file."""
    return change.path, repr(change.after)


def judged(found: Paired, measure: Measure) -> Verdict:
    """Say what a difference allows to be said.

    Returns
    -------
    str
        ``better`` or ``worse`` where the interval leaves out 0, ``higher`` or ``lower`` where
        neither way is better; ``same`` where no replication differs; ``unclear`` where the
        interval holds 0; ``too few`` below `FEWEST` replications, ``no value`` without any.
    """
    difference = found.difference
    if not difference.n:
        return "no value"
    if difference.n < FEWEST:
        return "too few"
    if difference.low <= 0 <= difference.high:
        return "same" if difference.mean == 0 and found.sd == 0 else "unclear"
    up = difference.mean > 0
    if measure.better is None:
        return "higher" if up else "lower"
    return "better" if up == (measure.better == "higher") else "worse"


def values(result: Result, quantity: Quantity, used: int) -> pd.Series[float]:
    """Values of the first `used` replications, or of their draws from a posterior.

    See `by_replication`; with draws, the mean over the replications of each stands for it.
    """
    series = by_replication(result, quantity, used)
    if result.per_draw == 1:
        return series
    return series.groupby(series.index // result.per_draw).mean()


def by_replication(result: Result, quantity: Quantity, used: int) -> pd.Series[float]:
    """Values of the first `used` replications; NaN where there is none.

    Counts and hours of work are those a year, since measured times can differ.
    """
    v = result.of_level(quantity.level)
    mine = v[
        (v["measure"] == quantity.measure) & (v["key"] == quantity.key) & (v["replication"] < used)
    ]
    series = mine.set_index("replication")["value"].reindex(range(used))
    return series * (YEAR / DAY / result.measured_days if quantity.measure in FLOWS else 1.0)


# ---------------------------------------------------------------------- on disk


def write_comparison(comparison: Comparison, out: Path) -> Comparison:
    """Keep a comparison below the results folder; the same question replaces its answer.

    ``comparison.json`` says which runs were compared and how; ``differences.csv`` holds what
    came out, for other programs.

    Raises
    ------
    RunError
        It can't be written.
    """
    asked = _asked(comparison, out)
    text = json.dumps(asked, sort_keys=True, ensure_ascii=False)
    folder = out / COMPARISONS / hashlib.sha256(text.encode()).hexdigest()[:12]
    record = {
        **asked,
        "used": comparison.used,
        "selection": None if comparison.selection is None else asdict(comparison.selection),
        "warnings": comparison.warnings,
        "said": [kept(text) for text in comparison.warnings],
    }
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "differences.csv", comparison.to_frame().to_csv(index=False))
    # Not of the table: it is for others, who may save it again, and nothing reads it here.
    records.write(folder / RECORD, record)
    write_text(folder.parent / "latest", folder.name + "\n")
    return replace(comparison, folder=folder)


def _asked(comparison: Comparison, out: Path) -> dict[str, Any]:
    """What determines a comparison but for the number of replications."""
    folders = [result.folder for result in comparison.results]
    assert all(folders), "only what was written can be compared on disk"
    return {
        "plans": list(comparison.names),
        "runs": [_below(out, folder) for folder in folders if folder],
        "baseline": comparison.baseline,
        "quantities": list(map(str, comparison.quantities)),
        "confidence": comparison.confidence,
        "every_pair": comparison.every_pair,
        "best": None if comparison.best is None else str(comparison.best),
        "delta": None if comparison.selection is None else comparison.selection.delta,
        **({"called": list(comparison.called)} if any(comparison.called) else {}),
        **({"grid": list(comparison.grid)} if comparison.grid else {}),
    }


def _below(out: Path, run: Path) -> str:
    """Name the folder of a run from the results folder, where runs are as a rule."""
    return Path(os.path.relpath(run.resolve(), out.resolve())).as_posix()


def open_comparison(folder: Path) -> Comparison:
    """Read a comparison back from ``<out>/comparisons/<id>``.

    Raises
    ------
    RunError
        There is none, or one of its runs is gone.
    """
    file = folder / RECORD
    try:
        record = records.read(file)
    except FileNotFoundError as error:
        raise RunError(tr("there is no comparison in {folder}", folder=folder)) from error
    chosen = record["selection"]
    if chosen is not None:
        chosen = Selection(**chosen | {key: tuple(chosen[key]) for key in ("left", "used")})
    return Comparison(
        names=tuple(record["plans"]),
        results=tuple(
            open_run(folder.parent.parent / run).first(used)
            for run, used in zip(record["runs"], record["used"], strict=True)
        ),
        used=tuple(record["used"]),
        baseline=record["baseline"],
        quantities=tuple(map(Quantity.parse, record["quantities"])),
        confidence=record["confidence"],
        every_pair=record["every_pair"],
        best=None if record["best"] is None else Quantity.parse(record["best"]),
        selection=chosen,
        warnings=tuple(map(retold, record.get("said", record["warnings"]))),
        called=tuple(record.get("called", ())),
        grid=tuple(record.get("grid", ())),
        folder=folder,
    )
