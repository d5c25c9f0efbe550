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
from govsim.measures.lives import PIECES
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


def first_line(most: float, kept: float, largest: pd.Series) -> str:
    """Say the answer in one line."""
    if largest.empty or not largest.max() > 0:
        return tr("No demand is late: {kept} in time.", kept=share(kept))
    return tr(
        "At most {most} by staffing; {kept} today. Of the late ones, most lose most time to: "
        "{piece} ({n}).",
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
    largest = largest_of(found.pieces, found.clock)
    lines = [first_line(found.at_most("reachable"), found.at_most("kept"), largest)]
    lines += list(reachable(found.groups, found.clock))
    lines += list(_best(found))
    return lines


def reachable(groups: pd.DataFrame, clock: str) -> Iterator[str]:
    """Say what the ceiling is, and how many late demands need more than one change."""
    mine = groups[(groups["clock"] == clock) & (groups["level"] == "district")]
    if mine.empty:
        return
    row = mine.iloc[0]
    yield tr(
        "The ceiling is what stays in time if nobody ever waits and the fastest team of the group "
        "goes: intake, turn-out, the way and access take the rest. People without limit, sent as "
        "the plan sends them, would reach {share}.",
        share=share(row["as_sent"]),
    )
    if row["two_or_more"] == row["two_or_more"]:
        yield tr(
            "{share} of the late ones need two changes or more at once: no single piece made them "
            "late.",
            share=f"{100 * row['two_or_more']:.0f}%",
        )


def _best(found: Lateness) -> Iterator[str]:
    mine = found.to_frame()
    single = mine[mine["change"] != PAIR]
    if single.empty or not single["gain"].iloc[0] > 0:
        yield tr("None of the single changes that were simulated brings more in time.")
        return
    best = single.iloc[0]
    yield tr(
        "The single change that brings most: {change}, {kept} in time ({gain} points).",
        change=change_name(found.scenario, best["change"]),
        kept=share(best["kept"]),
        gain=points(best["gain"]),
    )
    for row in rows(mine[mine["change"] == PAIR]):
        yield tr(
            "The best two together: {change}, {kept} in time ({gain} points).",
            change=change_name(found.scenario, row["about"]),
            kept=share(row["kept"]),
            gain=points(row["gain"]),
        )


def how_meant(found: Lateness) -> list[str]:
    """Say how the numbers are meant."""
    m = found.manifest
    lines = [
        tr(
            "Every change is simulated on the same demands as the plan as it is ({n} replications "
            "of {days} days); intervals of the difference hold {share}% of the time. In time "
            "with a change is today's share plus the difference.",
            n=m["changes_replications"],
            days=f"{m['changes_days']:.0f}",
            share=f"{100 * found.confidence:.0f}",
        )
    ]
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
