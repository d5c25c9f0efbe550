"""Which plan is better, by how much, how sure: plans simulated over the same demands.

`compare` is the door for the command line and for Python. It runs each scenario through
`govsim.run`, as often as asked, as a precision of the differences takes, or until
one plan is the best with stated confidence, and gives a `Comparison`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from govsim.comparison.asked import (
    check_draws,
    check_stop,
    check_values,
    read_what_ifs,
    too_few,
    usual_number,
)
from govsim.comparison.doubts import doubts
from govsim.comparison.plans import (
    Given,
    WhatIf,
    differing_demands,
    gathered,
    other_residents,
)
from govsim.comparison.result import COMPARED, Comparison, write_comparison
from govsim.comparison.stopping import MOST, OnPlan, PlanRuns, until_best, until_precise
from govsim.errors import InputError
from govsim.measures.quantity import Quantity, unknown
from govsim.runs.executors import Executor
from govsim.runs.results import Result
from govsim.runs.tasks import Engine
from govsim.runs.uncertainty import Uncertainty
from govsim.scenarios.loading import Settings
from govsim.storage.contents import GRIDS, OUTLINE, POINTS, STAFF
from govsim.storage.tables import OF_ALL


def compare(
    scenarios: Sequence[Given],
    *,
    plans: Sequence[str | WhatIf] = (),
    baseline: str | None = None,
    on: Sequence[str] = (),
    replications: int | None = None,
    precision: float | None = None,
    best: str | None = None,
    delta: float | None = None,
    most: int = MOST,
    confidence: float | None = None,
    every_pair: bool = False,
    seed: int | None = None,
    settings: Settings = (),
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    on_progress: OnPlan | None = None,
    engine: Engine = "compiled",
    executor: Executor | None = None,
    uncertainty: Uncertainty | None = None,
) -> Comparison:
    """Compare plans over the same demands.

    Parameters
    ----------
    scenarios : as for `govsim.run`, or results of it. Their seeds, starts and horizons must be the
        same, so that the same demands meet them all. With `plans` at least two.
    plans : what-ifs on the first scenario, such as ``night desk: desk.rosters.office.night=1``;
        several settings stand with a semicolon between them.
    baseline : name of the plan that the others are compared with; the first if not given.
    on : what to compare besides `COMPARED`: measures of the district, or of a part of it such
        as ``team/volunteers:utilisation``. With `precision`, what that is asked of (if nothing
        is named, of `govsim.runs.results.MAIN`).
    replications : how many of each plan; the largest of the scenarios' own numbers if not
        given; so many as results have, where some are given. Where earlier runs have made more of
        all plans, those count too.
    precision : instead, go on until the interval of each difference from the baseline has a
        half-width of at most this share of the baseline's mean, e.g. 0.05.
    best : instead, go on until one plan is the best on this measure; see
        `govsim.comparison.selection`.
    delta : for `best`, the smallest difference that matters: a share from 0 to 1, a number or
        hours of work a year, yuan.
    most : replications of a plan at which `precision` and `best` give up, and say so.
    confidence : with which all intervals hold together, and the best plan is named; the
        baseline's own if not given.
    every_pair : compare each plan with each, not with the baseline alone.
    seed, settings, overrides, engine, executor, uncertainty : as in `govsim.run`, for all plans.
    out : folder for results: runs are made in it or gone on with, and
        ``<out>/comparisons/<id>`` is written. None: nothing is written.
    on_progress : told which plan is being simulated, and how far it is.

    Raises
    ------
    InputError
        With all that is wrong with the plans and with what is asked.
    RunError
        The results can't be written.
    """
    asked = tuple(map(Quantity.parse, on))
    goal = None if best is None else Quantity.parse(best)
    problems = [*unknown(asked, "--on"), *unknown((goal,) if goal else (), "--best")]
    problems += check_stop(replications, precision, goal, delta, confidence)
    what_ifs = read_what_ifs(plans, problems)
    number = len(scenarios) + len(plans)
    known = gathered(scenarios, what_ifs, seed, settings, overrides, problems, number)
    if baseline is None:
        baseline = next(iter(known))
    problems += differing_demands(known, baseline)
    if uncertainty is not None:
        problems += check_draws(known, precision, goal)
    problems += too_few(known, replications, precision is not None or goal is not None)
    if problems:
        raise InputError(problems)
    if confidence is None:
        confidence = known[baseline].scenario.confidence
    warnings = other_residents(known, baseline)
    with _folder(out) as place:
        runs = PlanRuns(known, place, on_progress, engine, executor, uncertainty)
        quantities = dict.fromkeys([*map(Quantity, COMPARED), *asked, *([goal] if goal else [])])
        found = Comparison(
            tuple(known),
            (),
            (),
            baseline,
            tuple(quantities),
            confidence,
            every_pair,
            goal,
            called=tuple(plan.called for plan in known.values()),
        )
        if goal is not None and delta is not None:
            found = until_best(runs, found, goal, delta, most)
        elif precision is not None:
            found = until_precise(runs, found, precision, asked, most)
        else:
            usual = None if uncertainty else usual_number(known)
            found = runs.compared(found, replications or usual)
        if out is None:
            found = replace(found, results=tuple(map(_in_memory, found.results)))
    check_values(found, asked)
    found = replace(found, warnings=(*warnings, *doubts(found, bool(warnings)), *found.warnings))
    return found if out is None else write_comparison(found, Path(out))


@contextmanager
def _folder(out: str | Path | None) -> Iterator[Path]:
    """Give the results folder; one for the time being where nothing shall be written.

    Replications must be somewhere while it is not known whether more are wanted.
    """
    if out is not None:
        yield Path(out)
        return
    with TemporaryDirectory(prefix="govsim-") as folder:
        yield Path(folder)


def _in_memory(result: Result) -> Result:
    """Read what a run has written, before its folder goes."""
    tables = {name: list(result.tables(name)) for name in OF_ALL}
    names = (POINTS, GRIDS, OUTLINE)
    places = {name: result.places(name) for name in names} | {STAFF: result.staff}
    return replace(result, tables=tables.__getitem__, places=places.__getitem__, folder=None)


# ---------------------------------------------------------------------- replications


# ---------------------------------------------------------------------- what is asked


# ---------------------------------------------------------------------- what came out
