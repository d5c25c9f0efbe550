"""How the names and numbers of a comparison are written, on the screen and in the report alike.

`govsim.report.comparison_sentences` makes sentences of them. Reads a
`govsim.comparison.Comparison`.
"""

from __future__ import annotations

from math import floor, isfinite, isnan, log10

from govsim.comparison.result import Comparison, Difference, Verdict
from govsim.comparison.tradeoffs import ALIKE, Dominated, Kind, TradeOff
from govsim.language import current, name, tr
from govsim.measures.catalogue import FLOWS, Measure
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval
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

PLAIN = frozenset({"orders", "demands", "reported"})
"""Measures whose name says what is counted, so that "a year" is unit enough."""


def how_sure(comparison: Comparison) -> list[str]:
    """Say how the intervals are meant, and what the pairing is worth."""
    same = tr(
        "Every plan met the same demands, replication by replication, and differences are "
        "taken within a replication. All {n} intervals of differences hold together with "
        "{all:g}% confidence; to that end each alone has {each}%."
    )
    other = tr(
        "The plans met the same luck, replication by replication, but not all the same demands, "
        "since inputs that make these differ; differences are taken within a "
        "replication. All {n} intervals of differences hold together with {all:g}% confidence; "
        "to that end each alone has {each}%."
    )
    lines = [
        (other if comparison.other_demands else same).format(
            n=len(comparison.differences),
            all=100 * comparison.confidence,
            each=f"{100 * comparison.confidence_of_each:.4g}",
        ),
        tr(
            "“Saved”: plans that met demands of their own would take so many times the "
            "replications to know the difference as well (1.3×: 1.3 times as many)."
        ),
        tr(
            "Cost is that of the service a year and of handling its 12345 orders; intervals of "
            "yuan for each hold together as well."
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
    if measure.name in PLAIN:
        return tr("a year")
    text = name(measure.unit)
    return tr("{unit} a year", unit=text) if measure.name in FLOWS else text


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


def beaten_name(comparison: Comparison, one: Dominated) -> str:
    """Say in a cell which plan beats one; equal plans are not called worse."""
    by = letters(comparison)[one.by]
    if one.alike:
        return tr("not distinguishable from {plan}", plan=by)
    if one.verdict == "same":
        return tr("the same as {plan}, dearer", plan=by)
    if one.verdict in ALIKE:
        return tr("not distinguishable from {plan}, dearer", plan=by)
    return tr("beaten by {plan}", plan=by) if one.sure else tr("maybe beaten by {plan}", plan=by)


def with_numbers(item: str, one: Difference) -> str:
    """Write a difference behind its name, with its unit and its interval."""
    shown = one.quantity.shown
    return tr(
        "{what} {change} {unit} ({ends})",
        what=item,
        change=change(one),
        unit=unit_of_change(shown),
        ends=ends(one.paired.difference, shown),
    ).replace("  ", " ")
