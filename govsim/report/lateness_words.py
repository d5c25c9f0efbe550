"""Why demands are late, in plain sentences, and what its parts are called.

The same sentences stand on the screen and in the report of a run. Reads a
`govsim.lateness.result.Lateness`, or the frames of `govsim.lateness.parts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from govsim.language import joined, tr
from govsim.language import name as in_language
from govsim.lateness.result import PAIR, Lateness
from govsim.measures.clocks import CLOCKS, PIECES
from govsim.scenarios.schema import Scenario

Row = Mapping[str, Any]
"""A row of a frame, by the names of its columns."""

SHOWN = 5
"""Changes that are shown."""


def piece_name(piece: str) -> str:
    """Name a piece of a demand's time."""
    names = (
        tr("desk closed"),
        tr("waiting at the desk"),
        tr("intake"),
        tr("waiting to be passed on"),
        tr("nobody on duty"),
        tr("on patrol or at other work"),
        tr("crews busy"),
        tr("turn-out"),
        tr("the way"),
        tr("access"),
        tr("work on the scene"),
        tr("waiting for another team"),
        tr("joint meeting"),
        tr("department"),
        tr("writing the reply"),
        tr("withdrawn or turned away"),
    )
    return names[PIECES.index(piece)]


def clock_name(clock: str) -> str:
    """Name a clock."""
    names = {
        "scene": tr("on the scene"),
        "solve": tr("solved"),
        "reply": tr("replied to"),
    }
    return names[clock]


def share(value: float) -> str:
    """Write a share: ``46.6%``."""
    return f"{100 * value:.1f}%"


def points(value: float) -> str:
    """Write a difference of shares without its unit: ``+6.2``."""
    return f"{100 * value:+.1f}"


def change_name(scenario: Scenario, key: str) -> str:
    """Name a change of a plan."""
    if "+" in key:
        return joined(
            (change_name(scenario, one) for one in key.split("+")), zh="，并且", en=" and "
        )
    what, _, team = key.partition(":")
    called = in_language(scenario.teams[team].label) if team else ""
    slower = [t for t in scenario.teams.values() if t.mode != _mode(scenario)]
    names = {
        "night_desk": tr("somebody at every desk around the clock"),
        "second_desk": tr("one more at every desk"),
        "handing_over": tr("reports handed over as soon as the place is known"),
        "mode": tr(
            "by {mode} as the others: {teams}",
            mode=_mode_name(_mode(scenario)),
            teams=joined((in_language(t.label) for t in slower), zh="、", en=", "),
        ),
        "order": tr("the slowest team asked last"),
        "soonest": tr("the team sent that can be there first"),
        "turn_out": tr("turn-out within 1 minute"),
        "pooled": tr("one queue for all teams of a group"),
        "hours": tr("all channels open around the clock"),
        "somebody": tr("one of {team} on duty where nobody is", team=called),
        "one_more": tr("one more of {team} on every shift", team=called),
        "free": tr("{team} free for demands all the time, but for patrols and visits", team=called),
    }
    return names[what]


def _mode(scenario: Scenario) -> str:
    speeds = scenario.travel.speeds
    return max((t.mode for t in scenario.teams.values()), key=lambda m: speeds.get(m, 0.0))


def _mode_name(mode: str) -> str:
    return {"e-bike": tr("e-bike"), "walking": tr("foot"), "car": tr("car")}.get(mode, mode)


def level_name(level: str) -> str:
    """Name a way to part the district."""
    names = {
        "point": tr("Station"),
        "kind": tr("Kind of point"),
        "channel": tr("Channel"),
        "category": tr("Category"),
        "hour": tr("Hour of the report"),
    }
    return names[level]


LEVELS = ("channel", "category", "kind", "point", "hour")
"""Ways to part the district, beside the whole of it."""


def part_name(found: Lateness, level: str, key: str) -> str:
    """Name a part of the district."""
    plan = found.scenario
    if level == "channel" and key in plan.channels:
        return in_language(plan.channels[key].label)
    if level == "category" and key in plan.demand.categories:
        return in_language(plan.demand.categories[key].label)
    if level == "hour":
        return f"{int(key)}–{int(key) + 1}"
    if level == "kind":
        return {
            "point_station": tr("point stations"),
            "workstation": tr("grid workstations"),
            "community_office": tr("community offices"),
        }.get(key, key)
    return found.point_names.get(key, key)


def parts(found: Lateness, level: str) -> list[Row]:
    """Give the parts of a level: stations by how many are late, all else in its own order.

    Returns
    -------
    list
        ``key, name, late`` (a year), ``kept, reachable``, and ``pieces``: the two that are the
        largest of most late demands, with their shares.
    """
    years = found.manifest["measured_days"] / 365
    mine = _of_level(found.groups, found.clock, level)
    pieces = _of_level(found.pieces, found.clock, level)
    order: dict[str, float] = {key: i for i, key in enumerate(_order(found, level))}
    made = []
    for row in rows(mine):
        of = pieces[pieces["key"] == row["key"]].set_index("piece")["largest"].dropna()
        first = of[of > 0].sort_values(ascending=False, kind="stable").head(2)
        made.append(
            {
                "key": row["key"],
                "name": part_name(found, level, str(row["key"])),
                "late": row["late"] / years,
                "kept": row["kept"],
                "reachable": row["reachable"],
                "pieces": [(str(piece), float(n)) for piece, n in first.items()],
            }
        )
    return sorted(made, key=lambda one: (order.get(one["key"], len(order)), -one["late"]))


def _order(found: Lateness, level: str) -> list[str]:
    plan = found.scenario
    return {
        "channel": list(plan.channels),
        "category": list(plan.demand.categories),
        "hour": [str(hour) for hour in range(24)],
    }.get(level, [])


def _of_level(frame: pd.DataFrame, clock: str, level: str) -> pd.DataFrame:
    return frame[(frame["clock"] == clock) & (frame["level"] == level)]


def rows(frame: pd.DataFrame) -> list[Row]:
    """Give the rows of a frame."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def cost(row: Row) -> str:
    """Write what a change costs a year, or that the scenario does not say."""
    if not row["priced"]:
        return tr("not priced")
    return f"{row['cost']:+,.0f}" if abs(row["cost"]) >= 0.5 else "0"


# ---------------------------------------------------------------------- sentences


def title(found: Lateness) -> str:
    """Name what was asked."""
    return tr("Why late: {plan}", plan=found.title)


def first_line(clock: str, most: float, kept: float, largest: pd.Series) -> str:
    """Say the answer for a clock in one line."""
    called = clock_name(clock)
    called = called[0].upper() + called[1:]
    if kept != kept:
        return tr("{clock}: no demand's time has run out.", clock=called)
    if largest.empty or not largest.max() > 0:
        return tr("{clock}: no demand is late, {kept} in time.", clock=called, kept=share(kept))
    return tr(
        "{clock}: at most {most} by staffing; {kept} today. What takes most of a late one's time "
        "is most often: {piece} ({n}).",
        clock=called,
        most=share(most),
        kept=share(kept),
        piece=piece_name(str(largest.idxmax())),
        n=f"{100 * largest.max():.0f}%",
    )


def largest_of(pieces: pd.DataFrame, clock: str) -> pd.Series:
    """Give the share of late demands of the whole district by their largest piece."""
    mine = pieces[(pieces["clock"] == clock) & (pieces["level"] == "district")]
    return mine.set_index("piece")["largest"].fillna(0.0)


def sentences(found: Lateness) -> list[str]:
    """Say what came out, the answer first."""
    return [*ceiling(found), *best(found), *others(found)]


def ceiling(found: Lateness) -> list[str]:
    """Say what any staffing could reach, and what most late demands lose their time to."""
    lines = [_first(found, found.clock), *reachable(found.groups, found.pieces, found.clock)]
    late = [clock for clock in CLOCKS if largest_of(found.pieces, clock).any()]
    if late and found.clock not in late:
        lines.append(tr("Ask of another promise: --clock {clock}.", clock=late[0]))
    return lines


def others(found: Lateness) -> list[str]:
    """Say the same of the other clocks, a line each."""
    return [_first(found, clock) for clock in CLOCKS if clock != found.clock]


def _first(found: Lateness, clock: str) -> str:
    largest = largest_of(found.pieces, clock)
    return first_line(
        clock, found.at_most("reachable", clock), found.at_most("kept", clock), largest
    )


def reachable(groups: pd.DataFrame, pieces: pd.DataFrame, clock: str) -> Iterator[str]:
    """Say what the ceiling is, and how many late demands need more than one change."""
    mine = groups[(groups["clock"] == clock) & (groups["level"] == "district")]
    if mine.empty or not mine["late"].iloc[0] > 0:
        return
    row = mine.iloc[0]
    yield tr(
        "The ceiling is what stays in time if nobody ever waits and the fastest team of the group "
        "goes: {pieces} take the rest. People without limit, sent as the plan sends them, would "
        "reach {share}.",
        pieces=_taking_the_rest(clock, pieces),
        share=share(row["as_sent"]),
    )
    if row["two_or_more"] >= LEAST:
        yield tr(
            "{share} of the late ones need two changes or more at once: no single piece made them "
            "late.",
            share=f"{100 * row['two_or_more']:.0f}%",
        )


LEAST = 0.005
"""Share of late demands below which nothing is said of them."""


def _taking_the_rest(clock: str, pieces: pd.DataFrame) -> str:
    """Name what no staffing takes away."""
    largest = largest_of(pieces, clock)
    if largest.reindex(["meeting", "department"]).max() >= LEAST:
        return tr(
            "intake, turn-out, the way, access, the work itself, the next joint meeting and the "
            "department's own time"
        )
    return {
        "scene": tr("intake, turn-out, the way and access"),
        "solve": tr("intake, turn-out, the way, access and the work itself"),
        "reply": tr("intake, turn-out, the way, access, the work itself and writing the reply"),
    }[clock]


def best(found: Lateness) -> Iterator[str]:
    """Say which change brings most, and which two together."""
    mine = found.to_frame()
    single = mine[mine["change"] != PAIR]
    if single.empty:
        return
    if not single["gain"].iloc[0] > 0:
        yield tr("None of the single changes that were simulated brings more in time.")
        return
    best = single.iloc[0]
    yield tr(
        "The single change that brings most: {change}, {kept} in time ({gain} points).",
        change=change_name(found.scenario, best["change"]),
        kept=share(best["kept"]),
        gain=points(best["gain"]),
    )
    for row in rows(mine[(mine["change"] == PAIR)]):
        yield tr(
            "The best two together: {change}, {kept} in time ({gain} points).",
            change=change_name(found.scenario, row["about"]),
            kept=share(row["kept"]),
            gain=points(row["gain"]),
        )


def how_meant(found: Lateness) -> list[str]:
    """Say how the numbers are meant."""
    m = found.manifest
    if found.changes.empty:
        return [tr("No demand is late by this promise, so no change was simulated.")]
    days, n = float(m["changes_days"]), int(m["changes_replications"])
    length = tr("{n} hours", n=f"{24 * days:.3g}")
    if days >= 2:
        length = tr("{n} days", n=f"{days:.0f}")
    if n > 1:
        line = tr(
            "Every change is simulated on the same demands as the plan as it is ({n} replications "
            "of {length}); intervals of the difference hold {share}% of the time. In time with a "
            "change is today's share plus the difference.",
            n=n,
            length=length,
            share=f"{100 * found.confidence:.0f}",
        )
    else:
        line = tr(
            "Every change is simulated on the same demands as the plan as it is (one replication "
            "of {length}, so there are no intervals: what luck does is not known). In time with a "
            "change is today's share plus the difference.",
            length=length,
        )
    lines = [line]
    if m["shortened"]:
        lines.append(
            tr(
                "To answer in seconds, changes are simulated on some weeks from {start} on, not on "
                "the whole run; other seasons may differ, and intervals are wider.",
                start=m["changes_start"],
            )
        )
    simulated = found.at_most("simulated")
    if simulated == simulated:
        lines.append(
            tr(
                "The ceiling is computed from the demands; simulated with people without limit, "
                "{points} points differ.",
                points=points(simulated),
            )
        )
    lines.append(
        tr(
            "Cost is that of people on duty, overtime and helpers by the scenario's own rates, "
            "yuan a year more. E-bikes, quicker turn-out and people freed of other work have no "
            "price in a scenario."
        )
    )
    return lines
