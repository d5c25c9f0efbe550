"""``govsim run --set-grid``: run every combination of some values, and show them in a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.cli.options import console, print_json
from govsim.cli.progress import progress, stoppable
from govsim.cli.reporting import report_at_the_end

if TYPE_CHECKING:
    from govsim.comparison.sweep import Sweep
    from govsim.runs.executors import Executor


def show(
    file: Path,
    grid: tuple[str, ...],
    asked: dict[str, Any],
    executor: Callable[[], Executor],
    quiet: bool,
    as_json: bool,
    no_report: bool,
) -> None:
    """Run a sweep and show what came out.

    Parameters
    ----------
    file : the scenario.
    grid : as given to ``--set-grid``.
    asked : what else `govsim.comparison.sweep.sweep` is asked for.
    executor : makes the executor.
    quiet, as_json, no_report : say nothing; print JSON instead of a table; write no report.
    """
    from govsim.comparison.sweep import read_grid, sweep

    values = read_grid(grid)
    with stoppable(), executor() as chosen, progress(quiet or as_json) as told:
        made = sweep(file, values, on_progress=told, executor=chosen, **asked)
    if made.comparison is not None and not no_report:
        report_at_the_end(made.comparison, quiet or as_json)
    if as_json:
        print_json(as_values(made))
    elif not quiet:
        from govsim.report.sweeps import summary

        console().print(summary(made, asked["on"]))


def as_values(made: Sweep) -> dict[str, Any]:
    """Give what was found as plain values."""
    found = made.comparison
    folder = None if found is None else found.folder
    return {
        "paths": list(made.paths),
        "baseline": None if found is None else found.baseline,
        "differences": [] if found is None else found.to_frame().to_dict("records"),
        "folder": None if folder is None else str(folder),
        "notes": list(made.notes),
        "table": None if made.file is None else str(made.file),
        "combinations": [
            {
                "settings": dict(zip(made.paths, values, strict=True)),
                "run": one.run,
                "folder": None if one.folder is None else str(one.folder),
                "replications": one.replications,
                "warnings": list(one.warnings),
                "measures": one.table.to_dict("records"),
            }
            for values, one in made.combinations
        ],
    }
