"""The inputs that only the simulation can tell, and what is known of them beforehand.

A latent input has a position in its plausible range (`govsim.ranges`): 0 is the low end, 1 the
high end, and half of the prior probability lies on either side of the scenario's value. Inference
works on the normal score z of the position: unconstrained, and a priori standard normal and
independent of the other inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim import ranges
from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.ranges import Uncertain
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import nearest

Floats = NDArray[np.float64]

USUAL = (
    "demand.level",
    "residents.escalation",
    "residents.patience.time",
    "demand.categories.*.work",
    "demand.categories.*.department_time",
    "patrol.found_visible",
)
"""Latent demand, residents' escalation and patience, real staff time, departments' time, and what
patrols find: what no column of a record shows."""

WITHIN = 0.999
"""Positions nearer to an end of the range than half of the rest are taken for that."""


def find(scenario: Scenario, wanted: Sequence[str] = USUAL) -> list[Uncertain]:
    """Look up inputs by their paths, with their plausible ranges.

    Raises
    ------
    InputError
        A path that is no input with a plausible range.
    """
    known = {one.path: one for one in ranges.inputs(scenario, scenario)}
    problems = []
    for path in wanted:
        if path not in known:
            meant = nearest(path, known)
            message = tr("“{path}” is no input with a plausible range", path=path)
            if meant:
                message += tr(", did you mean {meant}?", meant=meant)
            problems.append(Problem(message, file="--latent"))
    if problems:
        raise InputError(problems)
    return [known[path] for path in dict.fromkeys(wanted)]


def positions(z: Floats) -> Floats:
    """Turn normal scores (any shape) into positions between 0 and 1."""
    from scipy.special import ndtr

    outside = (1 - WITHIN) / 2
    found: Floats = np.clip(ndtr(z), outside, 1 - outside)
    return found


def scores(position: Floats) -> Floats:
    """Turn positions (any shape) into normal scores."""
    from scipy.special import ndtri

    outside = (1 - WITHIN) / 2
    found: Floats = ndtri(np.clip(position, outside, 1 - outside))
    return found


def changes(
    scenario: Scenario, inputs: Sequence[Uncertain], z: Floats
) -> list[tuple[tuple[str, ...], Any]]:
    """Say what to change in a scenario to set its latent inputs to scores z, float[d]."""
    return ranges.changes(scenario, "before", inputs, positions(z).tolist())
