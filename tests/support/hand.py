"""Scenarios with everything switched off, and demands laid down by hand.

`plain` is one point station with one team, at work at all hours, whose work takes no way;
tests switch on what they speak of. `demands` makes a demand table row by row, so that a
test can say what comes when and how long it takes, and look at what becomes of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from audit import lay_out
from strategies import Spec, label

from govsim import model
from govsim.demand.randomness import NEVER
from govsim.demand.table import REPORTED, DemandTable
from govsim.scenarios.quantities import DAY, HOUR, MINUTE
from govsim.scenarios.schema import Scenario
from govsim.service.network import Network
from govsim.service.outcome import Outcome


def merge(base: Spec, change: Spec) -> Spec:
    """Put `change` over `base`, part by part; a part written as ``{"=": part}`` replaces it."""
    out = dict(base)
    for key, value in change.items():
        if isinstance(value, dict) and "=" in value:
            out[key] = value["="]
        elif isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = merge(out[key], value)
        else:
            out[key] = value
    return out


def category(name: str, **values: Any) -> Spec:
    base = {
        "label": label(name),
        "rate": "100 per day",
        "group": "g",
        "incident": 0,
        "answered": 0,
        "complex": 0,
    }
    return base | values


def team(name: str, **values: Any) -> Spec:
    return {"label": label(name), "at": ["point_station"], "roster": {"all": 1}} | values


def channel(name: str, **values: Any) -> Spec:
    base = {"with_station": 1, "without_station": 1, "via": "direct", "handling": "0 min"}
    return {"label": label(name)} | base | values


PLAIN: Spec = {
    "start": "2025-03-03",  # a Monday
    "horizon": "2 days",
    "warm_up": "0 min",
    "calendar": {"holidays": "none", "shifts": {"all": "always"}},
    "territory": {"residents": 1000, "outline": {"square": "2 km"}},
    "demand": {
        "weekdays": [1] * 7,
        "hours": [1],
        "months": [1] * 12,
        "dispersion": {"enabled": False},
        "induced": {"enabled": False},
        "categories": {"noise": category("noise")},
    },
    "channels": {"app": channel("app")},
    "residents": {
        "patience": {"enabled": False},
        "repeats": {"enabled": False},
        "escalation": 0,
        "satisfaction": {"answered": 1, "simple": 1, "complex": 1, "turned_away": 0},
    },
    "desk": {"enabled": False, "rosters": {"point_station": {"all": 1}}},
    "travel": {"enabled": False},
    "groups": {"g": {"label": label("g"), "teams": ["staff"]}},
    "teams": {"staff": team("staff")},
    "helpers": {"enabled": False},
    "patrol": {"enabled": False, "team": "staff"},
    "centre": {"enabled": False},
    "joint_meeting": {"enabled": False},
    "promises": {"made": False},
}


def plain(**change: Any) -> Network:
    """Lay out the plain service with some parts changed."""
    return lay_out(Scenario.model_validate(merge(PLAIN, change)))


def demands(network: Network, *rows: dict[str, Any]) -> DemandTable:
    """Lay down demands by hand.

    Parameters
    ----------
    rows : for each, ``at`` (ms, when it enters) and any columns of `DemandTable` that differ
        from a simple request: 10 min of work, nobody impatient, everybody content. ``work``
        is a time or one for each (group, work) stage; ``close`` the luck of its closes.
    """
    scenario = network.scenario
    rounds, names = scenario.centre.most_calls + 1, list(scenario.demand.categories)
    rows = tuple(sorted(rows, key=lambda row: row["at"]))
    n = len(rows)
    first, group, work = [0], [], []
    for row in rows:
        kind = scenario.demand.categories[row.get("category", names[0])]
        own = list(scenario.groups).index(kind.group)
        stages = row.get("work", 10 * MINUTE)
        stages = [(own, stages)] if isinstance(stages, int) else stages
        group += [g for g, _ in stages]
        work += [w for _, w in stages]
        first.append(len(work))

    def each(name: str, otherwise: Any, kind: Any = np.int64) -> Any:
        return np.array([row.get(name, otherwise) for row in rows], dtype=kind)

    def stacked(name: str, length: int, otherwise: Any, kind: Any) -> Any:
        columns = [np.broadcast_to(row.get(name, otherwise), length) for row in rows]
        return np.array(columns, dtype=kind).reshape(n, length).T

    grid = each("grid", 0)
    place = network.territory.grids
    enters = each("at", 0)
    return DemandTable(
        id=np.arange(n, dtype=np.uint64),
        category=np.array([names.index(row.get("category", names[0])) for row in rows]),
        grid=grid,
        point=network.covering[grid],
        x=each("x", place["x"].iloc[0], float),
        y=each("y", place["y"].iloc[0], float),
        onset=enters,
        enters=enters,
        source=each("source", REPORTED),
        channel=each("channel", 0),
        answered=each("answered", False, bool),
        answered_by_centre=each("answered_by_centre", False, bool),
        complex=each("complex", False, bool),
        meeting=each("meeting", False, bool),
        intake=each("intake", 0),
        handing_over=np.array([row.get("handing_over", row.get("intake", 0)) for row in rows]),
        dispatch_delay=each("dispatch_delay", 0),
        turn_out=each("turn_out", 0),
        access=each("access", 0),
        way=each("way", 1.0, float),
        first_stage=np.array(first),
        stage_group=np.array(group, dtype=np.int64),
        stage_work=np.array(work, dtype=np.int64),
        department_time=each("department_time", HOUR),
        reply=each("reply", 0),
        interim_reply=each("interim_reply", 0),
        written_reply=each("written_reply", 0),
        call=each("call", MINUTE),
        order_delay=each("order_delay", 0),
        rework=each("rework", 10 * MINUTE),
        patience=each("patience", NEVER),
        calls=each("calls", True, bool),
        loses_trust=stacked("loses_trust", 3, False, bool),
        repeats=each("repeats", 0),
        repeat_after=each("repeat_after", HOUR),
        satisfaction=stacked("close", rounds, 0.5, np.float32),
        escalates=stacked("escalates", rounds, False, bool),
        calls_again=stacked("calls_again", rounds, False, bool),
    )


def run(network: Network, *rows: dict[str, Any]) -> Outcome:
    """See what becomes of demands laid down by hand, in the order in which they come."""
    return model.run(network, demands(network, *rows))


def day(number: int, hours: float = 0) -> int:
    return number * DAY + round(hours * HOUR)
