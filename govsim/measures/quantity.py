"""What is compared or explained: a measure of the district, or of one of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from govsim.errors import Problem
from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE, Measure
from govsim.scenarios.units import nearest

LEVELS = (
    "district", "street", "community", "point", "team", "pool", "category", "channel", "cause",
    "hour", "shift",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measure of the district, or of one of its parts.

    Attributes
    ----------
    measure : its name in `govsim.measures.catalogue`.
    level, key : where, as in `govsim.measures`; written ``team/volunteers:utilisation``.
    """

    measure: str
    level: str = "district"
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """Read ``orders`` or ``team/volunteers:utilisation``."""
        where, _, measure = text.rpartition(":")
        level, _, key = where.partition("/")
        return cls(measure, level or "district", key)

    def __str__(self) -> str:
        return f"{self.level}/{self.key}:{self.measure}" if self.key else self.measure

    @property
    def shown(self) -> Measure:
        """What a reader must know of the measure."""
        return CATALOGUE[self.measure]


def unknown(quantities: Iterable[Quantity], option: str) -> Iterator[Problem]:
    """Name the quantities that nothing measures, with what may have been meant.

    Parameters
    ----------
    quantities : as they were asked for.
    option : of the command line that they were asked for with, such as ``--on``.
    """
    for quantity in quantities:
        if quantity.measure not in CATALOGUE:
            yield Problem(
                tr("unknown measure “{name}”", name=quantity.measure),
                file=option,
                suggestion=nearest(quantity.measure, CATALOGUE),
            )
        if quantity.level not in LEVELS:
            yield Problem(
                tr("unknown level “{name}”", name=quantity.level),
                file=option,
                suggestion=nearest(quantity.level, LEVELS),
            )
