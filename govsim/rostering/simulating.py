"""What the service keeps with the people that are needed by the hour, and with the rota.

People needed by the hour is not service kept: both are simulated on the same demands of the rota's
weeks, after a warm-up, and the difference has its interval.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from govsim.evaluation.service import Service
from govsim.measures.statistics import paired
from govsim.rostering.back import Overlay, applied
from govsim.runs.executors import Executor
from govsim.runs.progress import OnProgress, Progress
from govsim.scenarios.schema import Scenario

MEASURES = ("compliance_scene", "compliance_solve", "compliance_reply", "orders", "cost")

REPLICATIONS = 60
"""If nobody says how many: two minutes of a station on an old machine."""

FEW_POINTS = 10
"""A scenario with more points is simulated at the rota's alone, with the grids that it serves."""


def beside(
    scenario: Scenario,
    need: Overlay,
    rota: Overlay,
    point: str,
    replications: int,
    folder: Path | None = None,
    on_progress: OnProgress | None = None,
    executor: Executor | None = None,
) -> tuple[list[dict[str, Any]], bool]:
    """Simulate both, and set one beside the other.

    Returns
    -------
    rows : see `govsim.rostering.result.Rota.service`.
    alone : whether the point was simulated alone.
    """
    found = []
    alone = False
    with tempfile.TemporaryDirectory() as scratch:
        for n, (name, laid) in enumerate((("need", need), ("rota", rota))):
            if on_progress:
                on_progress(Progress("service", n, 2))
            place = (folder or Path(scratch)) / name
            service = Service(applied(scenario, laid, place), executor=executor)
            active = np.unique(service.network.covering)
            alone = len(active) > FEW_POINTS
            if alone:
                service = service.at([point])
            found.append(service.evaluate(None, replications, MEASURES))
        if on_progress:
            on_progress(Progress("service", 2, 2))
    rows = []
    for measure in MEASURES:
        needed, kept = found[0][measure], found[1][measure]
        apart = paired(kept.to_numpy(), needed.to_numpy()).difference
        rows.append(
            {
                "measure": measure,
                "needed": float(needed.mean()),
                "rota": float(kept.mean()),
                "difference": apart.mean,
                "low": apart.low,
                "high": apart.high,
                "n": apart.n,
            }
        )
    return rows, alone
