"""What random scenarios are made of where it gets tight: one part of the service after another.

Drawn at large, most scenarios have a bit of everything, and few have two crews of one team that
are handed over at the same instant, or two queues whose heads are compared. A theme sets what
leads there, over whatever else was drawn, and leaves the rest to chance.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from strategies import KINDS, TICKS, Spec, specs

from govsim.demand.table import DemandTable
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY, HOUR

LONG_TICK = "4194.304 s"
"""2 ** 22 ms: whole stretches of the compiled engine's calendar begin on such ticks."""

RATES = ("10 per day", "20 per day", "40 per day")
DAY_AND_NIGHT = {"day": "08:00-20:00", "night": "20:00-08:00"}


def _every(spec: Spec, section: str, **set_: object) -> None:
    for one in spec[section].values():
        one.update(set_)


def _one_of(named: Spec) -> st.SearchStrategy[str]:
    return st.sampled_from(list(named))


def _busy(draw: st.DrawFn, spec: Spec) -> None:
    """Let enough come to the teams, by day and by night, that they are short."""
    _every(spec["demand"], "categories", rate=draw(st.sampled_from(RATES)))
    _every(spec["demand"], "categories", answered=0.0, patience=None)
    _every(spec["demand"], "categories", report_lag="0 min", hours=None)
    _every(spec, "channels", hours="always", days="daily", if_closed="wait")
    spec["changes"] = {}


def hand_over(draw: st.DrawFn, spec: Spec) -> None:
    """Crews of one to three at work when a smaller shift takes over, some begun together."""
    _busy(draw, spec)
    spec["calendar"]["shifts"] = DAY_AND_NIGHT
    work = draw(st.sampled_from(["4 h", "1 h", "12 h"]))
    _every(spec["demand"], "categories", work=work, make_safe=work)
    for team in spec["teams"].values():
        day, night = draw(st.integers(2, 6)), draw(st.integers(0, 3))
        team |= {"roster": {"day": day, "night": night}, "roster_at": {}, "waiting_room": None}
        team |= {"end_of_shift": "hand over", "free_for_calls": 1.0, "at": list(KINDS)}
    for group in spec["groups"].values():
        group["crew"] = draw(st.sampled_from([1, 2, 2, 3]))
    spec["desk"]["rosters"] = {kind: {"day": 2, "night": 1} for kind in KINDS}
    spec["centre"]["roster"] = {"day": 2}
    spec["helpers"]["enabled"] = draw(st.booleans())


def helpers(draw: st.DrawFn, spec: Spec) -> None:
    """Helpers are called early, come when the queue may be empty again, and go at a relief."""
    _busy(draw, spec)
    spec["helpers"] |= {
        "enabled": True,
        "pool": draw(st.integers(2, 4)),
        "threshold": 1,
        "arrives_after": draw(st.sampled_from(["0 min", "10 min", "1 h", "5 h"])),
    }
    end = draw(st.sampled_from(["relief", "finish", "hand over"]))
    for team in spec["teams"].values():
        team |= {"end_of_shift": end, "waiting_room": None}
    _every(spec["demand"], "categories", work=draw(st.sampled_from(["20 min", "1 h", "4 h"])))


def pooled(draw: st.DrawFn, spec: Spec) -> None:
    """Several groups' queues, teams that draw on more than one, classes and ties in them."""
    _busy(draw, spec)
    names = list(spec["teams"])
    groups = {}
    for name in ("g1", "g2", "g3")[: draw(st.integers(2, 3))]:
        crew = draw(st.integers(1, 2))
        mine = draw(st.permutations(names))
        groups[name] = {"label": {"zh": name, "en": name}, "teams": list(mine), "crew": crew}
    spec["groups"] = groups
    spec["policies"] |= {"queue": "pooled", "order": draw(st.sampled_from(["arrival", "due"]))}
    for team in spec["teams"].values():
        team |= {"at": list(KINDS), "waiting_room": None}
    if draw(st.booleans()):  # all of it at one point, whose queues are the first ones
        spec["territory"] |= {"workstations": {"count": 0}, "offices": True}
        spec["territory"]["grids"] = {"count": 3}
        spec["territory"]["point_stations"] |= {"count": 1, "grids_each": 3, "enabled": True}
        spec["helpers"] |= {"enabled": draw(st.booleans()), "pool": 4, "threshold": 1}
    for kind in spec["demand"]["categories"].values():
        kind |= {"group": draw(st.sampled_from(list(groups))), "priority": draw(st.integers(0, 2))}
        kind["solve"] = draw(st.sampled_from(["10 min", "5 h", "2 working hours"]))


def neighbours(draw: st.DrawFn, spec: Spec) -> None:
    """Several points whose teams go to each other's places, the first or who is there soonest."""
    _busy(draw, spec)
    spec["territory"]["point_stations"] |= {"count": 3, "enabled": True}
    spec["territory"] |= {"grids": {"count": 6}, "offices": True}
    spec["policies"] |= {
        "neighbours_within": "5 km",
        "dispatch": draw(st.sampled_from(["soonest", "soonest", "order"])),
    }
    spec["travel"]["enabled"] = draw(st.sampled_from([True, True, True, False]))
    for team in spec["teams"].values():
        team |= {"at": list(KINDS), "free_for_calls": 1.0}
        team["mode"] = draw(st.sampled_from(["walking", "car"]))
    if draw(st.booleans()):  # people come to the stations while the others' queues go on
        spec["calendar"]["shifts"] = DAY_AND_NIGHT
        for team in spec["teams"].values():
            team |= {"roster": {"day": 1, "night": 1}, "end_of_shift": "finish"}
            team["roster_at"] = {"point_station": {"day": draw(st.integers(2, 4))}}
        spec["desk"]["rosters"] = {kind: {"day": 2, "night": 2} for kind in KINDS}
        spec["centre"]["roster"] = {"day": 2, "night": 2}


def orders(draw: st.DrawFn, spec: Spec) -> None:
    """Residents who call again and again: orders that open cases again, press and are overdue."""
    for kind in spec["demand"]["categories"].values():
        kind |= {"escalation": None, "patience": None, "repeat": None}
        kind |= {
            "work": "20 min",
            "make_safe": "20 min",
            "solve": draw(st.sampled_from([None, "1 h"])),
        }
        kind["report_lag"] = "0 min"
    spec["centre"] |= {
        "enabled": True,
        "roster": draw(st.sampled_from([dict.fromkeys(spec["calendar"]["shifts"], 2)] * 2 + [{}])),
        "answered": draw(st.sampled_from([0.0, 0.5])),
        "limit": draw(st.sampled_from(["10 min", "1 h", "5 h"])),
        "call_back_after": draw(st.sampled_from(["0 min", "10 min", "1 h"])),
        "called_again": 0.9,
        "most_calls": 4,
    }
    if draw(st.booleans()):
        spec["centre"] |= {"limit": "10 min", "called_again": 1.0, "most_calls": 6}
    spec["residents"] |= {"escalation": 0.9, "escalates_after": "10 min"}
    spec["residents"]["patience"] |= {
        "enabled": True, "time": draw(st.sampled_from(["1 h", "10 min"])), "calls": 0.9,
        "withdraws": draw(st.booleans()),
    }  # fmt: skip
    unhappy = {"answered": 0.2, "simple": 0.2, "complex": 0.2, "turned_away": 0.1}
    spec["residents"]["satisfaction"] |= unhappy
    spec["promises"] |= {"made": True, "reply": draw(st.sampled_from(["0 min", "10 min", "1 h"]))}
    spec["policies"] |= {"overdue_priority": 0, "order": draw(st.sampled_from(["arrival", "due"]))}


def meetings(draw: st.DrawFn, spec: Spec) -> None:
    """More hard cases than a meeting can take, and departments with a crew or two."""
    names = ["d1", "d2"]
    spec["departments"] = {
        name: {
            "label": {"zh": name, "en": name},
            "crews": draw(st.integers(1, 2)),
            "days": draw(st.sampled_from(["workdays", "daily"])),
        }
        for name in names
    }
    for kind in spec["demand"]["categories"].values():
        kind |= {
            "complex": 0.9,
            "answered": 0.0,
            "joint_meeting": draw(st.sampled_from([1.0, 0.5])),
        }
        kind |= {"work": "10 min", "make_safe": "10 min", "report_lag": "0 min"}
        kind["department"] = draw(st.sampled_from([*names, None]))
        kind["department_time"] = draw(st.sampled_from(["1 h", "2 working hours", "10 min"]))
    spec["joint_meeting"] |= {
        "enabled": True,
        "days": "daily",
        "at": draw(st.sampled_from(["00:00", "14:00", "09:00"])),
        "cases": draw(st.sampled_from([1, 2, 3, 30])),
        "level": draw(st.sampled_from(["district", "community"])),
    }


def nights(draw: st.DrawFn, spec: Spec) -> None:
    """Some wait for the morning, others for the meeting, and all of them press by 12345."""
    meetings(draw, spec)
    _busy(draw, spec)
    spec["calendar"]["shifts"] = DAY_AND_NIGHT
    spec["joint_meeting"]["at"] = "14:00"
    for i, group in enumerate(spec["groups"].values()):
        group |= {"teams": [list(spec["teams"])[i % len(spec["teams"])]], "crew": 1, "handover": {}}
    for i, team in enumerate(spec["teams"].values()):
        team |= {"at": list(KINDS), "roster": {"day": 1, "night": 2 * (i == 0)}, "roster_at": {}}
        team |= {"free_for_calls": 1.0, "waiting_room": None}
    for kind in spec["demand"]["categories"].values():
        kind |= {"priority": draw(st.integers(1, 2)), "group": draw(_one_of(spec["groups"]))}
    spec["desk"]["rosters"] = {kind: {"day": 2, "night": 2} for kind in KINDS}
    spec["residents"]["patience"] |= {
        "enabled": True, "time": "1 h", "calls": 0.9, "withdraws": draw(st.booleans()),
    }  # fmt: skip
    spec["centre"] |= {"enabled": True, "roster": {"day": 2, "night": 2}, "limit": "1 h"}
    spec["policies"] |= {"overdue_priority": 0, "queue": "separate"}


def moments(draw: st.DrawFn, spec: Spec) -> None:
    """Next to no time passes: intake, ways and work of a tick, or of none."""
    tick = draw(st.sampled_from(["1 ms", LONG_TICK]))
    spec["tick"] = tick
    lengths = st.sampled_from(["0 min", "0.001 s", "0.002 s", "1 min"])
    for kind in spec["demand"]["categories"].values():
        kind |= {"work": draw(lengths), "make_safe": draw(lengths), "report_lag": "0 min"}
    for channel in spec["channels"].values():
        channel |= {"handling": draw(lengths), "handing_over": draw(lengths), "hours": "always"}
        channel["days"] = "daily"
    spec["desk"] |= {"reply": draw(lengths), "interim_reply": draw(lengths)}
    spec["desk"]["written_reply"] = draw(lengths)
    spec["travel"] |= {"turn_out": draw(lengths), "access": draw(lengths)}
    spec["travel"]["enabled"] = draw(st.booleans())
    spec["centre"] |= {"call": draw(lengths), "dispatch_delay": draw(lengths)}
    spec["policies"]["dispatch_delay"] = draw(lengths)


def beginnings(draw: st.DrawFn, spec: Spec) -> None:
    """As much as can be happens at the very start, if demands enter together then."""
    shifts = list(spec["calendar"]["shifts"])
    at_once = st.sampled_from(["0 min", "0 min", "10 min"])
    for kind in spec["demand"]["categories"].values():
        kind |= {"answered": 0.3, "patience": None, "report_lag": "0 min", "hours": None}
        kind |= {"work": draw(at_once), "make_safe": draw(at_once)}
    for channel in spec["channels"].values():
        channel |= {"hours": "always", "days": "daily", "handling": draw(at_once)}
        channel |= {"handing_over": "0 min", "dispatch": "at once", "answers": True}
        channel["via"] = draw(st.sampled_from(["desk", "desk", channel["via"]]))
    spec["desk"] |= {"reply": draw(at_once), "written_reply": draw(at_once)}
    spec["desk"]["rosters"] = {kind: dict.fromkeys(shifts, 4) for kind in KINDS}
    spec["centre"] |= {"call": "0 min", "dispatch_delay": "0 min", "answered": 0.5}
    spec["centre"] |= {"roster": dict.fromkeys(shifts, 9), "limit": "10 min"}
    spec["policies"]["dispatch_delay"] = "0 min"
    spec["travel"]["enabled"] = False
    for team in spec["teams"].values():
        team |= {"roster": dict.fromkeys(shifts, 3), "roster_at": {}, "free_for_calls": 1.0}
    spec["residents"] |= {"escalation": 0.9, "escalates_after": "0 min"}
    spec["residents"]["patience"] |= {"enabled": True, "time": "10 min", "calls": 0.9}
    spec["residents"]["satisfaction"] |= {"answered": 0.2, "simple": 0.2}
    spec["centre"] |= {"call_back_after": draw(at_once), "called_again": 0.9, "most_calls": 4}
    spec["promises"] |= {"made": True, "scene": "10 min", "reply": "10 min"}
    spec["promises"]["interim_after"] = draw(at_once)


THEMES = (hand_over, helpers, pooled, neighbours, orders, meetings, nights, moments, beginnings)


@st.composite
def themed(draw: st.DrawFn) -> Spec:
    """Draw a scenario, two of three with one or two themes."""
    spec = draw(specs((*TICKS, LONG_TICK)))
    some = st.lists(st.sampled_from(THEMES), min_size=1, max_size=2, unique=True)
    chosen = draw(some) if draw(st.sampled_from([True, True, False])) else []
    if chosen:
        spec["horizon"] = draw(st.sampled_from(["30 h", "1 day", "2 days"]))
    for theme in chosen:
        theme(draw, spec)
    return spec


scenarios = themed().map(Scenario.model_validate)
"""Random small scenarios for the comparison of both engines."""

crowds = st.sampled_from([1, 1, HOUR, DAY])
"""Demands enter at multiples of this many ms only; some at the very start."""


def crowded(table: DemandTable, unit: int) -> DemandTable:
    """Let demands enter together, at whole multiples of so many ms."""
    return replace(table, enters=table.enters // unit * unit) if unit > 1 else table
