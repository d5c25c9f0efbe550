"""Which plan keeps the promises at the least cost: what `govsim.optimise` found.

`Optimum` holds frames that tables are made of; `open_optimum` reads one back from its folder,
``<out>/optimise/<id>/``. Called by `govsim.optimise`, the command line and `govsim.report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from govsim.errors import RunError
from govsim.language import name as in_language
from govsim.language import tr
from govsim.scenarios.schema import Label, Scenario
from govsim.storage import frames

OPTIMISE, RECORD = "optimise", "optimise.json"

FOUND, OUT_OF_REACH, NONE, UNCHECKED = "found", "out of reach", "none", "unchecked"
"""Verdicts: a plan that kept all on fresh replications; no staffing can; no plan of the box does;
plans seemed to, and fresh replications did not show it."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """The plan that was sought, and what is known of it.

    Attributes
    ----------
    manifest : what is recorded: the scenario, what was asked, the verdict, the bound, how many
        plans and replications were looked at, versions, seconds.
    rosters : ``point, name_zh, name_en, point_kind, team, shift, day_kind, today, number``: who is
        on duty; empty where no plan was found.
    promises : ``measure, at_least, target, today, today_low, today_high, plan, plan_low, plan_high,
        n``: each promise with its interval on fresh replications.
    measures : the same for further measures, with ``difference, difference_low, difference_high``
        (paired: both plans met the same demands).
    plans : ``plan, rank, cost, heads, changes, measure, mean, low, high, n``: the plan that was
        found, and the next best; the latter by the race's own replications.
    ceiling : ``clock, target, mean, low, high, n``: share that any staffing could serve in time.
    helps : ``change, about, gain, low, high, kept, cost, priced``: single changes that bring most
        where the ceiling is below the target; see `govsim.why`.
    posts : ``path, number, saved, measure, lost, low, high, n``: what one fewer would save a year,
        and what it would take from each promise.
    curve : ``cost, heads, changes, measure, mean, low, high, n``: what each amount of money buys.
    box : ``path, today, values, number``: which numbers were tried, and which one the plan has.
    hours : ``day, hour, today, number, asked``: people on duty and work by the hour; see
        `govsim.optimisation.hours`.
    folder : where it is kept; None where nothing was written.
    """

    manifest: Mapping[str, Any]
    rosters: pd.DataFrame
    promises: pd.DataFrame
    measures: pd.DataFrame
    plans: pd.DataFrame
    ceiling: pd.DataFrame
    helps: pd.DataFrame
    posts: pd.DataFrame
    curve: pd.DataFrame
    box: pd.DataFrame
    hours: pd.DataFrame
    folder: Path | None = None

    @property
    def verdict(self) -> str:
        """``found``, ``out of reach``, ``none`` or ``unchecked``."""
        return str(self.manifest["verdict"])

    @property
    def cost(self) -> float:
        """Cost of people on duty and of options, yuan a year; NaN where no plan was found."""
        return float(self.manifest["cost"])

    @property
    def bound(self) -> float:
        """What any plan of the box that keeps all costs at least, with 95% confidence."""
        return float(self.manifest["bound"])

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was given."""
        return Scenario.model_validate(self.manifest["scenario"])

    @property
    def title(self) -> str:
        """Name of the scenario in the current language."""
        return in_language(Label.model_validate(self.manifest["label"]))

    def to_frame(self) -> pd.DataFrame:
        """Give the rosters."""
        return self.rosters

    def __repr__(self) -> str:
        """Say the verdict and the cost, as `print` should."""
        if self.verdict != FOUND:
            return f"<Optimum: {self.verdict}>"
        return tr(
            "{cost} yuan a year; {today} today; at least {bound}",
            cost=f"{self.cost:,.0f}",
            today=f"{self.manifest['cost_today']:,.0f}",
            bound=f"{self.bound:,.0f}",
        )


FRAMES = frames.names(Optimum)

COLUMNS: dict[str, tuple[str, ...]] = {
    "rosters": (
        "point", "name_zh", "name_en", "point_kind", "team", "shift", "day_kind", "today", "number",
    ),
    "promises": (
        "measure", "at_least", "target", "today", "today_low", "today_high", "plan", "plan_low",
        "plan_high", "n",
    ),
    "measures": (
        "measure", "today", "today_low", "today_high", "plan", "plan_low", "plan_high",
        "difference", "difference_low", "difference_high", "n",
    ),
    "plans": ("plan", "rank", "cost", "heads", "changes", "measure", "mean", "low", "high", "n"),
    "ceiling": ("clock", "target", "mean", "low", "high", "n"),
    "helps": ("change", "about", "gain", "low", "high", "kept", "cost", "priced"),
    "posts": ("path", "number", "saved", "measure", "lost", "low", "high", "n"),
    "curve": ("cost", "heads", "changes", "measure", "mean", "low", "high", "n"),
    "box": ("path", "today", "values", "number"),
    "hours": ("day", "hour", "today", "number", "asked"),
}  # fmt: skip
"""Columns of each frame."""


def made(manifest: Mapping[str, Any], rows: Mapping[str, Any]) -> Optimum:
    """Make one of the rows that there are of each frame."""
    tables: dict[str, Any] = {
        name: pd.DataFrame(rows.get(name, ()), columns=list(columns))
        for name, columns in COLUMNS.items()
    }
    return Optimum(manifest, **tables)


def write_optimum(found: Optimum, folder: Path) -> Optimum:
    """Keep it; the same question replaces its answer.

    Raises
    ------
    RunError
        It can't be written.
    """
    return frames.write(found, folder, RECORD)


def open_optimum(folder: str | Path) -> Optimum:
    """Read back what `govsim.optimise` found.

    Raises
    ------
    RunError
        There is none in the folder, it isn't finished, or a file can't be read.
    """
    try:
        return frames.read(Optimum, Path(folder), RECORD)
    except FileNotFoundError:
        raise RunError(tr("there is no plan that was sought in {folder}", folder=folder)) from None
