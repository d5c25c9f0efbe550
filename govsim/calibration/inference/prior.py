"""The inputs that only the simulation can tell, and what is known of them beforehand.

A latent input has a position in its plausible range (`govsim.runs.ranges`): 0 is the low end, 1 the
high end, and half of the prior probability lies on either side of the scenario's value. Inference
works on the normal score z of the position: unconstrained, and a priori standard normal and
independent of the other inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.runs import ranges
from govsim.runs.ranges import Uncertain
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

    Parameters
    ----------
    wanted : ``PATH``, or ``PATH=low..high`` for another range than the scenario's. A path may
        have ``*`` for all entries (they then move together) or name one of them.

    Raises
    ------
    InputError
        A path that is no input, an input without a plausible range, ends that are no range, or
        an input that is named twice.
    """
    known = {one.path: one for one in ranges.inputs(scenario, scenario)}
    single = {
        ".".join(entry.path): replace(one, path=".".join(entry.path), entries=(entry,))
        for one in known.values()
        for entry in one.entries
    }
    known = single | known
    found: dict[str, Uncertain] = {}
    problems = []
    for text in wanted:
        path, has_range, ends = (part.strip() for part in text.partition("="))
        one = known.get(path)
        if has_range:
            low, _, high = (part.strip() for part in ends.partition(".."))
            one = ranges.within(scenario, path, low, high)
        if one is None:
            problems.append(Problem(_why_not(path, ends, known), file="--latent"))
            continue
        others = {entry.path for other in found.values() for entry in other.entries}
        if path not in found and any(entry.path in others for entry in one.entries):
            message = tr("“{path}” is also set by another of these inputs", path=path)
            problems.append(Problem(message, file="--latent"))
        found[path] = one
    if problems:
        raise InputError(problems)
    return list(found.values())


def _why_not(path: str, ends: str, known: Iterable[str]) -> str:
    """Say why a path with these ends is no latent input."""
    if ends and path in known:
        return tr(
            "“{ends}” is no range of {path}; write it like {path}=LOW..HIGH", ends=ends, path=path
        )
    message = tr("“{path}” is no input with a plausible range", path=path)
    if meant := nearest(path, known):
        message += tr(", did you mean {meant}?", meant=meant)
    return message


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
