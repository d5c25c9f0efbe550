"""Every number of the schema at values that nobody means, one at a time; then a run."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from commands import faults, typed

import scenarios
from govsim.scenarios.limits import limits_of
from govsim.scenarios.loading import load
from govsim.scenarios.parameters import leaves

BASES = ("tiandi.yaml", "jiangning-storm.yaml", "textbook/base.yaml")
FACTORS = (0, -1, 1e-300, 1e-6, 0.1, 10, 1e3, 1e9, 1e30, 1e300)
_NUMBER = re.compile(r"[-+]?[0-9][0-9.]*(?:e[-+]?[0-9]+)?")


@cache
def every() -> list[tuple[str, str, str]]:
    """All of them: scenario, path, value."""
    found = []
    for base in BASES:
        for leaf in leaves(load(scenarios.SCENARIOS / base).scenario):
            path = ".".join(map(str, leaf.path))
            found += [(base, path, value) for value in _values(leaf.written, leaf.path)]
    return list(dict.fromkeys(found))


def _values(written: Any, path: tuple[Any, ...]) -> Iterator[str]:
    number = None if isinstance(written, bool) else _NUMBER.match(str(written))
    if number is None:
        return
    unit = str(written)[number.end() :] if isinstance(written, str) else ""
    for factor in FACTORS:
        yield f"{float(number[0] or 1) * factor or factor:g}{unit}"
    yield "9" * 30 + unit
    yield ".inf"
    yield ".nan"
    for limits in limits_of(path):
        for end in (limits.least, limits.low, limits.high, limits.most):
            if end is not None:
                yield str(end)


def examine(rng: random.Random, place: Path, number: int) -> Iterator[str]:
    """Put one number at an extreme; over all of them in an order that the seed shuffles."""
    cases = every()
    base, path, value = cases[_order(number, len(cases))]
    file = scenarios.copied() / base
    said = typed("validate", file, "--set", f"{path}={value}")
    for fault in faults(said, "validate"):
        yield f"{base} {path}={value}: {fault}"
    if said.exit_code == 0 and not said.exception:
        for fault in scenarios.ran(file, ["--set", f"{path}={value}"]):
            yield f"{base} {path}={value}: {fault}"


def _order(number: int, total: int) -> int:
    """Step through all cases so that a few of them are of many kinds."""
    step = 7919  # a prime that divides no number of cases
    return number * step % total
