"""What an explanation says, in plain sentences: what a change comes from, and how sure that is.

The same sentences stand on the screen and in the report. Reads a
`govsim.explanation.Explanation`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from math import isnan
from typing import Any

import pandas as pd

from govsim.explanation.mechanisms import mechanism_name
from govsim.explanation.result import AGAIN, FAILED, FIRST, WHICH, Explanation
from govsim.language import current, tr
from govsim.measures.statistics import Interval, interval
from govsim.report import inputs
from govsim.report.comparison_words import amount, ends, plain, unit, unit_of_change
from govsim.report.wording import MISSING, cause_name, measure_name
from govsim.scenarios.schema import Scenario

Row = Mapping[str, Any]
"""A row of a frame, by the names of its columns."""

CHANNELS = "channels"
"""The mechanism by which residents turn elsewhere than to 12345."""

NAMED = 3
"""Inputs that a sentence names; tables show the others."""


def title(explanation: Explanation) -> str:
    """Name what is explained."""
    before, after = explanation.titles
    return tr(
        "Why “{measure}” differs: from “{before}” to “{after}”",
        measure=quantity_name(explanation),
        before=before,
        after=after,
    )


def sentences(explanation: Explanation) -> list[tuple[str, list[str]]]:
    """Say what came out: headings with their sentences."""
    found = [
        (tr("What changes"), list(_change(explanation))),
        (tr("What it comes from"), list(_origin(explanation))),
    ]
    if len(explanation.points):
        found.append((tr("How sure it is"), list(_sure(explanation))))
    if len(explanation.regression):
        found.append((tr("A bad year, and no change of service"), list(_bad_year(explanation))))
    return [(heading, lines) for heading, lines in found if lines]


def how_meant(explanation: Explanation) -> list[str]:
    """Say how the numbers are meant."""
    lines = [
        tr(
            "{n} replications of each scenario in between, all over the same demands; intervals "
            "hold {share:.0f}% of the time.",
            n=explanation.manifest["replications"],
            share=100 * explanation.confidence,
        ),
        tr(
            "“Contributes”: what a mechanism does depends on which others are switched before it; "
            "this is its mean over all orders of switching (its Shapley value), and adds up to the "
            "whole change. “First” and “last” are the effect before and after all others."
        ),
    ]
    if len(explanation.points):
        lines.append(
            tr(
                "Inputs are uncertain as their evidence says, each independent of the others and "
                "as likely below the scenario's value as above. “Effect” is Morris' mean "
                "absolute effect of going through the whole range; “share” is Sobol's total share "
                "of the variance, when those that have one vary alone."
            )
        )
    if len(explanation.regression):
        lines.append(
            tr(
                "How far years of one estate differ by themselves is known of no estate; the "
                "table shows what several values would mean."
            )
        )
    return lines


# ---------------------------------------------------------------------- names and numbers


def quantity_name(explanation: Explanation) -> str:
    """Name the measure, and the part of the district that it is of."""
    quantity = explanation.quantity
    name = measure_name(quantity.measure)
    return tr("{measure}: {part}", measure=name, part=quantity.key) if quantity.key else name


@lru_cache(maxsize=4)
def _names(explanation: Explanation) -> inputs.Names:
    """Names of the inputs of both scenarios, by what these call their own parts."""
    found = []
    for which in WHICH:
        with suppress(ValueError):  # another version's scenario has parts that nobody can name
            found.append(Scenario.model_validate(explanation.manifest[which]["scenario"]))
    return inputs.Names(tuple(found))


def input_name(explanation: Explanation, given: str) -> str:
    """Name an input in words, given its path, and its scenario where that matters."""
    path, _, which = given.partition(" [")
    name = _names(explanation).of(path)
    if which.startswith(WHICH[0]):
        return tr("{input} (before)", input=name)
    return tr("{input} (after)", input=name) if which else name


def input_value(explanation: Explanation, path: str, text: str) -> str:
    """Say a value of an input in words, given its path, and as people write it, or as JSON."""
    try:
        written = json.loads(text)
    except ValueError:
        written = text
    return _names(explanation).part(path.partition(" [")[0], written)


def rows(frame: pd.DataFrame) -> list[Row]:
    """Give the rows of a frame."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def rows_by(frame: pd.DataFrame, column: str) -> dict[str, Row]:
    """Give the rows of a frame by a column of names."""
    return {str(row[column]): row for row in rows(frame)}


def of_causes(explanation: Explanation, mechanism: str) -> dict[str, Row]:
    """Give what a mechanism (all, if none is named) changes in 12345 orders, by cause."""
    causes = explanation.causes
    return rows_by(causes[causes["mechanism"] == mechanism], "cause")


def of_row(row: Row) -> Interval:
    """Take an interval from a row of a frame."""
    return Interval(float(row["mean"]), float(row["low"]), float(row["high"]), int(row["n"]))


def changed(explanation: Explanation, found: Interval) -> str:
    """Write a change in the measure, without its unit."""
    return amount(found.mean, explanation.quantity.shown, found.half_width, sign=True)


def between(explanation: Explanation, found: Interval) -> str:
    """Write the interval of a change in the measure."""
    return ends(found, explanation.quantity.shown)


def answer(explanation: Explanation, value: float) -> str:
    """Write a relative change in percent; a difference of shares in percentage points."""
    text = plain(100 * value, 2.0, sign=True)
    if isnan(value):
        return MISSING
    if explanation.quantity.shown.kind == "share":
        return tr("{n} points", n=text)
    return f"{text}%"


def percent(share: float) -> str:
    """Write a share; with a decimal below 10%."""
    return f"{100 * share:.{1 if 0 < abs(share) < 0.1 else 0}f}%".replace("-", "−")


def value(row: Row, column: str = "value") -> str:
    """Write the value of an input in a row of a frame."""
    return inputs.Names(()).value(str(row[column])) or tr("differs")


def range_of(row: Row, low: str = "low", high: str = "high") -> str:
    """Write a range; what both ends end with, such as their unit, only once."""
    ends_, last = (value(row, low), value(row, high)), ""
    for one, other in zip(*(reversed(text.split(" ")) for text in ends_), strict=False):
        if one != other:
            break
        last = f" {one}{last}"
    begun = ends_[0].removesuffix(last) if ends_[0] != last.strip() else ends_[0]
    return tr("{low} to {high}", low=begun, high=ends_[1])


def cause_group_name(cause: str) -> str:
    """Name a cause of orders, or all that follow a failure together."""
    return tr("after a failure") if cause == FAILED else cause_name(cause)


def setting_name(row: Row) -> str:
    """Say how estates differ, and their years, in a row of the regression's frame."""
    if isnan(row["between"]):
        return tr("as they are, years by chance alone")
    if not row["between"]:
        return tr("alike, years by chance alone")
    if not row["years"]:
        return tr("3 times apart, years by chance alone")
    return tr("3 times apart, years ±{share} beyond chance", share=percent(row["years"]))


# ---------------------------------------------------------------------- sentences


def _change(explanation: Explanation) -> Iterator[str]:
    shown = explanation.quantity.shown
    before, after, change = (explanation.total(what) for what in ("before", "after", "change"))
    line = tr(
        "{what}: {before} before, {after} after, in {unit}: {change} ({ends}).",
        what=quantity_name(explanation),
        before=amount(before.mean, shown, before.half_width),
        after=amount(after.mean, shown, after.half_width),
        unit=unit(shown),
        change=changed(explanation, change),
        ends=between(explanation, change),
    )
    yield line
    relative = explanation.total("relative")
    if shown.kind != "share" and not isnan(relative.low):
        yield tr(
            "Relative to before: {mean} ({low} to {high}).",
            mean=answer(explanation, relative.mean),
            low=answer(explanation, relative.low),
            high=answer(explanation, relative.high),
        )


def _origin(explanation: Explanation) -> Iterator[str]:
    whole = rows_by(explanation.shapley, "mechanism")
    first = explanation.mechanisms[0]
    moved = [m for m in explanation.mechanisms if CHANNELS in m.split("+")]
    if len(explanation.causes) and moved:
        yield from _moved(explanation, moved[0], of_row(whole[moved[0]]))
    else:
        found = of_row(whole[first])
        yield tr(
            "Most comes from: {name}, {change} {unit} ({ends}).",
            name=mechanism_name(first),
            change=changed(explanation, found),
            unit=unit_of_change(explanation.quantity.shown),
            ends=between(explanation, found),
        )
    if len(explanation.causes):
        yield from _failed(explanation)


def _moved(explanation: Explanation, channels: str, whole: Interval) -> Iterator[str]:
    """Tell a move to other channels from what all else brings about."""
    parts = {cause: of_row(row) for cause, row in of_causes(explanation, channels).items()}
    yield tr(
        "A move to other channels than 12345 makes {change} ({ends}): {first} who would have "
        "called 12345 first, {again} who would have called it again, {failed} who call it later, "
        "after something went wrong.",
        change=changed(explanation, whole),
        ends=between(explanation, whole),
        first=changed(explanation, parts[FIRST]),
        again=changed(explanation, parts[AGAIN]),
        failed=changed(explanation, parts[FAILED]),
    )
    each = explanation.replications
    rest = each[each["mechanism"] != channels].groupby("replication")["shapley"].sum()
    if not len(rest):
        return
    others = interval(rest.to_numpy(), explanation.confidence)
    yield tr(
        "All other mechanisms together: {change} ({ends}).",
        change=changed(explanation, others),
        ends=between(explanation, others),
    )


def _failed(explanation: Explanation) -> Iterator[str]:
    """Say whether fewer demands go wrong."""
    row = of_causes(explanation, "")[FAILED]
    found, shown = of_row(row), explanation.quantity.shown
    said = tr("Orders after something went wrong do not differ for certain")
    if found.high < 0:
        said = tr("Orders after something went wrong fall")
    elif found.low > 0:
        said = tr("Orders after something went wrong rise")
    yield tr(
        "{said}: {before} before, {after} after, {change} ({ends}).",
        said=said,
        before=amount(float(row["before"]), shown, found.half_width),
        after=amount(float(row["after"]), shown, found.half_width),
        change=changed(explanation, found),
        ends=between(explanation, found),
    )


def _sure(explanation: Explanation) -> Iterator[str]:
    chance = rows(explanation.chance)[0]
    yield tr(
        "With {n} uncertain inputs anywhere in their plausible ranges, the change lies between "
        "{low} and {high} in nine cases of ten; half of them are below {middle}.",
        n=len(explanation.ranges),
        low=answer(explanation, chance["q05"]),
        high=answer(explanation, chance["q95"]),
        middle=answer(explanation, chance["q50"]),
    )
    goal = explanation.manifest["goal"]
    size = answer(explanation, abs(goal)).lstrip("+")
    asked = (
        tr("The chance of a fall by {size} or more", size=size)
        if goal < 0
        else tr("The chance of a rise by {size} or more", size=size)
    )
    yield tr(
        "{asked}: {chance} ({low} to {high}; {reached} of {points} points).",
        asked=asked,
        chance=percent(chance["chance"]),
        low=percent(chance["low"]),
        high=percent(chance["high"]),
        reached=int(chance["reached"]),
        points=int(chance["points"]),
    )
    if len(explanation.conditions):
        items = [_condition(explanation, row) for row in rows(explanation.conditions)[:NAMED]]
        listed = ("；" if current() == "zh" else "; ").join(items)
        if explanation.conditions["of"].iloc[0] == "goal":
            yield tr("What would have to be true for it: {list}.", list=listed)
        else:
            yield tr("What brings it nearest to that: {list}.", list=listed)
    known = explanation.sobol["input"].tolist() if len(explanation.sobol) else []
    leading = [input_name(explanation, one) for one in known]
    if leading:
        joined = ("、" if current() == "zh" else ", ").join(leading[:NAMED])
        yield tr("It depends most on: {list}.", list=joined)


def _condition(explanation: Explanation, row: Row) -> str:
    name = input_name(explanation, row["input"])
    if row["value"]:
        value = input_value(explanation, row["input"], row["value"])
        return tr("{input} about {value}", input=name, value=value)
    if row["reaching"] < 0.5:
        return tr("{input} low in its range", input=name)
    return tr("{input} high in its range", input=name)


def _bad_year(explanation: Explanation) -> Iterator[str]:
    table = [row for row in rows(explanation.regression) if row["picked"] == 1]
    if not table:
        return
    worst = max(table, key=lambda row: float(row["mean"]))
    numbers: dict[str, Any] = {
        "total": int(worst["estates"]),
        "least": percent(min(row["mean"] for row in table)),
        "most": percent(worst["mean"]),
    }
    if isnan(worst["between"]):
        yield tr(
            "The community that is picked out of {total} because it had the most 12345 orders "
            "has {most} fewer the next year, with no change of service at all.",
            **numbers,
        )
    else:
        yield tr(
            "The estate that is picked out of {total} such as this because it had the most 12345 "
            "orders has {least} to {most} fewer the next year, with no change of service at all.",
            **numbers,
        )
    yield tr(
        "At the most ({setting}), nine falls of ten lie between {low} and {high}.",
        setting=setting_name(worst),
        low=percent(worst["q05"]),
        high=percent(worst["q95"]),
    )
