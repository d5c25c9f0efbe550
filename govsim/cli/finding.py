"""Which run a planner means: by its id, a name of its own, or the scenario that was run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from govsim.cli.options import WRONG_INPUT, fail, scenario_file
from govsim.errors import InputError, Problem
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.runs.results import Result
    from govsim.storage.folder import RunFolder

LONGEST = 60
"""Signs of a name, so that it fits in a heading."""


def check_name(name: str, scenario: str, out: Path) -> None:
    """See that a run can be called so.

    Raises
    ------
    InputError
        It is empty, too long, not printable, looks like a path, or is a scenario's name, which
        stands for its unchanged run.
    """
    bare = name.strip()
    if not bare or len(bare) > LONGEST or not bare.isprintable() or set("/\\") & set(bare):
        message = tr(
            "a name has 1 to {n} printable signs, and no slashes, but found {found!r}",
            n=LONGEST,
            found=name,
        )
    elif bare == scenario or (out / bare).is_dir() or scenario_file(bare, needed=False).is_file():
        message = tr(
            "“{name}” is the name of a scenario, and so of its run without changes; "
            "take another one",
            name=bare,
        )
    else:
        return
    raise InputError([Problem(message, file="--name")])


def scenario_or_run(what: str, out: Path) -> Path | Result:
    """Find the file of a scenario, or else a finished run by its id, folder or name.

    Raises
    ------
    InputError
        A bare name is neither.
    """
    from govsim.runs.results import open_run

    file = scenario_file(what, needed=False)
    if file.is_file():
        return file
    run = run_named(what, out)
    return scenario_file(what) if run is None else open_run(run)


def run_named(what: str, out: Path) -> RunFolder | None:
    """Find a run; a scenario of which there are only what-ifs is said to have no other.

    Leaves with a message that names them.
    """
    from govsim.storage.finding import find, what_ifs

    run = find(out, what)
    if run is None and (changed := what_ifs(out, what)):
        lines = [
            tr(
                "every run of “{name}” in {out} changes something in its plan; “govsim run {name}” "
                "runs it as it is, and these are there, by their ids:",
                name=what,
                out=out,
            )
        ]
        lines += [f"  {one.path.parent.name}/{one.path.name}  {differs(one)}" for one in changed]
        fail("\n".join(lines), WRONG_INPUT)
    return run


def damaged_runs(out: Path) -> list[str]:
    """Name the runs whose record is damaged, and with it a name of their own if they had one."""
    from govsim.storage.finding import damaged

    return [f"{run.path.parent.name}/{run.path.name}" for run in damaged(out)]


def differs(run: RunFolder) -> str:
    """Say on one line what a run is called and changes; empty where it changes nothing."""
    from govsim.scenarios.changes import Change

    manifest = run.manifest()
    changes = [str(Change.recorded(one)) for one in manifest.get("changes", ())]
    return "; ".join(filter(None, (manifest.get("name"), *changes)))
