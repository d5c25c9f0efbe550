"""Why demands are late: what `govsim.why` found, in memory or on disk.

`Lateness` holds frames that tables and figures are made of; `open_lateness` reads one back from its
folder, ``<out>/why/<id>/``. Called by `govsim.why`, the command line and `govsim.report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from govsim.errors import RunError
from govsim.language import name as in_language
from govsim.language import tr
from govsim.measures.clocks import CLOCKS
from govsim.scenarios.schema import Label, Scenario
from govsim.storage import frames

WHY, RECORD = "why", "why.json"

PAIR = "pair"
"""Stands for the best two changes together in place of one."""


@dataclass(frozen=True, eq=False)
class Lateness:
    """Why demands are late, and what brings more of them in time.

    Attributes
    ----------
    manifest : what is recorded: the scenario, the clock that changes are ranked by, the run,
        replications, confidence, what changed plans were simulated on, versions, seconds.
    groups : ``clock, level, key, demands, late, kept, reachable, as_sent, two_or_more``; see
        `govsim.lateness.parts.groups`.
    pieces : ``clock, level, key, piece, largest, alone, time, minutes_late, minutes_kept``; see
        `govsim.lateness.parts.pieces`.
    ceiling : ``clock, what, mean, low, high, n``: shares of demands in time, of the district:
        ``kept`` today, ``reachable`` by any staffing, ``as_sent`` by people without limit who are
        sent as the plan sends them, and ``simulated``: people without limit and the fastest sent,
        less what is computed for the same demands.
    changes : ``change, about, set, clock, gain, low, high, n, kept, cost, priced, rank``: a row
        for each change and clock: what it adds to the share in time (paired by replication), what
        is kept with it, and what people cost more with it, yuan a year. `PAIR` is the best two
        together. ``rank`` is 1 for the best by the manifest's clock.
    folder : where it is kept; None where nothing was written.
    """

    manifest: Mapping[str, Any]
    groups: pd.DataFrame
    pieces: pd.DataFrame
    ceiling: pd.DataFrame
    changes: pd.DataFrame
    folder: Path | None = None

    @property
    def clock(self) -> str:
        """The clock that changes are ranked by: ``scene``, ``solve`` or ``reply``."""
        return str(self.manifest["clock"])

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was run."""
        return Scenario.model_validate(self.manifest["scenario"])

    @property
    def point_names(self) -> dict[str, str]:
        """Names of the stations in the current language, by their ids."""
        known = self.manifest.get("points", {})
        return {key: in_language(Label.model_validate(label)) for key, label in known.items()}

    @property
    def title(self) -> str:
        """Name of the scenario in the current language."""
        return in_language(Label.model_validate(self.manifest["label"]))

    @property
    def confidence(self) -> float:
        """Confidence of the intervals."""
        return float(self.manifest["confidence"])

    def at_most(self, what: str, clock: str = "") -> float:
        """Mean of a row of `ceiling`, by the clock that was asked for; NaN where there is none."""
        mine = self.ceiling[(self.ceiling["clock"] == (clock or self.clock))]
        found = mine.loc[mine["what"] == what, "mean"]
        return float(found.iloc[0]) if len(found) else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Give the changes by what they bring to the clock that was asked for, the best first."""
        mine = self.changes[self.changes["clock"] == self.clock]
        return mine.sort_values("rank", kind="stable").reset_index(drop=True)

    def __repr__(self) -> str:
        """Say the ceiling and the best changes, as `print` should."""
        lines = [
            tr(
                "at most {most} by staffing; {kept} today",
                most=f"{self.at_most('reachable'):.1%}",
                kept=f"{self.at_most('kept'):.1%}",
            )
        ]
        lines += [
            f"  {row['change']}: {100 * row['gain']:+.1f}"
            for row in self.to_frame().to_dict("records")
        ]
        return "\n".join(lines)


FRAMES = frames.names(Lateness)


def write_lateness(found: Lateness, folder: Path) -> Lateness:
    """Keep it; the same question replaces its answer.

    Raises
    ------
    RunError
        It can't be written.
    """
    return frames.write(found, folder, RECORD)


def open_lateness(folder: str | Path) -> Lateness:
    """Read back what `govsim.why` found.

    Raises
    ------
    RunError
        There is none in the folder, it isn't finished, or a file can't be read.
    """
    try:
        return frames.read(Lateness, Path(folder), RECORD)
    except FileNotFoundError:
        raise RunError(tr("there is no answer to “why late” in {folder}", folder=folder)) from None


def answers_of(run: Path, replications: int) -> list[Lateness]:
    """Read what was asked of a run before: its answers by clock, of so many replications.

    Parameters
    ----------
    run : folder of the run. What can't be read is left out, as if it had not been asked.
    """
    found = []
    for record in run.parent.parent.glob(f"{WHY}/*/{RECORD}"):
        with suppress(RunError):
            one = open_lateness(record.parent)
            if one.manifest["run"] == run.name and one.manifest["replications"] == replications:
                found.append(one)
    return sorted(found, key=lambda one: CLOCKS.index(one.clock))
