"""Why one plan has fewer orders or costs less than another, a line each, beside the verdict.

"Better, 460 orders fewer, and cheaper" is easily misread where most of the fall is an assumed mix
of channels, and the money is the pay of people who leave. Reads the runs that were compared;
``govsim explain`` says more, and takes runs of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from govsim.comparison.result import FEWEST, Comparison
from govsim.explanation.mechanisms import belongs, differences
from govsim.explanation.result import AGAIN, FIRST
from govsim.language import joined, name, tr
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Paired, paired
from govsim.report import comparison_words as words
from govsim.report.wording import MISSING, cause_name, evidence_name, money_unit, team_name
from govsim.runs.results import Result
from govsim.scenarios.evidence import parameters
from govsim.scenarios.findings import point_kind
from govsim.service.rules import CAUSES

MIX = frozenset({"channels", "stations"})
"""Mechanisms whose difference gives residents another mix of channels."""

PARTS = ("cost_staff", "cost_overtime", "cost_helpers", "cost_stations", "cost_orders")

LEAST = 0.02
"""Share of the dearer plan's cost below which a part of the difference is not worth a word."""


def reasons(comparison: Comparison, plan: str, against: str) -> Iterator[str]:
    """Say where a difference in 12345 orders and in cost comes from."""
    if comparison.used and min(comparison.used) < FEWEST:
        return
    yield from _of_orders(comparison, plan, against)
    yield from _of_cost(comparison, plan, against)


# ---------------------------------------------------------------------- orders


def _of_orders(comparison: Comparison, plan: str, against: str) -> Iterator[str]:
    found = {cause: _by_cause(comparison, [cause], plan, against) for cause in CAUSES}
    whole = _by_cause(comparison, CAUSES, plan, against).difference
    if whole.low <= 0 <= whole.high:
        return
    first, again = (found[cause].difference for cause in (FIRST, AGAIN))
    moved = first.mean + again.mean
    if abs(first.mean) > LEAST * abs(whole.mean):
        line = tr(
            "Where the difference in 12345 orders comes from: {first} ({share:.0%}) are first "
            "calls, {again} calls made again.",
            first=words.plain(first.mean, first.half_width, sign=True),
            share=first.mean / whole.mean,
            again=words.plain(again.mean, again.half_width, sign=True),
        )
        mixed = _mix_of_channels(comparison, plan, against)
        if mixed and first.mean * whole.mean > 0:
            yield line
            line = tr(
                "Whom residents turn to first is an input here (the mix of channels: "
                "{evidence}), not an effect of faster service.",
                evidence=mixed,
            )
        yield line
    causes = [cause for cause in CAUSES if cause not in (FIRST, AGAIN)]
    failed = _by_cause(comparison, causes, plan, against).difference
    values = comparison.values
    said = tr("Orders after poor service do not differ for certain")
    if failed.high < 0:
        said = tr("Orders after poor service fall")
    elif failed.low > 0:
        said = tr("Orders after poor service rise, though there are fewer in all")
        if moved > 0 or whole.mean > 0:
            said = tr("Orders after poor service rise")
    each = {one: sum(values(_orders(c))[one].mean() for c in causes) for one in (against, plan)}
    listed = []
    for cause in sorted(causes, key=lambda cause: -abs(found[cause].difference.mean)):
        one = found[cause].difference
        if abs(one.mean) > LEAST * abs(whole.mean):
            change = words.plain(one.mean, one.half_width, sign=True)
            listed.append(tr("{what} {change}", what=cause_name(cause), change=change))
    if not listed:
        listed = [tr("no cause by much")]
    yield tr(
        "{said}: from {before} to {after} a year ({list}).",
        said=said,
        before=words.plain(each[against], failed.half_width),
        after=words.plain(each[plan], failed.half_width),
        list=joined(listed, "；", "; "),
    )


def _orders(cause: str) -> Quantity:
    return Quantity("orders", "cause", cause)


def _by_cause(
    comparison: Comparison, causes: tuple[str, ...] | list[str], plan: str, against: str
) -> Paired:
    """Compare the orders of some causes together; a cause that nobody had counts as none."""
    tables = [comparison.values(_orders(cause)).fillna(0.0) for cause in causes]
    one, other = (
        np.sum([table[which].to_numpy(np.float64) for table in tables], axis=0)
        for which in (plan, against)
    )
    return paired(one, other, comparison.confidence_of_each)


def _mix_of_channels(comparison: Comparison, plan: str, against: str) -> str:
    """Say how well the mix of channels is known where the plans have another; else ""."""
    before, after = (comparison.result(n).scenario.model_dump(mode="json") for n in (against, plan))
    if not MIX & {belongs(path) for path in differences(before, after)}:
        return ""
    frame = parameters(comparison.result(plan).scenario)
    shares = frame["path"].str.match(r"channels\.[^.]+\.with(out)?_station$")
    known = set(frame.loc[shares, "evidence"])
    return joined((evidence_name(one) for one in sorted(known)), "、", ", ")


# ---------------------------------------------------------------------- inputs


def following(results: Sequence[Result]) -> Iterator[tuple[str, list[str]]]:
    """Say what inputs amount to in each plan where a switch decides which of them hold.

    A station that is switched off takes its roster, its people and its mix of channels with it,
    and the table of inputs alone would show none of that.

    Yields
    ------
    label, values
        What it is, and its value in each plan.
    """
    shares = [_covered(result) for result in results]
    yield tr("residents with a point station, %"), [f"{100 * share:.0f}" for share in shares]
    channels = dict.fromkeys(c for result in results for c in result.scenario.channels)
    for channel in channels:
        values, label = [], channel
        for result, share in zip(results, shares, strict=True):
            known = result.scenario.channels.get(channel)
            if known is None:
                values.append(MISSING)
                continue
            label = name(known.label)
            mean = share * known.with_station + (1 - share) * known.without_station
            values.append(f"{100 * mean:.1f}")
        yield tr("turn to “{channel}” first, % of residents", channel=label), values
    hours = [_hours(result) for result in results]
    for kind, team in dict.fromkeys(key for one in hours for key in one):
        known_in = next((r for r in results if team in r.scenario.teams), results[0])
        label = tr(
            "{team} at {kind}, person-hours on duty a week",
            team=team_name(known_in, team),
            kind=point_kind(kind),
        )
        yield label, [f"{one.get((kind, team), 0.0):,.0f}" for one in hours]


def _covered(result: Result) -> float:
    """Share of residents whom a point station serves."""
    grids, points = result.grids, result.points
    stations = set(points.loc[points["kind"] == "point_station", "point"].astype(str))
    mine = grids["point"].astype(str).isin(stations)
    total = float(grids["residents"].sum())
    return float(grids.loc[mine, "residents"].sum()) / total if total else 0.0


def _hours(result: Result) -> dict[tuple[str, str], float]:
    """Person-hours on duty a week, by kind of point and team."""
    found: dict[tuple[str, str], float] = {}
    for row in result.staff[["kind", "team", "paid"]].to_dict("records"):
        key = str(row["kind"]), str(row["team"])
        found[key] = found.get(key, 0.0) + float(row["paid"])
    return found


# ---------------------------------------------------------------------- cost


def _of_cost(comparison: Comparison, plan: str, against: str) -> Iterator[str]:
    of_all = comparison.values(Quantity("cost"))
    scale = LEAST * max(of_all[plan].mean(), of_all[against].mean())
    parts = {}
    for part in PARTS:
        values = comparison.values(Quantity(part))
        parts[part] = float((values[plan] - values[against]).mean())
    large = {part: more for part, more in parts.items() if abs(more) > scale / 4}
    if not large:
        return
    unit, listed = money_unit(), []
    for part, more in sorted(large.items(), key=lambda one: -abs(one[1])):
        label = name(CATALOGUE[part].label)
        listed.append(tr("{what} {change}", what=label, change=_money(more)))
    yield tr(
        "Where the difference in cost comes from, {unit}: {list}.",
        unit=unit,
        list=joined(listed, "；", "; "),
    )
    if "cost_staff" in large:
        yield from _of_pay(comparison.result(plan), comparison.result(against), scale / 4)


def _of_pay(plan: Result, against: Result, least: float) -> Iterator[str]:
    """Say who comes onto the payroll, and who leaves it."""
    if plan.staff.empty or against.staff.empty:
        return
    listed = []
    now, then = (_pay(result) for result in (plan, against))
    for kind in dict.fromkeys([*now, *then]):
        mine, before = now.get(kind, {}), then.get(kind, {})
        more = sum(mine.values()) - sum(before.values())
        points = (_points(against, kind), _points(plan, kind))
        if points[0] != points[1]:
            listed.append(
                tr(
                    "{kind} with people on duty: {before} before, {after} now ({change})",
                    kind=point_kind(kind),
                    before=points[0],
                    after=points[1],
                    change=_money(more),
                )
            )
            continue
        for team in dict.fromkeys([*mine, *before]):
            more = mine.get(team, 0.0) - before.get(team, 0.0)
            if abs(more) > least:
                label = team_name(plan if team in plan.scenario.teams else against, team)
                listed.append(
                    tr(
                        "{team} at {kind}: {change}",
                        team=label,
                        kind=point_kind(kind),
                        change=_money(more),
                    )
                )
    if listed:
        yield tr("On the payroll: {list}.", list=joined(listed, "；", "; "))


def _pay(result: Result) -> Mapping[str, dict[str, float]]:
    """Pay by kind of point and team, yuan a year."""
    sums = result.staff.groupby(["kind", "team"])["cost"].sum()
    found: dict[str, dict[str, float]] = {}
    for row in sums.reset_index().to_dict("records"):
        found.setdefault(str(row["kind"]), {})[str(row["team"])] = float(row["cost"])
    return found


def _points(result: Result, kind: str) -> int:
    staff: pd.DataFrame = result.staff
    return int(staff.loc[staff["kind"] == kind, "point"].nunique())


def _money(value: float) -> str:
    return words.amount(value, CATALOGUE["cost"], sign=True)
