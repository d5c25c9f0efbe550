"""What is given to a run, a comparison, a sweep or an explanation: one way to read and check it.

Scenarios come as files, or as Python built or read them; the seed, the engine and the number of
replications come beside them. What makes no sense is refused here with its kin, in the words
that a scenario file would be refused with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import index
from pathlib import Path
from typing import Any, get_args

from govsim.errors import InputError, Problem
from govsim.language import joined, tr
from govsim.runs.tasks import Engine
from govsim.scenarios.changes import Change
from govsim.scenarios.loading import Loaded, LoadedAs, Settings, load
from govsim.scenarios.schema import SEEDS, Scenario
from govsim.scenarios.units import nearest


def opened(
    scenario: str | Path | Scenario | Loaded,
    seed: int | None = None,
    settings: Settings = (),
    overrides: Sequence[str] = (),
) -> Loaded:
    """Read a scenario that is given as a file; take it as it is if it was read or built.

    Parameters
    ----------
    scenario : a file, or a scenario that was loaded or built.
    seed : in place of the scenario's.
    settings, overrides : for a file, as in `govsim.scenarios.loading.load`.

    Raises
    ------
    InputError
        The scenario or the seed can't be used.
    ValueError
        Settings or overrides are given with a scenario that is no file.
    """
    problems = seed_problems(seed)
    try:
        if isinstance(scenario, str | Path):
            scenario = load(scenario, settings=settings, overrides=overrides)
        elif settings or overrides:
            raise ValueError("settings and overrides go with a file; load it with them")
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    assert not isinstance(scenario, str | Path)
    if isinstance(scenario, Scenario):
        scenario = LoadedAs(scenario, scenario.model_dump(mode="json"), {}, Path(), ())
    return with_seed(scenario, seed)


def with_seed(loaded: Loaded, seed: int | None) -> Loaded:
    """Give a scenario another seed, which is a change like any other.

    Raises
    ------
    InputError
        It is none.
    """
    before = loaded.scenario.seed
    if problems := seed_problems(seed):
        raise InputError(problems)
    if seed is None or seed == before:
        return loaded
    seed = index(seed)
    changes = {change.path: change for change in loaded.changes}
    known = changes.pop("seed", None)
    was = before if known is None else known.before
    if seed != was:
        changes["seed"] = Change("seed", was, seed)
    scenario = loaded.scenario.model_copy(update={"seed": seed})
    return replace(loaded, scenario=scenario, changes=tuple(changes.values()))


def scenario_name(loaded: Loaded) -> str:
    """Name of a scenario's folder under the results: that of its file."""
    return loaded.files[0].path.stem if loaded.files else "scenario"


def seed_problems(seed: Any) -> list[Problem]:
    """Say what is wrong with a seed, which a Python program may have made of anything."""
    if seed is None or (is_whole(seed) and 0 <= seed < SEEDS):
        return []
    text = tr("a seed is a whole number from 0 to {most}, not {found}", most=SEEDS - 1, found=seed)
    return [Problem(text, file="--seed")]


def engine_problems(engine: Any) -> list[Problem]:
    """Say what is wrong with the name of an engine."""
    engines = get_args(Engine)
    if engine in engines:
        return []
    text = tr(
        "unknown engine “{name}”; there are {known}",
        name=engine,
        known=joined(engines, "、", ", "),
    )
    return [Problem(text, file="--engine", suggestion=nearest(str(engine), engines))]


def is_whole(number: Any) -> bool:
    """Whether something is a whole number, of Python's or NumPy's, and no truth value."""
    try:
        index(number)
    except TypeError:
        return False
    return not isinstance(number, bool)
