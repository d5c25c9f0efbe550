"""Why demands are late, whether staffing can mend it at all, and what brings most.

`why` is the door for the command line and for Python. It takes a run, shares out where the time of
its late demands went, computes what any staffing could reach, and simulates single changes of the
plan over the same demands: arithmetic finds them, simulation ranks them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.language import joined, tr
from govsim.lateness import parts, trials
from govsim.lateness.levers import Lever, levers
from govsim.lateness.result import PAIR, WHY, Lateness, write_lateness
from govsim.lateness.result import open_lateness as open_lateness
from govsim.measures.clocks import CLOCKS, KEPT
from govsim.measures.statistics import Interval, interval
from govsim.run import run
from govsim.runs import provenance
from govsim.runs.executors import Executor, Serial
from govsim.runs.given import opened, scenario_name
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.results import Result
from govsim.scenarios.kept_territory import laid_out
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.schema import Scenario
from govsim.scenarios.territory import Territory

Floats = NDArray[np.float64]

MOST = 12
"""Changes that are simulated at most: those that could bring most by arithmetic."""

ALWAYS = ("pooled", "hours", "order", "soonest")
"""Changes that no piece of the time tells of."""


def why(
    scenario: str | Path | Scenario | Loaded,
    *,
    clock: str = "scene",
    replications: int | None = None,
    seed: int | None = None,
    settings: Settings = (),
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    on_progress: OnProgress | None = None,
    executor: Executor | None = None,
) -> Lateness:
    """Say why demands are late, what any staffing could reach, and which changes bring most.

    Parameters
    ----------
    scenario, seed, settings, overrides : as for `govsim.run`.
    clock : ``scene``, ``solve`` or ``reply``; the changes are ranked by it.
    replications : of the run; the scenario's own number if not given.
    out : folder for results: of the run, which goes on where it was, and ``<out>/why/<id>``.
        None: nothing is written.
    on_progress : told how far it is.
    executor : where replications are done.

    Returns
    -------
    Lateness

    Raises
    ------
    InputError
        The scenario, or what is asked, can't be used.
    RunError
        The results can't be written.
    """
    problems = list(_problems(clock, replications))
    if problems:
        raise InputError(problems)
    started, chosen = time.monotonic(), executor or Serial()
    loaded = opened(scenario, seed, settings, overrides)
    result = run(
        loaded, replications=replications, out=out, on_progress=on_progress, executor=chosen
    )
    mine = result if replications is None else result.first(replications)
    begun = time.monotonic()
    territory = laid_out(loaded.scenario.territory, loaded.folder or Path())
    changes, ceiling, told = _changes(mine, loaded, territory, clock, chosen, on_progress)
    manifest = {
        "name": scenario_name(loaded),
        "label": loaded.scenario.label.model_dump(),
        "scenario": provenance.resolved(loaded.scenario, loaded.folder),
        "clock": clock,
        "run": provenance.run_of(loaded.scenario, territory),
        "replications": mine.replications,
        "confidence": mine.confidence,
        "seed": loaded.scenario.seed,
        "measured_days": mine.measured_days,
        "points": _named(territory, mine),
        **told,
        "versions": provenance.versions(),
        "seconds": round(time.monotonic() - started, 1),
        "seconds_beyond_the_run": round(time.monotonic() - begun, 1),
    }
    found = Lateness(manifest, parts.groups(mine), parts.pieces(mine), ceiling, changes)
    if out is None:
        return found
    asked = hashlib.sha256(f"{manifest['run']} {clock} {mine.replications}".encode()).hexdigest()
    return write_lateness(found, Path(out) / WHY / asked[:12])


def _named(territory: Territory, result: Result) -> dict[str, dict[str, str]]:
    """Name the stations that demands are counted by."""
    counted = set(result.late.loc[result.late["level"] == "point", "key"])
    points = territory.points[territory.points["point"].astype(str).isin(counted)]
    columns = (points[name].astype(str) for name in ("point", "name_zh", "name_en"))
    return {
        key: {"zh": zh or en or key, "en": en or zh or key}
        for key, zh, en in zip(*columns, strict=True)
    }


def _problems(clock: str, replications: int | None) -> Iterator[Problem]:
    if clock not in CLOCKS:
        allowed = joined(CLOCKS, zh="、", en=", ")
        text = tr("“{found}” is none of {allowed}", found=clock, allowed=allowed)
        yield Problem(text, file="--clock")
    if replications is not None and replications < 2:
        yield Problem(tr("an interval takes at least two replications"), file="--replications")


def _changes(
    result: Result,
    loaded: Loaded,
    territory: Territory,
    clock: str,
    executor: Executor,
    on_progress: OnProgress | None,
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Simulate single changes and the best two together."""
    known = {one: parts.reach(result, one) for one in CLOCKS}
    measured_from = int(result.manifest["warm_up"]["length_ms"])
    demands = float(result.get("demands").mean)
    how_long = trials.length(loaded.scenario, result.replications, measured_from, demands)
    tried = _worth_trying(levers(loaded.scenario), parts.pieces(result), clock)
    case = trials.case_of(how_long.scenario, territory, [one.settings for one in tried])
    case = replace(case, measured_from=how_long.measured_from)
    done = 0

    def simulated(one: trials.Case, which: range) -> Floats:
        nonlocal done
        # Where replications are no multiple of the workers, some would wait for the last one.
        each = one.parted(1 if len(which) % executor.slots == 0 else executor.slots)
        cases = [replace(part, replication=r) for r in which for part in each]
        found = []
        for i, values in enumerate(executor.map(trials.perform, cases), 1):
            found.append(values)
            done += i % len(each) == 0
            if on_progress is not None:
                on_progress(Progress("changes", done, 2 * how_long.replications))
        firsts = range(0, len(found), len(each))
        return np.array([trials.joined(found[i : i + len(each)]) for i in firsts])

    ceiling = replace(case, ceiling=True)
    n, first = len(tried), how_long.at_first
    found = simulated(ceiling, range(first))
    last = slice(n + 1, None)
    single = {i: found[:, 1 + i] for i in range(n)}
    base, most = found[:, 0], found[:, last]
    if first < how_long.replications:
        on = _going_on(tried, {i: single[i] - base for i in single}, clock)
        found = simulated(ceiling.of(on), range(first, how_long.replications))
        for place, i in enumerate(on, 1):
            single[i] = np.concatenate([single[i], found[:, place]])
        base = np.concatenate([base, found[:, 0]])
        most = np.concatenate([most, found[:, len(on) + 1 :]])
    shown = _but_one_of(LIKE, tried, single, base, clock)
    rows = [row for i in shown for row in _rows(tried[i], single[i], base, result, known)]
    best = _best_two([tried[i] for i in shown], rows, clock)
    if len(best) == 2:
        both = tuple(setting for lever in best for setting in lever.settings)
        pair = trials.case_of(how_long.scenario, territory, [both])
        pair = replace(pair, measured_from=how_long.measured_from, known=True)
        together = Lever(
            PAIR, "+".join(lever.key for lever in best), (), both, all(b.priced for b in best)
        )
        of_pair = simulated(pair, range(how_long.replications))[:, 1]
        rows += _rows(together, of_pair, base, result, known)
    changes = pd.DataFrame(rows, columns=_COLUMNS)
    mine = changes[(changes["clock"] == clock) & (changes["change"] != PAIR)]
    order = mine.sort_values(["n", "gain"], ascending=False, kind="stable")["change"]
    changes["rank"] = changes["change"].map({name: i for i, name in enumerate(order, 1)})
    changes["rank"] = changes["rank"].fillna(0).astype(int)
    told = {
        "changes_replications": how_long.replications,
        "changes_at_first": how_long.at_first,
        "changes_days": how_long.days,
        "changes_start": how_long.scenario.start.isoformat(),
        "shortened": how_long.shortened,
        "pair": [lever.key for lever in best],
    }
    return changes, _ceiling(known, most[:, 0] - most[:, 1], result.confidence), told


LIKE = ("order", "soonest")
"""Two ways to the same: of these only the better is shown."""


def _gain(found: Floats, clock: str) -> float:
    """Mean of what a change adds to a clock, by replication; nothing where it applies to none."""
    mine = found[:, CLOCKS.index(clock)]
    some = mine[np.isfinite(mine)]
    return float(some.mean()) if len(some) else -np.inf


def _going_on(tried: list[Lever], more: Mapping[int, Floats], clock: str) -> list[int]:
    """Choose the changes that bring most by now, the order of `tried` kept."""
    order = sorted(more, key=lambda i: (-_gain(more[i], clock), i))
    alike = [i for i in order if tried[i].key in LIKE][1:]
    return sorted([i for i in order if i not in alike][: trials.GO_ON])


def _but_one_of(
    alike: Sequence[str],
    tried: list[Lever],
    single: Mapping[int, Floats],
    base: Floats,
    clock: str,
) -> list[int]:
    """Leave out all but the best of some changes."""
    gains = {i: _gain(found - base[: len(found)], clock) for i, found in single.items()}
    mine = [i for i in single if tried[i].key in alike]
    best = max(mine, key=lambda i: (len(single[i]), gains[i])) if mine else None
    return [i for i in single if i not in mine or i == best]


_COLUMNS = (
    "change", "about", "set", "clock", "gain", "low", "high", "n", "kept", "cost", "priced",
)  # fmt: skip


def _rows(
    lever: Lever,
    found: Floats,
    base: Floats,
    result: Result,
    today: Mapping[str, Mapping[str, Interval]],
) -> Iterator[tuple[Any, ...]]:
    """Lay out what a change brings, by clock: paired by replication."""
    base = base[: len(found)]
    cost = float(np.mean(found[:, -1] - base[:, -1]))
    for i, clock in enumerate(CLOCKS):
        both = np.isfinite(found[:, i]) & np.isfinite(base[:, i])
        if not both.any():
            continue
        gain = interval(found[both, i] - base[both, i], result.confidence)
        known = today[clock].get(KEPT)
        kept = gain.mean + (known.mean if known else float(base[both, i].mean()))
        yield (
            lever.key, lever.about, "; ".join(lever.as_set()), clock, gain.mean, gain.low,
            gain.high, gain.n, kept, cost, lever.priced,
        )  # fmt: skip


def _worth_trying(known: list[Lever], found: pd.DataFrame, clock: str) -> list[Lever]:
    """Choose the changes that could bring most: late demands that one piece alone made late."""
    mine = found[(found["clock"] == clock) & (found["level"] == "district")]
    alone = mine.set_index("piece")[["alone", "largest"]].max(axis=1).dropna().to_dict()
    if not any(alone.values()):
        return []  # nothing is late
    could = {one.key: sum(alone.get(piece, 0.0) for piece in one.pieces) for one in known}
    some = [one for one in known if could[one.key] > 0 or one.key in ALWAYS]
    order = sorted(some, key=lambda one: (one.key in ALWAYS, could[one.key]), reverse=True)
    return order[:MOST]


def _best_two(tried: list[Lever], rows: list[tuple[Any, ...]], clock: str) -> list[Lever]:
    """Choose the best change, and the best that is about something else."""
    gains = {row[0]: (row[4], row[5]) for row in rows if row[3] == clock}
    better = [one for one in tried if one.key in gains and gains[one.key][0] > 0]
    best: list[Lever] = []
    for one in sorted(better, key=lambda one: -gains[one.key][0]):
        if one.about not in [other.about for other in best]:
            best.append(one)
    return best[:2]


def _ceiling(
    today: Mapping[str, Mapping[str, Interval]], less: Floats, confidence: float
) -> pd.DataFrame:
    """Say by clock what is kept, what could be, and how far simulating is from computing it."""
    rows = []
    for i, clock in enumerate(CLOCKS):
        known = dict(today[clock])
        both = less[np.isfinite(less[:, i]), i]
        if len(both):
            known["simulated"] = interval(both, confidence)
        rows += [(clock, what, f.mean, f.low, f.high, f.n) for what, f in known.items()]
    return pd.DataFrame(rows, columns=["clock", "what", "mean", "low", "high", "n"])
