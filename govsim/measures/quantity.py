"""What is compared or explained: a measure of the district, or of one of its parts."""

from __future__ import annotations

from dataclasses import dataclass

from govsim.measures.catalogue import CATALOGUE, Measure

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
