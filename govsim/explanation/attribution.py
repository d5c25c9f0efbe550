"""A change shared out over the mechanisms in which two scenarios differ, with intervals.

`attribute` simulates scenarios in between (`govsim.explanation.switches`), all over the same
demands, and shares the change out by Shapley values (`govsim.explanation.shapley`), replication by
replication. With up to `MOST_EXACT` mechanisms all coalitions are simulated; with more, those on
orders that are drawn anew for each replication. Called by `govsim.explain`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.explanation import shapley, switches
from govsim.explanation.result import AGAIN, FAILED, FIRST
from govsim.explanation.shapley import Coalition, Shares
from govsim.explanation.switches import Switches
from govsim.measures.statistics import interval, ratio
from govsim.runs import trials
from govsim.runs.trials import Asked, Simulate, Trial
from govsim.service.rules import CAUSES

Floats = NDArray[np.float64]
Needs = Mapping[str, frozenset[str]]

MOST_EXACT = 8
"""Mechanisms up to which all coalitions are simulated; with more, orders are drawn."""

ORDERS = 2
"""Orders drawn for each replication where there are too many mechanisms."""

AT_ONCE = 5
"""Replications of a coalition in a trial: few, so that little is lost when it is stopped."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each mechanism contributes to a change.

    Attributes
    ----------
    switches : the mechanisms as they could be switched apart.
    asked : what was looked at; first what is explained.
    shares : arrays float[mechanisms, replications, asked].
    before, after : float[replications, asked].
    """

    switches: Switches
    asked: tuple[Asked, ...]
    shares: Shares
    before: Floats
    after: Floats

    @property
    def change(self) -> Floats:
        """float[replications, asked]."""
        return self.after - self.before

    def frames(self, confidence: float) -> dict[str, pd.DataFrame]:
        """Tabulate it as `govsim.explanation.Explanation` holds it."""
        players = list(self.shares.players)
        parts = {
            "shapley": self.shares.shapley,
            "first_in": self.shares.first,
            "last_in": self.shares.last,
        }
        frames = {
            name: _intervals(part[..., 0], "mechanism", players, confidence)
            for name, part in parts.items()
        }
        whole = float(self.change[:, 0].mean())
        frames["shapley"]["share"] = frames["shapley"]["mean"] / (whole or np.nan)
        n = len(self.change)
        frames["replications"] = pd.DataFrame(
            {
                "mechanism": np.repeat(players, n),
                "replication": np.tile(np.arange(n), len(players)),
                **{name: part[..., 0].ravel() for name, part in parts.items()},
            }
        )
        frames["totals"] = self._totals(confidence)
        frames["causes"] = self._causes(confidence)
        frames["changes"] = pd.DataFrame(
            [
                (mechanism, change.path, _text(change.before), _text(change.after))
                for mechanism in players
                for change in self.switches.changes(mechanism)
            ],
            columns=["mechanism", "path", "before", "after"],
        )
        return frames

    def _totals(self, confidence: float) -> pd.DataFrame:
        before, after = self.before[:, 0], self.after[:, 0]
        whole = np.stack([before, after, after - before])
        table = _intervals(whole, "what", ["before", "after", "change"], confidence)
        times = ratio(after, before, confidence)
        relative = ("relative", times.mean - 1, times.low - 1, times.high - 1, times.n)
        return pd.concat(
            [table, pd.DataFrame([relative], columns=table.columns)], ignore_index=True
        )

    def _causes(self, confidence: float) -> pd.DataFrame:
        """Share the change in 12345 orders out by cause, as a whole and over mechanisms."""
        columns = [i for i, (level, _, _) in enumerate(self.asked) if level == "cause"]
        if len(columns) < len(CAUSES):
            return pd.DataFrame()
        others = [i for i, cause in enumerate(CAUSES) if cause not in (FIRST, AGAIN)]

        def by_cause(values: Floats) -> Floats:
            """From float[replications, asked] to float[causes and their sum, replications]."""
            mine = values[:, columns]
            return np.vstack([mine.T, mine[:, others].sum(axis=1)])

        keys = [*CAUSES, FAILED]
        ends = [by_cause(end).mean(axis=1) for end in (self.before, self.after)]
        frames = []
        for mechanism, values in zip(
            ["", *self.shares.players], [self.change, *self.shares.shapley], strict=True
        ):
            table = _intervals(by_cause(values), "cause", keys, confidence)
            table.insert(0, "mechanism", mechanism)
            for place, name, end in zip((2, 3), ("before", "after"), ends, strict=True):
                table.insert(place, name, np.nan if mechanism else end)
            frames.append(table)
        return pd.concat(frames, ignore_index=True)


def attribute(
    between: Switches,
    asked: Sequence[Asked],
    replications: int,
    measured_from: int,
    scale: float,
    simulate: Simulate,
) -> Attribution:
    """Share a change out over mechanisms.

    Parameters
    ----------
    between : the scenarios.
    asked : what is looked at; first what is explained.
    replications : of each scenario in between.
    measured_from : end of the warm-up, ms.
    scale : factor on what is simulated, such as to amounts a year.
    simulate : does the trials.
    """
    everyone = range(replications)

    def orders(players: Sequence[str], needs: Needs) -> list[list[tuple[str, ...]]]:
        rng = np.random.default_rng(between.after.seed)
        return [shapley.random_orders(players, ORDERS, rng, needs) for _ in everyone]

    def visited(players: Sequence[str], needs: Needs) -> Mapping[Coalition, Sequence[int]]:
        if len(players) <= MOST_EXACT:
            return dict.fromkeys(shapley.coalitions(players, needs), everyone)
        return _visited(players, needs, orders(players, needs))

    found = switches.settle(between, visited)
    players, needs = found.mechanisms, found.needs
    wanted = visited(players, needs)
    values = _simulated(found, wanted, tuple(asked), measured_from, simulate)

    def worth(one: Coalition) -> Floats:
        return scale * np.stack([values[one, r] for r in everyone])

    if len(players) <= MOST_EXACT:
        shares = shapley.exact(players, worth, needs)
    else:
        some = orders(players, needs)
        shares = shapley.sampled(players, lambda one, r: scale * values[one, r], some, needs)
    return Attribution(found, tuple(asked), shares, worth(frozenset()), worth(frozenset(players)))


def _visited(
    players: Sequence[str], needs: Needs, orders: Sequence[Sequence[Sequence[str]]]
) -> dict[Coalition, list[int]]:
    """For each coalition that is asked for, in which replications."""
    found: dict[Coalition, list[int]] = {}
    for one in {one for four in shapley.ends(players, needs).values() for one in four}:
        found[one] = list(range(len(orders)))
    for replication, some in enumerate(orders):
        for one in {frozenset(order[:n]) for order in some for n in range(len(order) + 1)}:
            mine = found.setdefault(one, [])
            if not mine or mine[-1] < replication:
                mine.append(replication)
    return found


def _simulated(
    found: Switches,
    wanted: Mapping[Coalition, Sequence[int]],
    asked: tuple[Asked, ...],
    measured_from: int,
    simulate: Simulate,
) -> dict[tuple[Coalition, int], Floats]:
    """Simulate scenarios in between; float[asked] by coalition and replication."""
    places: list[tuple[Coalition, tuple[int, ...]]] = []
    tried: list[Trial] = []
    for one, replications in wanted.items():
        text = trials.plain(found.at(one))
        for at in range(0, len(replications), AT_ONCE):
            some = tuple(replications[at : at + AT_ONCE])
            places.append((one, some))
            tried.append(Trial(text, str(found.folder), some, measured_from, asked))
    return {
        (one, replication): values[:, column]
        for (one, some), values in zip(places, simulate(tried), strict=True)
        for column, replication in enumerate(some)
    }


def _intervals(values: Floats, name: str, keys: Sequence[str], confidence: float) -> pd.DataFrame:
    """Give ``name, mean, low, high, n`` of float[keys, replications]."""
    found = [interval(some, confidence) for some in values]
    rows = [(key, i.mean, i.low, i.high, i.n) for key, i in zip(keys, found, strict=True)]
    return pd.DataFrame(rows, columns=[name, "mean", "low", "high", "n"])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
