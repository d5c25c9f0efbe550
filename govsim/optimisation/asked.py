"""What is asked of `govsim.optimise`: read, checked as a whole, refused with what is possible."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from govsim.errors import InputError, Problem
from govsim.evaluation.service import Service
from govsim.language import joined, tr
from govsim.lateness.levers import changed
from govsim.optimisation import box as boxes
from govsim.optimisation import promises as read
from govsim.optimisation.box import Box, Option
from govsim.optimisation.promises import Promise
from govsim.scenarios.loading import load
from govsim.scenarios.schema import Scenario

Ints = NDArray[np.int64]

LARGEST, LARGEST_WHOLE = 50_000, 4_000
"""Plans in a box at most, and plans within a budget at most where all must be looked at."""

BY_POINT = {*read.SHORT.values(), "orders"}
"""Measures that are sums over points, or shares of such sums."""

OPTIONS = 4
"""Options at most; each doubles the box."""


@dataclass(frozen=True)
class Wanted:
    """What is asked, as it was typed; see `govsim.optimise.optimise`."""

    keep: tuple[str, ...] = ()
    best: str | None = None
    budget: float | None = None
    heads: int | None = None
    vary: tuple[str, ...] = ()
    fix: tuple[str, ...] = ()
    tries: tuple[str, ...] = ()
    curve: bool = False
    each: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked, understood.

    Attributes
    ----------
    wanted : as it was typed.
    service : the plan of today.
    box : the plans.
    promises : what must hold.
    also : what is to be as good as possible, if anything.
    """

    wanted: Wanted
    service: Service
    box: Box
    promises: tuple[Promise, ...]
    also: Promise | None

    @property
    def seeks_best(self) -> bool:
        """Whether the best plan is sought, and not the cheapest."""
        return self.wanted.best is not None or not self.promises

    @cached_property
    def services(self) -> list[Service]:
        """The service with each choice of options: bit i of its place says whether i is taken."""
        found = []
        for taken in product((False, True), repeat=len(self.box.options)):
            some = [o for o, yes in zip(self.box.options, reversed(taken), strict=True) if yes]
            found.append(with_options(self.service, some) if some else self.service)
        return found

    @cached_property
    def key(self) -> str:
        """Name of the question: what its answer depends on."""
        told = json.dumps([self.service.plan.run, asdict(self.wanted)])
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    @cached_property
    def among(self) -> Ints:
        """Plans within the budget and the number of posts, the cheapest first."""
        costs, heads = self.box.costs, self.box.heads
        fits = np.ones(len(costs), dtype=bool)
        if self.wanted.budget is not None:
            fits &= costs <= self.wanted.budget + 0.5
        if self.wanted.heads is not None:
            fits &= heads <= self.wanted.heads
        order = np.lexsort((heads, costs.round()))
        return order[fits[order]].astype(np.int64)


def asked_for(service: Service, wanted: Wanted) -> Question:
    """Understand what is asked.

    Raises
    ------
    InputError
        Something of it can't be used; all of that is named at once.
    """
    problems: list[Problem] = []
    promises: tuple[Promise, ...] = ()
    also: Promise | None = None
    options: list[Option] = []
    levers = boxes.levers_of(service)
    try:
        promises = read.read(wanted.keep)
    except InputError as error:
        problems += error.problems
    try:
        also = _also(wanted, promises)
    except InputError as error:
        problems += error.problems
    try:
        shifts = list(service.scenario.calendar.shifts)
        levers = boxes.narrowed(levers, wanted.vary, wanted.fix, shifts)
    except InputError as error:
        problems += error.problems
    try:
        options = boxes.options_of(wanted.tries)
        for option in options:
            with_options(service, [option])
    except InputError as error:
        problems += error.problems
    if len(options) > OPTIONS:
        text = tr("at most {n} options at a time, but found {found}", n=OPTIONS, found=len(options))
        problems.append(Problem(text, file="--try"))
    for option_, number in (("--budget", wanted.budget), ("--heads", wanted.heads)):
        if number is not None and not number > 0:
            problems.append(Problem(tr("expected more than 0, not {n}", n=number), file=option_))
    if wanted.each:
        problems += _not_by_point(wanted, promises)
    if problems:
        raise InputError(problems)
    found = Question(wanted, service, Box(service, levers, options), promises, also)
    if wanted.each:
        return found
    if problems := list(_too_large(found)) or list(_empty(found)):
        raise InputError(problems)
    return found


def _also(wanted: Wanted, promises: Sequence[Promise]) -> Promise | None:
    """Say what is to be as good as possible: where that is sought, and for a curve."""
    if wanted.best is not None:
        quantity = read.measure(wanted.best, "--best")
    elif not promises:
        quantity = read.measure("scene", "--best")
    elif wanted.curve:
        return promises[0]
    else:
        return None
    if quantity.shown.better is None:
        text = tr("“{name}” is neither better high nor better low", name=quantity.measure)
        raise InputError([Problem(text, file="--best")])
    return Promise(quantity, quantity.shown.better == "higher", 0.0)


def _not_by_point(wanted: Wanted, promises: Sequence[Promise]) -> list[Problem]:
    """Name what can't be asked where each point has rosters of its own."""
    found = []
    if not promises:
        found.append(Problem(tr("--each-point needs a promise to be kept"), file="--keep"))
    for promise in promises:
        if promise.quantity.level != "district" or promise.asked[2] not in BY_POINT:
            text = tr(
                "with --each-point a promise is one of the whole district about {known}, not "
                "{found}",
                known=joined([*read.SHORT, *sorted(BY_POINT - {*read.SHORT.values()})], "、", ", "),
                found=str(promise.quantity),
            )
            found.append(Problem(text, file="--keep"))
    given = {
        "--best": wanted.best is not None,
        "--budget": wanted.budget is not None,
        "--heads": wanted.heads is not None,
        "--try": bool(wanted.tries),
    }
    for option, yes in given.items():
        if yes:
            text = tr(
                "--each-point looks for the cheapest rosters: leave out {option}", option=option
            )
            found.append(Problem(text, file=option))
    return found


def _too_large(found: Question) -> list[Problem]:
    whole = found.seeks_best or found.wanted.curve
    if found.box.size <= LARGEST and not (whole and len(found.among) > LARGEST_WHOLE):
        return []
    most = LARGEST_WHOLE if whole else LARGEST
    n = len(found.among) if found.box.size <= LARGEST else found.box.size
    free = sum(len(lever.values) > 1 for lever in found.box.levers)
    text = tr(
        "the box has {n} plans of {free} numbers on duty; at most {most} can be looked at here: "
        "leave some as they are with --fix, or give fewer values with --vary",
        n=f"{n:,}",
        free=free,
        most=f"{most:,}",
    )
    return [Problem(text, file="--vary")]


def _empty(found: Question) -> list[Problem]:
    if len(found.among):
        return []
    least, fewest = float(found.box.costs.min()), int(found.box.heads.min())
    text = tr(
        "no plan of the box is within that: the cheapest costs {cost} yuan a year, and the "
        "smallest has {heads} posts",
        cost=f"{least:,.0f}",
        heads=fewest,
    )
    return [Problem(text, file="--budget" if found.wanted.budget is not None else "--heads")]


def with_options(service: Service, options: Sequence[Option]) -> Service:
    """Open the service with some options taken.

    Raises
    ------
    InputError
        One can't be set.
    """
    given = service.loaded
    pairs = [(".".join(option.setting[0]), str(option.setting[1])) for option in options]
    before = [(c.path, c.after) for c in given.changes]
    scenario: Scenario
    if given.files and not before:
        try:
            scenario = load(given.files[0].path, settings=pairs).scenario
        except InputError as error:
            raise InputError(replace(one, file="--try") for one in error.problems) from None
    else:
        try:
            scenario = changed(given.scenario, tuple(option.setting for option in options))
        except (KeyError, TypeError, ValidationError) as error:
            text = tr("can't be set: {reason}", reason=str(error).splitlines()[0])
            raise InputError(
                [Problem(text, ".".join(options[0].setting[0]), file="--try")]
            ) from error
    made = Service(
        scenario.model_copy(update={"seed": given.scenario.seed}), executor=service.executor
    )
    vars(made)["measured_from"] = service.measured_from
    return made
