"""What a better service costs: extra cost beside compliance gained and 12345 orders avoided.

`trade_offs` holds each plan against the baseline; `dominated` names the plans that another
beats; `steps` goes along those that are left, from the cheapest to the dearest. Costs are
those of the service a year, less what it saves in handling 12345 orders. Called by
`govsim.report` and the command line; reads a `govsim.comparison.Comparison`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from math import comb, nan
from typing import Any, Literal

import pandas as pd

from govsim.comparison.result import Comparison, Difference, Verdict
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval, each_of, ratio

COST = Quantity("cost")
EFFECTS = tuple(
    map(Quantity, ("orders", "compliance_scene", "compliance_solve", "compliance_reply"))
)
"""What cost is held against, orders first."""

Kind = Literal["gain", "buys", "saves", "loss", "same", "unclear"]

ALIKE = frozenset({"unclear", "same", "too few"})
"""Verdicts that leave two plans not distinguishable."""

NO_PRICE = Interval(nan, nan, nan, 0)


@dataclass(frozen=True, slots=True)
class TradeOff:
    """What a plan costs beside what it brings, against another.

    Attributes
    ----------
    cost, effect : the differences.
    price : yuan for each order avoided, or for a share of 1 of compliance gained (a hundredth
        of it for a percentage point); for ``saves``, yuan saved for each order more or share
        lost. `NO_PRICE` where there is none to pay, or where the effect can't be told from
        none, since then no finite interval is right.
    kind : ``gain`` no worse in cost and effect, and better in one; ``buys`` a better effect
        that costs more; ``saves`` money at a worse effect; ``loss`` no better in either and
        worse in one; ``same`` in both; ``unclear`` where an interval doesn't say.
    """

    cost: Difference
    effect: Difference
    price: Interval
    kind: Kind

    @property
    def gained(self) -> Interval:
        """The effect as what is gained: orders avoided, share of compliance added."""
        found = self.effect.paired.difference
        if self.effect.quantity.shown.better == "higher":
            return found
        return Interval(-found.mean, -found.high, -found.low, found.n)


@dataclass(frozen=True, slots=True)
class Dominated:
    """A plan that another beats, or equals, in cost and in an effect alike.

    Attributes
    ----------
    plan, by : names.
    effect : which effect, beside cost.
    sure : whether the intervals say so; else only the means do.
    cost_verdict, verdict : what the intervals say of `by`, held against `plan`, on cost and on
        the effect.
    """

    plan: str
    by: str
    effect: Quantity
    sure: bool
    cost_verdict: Verdict
    verdict: Verdict

    @property
    def alike(self) -> bool:
        """Whether the two can be told apart neither in cost nor in effect."""
        return {self.cost_verdict, self.verdict} <= ALIKE


def trade_offs(comparison: Comparison) -> tuple[TradeOff, ...]:
    """Hold cost against each of `EFFECTS`, for each plan against the baseline.

    Differences and their intervals are those of the comparison. Intervals of prices are by
    Fieller (`govsim.measures.statistics.ratio`), and hold together with the comparison's confidence
    (Bonferroni over plans and effects).
    """
    base = comparison.baseline
    pairs = [(plan, base) for plan in comparison.names if plan != base]
    each = each_of(len(pairs) * len(EFFECTS), comparison.confidence)
    return _offs(comparison, comparison.differences, pairs, EFFECTS, each)


def _offs(
    comparison: Comparison,
    differences: Iterable[Difference],
    pairs: Sequence[tuple[str, str]],
    effects: Sequence[Quantity],
    each: float,
) -> tuple[TradeOff, ...]:
    found = {(d.plan, d.against, d.quantity): d for d in differences}
    costs = comparison.values(COST)
    offs = []
    for effect in effects:
        values = comparison.values(effect)
        sign = 1.0 if effect.shown.better == "higher" else -1.0
        for plan, against in pairs:
            cost, difference = (found[plan, against, what] for what in (COST, effect))
            kind, price = _kind(cost, difference), NO_PRICE
            if kind in ("buys", "saves", "unclear"):
                gained = sign * (values[plan] - values[against])
                price = ratio(costs[plan] - costs[against], gained, each)
            known = price.low == price.low
            offs.append(TradeOff(cost, difference, price if known else NO_PRICE, kind))
    return tuple(offs)


def _kind(cost: Difference, effect: Difference) -> Kind:
    verdicts = {cost.verdict, effect.verdict}
    if verdicts == {"same"}:
        return "same"
    if not verdicts <= {"better", "worse", "same"}:
        return "unclear"
    if "worse" not in verdicts:
        return "gain"
    if "better" not in verdicts:
        return "loss"
    return "buys" if effect.verdict == "better" else "saves"


# ---------------------------------------------------------------------- all plans at once


def dominated(comparison: Comparison) -> tuple[Dominated, ...]:
    """Find the plans that some other plan beats in cost and an effect, the baseline included.

    Where several do, the one is named that does so for sure, and of those the cheapest.
    """
    found = _each_with_each(comparison)
    cost = comparison.values(COST).mean()
    chosen: dict[tuple[Quantity, str], Dominated] = {}
    for effect in EFFECTS:
        beaten = []
        for by, plan in permutations(comparison.names, 2):
            sides = [found[by, plan, what] for what in (COST, effect)]
            sure = _kind(*sides) == "gain"
            gains = [_gain(side) for side in sides]
            if sure or (min(gains) >= 0 and max(gains) > 0):
                verdicts = (side.verdict for side in sides)
                beaten.append(Dominated(plan, by, effect, sure, *verdicts))
        for one in sorted(beaten, key=lambda one: (not one.sure, one.alike, cost[one.by])):
            chosen.setdefault((effect, one.plan), one)
    return tuple(chosen.values())


def steps(comparison: Comparison, effect: Quantity = EFFECTS[0]) -> tuple[TradeOff, ...]:
    """Go from the cheapest plan to dearer ones that bring more, each held against the one before.

    Left out are plans that others beat, if only by the means; of plans that can't be told apart,
    the cheapest in its mean stays. What the last step of a dear
    plan brings is hidden where it is held against a baseline that was bad. Intervals hold
    together over all pairs of plans and `EFFECTS`, since the steps are chosen by the results.
    """
    beaten = {one.plan for one in dominated(comparison) if one.effect == effect}
    cost = comparison.values(COST).mean()
    left = sorted((n for n in comparison.names if n not in beaten), key=lambda n: cost[n])
    pairs = [(dearer, cheaper) for cheaper, dearer in pairwise(left)]
    differences = _each_with_each(comparison).values()
    each = each_of(comb(len(comparison.names), 2) * len(EFFECTS), comparison.confidence)
    return _offs(comparison, differences, pairs, (effect,), each)


def choice(comparison: Comparison) -> list[tuple[Difference, list[Difference]]]:
    """Go along the plans that are left to choose from, from the cheapest to the dearest.

    A plan is left where on some of `EFFECTS` no other does as well at no more cost.

    Returns
    -------
    list
        For each step from a plan to the next dearer one: the difference in cost, and those in
        `EFFECTS`, the dearer plan less the cheaper.
    """
    beaten = {(one.effect, one.plan) for one in dominated(comparison)}
    cost = comparison.values(COST).mean()
    left = [n for n in comparison.names if any((e, n) not in beaten for e in EFFECTS)]
    left.sort(key=lambda plan: cost[plan])
    found = _each_with_each(comparison)
    return [
        (found[dearer, cheaper, COST], [found[dearer, cheaper, effect] for effect in EFFECTS])
        for cheaper, dearer in pairwise(left)
    ]


def _each_with_each(comparison: Comparison) -> dict[tuple[str, str, Quantity], Difference]:
    """Compare each plan with each, both ways round."""
    pairs = list(combinations(comparison.names, 2))
    found = comparison.compared((COST, *EFFECTS), pairs)
    return {(d.plan, d.against, d.quantity): d for one in found for d in (one, one.the_other_way())}


def _gain(difference: Difference) -> float:
    """By how much a plan is better in its mean."""
    better = difference.quantity.shown.better
    return difference.paired.difference.mean * (1.0 if better == "higher" else -1.0)


def to_frame(comparison: Comparison) -> pd.DataFrame:
    """Give the trade-offs, a row for each effect and plan, the baseline included.

    Returns
    -------
    pandas.DataFrame
        Columns effect, plan; cost, cost_low, cost_high (more than the baseline's, yuan a
        year); gained, gained_low, gained_high (orders avoided a year, or share gained);
        price, price_low, price_high and kind as in `TradeOff`; dominated_by (empty if by
        none), sure.
    """
    beaten = {(one.effect, one.plan): one for one in dominated(comparison)}
    offs = {(off.effect.quantity, off.effect.plan): off for off in trade_offs(comparison)}
    rows = []
    for effect in EFFECTS:
        for plan in comparison.names:
            row: dict[str, Any] = {"effect": effect.measure, "plan": plan}
            if off := offs.get((effect, plan)):
                parts = {"cost": off.cost.paired.difference, "gained": off.gained}
                for name, found in (parts | {"price": off.price}).items():
                    row |= {name: found.mean, f"{name}_low": found.low, f"{name}_high": found.high}
                row["kind"] = off.kind
            one = beaten.get((effect, plan))
            row |= {"dominated_by": one.by if one else "", "sure": one is not None and one.sure}
            rows.append(row)
    return pd.DataFrame(rows)
