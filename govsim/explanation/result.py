"""Why a measure differs between two scenarios: what `govsim.explain` found, in memory or on disk.

`Explanation` holds frames that tables and figures are made of; `open_explanation` reads one back
from its folder, ``<out>/explanations/<id>/``. Called by `govsim.explain`, the command line
and `govsim.report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from govsim.errors import RunError
from govsim.explanation.mechanisms import mechanism_name
from govsim.language import name as in_language
from govsim.language import tr
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval
from govsim.scenarios.schema import Label
from govsim.storage import frames

EXPLANATIONS, RECORD = "explanations", "explanation.json"

FIRST, AGAIN = "first channel", "repeated"
"""Causes of 12345 orders that go with where residents turn: first, and when they report again."""

FAILED = "after a failure"
"""Stands for all other causes together: something went wrong, and the resident called 12345."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a measure differs between two scenarios.

    Intervals (``low``, ``high``) are Student's t over ``n`` paired replications. Frames of parts
    that were not asked for have no rows.

    Attributes
    ----------
    manifest : what is recorded: names and labels of the scenarios, the measure, replications,
        confidence, seed, goal, budget, how mechanisms were switched, versions, seconds.
    changes : ``mechanism, path, before, after``; a row for each value that differs, as people
        write it.
    totals : ``what, mean, low, high, n``: the measure ``before``, ``after``, its ``change``, and
        that ``relative`` to before.
    shapley : ``mechanism, mean, low, high, n, share``: what each mechanism contributes to the
        change; the means add up to it. ``share`` is of the change.
    first_in, last_in : ``mechanism, mean, low, high, n``: its effect when it is switched before
        all others (but those that it needs), and after all others (but those that need it).
    replications : ``mechanism, replication, shapley, first_in, last_in``: the same for each.
    causes : ``mechanism, cause, before, after, mean, low, high, n``: change in 12345 orders by
        cause; `FAILED` sums up all but `FIRST` and `AGAIN`. Rows with mechanism ``""`` are of the
        whole change; the others are Shapley values, without ``before`` and ``after``. No rows
        where the measure is not ``orders``.
    ranges : ``input, path, which, low, value, high, evidence, source``: inputs that are not
        known for sure, and the ends of their plausible ranges; empty where inputs that move
        together differ.
    morris : ``input, mu_star, mu_star_conf, mu, sigma, noise, matters``; see
        `govsim.explanation.sensitivity.screening`. Effects are on the answer: the change relative
        to before (of shares, the difference).
    sobol : ``input, S1, S1_conf, ST, ST_conf, noise``; see
        `govsim.explanation.sensitivity.variances`.
    points : ``before, after, answer`` and a column for each input, its position in its range from
        0 to 1 (0.5 is the scenario's value).
    chance : one row ``goal, points, reached, chance, low, high, q05, q25, q50, q75, q95``.
    conditions : what would have to be true for the goal; see
        `govsim.explanation.sensitivity.conditions`.
    regression : what a bad year's selection alone would show; see `govsim.explanation.regression`.
    folder : where it is kept; None where nothing was written.
    """

    manifest: Mapping[str, Any]
    changes: pd.DataFrame
    totals: pd.DataFrame
    shapley: pd.DataFrame
    first_in: pd.DataFrame
    last_in: pd.DataFrame
    replications: pd.DataFrame
    causes: pd.DataFrame
    ranges: pd.DataFrame
    morris: pd.DataFrame
    sobol: pd.DataFrame
    points: pd.DataFrame
    chance: pd.DataFrame
    conditions: pd.DataFrame
    regression: pd.DataFrame
    folder: Path | None = None

    @property
    def quantity(self) -> Quantity:
        """What is explained."""
        return Quantity.parse(self.manifest["measure"])

    @property
    def titles(self) -> tuple[str, str]:
        """Names of the scenarios before and after, in the current language."""
        labels = (Label.model_validate(self.manifest[which]["label"]) for which in WHICH)
        before, after = map(in_language, labels)
        return before, after

    @property
    def confidence(self) -> float:
        """Confidence of the intervals."""
        return float(self.manifest["confidence"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of how mechanisms were switched."""
        notes = [
            tr("these can't be switched apart: {names}", names=mechanism_name(one))
            for one in self.manifest["mechanisms"]
            if "+" in one
        ]
        notes += [
            tr(
                "“{one}” is switched only after: {others}",
                one=mechanism_name(one),
                others=mechanism_name("+".join(others)),
            )
            for one, others in self.manifest["needs"].items()
        ]
        if replaced := self.manifest["replaced"]:
            notes.append(
                tr(
                    "a station without its own teams has the people of the {n} points that it "
                    "replaces",
                    n=replaced,
                )
            )
        return tuple(notes)

    @property
    def mechanisms(self) -> list[str]:
        """Mechanisms that differ, the one that contributes most first."""
        order = self.shapley["mean"].abs().sort_values(ascending=False, kind="stable").index
        return [str(name) for name in self.shapley.loc[order, "mechanism"]]

    def total(self, what: str) -> Interval:
        """Get a row of `totals`."""
        row = self.totals[self.totals["what"] == what].iloc[0]
        return Interval(float(row["mean"]), float(row["low"]), float(row["high"]), int(row["n"]))

    def to_frame(self) -> pd.DataFrame:
        """Give what each mechanism contributes, with what it does first and last.

        Returns
        -------
        pandas.DataFrame
            ``mechanism, name, shapley, low, high, share, first_in, first_low, first_high,
            last_in, last_low, last_high``.
        """
        table = self.shapley.drop(columns="n").rename(columns={"mean": "shapley"})
        for name, frame in (("first", self.first_in), ("last", self.last_in)):
            own = frame.rename(
                columns={"mean": f"{name}_in", "low": f"{name}_low", "high": f"{name}_high"}
            )
            table = table.merge(own.drop(columns="n"), on="mechanism")
        table.insert(1, "name", table["mechanism"].map(mechanism_name))
        return table

    def __repr__(self) -> str:
        """Say the change and what contributes most, as `print` of an explanation should."""
        change = self.total("change")
        lines = [
            tr("from {before} to {after}", before=self.titles[0], after=self.titles[1]),
            f"  {in_language(self.quantity.shown.label)}: {change.mean:+,.1f}"
            f" ({change.low:+,.1f} – {change.high:+,.1f})",
        ]
        mean = self.shapley.set_index("mechanism")["mean"]
        lines += [f"    {mechanism_name(m)}: {mean[m]:+,.1f}" for m in self.mechanisms]
        if self.folder is not None:
            lines.append(f"  {self.folder}")
        return "\n".join(lines)


WHICH = ("before", "after")
FRAMES = frames.names(Explanation)


def write_explanation(explanation: Explanation, folder: Path) -> Explanation:
    """Keep an explanation; the same question replaces its answer.

    Raises
    ------
    RunError
        It can't be written.
    """
    return frames.write(explanation, folder, RECORD)


def open_explanation(folder: str | Path) -> Explanation:
    """Read an explanation back.

    Raises
    ------
    RunError
        There is none in the folder, it isn't finished, or a file can't be read.
    """
    try:
        return frames.read(Explanation, Path(folder), RECORD)
    except FileNotFoundError:
        raise RunError(tr("there is no explanation in {folder}", folder=folder)) from None
