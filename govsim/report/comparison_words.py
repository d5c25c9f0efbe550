"""What a comparison says, in plain sentences: which plan is better on what, and at what price.

The same sentences stand on the screen and in the report. Nothing is said that an interval
does not allow. Reads a `govsim.comparison.Comparison`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, isfinite, isnan, log10

from govsim.catalogue import Measure
from govsim.comparison import Comparison, Difference, Quantity, Verdict
from govsim.language import current, name, tr
from govsim.report.wording import (
    MISSING,
    cause_name,
    measure_name,
    money_unit,
    place_name,
    street_name,
    team_name,
)
from govsim.report.wording import point_name as name_of_point
from govsim.statistics import Interval
from govsim.tradeoffs import EFFECTS, Dominated, Kind, TradeOff, dominated, steps, trade_offs

A_YEAR = frozenset({"orders", "demands", "reported"})
"""Counts whose unit is to be said with "a year"."""

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
        lines = list(_changes(comparison, mine))
        if against == comparison.baseline:
            lines += _price(prices[plan, EFFECTS[0]])
            lines += _beaten(comparison, [one for one in beaten if one.plan == plan])
        found.append((heading, lines))
    if further := list(_steps(comparison)):
        found.append((tr("Step by step"), further))
    return found


def how_sure(comparison: Comparison) -> list[str]:
    """Say how the intervals are meant, and what the pairing is worth."""
    lines = [
        tr(
            "Every plan met the same demands, replication by replication. The {n} intervals of "
            "differences hold together with {all:g}% confidence; each alone has {each}% "
            "(Bonferroni, paired t).",
            n=len(comparison.differences),
            all=100 * comparison.confidence,
            each=f"{100 * comparison.confidence_of_each:.4g}",
        ),
        tr(
            "“Pairing”: how many times the replications it would take to know the difference as "
            "well if each plan met demands of its own."
        ),
        tr(
            "Cost is that of the service a year and of handling its 12345 orders; intervals of "
            "yuan for each hold together as well (Fieller)."
        ),
    ]
    if comparison.selection is None and len(comparison.names) > 2:
        lines.append(
            tr(
                "A plan that is better than the baseline is not yet the best of all: --best finds "
                "that, --pairs compares each with each."
            )
        )
    return lines


# ---------------------------------------------------------------------- names and numbers


def letters(comparison: Comparison) -> dict[str, str]:
    """Give each plan a letter for tables: A, B, ..., Z, AA, AB, ..., the baseline first."""

    def letter(number: int) -> str:
        before, last = divmod(number, 26)
        return (letter(before - 1) if before else "") + chr(ord("A") + last)

    names = sorted(comparison.names, key=lambda plan: plan != comparison.baseline)
    return {plan: letter(number) for number, plan in enumerate(names)}


def quantity_name(comparison: Comparison, quantity: Quantity) -> str:
    """Name a quantity: the measure, and the part of the district that it is of."""
    measure, key = measure_name(quantity.measure), quantity.key
    if not key:
        return measure
    first = comparison.results[0]
    if quantity.level == "team":
        key = team_name(first, key)
    elif quantity.level == "point":
        key = name_of_point(first, key)
    elif quantity.level == "street":
        key = street_name(first, key)
    elif quantity.level == "community":
        key = place_name(first, key)
    elif quantity.level == "cause":
        key = cause_name(key)
    return tr("{measure}: {part}", measure=measure, part=key)


def unit(measure: Measure) -> str:
    """Unit in which a mean is written by `amount`."""
    if measure.kind == "money":
        return money_unit()
    if measure.name in A_YEAR:
        return tr("a year")
    return name(measure.unit)


def unit_of_change(measure: Measure) -> str:
    """Unit in which a difference is written."""
    return tr("percentage points") if measure.kind == "share" else unit(measure)


def amount(value: float, measure: Measure, width: float = 0.0, sign: bool = False) -> str:
    """Write a value in the unit of `unit`, without it.

    Parameters
    ----------
    value, measure : what to write, and what it measures.
    width : half the width of its interval, in the same unit: it says how many decimals are
        written. One if not given.
    sign : whether ``+`` is written, as before a difference.
    """
    if isnan(value):
        return MISSING
    if measure.kind == "share":
        width = min(width, 0.01)  # one decimal of a percent at least
    scale = scale_of(measure)
    return plain(value * scale, width * scale, sign)


def scale_of(measure: Measure) -> float:
    """Factor from values of a measure to the unit in which they are written."""
    if measure.kind == "money":
        return 1e-4 if current() == "zh" else 1e-3
    return 100.0 if measure.kind == "share" else 1.0


def plain(value: float, width: float = 0.0, sign: bool = False) -> str:
    """Write a number as exactly as the half-width of its interval bears, three decimals at most."""
    decimals = 1
    if width > 0 and isfinite(width):
        decimals = min(3, max(0, -floor(log10(width / 2))))
    if abs(value) >= 1000:
        decimals = 0
    text = f"{value:{'+' if sign else ''},.{decimals}f}"
    return text.replace("-", "−") if any(c in "123456789" for c in text) else text.lstrip("+-")


def change(difference: Difference) -> str:
    """Write a difference, without its unit."""
    found = difference.paired.difference
    return amount(found.mean, difference.quantity.shown, _width(found), sign=True)


def ends(found: Interval, measure: Measure) -> str:
    """Write the ends of the interval of a difference."""
    if isnan(found.low):
        return MISSING
    low, high = (amount(end, measure, _width(found), sign=True) for end in (found.low, found.high))
    return tr("{low} to {high}", low=low, high=high)


def _width(found: Interval) -> float:
    """Half-width of an interval; less where it ends so close to 0 that it would be written 0."""
    if isnan(found.half_width):
        return 0.0
    if found.low <= 0 <= found.high:
        return found.half_width
    return min(found.half_width, abs(found.low), abs(found.high))


def verdict_name(verdict: Verdict) -> str:
    """Name what a difference allows to be said."""
    names: dict[Verdict, str] = {
        "better": tr("better"),
        "worse": tr("worse"),
        "higher": tr("higher"),
        "lower": tr("lower"),
        "same": tr("the same"),
        "unclear": tr("no verdict"),
        "too few": tr("too few runs"),
        "no value": MISSING,
    }
    return names[verdict]


def kind_name(kind: Kind) -> str:
    """Name how cost and effect go together."""
    names: dict[Kind, str] = {
        "gain": tr("better, no dearer"),
        "buys": tr("better, dearer"),
        "saves": tr("worse, cheaper"),
        "loss": tr("no better, dearer"),
        "same": tr("the same"),
        "unclear": tr("no verdict"),
    }
    return names[kind]


def saved(times: float) -> str:
    """Write what the pairing saved."""
    if isnan(times):
        return MISSING
    return "> 999×" if times > 999 else f"{times:.0f}×" if times >= 10 else f"{times:.1f}×"


def price(off: TradeOff) -> tuple[str, str]:
    """Write yuan for each order avoided or percentage point gained, and their interval."""
    per = 0.01 if off.effect.quantity.shown.kind == "share" else 1.0
    found = off.price
    if isnan(found.mean):
        return MISSING, MISSING
    width = found.half_width * per
    middle, low, high = (plain(per * x, width) for x in (found.mean, found.low, found.high))
    return middle, tr("{low} to {high}", low=low, high=high)


# ---------------------------------------------------------------------- sentences


def _changes(comparison: Comparison, mine: Sequence[Difference]) -> Iterator[str]:
    """Say what is better, what is worse, what is not known."""

    def told(verdict: Verdict, with_numbers: bool = True) -> str:
        items = []
        for one in mine:
            if one.verdict == verdict:
                item = quantity_name(comparison, one.quantity)
                items.append(_with_numbers(item, one) if with_numbers else item)
        return tr("; ").join(items)

    if better := told("better"):
        yield tr("Better: {list}.", list=better)
    if worse := told("worse"):
        yield tr("Worse: {list}.", list=worse)
    if other := tr("; ").join(filter(None, (told("higher"), told("lower")))):
        yield tr("Different, neither better nor worse: {list}.", list=other)
    if same := told("same", with_numbers=False):
        yield tr("The same in every replication: {list}.", list=same)
    if few := told("too few", with_numbers=False):
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


def _with_numbers(item: str, one: Difference) -> str:
    shown = one.quantity.shown
    return tr(
        "{what} {change} {unit} ({ends})",
        what=item,
        change=change(one),
        unit=unit_of_change(shown),
        ends=ends(one.paired.difference, shown),
    ).replace("  ", " ")


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
        if one.effect == EFFECTS[0] and one.by != comparison.baseline:
            template = (
                tr("“{by}” costs no more and leaves no more 12345 orders.")
                if one.sure
                else tr(
                    "In the means, “{by}” costs no more and leaves no more 12345 orders; "
                    "the intervals do not settle it."
                )
            )
            yield template.format(by=comparison.title(one.by))


def _steps(comparison: Comparison) -> Iterator[str]:
    """Say what the last step costs, where it is not one from the baseline."""
    for step in steps(comparison):
        middle, interval = price(step)
        if step.effect.against != comparison.baseline and step.kind == "buys" and middle != MISSING:
            yield tr(
                "From “{cheaper}” to “{dearer}”, each further 12345 order avoided costs {price} "
                "yuan ({ends}).",
                cheaper=comparison.title(step.effect.against),
                dearer=comparison.title(step.effect.plan),
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
