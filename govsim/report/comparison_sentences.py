"""What a comparison says, in plain sentences: which plan is better on what, and at what price.

The same sentences stand on the screen and in the report. Nothing is said that an interval
does not allow. Reads a `govsim.comparison.Comparison`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, log10

from govsim.comparison.result import Comparison, Difference, Verdict
from govsim.comparison.tradeoffs import (
    ALIKE,
    COST,
    EFFECTS,
    Dominated,
    TradeOff,
    choice,
    dominated,
    steps,
    trade_offs,
)
from govsim.language import tr
from govsim.report.comparison_reasons import reasons
from govsim.report.comparison_words import (
    amount,
    letters,
    price,
    quantity_name,
    unit_of_change,
    with_numbers,
)
from govsim.report.wording import MISSING

NEVER = 10_000
"""Replications above which it is no use to say how many more a difference would take."""


def sentences(comparison: Comparison) -> list[tuple[str, list[str]]]:
    """Say what came out: a heading and its sentences, first which plan is the best if asked."""
    found = []
    if comparison.selection is not None:
        found.append((tr("The best plan"), list(_selection(comparison))))
    prices = {(off.effect.plan, off.effect.quantity): off for off in trade_offs(comparison)}
    beaten = dominated(comparison)
    short = letters(comparison)
    for plan, against in comparison.pairs:
        mine = [d for d in comparison.differences if (d.plan, d.against) == (plan, against)]
        heading = tr(
            "{letter}. {plan}, beside {against}",
            letter=short[plan],
            plan=comparison.title(plan),
            against=short[against],
        )
        lines = [*_changes(comparison, mine), *reasons(comparison, plan, against)]
        if against == comparison.baseline:
            lines += _price(prices[plan, EFFECTS[0]])
            lines += _beaten(comparison, [one for one in beaten if one.plan == plan])
        found.append((heading, lines))
    if left := list(choice_left(comparison)):
        found.append((tr("The choice that is left"), left))
    return found


def _changes(comparison: Comparison, mine: Sequence[Difference]) -> Iterator[str]:
    """Say what is better, what is worse, what is not known."""

    def told(verdict: Verdict, numbers: bool = True) -> str:
        items = []
        for one in mine:
            if one.verdict == verdict:
                item = quantity_name(comparison, one.quantity)
                items.append(with_numbers(item, one) if numbers else item)
        return tr("; ").join(items)

    if better := told("better"):
        yield tr("Better: {list}.", list=better)
    if worse := told("worse"):
        yield tr("Worse: {list}.", list=worse)
    if other := tr("; ").join(filter(None, (told("higher"), told("lower")))):
        yield tr("Different, neither better nor worse: {list}.", list=other)
    if same := told("same", numbers=False):
        yield tr("The same in every replication: {list}.", list=same)
    if few := told("too few", numbers=False):
        yield tr("Too few replications for a verdict, at least 5: {list}.", list=few)
    unclear = [one for one in mine if one.verdict == "unclear"]
    if unclear:
        items = [
            tr(
                "{what} ({more})",
                what=quantity_name(comparison, one.quantity),
                more=_more(one.more),
            )
            for one in unclear
        ]
        yield tr(
            "Not distinguishable at {n} replications: {list}.",
            n=min(one.paired.difference.n for one in unclear),
            list=tr("; ").join(items),
        )


def _more(more: float) -> str:
    if not more <= NEVER:
        return tr("more than {n:,} more would be needed", n=NEVER)
    # Rounded up to two figures: the number itself is an estimate.
    step = 10 ** max(0, floor(log10(more)) - 1)
    return tr("about {n} more would settle it", n=int(-(-more // step) * step))


def _price(off: TradeOff) -> Iterator[str]:
    """Say what an order avoided costs, against the baseline."""
    middle, interval = price(off)
    if off.kind == "buys" and middle != MISSING:
        yield tr(
            "Each 12345 order avoided costs {price} yuan ({ends}).", price=middle, ends=interval
        )
    elif off.kind == "saves" and middle != MISSING:
        yield tr("Each 12345 order more saves {price} yuan ({ends}).", price=middle, ends=interval)
    elif off.effect.verdict == "unclear":
        yield tr("What an order avoided costs can't be said: whether orders fall is not yet known.")


def _beaten(comparison: Comparison, mine: Sequence[Dominated]) -> Iterator[str]:
    """Say which plan beats this one, if it is not the baseline that was just compared."""
    for one in mine:
        if one.effect != EFFECTS[0] or one.by == comparison.baseline:
            continue
        if one.alike:
            template = tr("Not distinguishable from “{by}”, in cost or in 12345 orders.")
        elif one.verdict in ALIKE:
            template = tr("“{by}” costs less; in 12345 orders the two are not distinguishable.")
        elif one.sure:
            template = tr("“{by}” costs no more and leaves no more 12345 orders.")
        else:
            template = tr(
                "In the means, “{by}” costs no more and leaves no more 12345 orders; "
                "the intervals do not settle it."
            )
        yield template.format(by=comparison.title(one.by))


def choice_left(comparison: Comparison) -> Iterator[str]:
    """Say what each step brings and costs, among the plans that no other beats."""
    if len(comparison.names) < 3:
        return
    further = choice(comparison)
    if not further:
        means = comparison.values(COST).mean()
        best = comparison.title(min(comparison.names, key=lambda plan: means[plan]))
        yield tr("“{plan}” costs least, and on nothing is another better.", plan=best)
        return
    short = letters(comparison)
    prices = {(off.effect.plan, off.effect.against): off for off in steps(comparison)}
    for cost, effects in further:
        told = [d for d in effects if d.verdict not in ALIKE and d.verdict != "no value"]
        alike = [d for d in effects if d.verdict in ALIKE]
        line = tr(
            "From {cheaper} to {dearer}, “{plan}”: {cost}",
            cheaper=short[cost.against],
            dearer=short[cost.plan],
            plan=comparison.title(cost.plan),
            cost=with_numbers(quantity_name(comparison, COST), cost),
        )
        for one in told:
            line += tr("; ") + with_numbers(quantity_name(comparison, one.quantity), one)
        if alike:
            names = tr("; ").join(quantity_name(comparison, one.quantity) for one in alike)
            line += tr("; not distinguishable: {list}", list=names)
        yield tr("{said}.", said=line)
        off = prices.get((cost.plan, cost.against))
        middle, interval = (MISSING, MISSING) if off is None else price(off)
        if off is not None and off.kind == "buys" and middle != MISSING:
            yield tr(
                "On this step each further 12345 order avoided costs {price} yuan ({ends}).",
                price=middle,
                ends=interval,
            )


def _selection(comparison: Comparison) -> Iterator[str]:
    found, goal = comparison.selection, comparison.best
    assert found is not None and goal is not None
    what = quantity_name(comparison, goal)
    delta = amount(found.delta, goal.shown, found.delta)
    zone = tr("{delta} {unit}", delta=delta, unit=unit_of_change(goal.shown)).strip()
    left = tr("; ").join(
        tr("“{plan}”", plan=comparison.title(comparison.names[i])) for i in found.left
    )
    most = max(found.used)
    if found.best is None:
        yield tr(
            "After {n} replications it is still open which plan is the best on {what}: {plans}. "
            "--most allows more; a larger --delta asks for less.",
            n=most,
            what=what,
            plans=left,
        )
        return
    if len(found.left) > 1:
        yield tr(
            "On {what} these are the best, and the same in every replication: {plans}.",
            what=what,
            plans=left,
        )
    else:
        yield tr(
            "Selected as the best on {what}, after {n} replications: {plan}.",
            what=what,
            n=most,
            plan=left,
        )
    if found.procedure == "KN":
        yield tr(
            "A plan that is better than all others by {zone} or more is found with {share:g}% "
            "confidence (KN procedure); among plans that lie closer than that, any may be named.",
            zone=zone,
            share=100 * found.confidence,
        )
    else:
        yield tr(
            "With {share:g}% confidence no plan is better than this by more than {zone} "
            "(GSP procedure).",
            zone=zone,
            share=100 * found.confidence,
        )
