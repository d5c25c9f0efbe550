"""Which plan is better, by how much, how sure: plans simulated over the same demands.

`compare` is the door for the command line and for Python. It runs each scenario through
`govsim.runs.replications.run`, as often as asked, as a precision of the differences takes, or until
one plan is the best with stated confidence, and gives a `Comparison`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import ceil, isnan
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from govsim.comparison import selection
from govsim.comparison.doubts import doubts
from govsim.comparison.plans import (
    Given,
    Plan,
    WhatIf,
    differing_demands,
    gathered,
    other_residents,
    read_plans,
)
from govsim.comparison.result import COMPARED, Comparison, values, write_comparison
from govsim.errors import InputError, Problem
from govsim.language import name as in_language
from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.quantity import Quantity, unknown
from govsim.run import run
from govsim.runs.executors import Executor
from govsim.runs.progress import Progress
from govsim.runs.results import MAIN, Result
from govsim.runs.stopping import chosen_by
from govsim.runs.tasks import Engine
from govsim.runs.uncertainty import Uncertainty
from govsim.runs.uncertainty import find as draws_of
from govsim.scenarios.loading import Settings
from govsim.storage.contents import GRIDS, OUTLINE, POINTS, STAFF
from govsim.storage.tables import HOURS, MEASURES, WEEKLY

AT_LEAST = 10
"""Replications after which a precision is first looked at; see docs/comparison.md."""

KEPT = (MEASURES, WEEKLY, HOURS)
"""Tables by replication of a run that is kept in memory."""

MOST = 500
"""Replications of a plan at which to give up."""

OnPlan = Callable[[str, Progress], None]
"""Told the name of the plan that is being simulated, and how far its run is."""


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
    problems += _check_stop(replications, precision, goal, delta, confidence)
    what_ifs = _what_ifs(plans, problems)
    number = len(scenarios) + len(plans)
    known = gathered(scenarios, what_ifs, seed, settings, overrides, problems, number)
    if baseline is None:
        baseline = next(iter(known))
    problems += differing_demands(known, baseline)
    if uncertainty is not None:
        problems += _check_draws(known, precision, goal)
    problems += _too_few(known, replications, precision is not None or goal is not None)
    if problems:
        raise InputError(problems)
    if confidence is None:
        confidence = known[baseline].scenario.confidence
    warnings = other_residents(known, baseline)
    with _folder(out) as place:
        runs = _Runs(known, place, on_progress, engine, executor, uncertainty)
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
            found = _until_best(runs, found, goal, delta, most)
        elif precision is not None:
            found = _until_precise(runs, found, precision, asked, most)
        else:
            usual = None if uncertainty else _usual(known)
            found = runs.compared(found, replications or usual)
        if out is None:
            found = replace(found, results=tuple(map(_in_memory, found.results)))
    _check_values(found, asked)
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
    tables = {name: list(result.tables(name)) for name in KEPT}
    names = (POINTS, GRIDS, OUTLINE)
    places = {name: result.places(name) for name in names} | {STAFF: result.staff}
    return replace(result, tables=tables.__getitem__, places=places.__getitem__, folder=None)


# ---------------------------------------------------------------------- replications


@dataclass
class _Runs:
    """The runs of the plans, each gone on with when more of its replications are wanted."""

    plans: dict[str, Plan]
    out: Path
    on_progress: OnPlan | None
    engine: Engine
    executor: Executor | None
    uncertainty: Uncertainty | None = None
    results: dict[str, Result] = field(default_factory=dict)

    def extend(self, plan: str, replications: int | None) -> Result:
        """Give a run with at least so many replications, or its usual number."""
        chosen = self.plans[plan]
        if chosen.loaded is None:
            assert chosen.run is not None
            return self.results.setdefault(plan, chosen.run)
        done = self.results[plan].replications if plan in self.results else 0
        if not done or done < (replications or 0):
            told = self.on_progress

            def on_progress(now: Progress) -> None:
                if told is not None:
                    told(plan, now)

            self.results[plan] = run(
                chosen.loaded,
                replications=replications,
                out=self.out,
                on_progress=on_progress,
                engine=self.engine,
                executor=self.executor,
                uncertainty=self.uncertainty,
                name=chosen.called,
            )
        return self.results[plan]

    def compared(self, question: Comparison, replications: int | None) -> Comparison:
        """Answer with at least so many replications of every plan, and with equally many."""
        found = tuple(self.extend(plan, replications) for plan in self.plans)
        common = min(result.replications for result in found)
        alike = tuple(result.first(common) for result in found)
        return replace(question, results=alike, used=(common,) * len(found))


def _until_precise(
    runs: _Runs, question: Comparison, precision: float, on: Sequence[Quantity], most: int
) -> Comparison:
    """Go on until the differences from the baseline are known well enough.

    Notes
    -----
    The sequential procedure of Law 2015, section 9.4.1, on the intervals that are shown.
    As many replications are added as the widest interval seems to take, at most as many as
    there are: each look is another chance to stop too early.
    """
    n = min(AT_LEAST, most)
    while True:
        found = runs.compared(question, n)
        n = found.used[0]
        wide = _imprecise(found, precision, on)
        if not wide or n >= most:
            break
        n = min(most, 2 * n, max(n + 1, ceil(n * max(wide.values()) ** 2)))
    names = (in_language(q.shown.label) for q in on or tuple(map(Quantity, MAIN)))
    found = replace(found, warnings=(*found.warnings, chosen_by(names)))
    if not wide:
        return found
    warning = tr(
        "after {n} replications differences are not yet known to {share} of the baseline: {names}",
        n=n,
        share=f"{100 * precision:g}%",
        names=", ".join(in_language(quantity.shown.label) for quantity in wide),
    )
    return replace(found, warnings=(*found.warnings, warning))


def _imprecise(
    found: Comparison, precision: float, on: Sequence[Quantity]
) -> dict[Quantity, float]:
    """Say of what the intervals are too wide, and how many times too wide the widest is."""
    wide: dict[Quantity, float] = {}
    for one in found.differences:
        asked = one.quantity in (on or tuple(map(Quantity, MAIN)))
        if not asked or one.against != found.baseline or not one.paired.difference.n:
            continue
        width, allowed = one.paired.difference.half_width, precision * abs(one.mean_against)
        if not width <= allowed:
            times = width / allowed if allowed and not isnan(width) else 2.0
            wide[one.quantity] = max(times, wide.get(one.quantity, 0.0))
    return wide


def _until_best(
    runs: _Runs, question: Comparison, goal: Quantity, delta: float, most: int
) -> Comparison:
    """Go on with the plans that may be the best until one is left."""
    names = question.names
    sign = 1.0 if goal.shown.better == "higher" else -1.0

    def observe(plan: int, n: int) -> selection.Floats:
        result = runs.extend(names[plan], n)
        found: selection.Floats = sign * np.asarray(values(result, goal, n), np.float64)
        if np.isnan(found).any():
            message = tr(
                "“{name}” has no value in some replication of “{plan}”",
                name=goal,
                plan=result.title,
            )
            raise InputError([Problem(message, file="--best")])
        return found

    chosen = selection.choose(observe, len(names), delta, question.confidence, most)
    results = tuple(runs.results[name] for name in names)
    return replace(
        question,
        results=results,
        used=tuple(result.replications for result in results),
        selection=chosen,
    )


# ---------------------------------------------------------------------- what is asked


def _check_stop(
    replications: int | None,
    precision: float | None,
    goal: Quantity | None,
    delta: float | None,
    confidence: float | None,
) -> Iterator[Problem]:
    if sum(given is not None for given in (replications, precision, goal)) > 1:
        yield Problem(tr("give one of --replications, --precision and --best"))
    if replications is not None and replications < 1:
        yield Problem(tr("at least one replication is needed"), file="--replications")
    if precision is not None and not 0 < precision < 1:
        yield Problem(tr("the precision must be between 0 and 1, such as 5%"), file="--precision")
    if confidence is not None and not 0.5 < confidence < 1:
        yield Problem(
            tr("the confidence must be between 50% and 100%, such as 95%"), file="--confidence"
        )
    if (goal is None) != (delta is None):
        yield Problem(
            tr("--best MEASURE and --delta, the smallest difference that matters, go together")
        )
    if delta is not None and not delta > 0:
        yield Problem(tr("the smallest difference that matters is above 0"), file="--delta")
    if goal is not None and goal.measure in CATALOGUE and goal.shown.better is None:
        yield Problem(
            tr(
                "neither more nor less of “{name}” is better, so no plan is the best on it",
                name=in_language(goal.shown.label),
            ),
            file="--best",
        )


def _what_ifs(plans: Sequence[str | WhatIf], problems: list[Problem]) -> list[WhatIf]:
    """Read the what-ifs that are given as text; what can't be read is added to the problems."""
    found = []
    for plan in plans:
        try:
            found += [plan] if isinstance(plan, WhatIf) else read_plans([plan])
        except InputError as error:
            problems += error.problems
    return found


def _usual(plans: dict[str, Plan]) -> int:
    """Say how many replications to compare: what runs have, else what scenarios ask for."""
    made = [plan.run.replications for plan in plans.values() if plan.run is not None]
    return min(made) if made else max(plan.scenario.replications for plan in plans.values())


def _too_few(plans: dict[str, Plan], replications: int | None, goes_on: bool) -> Iterator[Problem]:
    """Find finished runs that don't have what is asked; `goes_on`: nobody knows how many yet."""
    for name, plan in plans.items():
        if plan.run is None:
            continue
        if goes_on:
            yield Problem(
                tr("of a run that is finished no more can be made; give --replications"),
                file=plan.where(name),
            )
        elif plan.run.replications < (replications or 0):
            yield Problem(
                tr(
                    "this run has {n} replications, and {asked} are asked for; the same “govsim "
                    "run” with --replications {asked} makes them",
                    n=plan.run.replications,
                    asked=replications,
                ),
                file=plan.where(name),
            )


def _check_draws(
    plans: dict[str, Plan], precision: float | None, goal: Quantity | None
) -> Iterator[Problem]:
    """Find what makes the inputs of the plans differ in the same replication."""
    if precision is not None or goal is not None:
        yield Problem(tr("with draws from a posterior, give --replications"), file="--uncertainty")
    if any(plan.run is not None for plan in plans.values()):
        text = tr("it can't be carried into runs that are finished")
        yield Problem(text, file="--uncertainty")
        return
    found = {name: draws_of(plan.loaded) for name, plan in plans.items() if plan.loaded}
    if len({draws.sha256 for draws in found.values()}) > 1:
        yield Problem(
            tr("the plans have draws from different posteriors: {names}", names=", ".join(found)),
            file="--uncertainty",
        )


# ---------------------------------------------------------------------- what came out


def _check_values(found: Comparison, asked: Sequence[Quantity]) -> None:
    """Refuse what no plan has a value of, such as a team that is nowhere."""
    nowhere = [quantity for quantity in asked if found.values(quantity).isna().all(axis=None)]
    if nowhere:
        words = [tr("“{name}” has no value in any plan", name=quantity) for quantity in nowhere]
        raise InputError([Problem(message, file="--on") for message in words])
