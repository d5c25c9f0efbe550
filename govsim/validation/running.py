"""Runs the textbook cases through the ordinary model and judges what comes out.

Each replication goes the way of every run: scenario file, network, demand table, compiled engine.
That the SimPy model gives the same bits in these scenarios is held by the tests.
Used by `govsim.validation.command` and by the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite, nan, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from govsim import engine
from govsim.demand.table import draw
from govsim.scenarios.loading import load
from govsim.scenarios.schema import Label
from govsim.service import network
from govsim.service.network import Network
from govsim.validation.cases import (
    OFFICE_HOURS,
    OFFICE_HOURS_FILE,
    OFFICE_HOURS_KNOWN,
    OFFICE_HOURS_SOURCE,
    PATH,
    PATH_SOURCE,
    PATHS,
    Case,
    Recursion,
    end_of_working_time,
)
from govsim.validation.closed_forms import family_wise_z
from govsim.validation.observing import Replication

EXACT = (PATH, OFFICE_HOURS)
"""Cases that are compared without chance, by `exact`."""

FALSE_ALARM = 0.05
"""Chance that a correct model fails any of the comparisons made together."""


@dataclass(frozen=True)
class Finding:
    """One known number beside what was simulated.

    Attributes
    ----------
    case, block, quantity, source : which.
    label : of the scenario.
    expected, simulated : numbers, or texts of exact comparisons.
    se : standard error of the mean over replications; 0 for exact comparisons.
    z : (simulated - expected) / se, as a standard normal would have it: Student's t with
        n - 1 degrees is taken to the normal value of the same probability.
    n : replications.
    second : whether the expected number is no closed form but comes from as many replications
        of a second program; `se` is that of the difference then.
    """

    case: str
    block: str
    label: Label
    quantity: str
    source: str
    expected: float | str
    simulated: float | str
    se: float
    z: float
    n: int
    second: bool = False

    @property
    def by_chance(self) -> bool:
        """Whether chance has a part in the comparison."""
        return self.n > 1 and self.se > 0

    @property
    def relative_se(self) -> float:
        """Standard error over the expected value."""
        if isinstance(self.expected, str) or not self.expected:
            return 0.0
        return self.se / abs(self.expected)

    def agrees(self, bound: float) -> bool:
        """Whether what was simulated is within `bound` of what is known."""
        if isinstance(self.expected, str):
            return self.expected == self.simulated
        return abs(self.z) <= bound


def bound(findings: Sequence[Finding], chance: float = FALSE_ALARM) -> float:
    """Largest |z| that all statistical findings together may have (Šidák)."""
    return family_wise_z(max(1, sum(f.by_chance for f in findings)), chance)


def folder_of_scenarios() -> Path:
    """Find the textbook scenarios: below the current folder, else beside the package."""
    here = Path("scenarios") / "textbook"
    return here if here.is_dir() else Path(__file__).parents[2] / here


def prepare(case: Case, folder: Path) -> Network:
    """Load the scenario of a case and lay out its service."""
    loaded = load(folder / case.file, overrides=(case.block,) if case.block else ())
    return network.build(loaded.scenario, loaded.folder)


def replicate(service: Network, number: int, seed: int | None = None) -> Replication:
    """Draw and simulate one replication."""
    table = draw(service, number, seed)
    warm_up = service.scenario.warm_up
    assert isinstance(warm_up, int), "textbook cases state their warm-up"
    return Replication(service, table, engine.run(service, table, warm_up))


def run(
    case: Case, folder: Path, replications: int | None = None
) -> Iterator[list[Finding] | None]:
    """Run a case; gives None after each replication, and its findings at the end."""
    service = prepare(case, folder)
    answers = case.known()
    n = case.replications if replications is None else replications
    rows = []
    for number in range(n):
        seen = case.observe(replicate(service, number))
        rows.append([seen[name] for name in answers])
        yield None
    values = np.array(rows)
    label = service.scenario.label
    yield [
        Finding(
            case.name, case.block, label, name, case.source, expected, *judge(column, expected), n
        )
        for (name, expected), column in zip(answers.items(), values.T, strict=True)
    ]


def judge(values: ArrayLike, expected: float) -> tuple[float, float, float]:
    """Compare independent values with what their mean should be.

    Returns
    -------
    mean, standard error, z
        z as in `Finding`; where all values are the same it is 0 or infinite.
    """
    x = np.asarray(values, dtype=np.float64)
    mean, se = float(x.mean()), float(x.std(ddof=1)) / sqrt(len(x))
    if not se > 0:
        return mean, 0.0, 0.0 if abs(mean - expected) <= 1e-9 * abs(expected) else np.inf
    t = (mean - expected) / se
    tail = stats.t.logsf(abs(t), len(x) - 1)
    z = float(np.sign(t) * normal_of_tail(float(tail)))
    return mean, se, z if isfinite(z) else nan


def normal_of_tail(log_tail: float) -> float:
    """Standard normal value with this logarithm of the chance above it."""
    return float(stats.norm.isf(np.exp(log_tail))) if log_tail > -700 else np.inf


def exact(folder: Path) -> list[Finding]:
    """Compare what is not left to chance: whole paths of queues, and the clock of working hours."""
    found = [_path(folder, *case) for case in PATHS]
    service = network.build(load(folder / OFFICE_HOURS_FILE).scenario, folder)
    return found + [
        Finding(
            OFFICE_HOURS, "", service.scenario.label, f"{start} + {hours:g} h",
            OFFICE_HOURS_SOURCE, expected, end_of_working_time(service, start, hours), 0.0, 0.0, 1,
        )
        for start, hours, expected in OFFICE_HOURS_KNOWN
    ]  # fmt: skip


def _path(folder: Path, file: str, block: str, recursion: Recursion) -> Finding:
    """Compare when each demand of a replication is begun, up to the horizon."""
    loaded = load(folder / file, overrides=(block,) if block else ())
    service = network.build(loaded.scenario, loaded.folder)
    seen = replicate(service, 0)
    begun = recursion(seen.table)
    begun[begun >= service.end] = -1
    n, same = len(begun), int((begun == seen.outcome.demands["dispatched"]).sum())
    return Finding(
        PATH, block, service.scenario.label, "begun at the same ms",
        PATH_SOURCE, f"{n} of {n}", f"{same} of {n}", 0.0, 0.0, 1,
    )  # fmt: skip


def names(cases: Iterable[Case]) -> list[str]:
    """Names of cases, once each, and those of the exact ones."""
    return [*dict.fromkeys(case.name for case in cases), *EXACT]
