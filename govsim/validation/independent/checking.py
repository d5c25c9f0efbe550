"""Runs a scenario through the ordinary model and a second program, and compares the two.

Neither of the two is known to be right; where they differ by more than chance allows, one of
them, or docs/model.md, is wrong. Used by ``govsim validate-model`` and by the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite, nan, sqrt
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from govsim.scenarios.loading import load
from govsim.service import network
from govsim.validation.observing import Numbers, Replication
from govsim.validation.running import Finding, normal_of_tail, replicate

FOLDER = "independent"
"""Folder of scenarios, beside that of the textbook."""

SEED = 20251127
"""Of the second programs; govsim's replications have the seeds of their scenarios."""


@dataclass(frozen=True)
class Check:
    """A mechanism: a scenario for govsim, and a program for the same service.

    Attributes
    ----------
    name : of the mechanism; several variants of a file share it.
    file : in the folder of these scenarios.
    program : simulates one replication and gives its numbers by name.
    observe : gives the same names from a replication of govsim.
    block : block of the file's ``overrides`` to apply; "" for none.
    replications : independent ones, of each of the two.
    """

    name: str
    file: str
    program: Callable[[np.random.Generator], Numbers]
    observe: Callable[[Replication], Numbers]
    block: str = ""
    replications: int = 30

    @property
    def source(self) -> str:
        """Where the second program stands."""
        function = getattr(self.program, "func", self.program)
        return f"{function.__module__}.{function.__name__}"


def folder_beside(textbook: Path) -> Path:
    """Find the scenarios of these checks."""
    return textbook.parent / FOLDER


def run(
    check: Check, folder: Path, replications: int | None = None
) -> Iterator[list[Finding] | None]:
    """Run a check; gives None after each replication, and its findings at the end."""
    loaded = load(folder / check.file, overrides=(check.block,) if check.block else ())
    service = network.build(loaded.scenario, loaded.folder)
    n = check.replications if replications is None else replications
    variant = crc32(f"{check.name} {check.block}".encode())
    theirs, ours = [], []
    for number in range(n):
        theirs.append(check.program(np.random.default_rng([SEED, variant, number])))
        ours.append(check.observe(replicate(service, number)))
        yield None
    yield [
        Finding(
            check.name,
            check.block,
            service.scenario.label,
            quantity,
            check.source,
            *two_samples([t[quantity] for t in theirs], [o[quantity] for o in ours]),
            n,
            second=True,
        )
        for quantity in theirs[0]
    ]


def two_samples(known: ArrayLike, simulated: ArrayLike) -> tuple[float, float, float, float]:
    """Compare the means of two sets of independent values.

    Returns
    -------
    mean of each, standard error of their difference, z
        Welch's t, with his degrees of freedom, as the standard normal value of the same
        probability; where no value differs from another it is 0, or infinite.
    """
    a, b = (np.asarray(x, dtype=np.float64) for x in (known, simulated))
    mean_a, mean_b = float(a.mean()), float(b.mean())
    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    se = sqrt(parts.sum())
    if not se > 1e-12 * abs(mean_a):  # what has no chance in it differs by rounding
        same = abs(mean_b - mean_a) <= 1e-9 * abs(mean_a)
        return mean_a, mean_b, 0.0, 0.0 if same else np.inf
    freedom = parts.sum() ** 2 / (parts**2 / (np.array([len(a), len(b)]) - 1)).sum()
    t = (mean_b - mean_a) / se
    z = float(np.sign(t)) * normal_of_tail(float(stats.t.logsf(abs(t), freedom)))
    return mean_a, mean_b, se, z if isfinite(z) else nan
