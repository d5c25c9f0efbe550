"""Random small scenarios over the whole schema, for tests of what must hold in all of them.

`scenarios` draws a scenario with a few dozen demands in one to five days. Amounts are
such that people are short now and then and clocks run out, and times are few, so that
many things fall on the same instant when the tick is coarse.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from govsim.scenarios.schema import Scenario

"""Where relative tables of these scenarios lie."""

KINDS = ("point_station", "workstation", "community_office")

Spec = dict[str, Any]
"""Part of a scenario as a planner would write it."""


def label(name: str) -> Spec:
    return {"zh": name, "en": name}


def maybe(strategy: st.SearchStrategy[Any], otherwise: Any = None) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(otherwise), strategy)


mostly = st.sampled_from([True, True, True, False])
shares = st.sampled_from([0.5, 0.2, 0.9, 1.0, 0.0])
short = st.sampled_from(["0 min", "1 min", "10 min", "40 min"])
moderate = st.sampled_from(["10 min", "1 h", "5 h", "1 day"])


def times(*medians: str) -> st.SearchStrategy[Any]:
    """Fixed, memoryless or skewed times of about these lengths."""
    lengths = st.sampled_from(medians)
    return st.one_of(
        lengths,
        lengths.map(lambda x: {"exponential": {"mean": x}}),
        lengths.map(lambda x: {"lognormal": {"median": x, "sigma": 1.0}}),
    )


brief = st.one_of(st.just("0 min"), times("1 min", "5 min", "20 min"))
lengthy = times("10 min", "1 h", "4 h")
spans = st.sampled_from(["10 min", "1 h", "8 h", "1 day", "2 working hours", "1 working day"])

areas = st.sampled_from(["district", "street", "community"])

SHIFTS: list[Spec] = [
    {"all": "always"},
    {"day": "08:00-20:00", "night": "20:00-08:00"},
    {"early": "06:00-14:00", "late": "14:00-22:00", "night": "22:00-06:00"},
    {"day": "09:00-12:00, 13:00-17:00"},
]

TICKS = ("1 ms", "1 s", "1 min", "10 min")

HOURS = ["always", "08:00-20:00", "09:00-12:00, 14:00-17:00", "22:00-06:00"]


@st.composite
def rosters(draw: st.DrawFn, shifts: list[str], most: int = 3, least: int = 0) -> Spec:
    """Numbers by shift, now and then by kind of day."""
    numbers = [*range(max(least, 1), most + 1)] * 2 + [least]
    heads = st.one_of(
        st.sampled_from(numbers),
        st.fixed_dictionaries(
            {"workday": st.integers(least, most), "weekend": st.integers(0, most)},
            optional={"holiday": st.integers(0, most)},
        ),
    )
    named = shifts if draw(mostly) else draw(st.lists(st.sampled_from(shifts), unique=True))
    return {shift: draw(heads) for shift in named}


@st.composite
def territories(draw: st.DrawFn) -> Spec:
    stations, each = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    grids = max(3, stations * each + draw(st.integers(0, 2)))
    return {
        "outline": {"square": "4 km"},
        "communities": draw(maybe(st.just({"table": "communities.csv"}))),
        "grids": {"count": grids},
        "residents": draw(st.sampled_from([500, 3000])),
        "estates": {"large": 1.0, "old": 0, "resettlement": 0, "commercial": 0, "rural": 0},
        "workstations": {"count": draw(st.integers(0, 2))},
        "offices": True,
        "point_stations": {
            "count": stations,
            "enabled": draw(mostly),
            "reach": draw(st.sampled_from(["500 m", "3 km"])),
            "grids_each": each,
        },
        "seed": draw(st.integers(1, 3)),
    }


@st.composite
def categories(draw: st.DrawFn, groups: list[str], departments: list[str]) -> Spec:
    return {
        "rate": draw(st.sampled_from(["10 per day", "40 per day", "20 per 1000 per day"])),
        "group": draw(st.sampled_from(groups)),
        "priority": draw(st.integers(0, 2)),
        "incident": draw(shares),
        "visible": draw(shares),
        "report_lag": draw(times("1 h", "1 day", "0 min")),
        "answered": draw(st.sampled_from([0.0, 0.2, 0.5])),
        "complex": draw(shares),
        "work": draw(lengthy),
        "make_safe": draw(lengthy),
        "department": draw(st.sampled_from([*departments, None])),
        "department_time": draw(
            st.one_of(times("1 h", "1 day"), times("2 working hours", "1 working day"))
        ),
        "joint_meeting": draw(shares),
        "solve": draw(maybe(spans)),
        "patience": draw(maybe(times("1 h", "5 h"))),
        "escalation": draw(maybe(shares)),
        "repeat": draw(maybe(shares)),
        "hours": draw(maybe(st.just((1.0, 3.0)))),
    }


@st.composite
def channels(draw: st.DrawFn, centre: bool) -> Spec:
    """Three channels, of which each may stand in for another; 12345 only where it is there."""
    names = ["desk", "app", "hotline"]
    vias = ["desk", "direct", *(["centre"] if centre else [])]
    found: Spec = {}
    for name, covered, bare in zip(names, (0.5, 0.3, 0.2), (0.2, 0.2, 0.6), strict=True):
        found[name] = {
            "label": label(name),
            "with_station": covered,
            "without_station": bare,
            "via": draw(st.sampled_from(vias)),
            "hours": draw(st.sampled_from(HOURS)),
            "days": draw(st.sampled_from(["daily", "daily", "mon-fri"])),
            "if_closed": draw(st.sampled_from(["wait", *(n for n in names if n != name)])),
            "handling": draw(brief),
            "dispatch": draw(st.sampled_from(["after intake", "at once"])),
            "handing_over": draw(brief),
            "answers": draw(st.booleans()),
        }
    return found


@st.composite
def groups_and_teams(draw: st.DrawFn, shifts: list[str]) -> tuple[Spec, Spec]:
    """One or two groups of up to three teams; the first team of each stands at every point."""
    teams = ["a", "b", "c"][: draw(st.integers(1, 3))]
    names = ["g1", "g2"][: draw(st.integers(1, 2))]
    groups: Spec = {}
    for name in names:
        mine = draw(st.lists(st.sampled_from(teams), min_size=1, unique=True))
        crews = st.integers(1, 3)
        by_team = st.fixed_dictionaries(dict.fromkeys(mine, crews))
        onward = [n for n in names if n != name]
        groups[name] = {
            "label": label(name),
            "teams": mine,
            "crew": draw(st.one_of(st.just(1), crews, by_team)),
            "handover": draw(maybe(st.just({onward[0]: 0.4}), {})) if onward else {},
        }
    first = {g["teams"][0] for g in groups.values()}
    found: Spec = {}
    for team in teams:
        some = st.lists(st.sampled_from(KINDS), min_size=1, unique=True)
        found[team] = {
            "label": label(team),
            "at": list(KINDS) if team in first else draw(some),
            "roster": draw(rosters(shifts)),
            "roster_at": draw(maybe(st.fixed_dictionaries({"point_station": rosters(shifts)}), {})),
            "free_for_calls": draw(st.sampled_from([1.0, 1.0, 0.4])),
            "free_in_shift": draw(maybe(st.just({shifts[0]: 0.7}), {})),
            "free_cycle": draw(st.sampled_from(["3 h", "40 min"])),
            "mode": draw(st.sampled_from(["walking", "car"])),
            "training": draw(st.sampled_from([1.0, 1.2])),
            "end_of_shift": draw(st.sampled_from(["finish", "relief", "hand over"])),
            "waiting_room": draw(maybe(st.integers(0, 3))),
        }
    return groups, found


@st.composite
def residents(draw: st.DrawFn) -> Spec:
    return {
        "patience": {
            "enabled": draw(mostly),
            "time": draw(times("1 h", "8 h")),
            "stretch_scene": draw(st.sampled_from([1.0, 2.0])),
            "stretch_reply": draw(st.sampled_from([1.0, 1.5])),
            "ends_at_scene": draw(st.booleans()),
            "broken_promise": draw(shares),
            "left_after_broken": draw(shares),
            "calls": draw(shares),
            "withdraws": draw(st.booleans()),
        },
        "escalation": draw(shares),
        "escalates_after": draw(st.sampled_from(["0 min", "10 min", "5 h"])),
        "satisfaction": {"expected_simple": draw(spans), "simple": draw(shares)},
        "repeats": {
            "enabled": draw(mostly),
            "share": draw(shares),
            "after": draw(times("10 min", "5 h")),
            "most": draw(st.integers(1, 5)),
        },
    }


@st.composite
def patrols(draw: st.DrawFn, teams: list[str]) -> Spec:
    return {
        "enabled": draw(mostly),
        "team": draw(st.sampled_from(teams)),
        "rounds": draw(
            st.sampled_from(
                [["09:00-11:00", "15:00-17:00"], ["15:00-17:00", "09:00-11:00"], ["21:00-03:00"]]
            )
        ),
        "days": draw(st.sampled_from(["workdays", "daily"])),
        "per_grid": draw(st.sampled_from(["10 min", "1 h"])),
        "found_visible": draw(shares),
        "found_hidden": draw(shares),
        "home_visits": {
            "enabled": draw(mostly),
            "per_household": draw(st.sampled_from(["1 per day", "2 per year"])),
            "found": draw(shares),
            "time": "12 min",
            "hours": "17:00-20:00",
        },
    }


@st.composite
def changes(draw: st.DrawFn, start: str, shifts: list[str], teams: list[str]) -> Spec:
    """Now and then absences, other rosters, and closed stations on some days."""
    day = st.integers(-1, 4)
    found: Spec = {}
    for name in ["flu", "feast", "repair"][: draw(st.sampled_from([0, 0, 1, 2, 3]))]:
        first, length = draw(day), draw(st.integers(0, 2))
        days = [date.fromisoformat(start) + timedelta(days=d) for d in (first, first + length)]
        ways = [["point_station"], ["S01"], ["S01", "community_office"], ["workstation"]]
        at = draw(st.sampled_from(ways))
        one: Spec = {"first_day": str(days[0]), "last_day": str(days[1]), "at": at}
        team = draw(st.sampled_from([*teams, "desk"]))
        if name == "flu":
            one |= {"team": team, "add": draw(st.sampled_from([-1, -2, 2]))}
        elif name == "feast":
            one |= {"team": team, "roster": draw(rosters(shifts)) or {shifts[0]: 1}}
        else:
            one |= {"closed": True}
        found[name] = one
    return found


@st.composite
def specs(draw: st.DrawFn, ticks: tuple[str, ...] = TICKS) -> Spec:
    """A whole scenario, as a planner would write it."""
    shifts = draw(st.sampled_from(SHIFTS))
    names = list(shifts)
    centre = draw(mostly)
    groups, teams = draw(groups_and_teams(names))
    departments = ["d1", "d2"][: draw(st.integers(0, 2))]
    kinds = ["hazard", "noise", "rubbish"][: draw(st.integers(1, 3))]
    starts = ["2025-01-01", "2025-01-25", "2025-03-07"]  # a holiday, a make-up day's eve, a Friday
    start = draw(st.sampled_from(starts))
    storm = {
        "label": label("storm"),
        "begins": f"{start}T06:00",
        "lasts": draw(st.sampled_from(["3 h", "2 days"])),
        "factor": draw(st.sampled_from([0.3, 2.0])),
        "categories": draw(maybe(st.just(kinds[:1]))),
    }
    return {
        "start": start,
        "horizon": draw(st.sampled_from(["2 days", "30 h", "5 days", "1 day"])),
        "warm_up": "0 min",
        "seed": draw(st.integers(0, 1000)),
        "tick": draw(st.sampled_from(ticks)),
        "territory": draw(territories()),
        "calendar": {
            "holidays": draw(st.sampled_from(["china", "none"])),
            "shifts": shifts,
        },
        "demand": {
            "categories": {
                kind: {"label": label(kind), **draw(categories(list(groups), departments))}
                for kind in kinds
            },
            "dispersion": {"enabled": draw(mostly), "area": draw(areas)},
            "induced": {"enabled": draw(mostly)},
            "surges": [storm, storm | {"begins": f"{start}T12:00"}][: draw(st.integers(0, 2))],
        },
        "channels": draw(channels(centre)),
        "residents": draw(residents()),
        "desk": {
            "enabled": draw(mostly),
            "rosters": {kind: draw(rosters(names, 2)) for kind in KINDS},
            "reply": draw(brief),
            "interim_reply": draw(brief),
            "written_reply": draw(brief),
        },
        "groups": groups,
        "teams": teams,
        "changes": draw(changes(start, names, list(teams))),
        "travel": {
            "enabled": draw(mostly),
            "metric": draw(st.sampled_from(["euclidean", "rectilinear"])),
            "turn_out": draw(brief),
            "access": draw(brief),
            "variation": draw(st.sampled_from([0.0, 0.2])),
        },
        "departments": {
            name: {
                "label": label(name),
                "crews": draw(maybe(st.integers(1, 2))),
                "days": draw(st.sampled_from(["workdays", "daily"])),
            }
            for name in departments
        },
        "joint_meeting": {
            "enabled": draw(mostly),
            "days": draw(st.sampled_from(["daily", "wed, sat"])),
            "at": "14:00",
            "cases": draw(st.sampled_from([1, 3])),
            "level": draw(areas),
        },
        "helpers": {
            "enabled": draw(mostly),
            "pool": draw(st.integers(0, 4)),
            "hours": draw(st.sampled_from(["always", "08:00-20:00"])),
            "threshold": draw(st.integers(1, 3)),
            "arrives_after": draw(st.sampled_from(["0 min", "10 min", "1 h"])),
        },
        "patrol": draw(patrols(list(teams))),
        "centre": {
            "enabled": centre,
            "roster": draw(rosters(names, 2)),
            "call": draw(brief),
            "answered": draw(shares),
            "dispatch_delay": draw(brief),
            "limit": draw(spans),
            "call_back_after": draw(moderate),
            "called_again": draw(shares),
            "most_calls": draw(st.integers(1, 4)),
        },
        "promises": {
            "made": draw(mostly),
            "scene": draw(spans),
            "solve": draw(spans),
            "reply": draw(spans),
            "interim_after": draw(moderate),
        },
        "policies": {
            "queue": draw(st.sampled_from(["separate", "pooled"])),
            "dispatch": draw(st.sampled_from(["order", "soonest"])),
            "order": draw(st.sampled_from(["arrival", "due"])),
            "overdue_priority": draw(st.integers(0, 1)),
            "neighbours_within": draw(maybe(st.just("5 km"))),
            "dispatch_delay": draw(brief),
        },
    }


scenarios = specs().map(Scenario.model_validate)
"""Random small scenarios."""
