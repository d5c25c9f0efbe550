"""``govsim run --set-grid``: run every combination of some values, and show them in a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.cli.options import console, print_json
from govsim.cli.progress import progress, stoppable

if TYPE_CHECKING:
    from govsim.executors import Executor
    from govsim.sweep import Sweep


def show(
    file: Path,
    grid: tuple[str, ...],
    asked: dict[str, Any],
    executor: Callable[[], Executor],
    quiet: bool,
    as_json: bool,
) -> None:
    """Run a sweep and show what came out.

    Parameters
    ----------
    file : the scenario.
    grid : as given to ``--set-grid``.
    asked : what else `govsim.sweep.sweep` is asked for.
    executor : makes the executor.
    quiet, as_json : say nothing; print JSON instead of a table.
    """
    from govsim.sweep import read_grid, sweep

    values = read_grid(grid)
    with stoppable(), executor() as chosen, progress(quiet or as_json) as told:
        made = sweep(file, values, on_progress=told, executor=chosen, **asked)
    if as_json:
        print_json(as_values(made))
    elif not quiet:
        from govsim.report.sweeps import summary

        console().print(summary(made, asked["on"]))


def as_values(made: Sweep) -> dict[str, Any]:
    """Give what was found as plain values."""
    return {
        "paths": list(made.paths),
        "table": None if made.file is None else str(made.file),
        "combinations": [
            {
                "settings": dict(zip(made.paths, values, strict=True)),
                "run": found.run,
                "folder": None if found.folder is None else str(found.folder),
                "replications": found.replications,
                "warnings": list(found.warnings),
                "measures": found.table.to_dict("records"),
            }
            for values, found in made.combinations
        ],
    }
