"""What is compared: scenarios, what-ifs on one of them, and runs that were made before.

`gathered` reads them all for `govsim.compare`, and tells everything that is wrong with any at
once: in a plan, or in that the same demands would not meet all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from govsim.errors import InputError, Problem
from govsim.language import name as in_language
from govsim.language import tr
from govsim.runs import provenance
from govsim.runs.given import opened, scenario_name
from govsim.runs.results import Result
from govsim.scenarios.changes import COMMAND, Change
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import nearest
from govsim.service import network

OPTION = "--plan"

Given = str | Path | Scenario | Loaded | Result


@dataclass(frozen=True)
class WhatIf:
    """A plan that is another one with some inputs changed.

    Attributes
    ----------
    name : what it is called; empty if it is to be named by what it changes.
    settings : ``(path, value)`` pairs, as ``--set`` takes them.
    """

    name: str
    settings: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """What it is called, or what it changes."""
        return self.name or "; ".join(f"{path}={value}" for path, value in self.settings)


@dataclass(frozen=True)
class Plan:
    """One side of a comparison.

    Attributes
    ----------
    loaded : the scenario to run; None where `run` is given.
    run : a run that is finished, of which there are so many replications and no more.
    called : a name that the planner gave it here.
    """

    loaded: Loaded | None = None
    run: Result | None = None
    called: str = ""

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.loaded.scenario if self.loaded else self._finished.scenario

    @property
    def _finished(self) -> Result:
        assert self.run is not None
        return self.run

    @property
    def title(self) -> str:
        """Name of it in the current language."""
        if self.run is not None:
            return self.run.title
        return self.called or in_language(self.scenario.label)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What differs from the file."""
        return self.loaded.changes if self.loaded else self._finished.changes

    def written(self, what: str) -> object:
        """Give an input at the top of the scenario as people write it."""
        tree = self.loaded.tree if self.loaded else self._finished.manifest["scenario"]
        return tree.get(what, getattr(self.scenario, what))

    @cached_property
    def residents(self) -> pd.DataFrame:
        """Who is served: columns grid, residents."""
        grids = (
            network.build(self.loaded.scenario, self.loaded.folder).territory.grids
            if self.loaded
            else self._finished.grids
        )
        found = grids[["grid", "residents"]].reset_index(drop=True)
        return found.astype({"grid": str, "residents": float})

    @property
    def program(self) -> tuple[Any, ...]:
        """What computes its replications, or computed them."""
        if self.loaded:
            return provenance.program()
        manifest = self._finished.manifest
        return manifest["code"], {n: manifest["versions"].get(n) for n in provenance.COMPUTING}

    def where(self, name: str) -> str:
        """Say where it is to be found: a run by its folder, all else by its name here."""
        folder = self.run.folder if self.run else None
        return name if folder is None else f"{folder.parent.name}/{folder.name}"

    @property
    def posterior(self) -> object:
        """From which draws its inputs come; None where they are as given."""
        return None if self.run is None else self.run.manifest.get("posterior")


def name_of(given: Given) -> str:
    """Name of a plan in a comparison: a run's own, else its scenario, with the id of a what-if."""
    if isinstance(given, Result):
        scenario, folder = str(given.manifest["scenario_name"]), given.folder
        short = f"{scenario}/{folder.name}" if given.changes and folder else scenario
        return given.name or short
    if isinstance(given, str | Path):
        return Path(given).stem
    return "scenario" if isinstance(given, Scenario) else scenario_name(given)


# ---------------------------------------------------------------------- what is written


def read_plans(texts: Sequence[str]) -> list[WhatIf]:
    """Read what is given to ``--plan``: ``name: path=value; path=value``.

    The name may be left out. Semicolons within brackets, braces and quotes belong to a value;
    colons and semicolons may be Chinese ones.

    Raises
    ------
    InputError
        With all that can't be read.
    """
    plans, problems = [], []
    for text in texts:
        before_value = text.partition("=")[0]
        colon = min((i for sign in ":：" if (i := before_value.find(sign)) >= 0), default=-1)
        name, rest = (text[:colon].strip(), text[colon + 1 :]) if colon >= 0 else ("", text)
        settings = []
        for part in split_outside(rest, ";；"):
            path, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or not path or not path.isprintable():
                message = tr(
                    "“{text}” is not of the form “name: path=value; path=value”", text=text
                )
                problems.append(Problem(message, file=OPTION))
                break
            settings.append((path, value))
        else:
            plans.append(WhatIf(name, tuple(settings)))
    if problems:
        raise InputError(problems)
    return plans


def split_outside(text: str, signs: str) -> list[str]:
    """Split a text at some signs, but not within brackets, braces and quotes."""
    parts, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "[{(":
            depth += 1
        elif sign in "]})":
            depth -= 1
        elif sign in signs and depth <= 0:
            parts.append("")
            continue
        parts[-1] += sign
    return [part.strip() for part in parts]


# ---------------------------------------------------------------------- what is gathered


def gathered(
    scenarios: Sequence[Given],
    what_ifs: Sequence[WhatIf],
    seed: int | None,
    settings: Settings,
    overrides: Sequence[str],
    problems: Sequence[Problem],
    expected: int,
) -> dict[str, Plan]:
    """Read all plans, by their names.

    Parameters
    ----------
    scenarios : what is compared; `what_ifs` change the first.
    seed, settings, overrides : for all scenarios; finished runs can't be changed.
    problems : what is wrong already, raised with what is wrong here.
    expected : how many plans were given, those that can't be read included.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    plans: dict[str, Plan] = {}
    wrong = list(problems)
    seen: set[Path] = set()
    pairs = tuple(settings.items() if isinstance(settings, Mapping) else settings)
    for given in scenarios:
        if place := _place(given):
            if place in seen:
                wrong.append(_twice(given, place))
                continue
            seen.add(place)
        if isinstance(given, Result):
            wrong += _fixed(given, seed is not None or bool(pairs) or bool(overrides))
            plans[_free(name_of(given), plans)] = Plan(run=given)
            continue
        try:
            plan = Plan(opened(given, seed, pairs, overrides))
        except InputError as error:
            wrong += error.problems
            continue
        plans[_free(name_of(given), plans)] = plan
    if what_ifs:
        base = scenarios[0] if scenarios else None
        wrong += _add(what_ifs, base, plans, seed, pairs, overrides, tuple(wrong))
    if expected < 2:
        wrong.append(Problem(tr("a comparison needs at least two scenarios")))
    if len(wrong) > len(problems):
        raise InputError(dict.fromkeys(wrong))
    return plans


def _place(given: Given) -> Path | None:
    if isinstance(given, str | Path):
        return Path(given).resolve()
    if isinstance(given, Result) and given.folder is not None:
        return given.folder.resolve()
    return None


def _twice(given: Given, place: Path) -> Problem:
    if isinstance(given, Result):
        return Problem(tr("the same run is given twice"), file=place.name)
    text = tr(
        "the same scenario is given twice; --plan “name: path=value” compares it with a what-if"
    )
    assert isinstance(given, str | Path)
    return Problem(text, file=Path(given).as_posix())


def _fixed(run: Result, changed: bool) -> Iterator[Problem]:
    """Refuse to change a run that is finished."""
    if changed:
        yield Problem(
            tr("--set, --override and --seed change scenarios, not a run that is finished"),
            file=name_of(run),
        )


def _add(
    what_ifs: Sequence[WhatIf],
    base: Given | None,
    plans: dict[str, Plan],
    seed: int | None,
    settings: tuple[tuple[str, str], ...],
    overrides: Sequence[str],
    known: Sequence[Problem],
) -> Iterator[Problem]:
    """Add the what-ifs on a scenario to the plans, and tell what is wrong with them."""
    if not isinstance(base, str | Path):
        yield Problem(
            tr("--plan changes the first scenario, which must be a file, not a run"), file=OPTION
        )
        return
    plain = plans.get(name_of(base))
    for what_if in what_ifs:
        place = f"{OPTION} “{what_if.key}”"
        try:
            mine = opened(base, seed, (*settings, *what_if.settings), overrides)
        except InputError as error:
            for problem in error.problems:
                if problem not in known:
                    ours = problem.file == COMMAND
                    yield replace(problem, file=place) if ours else problem
            continue
        if what_if.key in plans:
            yield Problem(tr("another plan is called so, too"), file=place)
        elif plain and mine.scenario == plain.scenario:
            yield Problem(tr("it changes nothing in “{plan}”", plan=name_of(base)), file=place)
        elif same := [
            name
            for name, other in plans.items()
            if other.loaded
            and other.loaded.folder == mine.folder
            and other.scenario == mine.scenario
        ]:
            yield Problem(tr("it is the same plan as “{plan}”", plan=same[0]), file=place)
        else:
            plans[what_if.key] = Plan(mine, called=what_if.name)


def _free(name: str, taken: Mapping[str, Plan]) -> str:
    """Give a name that no other plan has: files in two folders may be called the same."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


# ---------------------------------------------------------------------- the same demands


def differing_demands(plans: Mapping[str, Plan], baseline: str) -> Iterator[Problem]:
    """Find what makes the demands of the plans different."""
    if baseline not in plans:
        yield Problem(
            tr("“{name}” is none of the plans", name=baseline),
            file="--baseline",
            suggestion=nearest(baseline, plans),
        )
        return
    said = {
        "seed": tr("the seeds differ"),
        "start": tr("the plans start on different days"),
        "horizon": tr("the horizons differ"),
    }
    for what, words in said.items():
        values = {name: getattr(plan.scenario, what) for name, plan in plans.items()}
        if len(set(values.values())) > 1:
            found = ", ".join(f"{name}: {plan.written(what)}" for name, plan in plans.items())
            yield Problem(
                tr(
                    "{what}, so the same demands would not meet all plans ({found}); "
                    "--set {path}=... makes them the same",
                    what=words,
                    found=found,
                    path=what,
                )
            )
    yield from _other_programs(plans, baseline)


def _other_programs(plans: Mapping[str, Plan], baseline: str) -> Iterator[Problem]:
    """Find runs that another program made: it may have drawn other demands."""
    base = plans[baseline]
    for name, plan in plans.items():
        if plan.program != base.program:
            yield Problem(
                tr(
                    "another version of govsim, or of its libraries, made this run than makes "
                    "“{other}”, so the same demands did not meet both; run it again",
                    other=baseline,
                ),
                file=plan.where(name),
            )
        if plan.posterior != base.posterior:
            yield Problem(
                tr(
                    "its inputs are drawn from a posterior otherwise than those of “{other}”",
                    other=baseline,
                ),
                file=plan.where(name),
            )


def other_residents(plans: Mapping[str, Plan], baseline: str) -> list[str]:
    """Lay out every plan before any is run, and warn where other people are served."""
    base = plans[baseline]
    return [
        tr(
            "“{plan}” serves other residents than “{baseline}”: the difference is also one "
            "between places, and little luck cancels",
            plan=plan.title,
            baseline=base.title,
        )
        for plan in plans.values()
        if not plan.residents.equals(base.residents)
    ]
