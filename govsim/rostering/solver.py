"""OR-Tools' CP-SAT: found where it is installed, or asked for in one message.

Its strategies take turns in a fixed order, and a search ends after a fixed amount of work, not of
time: the same on every machine, however many cores there are. No search is given a rota to begin
from: with hints, versions 9.14 and 9.15 end the whole program now and then (or-tools, 5025).
"""

from __future__ import annotations

import threading
from types import ModuleType
from typing import Any

from govsim.errors import RunError
from govsim.language import tr

STRATEGIES = 8
"""Strategies of CP-SAT that take turns; one alone is stuck for ten times as long."""

OPTIMAL, FEASIBLE, INFEASIBLE, UNKNOWN = "optimal", "feasible", "infeasible", "unknown"


def cp_model() -> ModuleType:
    """Import the solver.

    Raises
    ------
    RunError
        It is not installed; with the command that installs it.
    """
    try:
        from ortools.sat.python import cp_model as found
    except ImportError:
        raise RunError(
            tr(
                "a rota needs the package ortools, which is not installed here: pip install -c "
                "constraints.txt ortools (without a network: from a folder of wheels, as in "
                "docs/get-started.md)"
            )
        ) from None
    module: ModuleType = found
    return module


def solve(model: Any, seed: int, work: float) -> tuple[str, Any]:
    """Search, and give how it ended and the solver with its values.

    The search runs in a thread, so that Ctrl-C is heard meanwhile.

    Parameters
    ----------
    model : a CpModel.
    work : most of CP-SAT's deterministic seconds, some one or two of a machine's.
    """
    module = cp_model()
    solver = module.CpSolver()
    solver.parameters.num_workers = STRATEGIES
    solver.parameters.interleave_search = True
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = work
    solver.parameters.catch_sigint_signal = False
    ended: list[Any] = []
    thread = threading.Thread(target=lambda: ended.append(solver.solve(model)), daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.05)
    except BaseException:
        solver.stop_search()
        thread.join()
        raise
    names = {
        module.OPTIMAL: OPTIMAL,
        module.FEASIBLE: FEASIBLE,
        module.INFEASIBLE: INFEASIBLE,
    }
    return names.get(ended[0], UNKNOWN), solver
