"""What is asked of a comparison, and what makes no sense of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govsim.comparison.plans import Plan, WhatIf, read_plans
from govsim.comparison.result import Comparison
from govsim.errors import InputError, Problem
from govsim.language import name as in_language
from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.quantity import Quantity
from govsim.runs.stopping import unreasonable
from govsim.runs.uncertainty import find as draws_of


def check_stop(
    replications: int | None,
    precision: float | None,
    goal: Quantity | None,
    delta: float | None,
    confidence: float | None,
) -> Iterator[Problem]:
    """Say what makes no sense of how long to go on, and of how sure to be; as in `compare`."""
    if sum(given is not None for given in (replications, precision, goal)) > 1:
        yield Problem(tr("give one of --replications, --precision and --best"))
    yield from unreasonable(replications, precision)
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


def read_what_ifs(plans: Sequence[str | WhatIf], problems: list[Problem]) -> list[WhatIf]:
    """Read the what-ifs that are given as text; what can't be read is added to the problems."""
    found = []
    for plan in plans:
        try:
            found += [plan] if isinstance(plan, WhatIf) else read_plans([plan])
        except InputError as error:
            problems += error.problems
    return found


def usual_number(plans: dict[str, Plan]) -> int:
    """Say how many replications to compare: what runs have, else what scenarios ask for."""
    made = [plan.run.replications for plan in plans.values() if plan.run is not None]
    return min(made) if made else max(plan.scenario.replications for plan in plans.values())


def too_few(plans: dict[str, Plan], replications: int | None, goes_on: bool) -> Iterator[Problem]:
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


def check_draws(
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


def check_values(found: Comparison, asked: Sequence[Quantity]) -> None:
    """Refuse what no plan has a value of, such as a team that is nowhere."""
    nowhere = [quantity for quantity in asked if found.values(quantity).isna().all(axis=None)]
    if nowhere:
        words = [tr("“{name}” has no value in any plan", name=quantity) for quantity in nowhere]
        raise InputError([Problem(message, file="--on") for message in words])
