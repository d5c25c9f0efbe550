"""Where scenarios are: found by a bare name from any folder, and listed, a planner's own first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from govsim.errors import InputError, Problem
from govsim.language import joined, name, tr
from govsim.scenarios.documents import Unreadable, decode, fetch, parse
from govsim.scenarios.units import nearest

SCENARIOS = Path("scenarios")
"""Folder of scenarios, below where the command is run."""

SUFFIXES = (".yaml", ".yml")

SHIPPED = frozenset(
    ("jiangning", "jiangning-baseline", "jiangning-storm", "service", "tiandi", "tiandi-before")
) | frozenset(f"tiandi-{plan}" for plan in ("fewer-volunteers", "night", "pooled", "visits"))
"""Names of the scenarios that come with govsim."""

CASES = ("textbook", "independent", "boston")
"""Folders of cases that come with it, for validation."""

OWN, WITH_GOVSIM, VALIDATION = "own", "shipped", "validation"
"""Groups of scenarios, in the order in which they are listed."""


def places() -> list[Path]:
    """Name the folders in which a bare name is sought: here, in folders above, and govsim's own."""
    here = Path.cwd()
    above = [folder / SCENARIOS for folder in here.parents]
    own = Path(__file__).parents[2] / SCENARIOS
    found = [here, here / SCENARIOS, *(one for one in (*above, own) if one.is_dir())]
    return list(dict.fromkeys(found))


def scenario_file(given: str, needed: bool = True) -> Path:
    """Find the file of a scenario: a path, or a name with or without suffix in `places`.

    Raises
    ------
    InputError
        There is no scenario of this bare name, and one is `needed`.
    """
    path = Path(given)
    if path.is_file() or path.is_absolute():
        return path
    for folder in places():
        file = folder / path
        near = [file] if path.suffix else [file.with_name(file.name + end) for end in SUFFIXES]
        if path.parts[:1] == SCENARIOS.parts:  # scenarios/tiandi.yaml, typed elsewhere
            near += [folder.parent / one.relative_to(folder) for one in near]
        for one in near:
            if one.is_file():
                return _brief(one)
    if needed and not path.suffix and not path.exists():
        message = tr("there is no scenario “{name}” in {places}", name=given, places=sought())
        raise InputError([Problem(message, suggestion=nearest(path.name, _known()))])
    return path


def _known() -> list[str]:
    """Name the scenarios in all places."""
    files = (file for folder in places() for file in folder.glob("*.y*ml"))
    return list(dict.fromkeys(file.stem for file in files if file.suffix in SUFFIXES))


def _brief(file: Path) -> Path:
    """Write a file from here, where it is below."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def sought() -> str:
    """Say where a bare name was sought."""
    return joined([str(place) for place in places()], "、", ", ")


def listed(every: bool) -> tuple[list[dict[str, Any]], int]:
    """List scenarios, a planner's own first, each with its title, its question and its group.

    Parameters
    ----------
    every : also those that come with govsim for validation.

    Returns
    -------
    list of dict, int
        The scenarios, and how many were left out.
    """
    files = list(_files())
    shown = [(group, file) for group, file in files if every or group != VALIDATION]
    order = (OWN, WITH_GOVSIM, VALIDATION)
    shown.sort(key=lambda one: (order.index(one[0]), _called(one[1])))
    return [_entry(group, file) for group, file in shown], len(files) - len(shown)


def _files() -> Iterator[tuple[str, Path]]:
    """Find the files that are scenarios, here and in the folder of scenarios."""
    # A file that only others extend, such as service.yaml, is no plan that anyone would run.
    here = [file for end in SUFFIXES for file in Path().glob(f"*{end}") if _is_scenario(file)]
    yield from ((OWN, file) for file in here)
    for file in SCENARIOS.rglob("*.y*ml"):
        if file.suffix not in SUFFIXES:
            continue
        below = file.relative_to(SCENARIOS)
        if len(below.parts) > 1 and below.parts[0] in CASES:
            if _is_scenario(file):
                yield VALIDATION, file
        elif len(below.parts) == 1 and below.stem in SHIPPED:
            if below.stem != "service":
                yield WITH_GOVSIM, file
        elif _is_scenario(file):
            yield OWN, file


def _is_scenario(file: Path) -> bool:
    """Tell a scenario from a mapping of work orders, and from files of other programs.

    One that can't be read counts: its planner must see what is wrong.
    """
    from govsim.orders.mapping import Mapping
    from govsim.scenarios.schema import Scenario

    try:
        entries = parse(decode(fetch(file, str(file)), str(file)), str(file), file.parent).mapping
    except Unreadable:
        return file.parent != Path()
    keys = set(entries or {})
    if "columns" in keys and keys <= set(Mapping.model_fields):
        return False
    return bool(keys & {*Scenario.model_fields, "extends", "apply"}) or file.parent != Path()


def _called(file: Path) -> str:
    """Name a scenario as a command would."""
    below = file.relative_to(SCENARIOS) if file.is_relative_to(SCENARIOS) else file
    return below.with_suffix("").as_posix()


def _entry(group: str, file: Path) -> dict[str, Any]:
    from govsim.scenarios.loading import load

    entry: dict[str, Any] = {"scenario": _called(file), "group": group}
    try:
        scenario = load(file).scenario
    except InputError as error:
        return entry | {"title": "", "question": str(error.problems[0])}
    title = name(scenario.label)
    question = title if scenario.question is None else name(scenario.question)
    return entry | {"title": title, "question": question}
