"""The race: plans from the cheapest on, each simulated until it is clear whether it keeps all.

Nothing here knows what a plan is: `Race` sees margins, float[replications, promises], above 0 where
a promise is kept. Every plan meets the same demands. Called by `govsim.optimisation.search`.

Notes
-----
A plan is looked at after `LOOKS` replications and dropped at the first look at which Student's t
says, for one promise, that its mean margin is below 0. Each look and promise has an equal part of
`ERROR`, so that a plan that truly keeps all promises is dropped with at most that chance
(Bonferroni). The true optimum is *one* such plan, however many there are: so with confidence 1 -
`ERROR` it is not among those dropped, and the cheapest plan that was not dropped costs no more than
it. A plan is taken for one that keeps all once every mean margin is above 0 by the same test; that
is not yet a promise, since the first of many to pass a test is also a lucky one: what is claimed
of it is found anew, on replications that the race never saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Verdict = Literal["kept", "dropped", "open"]

LOOKS = (4, 8, 16, 32, 64, 128, 256, 512)
"""Replications after which a plan is looked at; after the last it stays open."""

ERROR = 0.05
"""Chance that the plan sought is dropped, and that a plan is taken which breaks a promise."""

AT_ONCE = 16
"""Plans whose first replications are made together, so that all workers have something to do."""

Observe = Callable[[Sequence[int], int], list[Floats]]
"""Gives the first n margins of some plans, float[n, promises] of each."""


def verdict(margins: Floats, looks: Sequence[int] = LOOKS, error: float = ERROR) -> Verdict:
    """Say whether a plan keeps all promises, by what is known of it at one look.

    Parameters
    ----------
    margins : float[n, promises]; NaN where a measure has no value.
    looks : all looks that there may be.
    error : over all looks, of either kind.
    """
    from scipy.special import stdtrit

    each = error / len(looks)
    sure = True
    for column in margins.T:
        known = column[~np.isnan(column)]
        if len(known) < 2:
            sure = False
            continue
        mean, width = float(known.mean()), float(known.std(ddof=1)) / np.sqrt(len(known))
        degrees = len(known) - 1
        if width == 0:
            if mean < 0:
                return "dropped"
            continue
        if mean / width < -stdtrit(degrees, 1 - each / margins.shape[1]):
            return "dropped"
        sure &= bool(mean / width > stdtrit(degrees, 1 - each))
    return "kept" if sure else "open"


@dataclass
class Race:
    """A race under way, and what it has found so far.

    Attributes
    ----------
    observe : gives margins.
    order : plans, the cheapest first.
    costs : float[plans].
    most : cost above which no plan is looked at.
    kept, open_, dropped : plans by their verdict, in the order in which it fell.
    """

    observe: Observe
    order: Ints
    costs: Floats
    looks: tuple[int, ...] = LOOKS
    most: float = inf
    kept: list[int] = field(default_factory=list)
    open_: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)

    def run(self) -> Iterator[int]:
        """Give plans that keep all promises, the cheapest first; of equal cost the surest first."""
        place = 0
        while place < len(self.order) and self._cost(place) <= self.most:
            group = self._group(place)
            place += len(group)
            found = self._passed(group)
            last = -1.0
            alike: list[int] = []
            for plan in found:
                if self.costs[plan] > last + 0.5 and alike:
                    yield from self._surest(alike)
                    alike = []
                alike.append(plan)
                last = float(self.costs[plan])
            yield from self._surest(alike)

    def _group(self, place: int) -> Ints:
        """Take the next plans, and all that cost the same as the last of them."""
        end = min(place + AT_ONCE, len(self.order))
        while end < len(self.order) and self._cost(end) <= self._cost(end - 1) + 0.5:
            end += 1
        return self.order[place:end]

    def _cost(self, place: int) -> float:
        return float(self.costs[self.order[place]])

    def _passed(self, group: Ints) -> Iterator[int]:
        """Judge some plans, the cheapest first."""
        first = self.observe(group.tolist(), self.looks[0])
        for plan, margins in zip(group.tolist(), first, strict=True):
            found = verdict(margins, self.looks)
            for n in self.looks[1:]:
                if found != "open":
                    break
                found = verdict(self.observe([plan], n)[0], self.looks)
            {"kept": self.kept, "open": self.open_, "dropped": self.dropped}[found].append(plan)
            if found == "kept":
                yield plan

    def _surest(self, plans: list[int]) -> Iterator[int]:
        """Sort plans of the same cost by their least margin, in its own standard deviations."""

        def sure(plan: int) -> float:
            margins = self.observe([plan], self.looks[min(2, len(self.looks) - 1)])[0]
            spread = np.nanstd(margins, axis=0, ddof=1)
            return float(np.nanmin(np.nanmean(margins, axis=0) / np.where(spread > 0, spread, 1)))

        yield from sorted(plans, key=sure, reverse=True)


def bound(race: Race, answer: int | None) -> float:
    """Say what the plan sought costs at least, with confidence 1 - `ERROR`; NaN if nothing is left.

    Parameters
    ----------
    answer : the plan that was taken, if any.
    """
    left = [*race.open_, *race.kept] + ([] if answer is None else [answer])
    return min((float(race.costs[plan]) for plan in left), default=float("nan"))
