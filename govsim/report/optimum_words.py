"""Which plan was found, in plain sentences, and what the numbers on duty are called.

Reads a `govsim.optimisation.result.Optimum`; `govsim.report.optimum_tables` shows the sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

from govsim.language import joined, tr
from govsim.language import name as in_language
from govsim.measures.quantity import Quantity
from govsim.optimisation.result import FOUND, NONE, OUT_OF_REACH, Optimum
from govsim.report.lateness_words import clock_name
from govsim.report.lateness_words import share as percent
from govsim.report.wording import measure_name, number, shift_name
from govsim.scenarios.findings import point_kind
from govsim.scenarios.schema import Scenario
from govsim.scenarios.staffing import DESK

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("point_station", "workstation", "community_office")
"""Kinds of points, as paths of rosters name them."""


Row = dict[str, Any]


def rows(frame: pd.DataFrame) -> list[Row]:
    """Give a frame's rows as dictionaries."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def title(found: Optimum) -> str:
    """Name what was asked."""
    return tr("Plan sought: {plan}", plan=found.title)


def measure(text: str) -> str:
    """Name a measure, and the part of the district that it is of."""
    one = Quantity.parse(text)
    called = measure_name(one.measure)
    return called if not one.key else tr("{measure}: {where}", measure=called, where=one.key)


def value(text: str, amount: float) -> str:
    """Write a value of a measure."""
    return number(amount, Quantity.parse(text).shown)


def target(text: str, at_least: bool, amount: float) -> str:
    """Write a target: ``≥ 55.0%``."""
    return f"{'≥' if at_least else '≤'} {value(text, amount)}"


def yuan(amount: float, sign: bool = False) -> str:
    """Write money in whole yuan."""
    return f"{amount:+,.0f}" if sign else f"{amount:,.0f}"


def team(plan: Scenario, key: str) -> str:
    """Name a team, or the desk."""
    return tr("reception desks") if key == DESK else in_language(plan.teams[key].label)


def post(plan: Scenario, path: str) -> str:
    """Name a number on duty: ``volunteers, day shift``; and at which points, if the path says."""
    parts = path.split(".")
    called = tr(
        "{team}, {shift}",
        team=team(plan, DESK if parts[0] == DESK else parts[1]),
        shift=shift_name(parts[-1]),
    )
    kind = next((part for part in parts if part in KINDS), "")
    if not kind or sum(kind in one for one in _places(plan)) == len(_places(plan)):
        return called
    return tr("{where}: {who}", where=point_kind(kind), who=called)


def _places(plan: Scenario) -> list[tuple[str, ...]]:
    """Kinds of points at which each team of the plan stands."""
    return [tuple(one.at) for one in plan.teams.values()]


def changes(plan: Scenario, text: str) -> str:
    """Say what a plan changes; see `Optimum.plans`."""
    if not text:
        return tr("as today")
    said = []
    for one in text.split("; "):
        path, colon, numbers = one.rpartition(": ")
        said.append(f"{post(plan, path)} {numbers}" if colon and "→" in numbers else one)
    return joined(said, zh="；", en="; ")


# ---------------------------------------------------------------------- sentences


def sentences(found: Optimum) -> list[str]:
    """Say what came out, the answer first."""
    if found.verdict == OUT_OF_REACH:
        return list(_out_of_reach(found))
    if found.verdict == FOUND:
        return list(_found(found))
    return list(_not_found(found))


def _found(found: Optimum) -> Iterator[str]:
    m, plan = found.manifest, found.scenario
    saved = found.cost - m["cost_today"]
    first = {
        "cost": yuan(found.cost),
        "more": yuan(saved, sign=True),
        "share": f"{100 * saved / m['cost_today']:+.1f}%" if m["cost_today"] else "—",
    }
    if m["best"] is None:
        yield tr(
            "Yes: {cost} yuan a year for people on duty keeps all of it ({more} yuan beside "
            "today, {share}).",
            **first,
        )
    else:
        yield tr(
            "The best plan within that costs {cost} yuan a year for people on duty ({more} yuan "
            "beside today, {share}).",
            **first,
        )
    yield tr("It changes: {changes}.", changes=changes(plan, m["changes"]))
    yield _by_shift(found)
    yield from _bound(found)
    more = m["price_of_more"]
    text = _measures(found)[0] if more else ""
    if more and more["more"] < 1:
        yield tr(
            "By the search's own replications it keeps {target} of “{measure}” as well.",
            target=value(text, more["target"]),
            measure=measure(text),
        )
    elif more and not isnan(more["more"]):
        yield from _at_the_margin(found, text)
        yield tr(
            "To ask {target} of “{measure}” costs {more} yuan a year more, by the search's own "
            "replications.",
            target=value(text, more["target"]),
            measure=measure(text),
            more=yuan(more["more"]),
        )
    elif more:
        yield tr("No plan of the box at up to half as much again keeps a point more.")


def _at_the_margin(found: Optimum, text: str) -> Iterator[str]:
    """Say what one more demand in time costs, where points choose by themselves."""
    one = found.manifest["price_of_more"].get("one", 0.0)
    if one > 0 and Quantity.parse(text).shown.kind == "share":
        yield tr(
            "At the margin one more demand in time (“{measure}”) costs {one} yuan.",
            measure=measure(text),
            one=yuan(one),
        )


def _by_shift(found: Optimum) -> str:
    rosters = found.rosters
    most = rosters.groupby(["point", "team", "shift"])[["today", "number"]].max()
    sums = most.groupby("shift").sum()
    said = [
        tr("{shift} {today} → {n}", shift=shift_name(str(s)), today=int(row[0]), n=int(row[1]))
        for s, row in zip(sums.index, sums.to_numpy(), strict=True)
    ]
    return tr("People by shift: {shifts}.", shifts=joined(said, zh="，", en=", "))


def _bound_by_point(found: Optimum) -> str:
    m = found.manifest
    if not m["enumerated"]:
        return tr(
            "A point has {n} plans, too many to look at all: the plan was found in small steps. "
            "None of the steps that were tried is better, and nothing is known of how far it is "
            "from the best.",
            n=f"{m['plans_in_box']:,}",
        )
    return tr(
        "In the {n} replications of the search no rosters point by point that keep all of it cost "
        "less than {bound} yuan a year. The plan costs {gap}% more: {near}% since people are "
        "whole, the rest for having shown it on fresh demands.",
        n=m["replications_each"],
        bound=yuan(found.bound),
        near=f"{100 * m['whole_gap']:.3f}",
        gap=f"{100 * (found.cost / found.bound - 1):.2f}" if found.bound else "0",
    )


def _bound(found: Optimum) -> Iterator[str]:
    m = found.manifest
    if m.get("by_point"):
        yield _bound_by_point(found)
    elif m["best"] is not None:
        yield tr(
            "Of {n} plans within that, it is the best with 95% confidence, but for 0.2 points (or "
            "0.5%), among those that the search had not left out.",
            n=f"{m['within']:,}",
        )
    elif found.bound >= found.cost - 0.5:
        yield tr(
            "With 95% confidence none of the {n} plans of the box that keeps all of it costs less.",
            n=f"{m['within']:,}",
        )
    else:
        yield tr(
            "With 95% confidence no plan of the box that keeps all of it costs less than {bound} "
            "yuan a year. {n} cheaper plans are so near to a target that the search could not tell "
            "whether they keep it, or a check did not show it.",
            bound=yuan(found.bound),
            n=m["open"],
        )


def _out_of_reach(found: Optimum) -> Iterator[str]:
    for row in found.ceiling.to_dict("records"):
        if row["high"] < row["target"]:
            yield tr(
                "No: {clock}, at most {most} by staffing, however many people; {target} was asked.",
                clock=clock_name(str(row["clock"])),
                most=percent(float(row["mean"])),
                target=percent(float(row["target"])),
            )
    yield tr(
        "That is what stays in time if nobody ever waits and the fastest team of the group goes: "
        "intake, turn-out, the way and access take the rest."
    )
    if len(found.helps):
        yield tr(
            "What helps is below, each simulated in a few replications; try it with --try and its "
            "price, or ask govsim why."
        )


def _not_found(found: Optimum) -> Iterator[str]:
    m = found.manifest
    if found.verdict == NONE:
        yield tr(
            "No plan of the box keeps all of it: {n} plans were looked at.",
            n=f"{m['looked_at']:,}",
        )
    else:
        yield tr(
            "Plans of the box seem to keep all of it, but fresh replications did not show it of "
            "the ones that were checked."
        )
    near = m["nearest"]
    if near:
        reached = [
            f"{measure(text)} {value(text, amount)}"
            for text, amount in zip(_measures(found), near["values"], strict=True)
        ]
        yield tr(
            "The nearest one costs {cost} yuan a year and reaches: {reached}. It changes: "
            "{changes}.",
            cost=yuan(near["cost"]),
            reached=joined(reached, zh="，", en=", "),
            changes=changes(found.scenario, near["changes"]),
        )
    yield tr("Wider limits may help: --vary teams.NAME.roster.SHIFT=0..4, or --try.")


def _measures(found: Optimum) -> list[str]:
    return [text.replace("<=", ">=").partition(">=")[0] for text in found.manifest["keep"]]


def how_meant(found: Optimum) -> list[str]:
    """Say how the numbers are meant."""
    m = found.manifest
    lines = []
    if found.verdict == FOUND:
        n = int(found.measures["n"].iloc[0])
        lines.append(
            tr(
                "What the plan keeps was found on {n} fresh replications, whose demands the search "
                "never saw; intervals hold {share}% of the time. What today's plan keeps is of the "
                "same demands.",
                n=n,
                share=f"{100 * m['confidence']:.0f}",
            )
        )
    if m.get("by_point"):
        lines.append(
            tr(
                "Each of {points} points has its own rosters, out of at most {n} plans: each "
                "number on duty with one fewer and one more than today, or as given by --vary and "
                "--fix. The search made {made} replications of the whole district. Unless --vary "
                "says so, who walks the grids is not cut.",
                points=f"{m['points']:,}",
                n=f"{m['plans_in_box']:,}",
                made=f"{m['replications']:,}",
            )
        )
    else:
        lines.append(_box(m))
    lines.append(
        tr(
            "Cost is that of people on duty by the scenario's own rates, and of options. Overtime, "
            "helpers and 12345 orders come on top, and are in the measure “Cost”."
        )
    )
    return lines


def _box(m: Mapping[str, Any]) -> str:
    return tr(
        "The box: each number on duty with one fewer and one more than today, or as given by "
        "--vary and --fix; {n} plans, of which {seen} were looked at in {made} replications. "
        "Unless --vary says so, who walks the grids is not cut.",
        n=f"{m['plans_in_box']:,}",
        seen=f"{m['looked_at']:,}",
        made=f"{m['replications']:,}",
    )
