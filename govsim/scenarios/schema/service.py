"""Who answers: desks, groups, teams, travel, departments, meeting, helpers, patrol, 12345."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from govsim.scenarios.quantities import (
    ClockTime,
    Distance,
    Distribution,
    Duration,
    Factor,
    HourlyCost,
    Hours,
    Money,
    Rate,
    Share,
    Span,
    Speed,
    Weekdays,
)
from govsim.scenarios.schema.base import Label, Model, choice, par
from govsim.scenarios.schema.place import Roster

PointKind = Literal["point_station", "workstation", "community_office"]
EndOfShift = Literal["finish", "relief", "hand over"]


class Desk(Model):
    """Reception desks: intake, replies, and replies in writing, by order of arrival."""

    enabled: bool = choice(True)
    """Off: intake and replies take no time and nobody waits for them."""
    rosters: dict[PointKind, Roster] = choice(
        {
            "point_station": {"day": 2},
            "workstation": {"day": 1},
            "community_office": {"day": 1},
        }
    )
    """People at the desk by kind of point and shift."""
    reply: Distribution = par(
        {"lognormal": {"median": "4 min", "sigma": 0.5}},
        {"lognormal": {"median": "2 min", "sigma": 0.3}},
        {"lognormal": {"median": "10 min", "sigma": 0.8}},
    )
    """Desk time of the reply when a demand is resolved."""
    interim_reply: Distribution = par(
        {"lognormal": {"median": "3 min", "sigma": 0.5}},
        {"lognormal": {"median": "1 min", "sigma": 0.3}},
        {"lognormal": {"median": "8 min", "sigma": 0.8}},
    )
    """Desk time of the interim reply."""
    written_reply: Distribution = par(
        {"lognormal": {"median": "20 min", "sigma": 0.5}},
        {"lognormal": {"median": "10 min", "sigma": 0.3}},
        {"lognormal": {"median": "45 min", "sigma": 0.8}},
    )
    """Desk time of the reply in writing that a 12345 order asks for."""
    cost: HourlyCost = par("40 yuan/h", "25 yuan/h", "60 yuan/h")
    """Hourly cost of a person at the desk."""


class Group(Model):
    """A working group: it owns categories and says which teams may take them."""

    label: Label
    """Name."""
    teams: tuple[str, ...] = Field(min_length=1)
    """Teams that may take its demands, in order; those that a point lacks are passed over."""
    crew: int | dict[str, int] = par(1, 1, 2)
    """Members that a job takes, for every team or by team."""
    handover: dict[str, Share] = par({}, 0.0, 0.2)
    """After the work: share that goes on to another group (a level that can't solve it)."""


class Team(Model):
    """People of one kind at each service point of the kinds named."""

    label: Label
    """Name."""
    at: tuple[PointKind, ...] = Field(min_length=1)
    """Kinds of service point that have such a team."""
    roster: Roster
    """Number on duty by shift (and kind of day)."""
    roster_at: dict[PointKind, Roster] = choice({})
    """Rosters where a kind of point differs."""
    free_for_calls: Share = par(1.0, 0.2, 1.0, gt=0)
    """Share of the time on duty in which members are free for demands; patrols and home visits
    count among the rest."""
    free_in_shift: dict[str, Share] = par({}, 0.2, 1.0)
    """That share in shifts where it differs, by shift."""
    free_cycle: Duration = par("3 h", "1 h", "6 h", gt=0)
    """A stretch of other work and the free time after it, together."""
    mode: str = choice("e-bike")
    """Way to travel; a name in `travel.speeds`."""
    training: Factor = par(1.0, 0.8, 1.2, gt=0)
    """Speed of work on everything; above 1 is faster."""
    speed: dict[str, Factor] = par({}, 0.7, 1.3)
    """Speed of work by category; above 1 is faster."""
    end_of_shift: EndOfShift = choice("finish")
    """What happens to work in hand when a shift ends."""
    waiting_room: int | None = choice(None, ge=0)
    """Jobs that may wait; further ones are turned away. None: no limit."""
    cost: HourlyCost = par("45 yuan/h", "0 yuan/h", "80 yuan/h")
    """Hourly cost of a member."""


class Travel(Model):
    """Getting to the scene."""

    enabled: bool = choice(True)
    """Off: a team is on the scene as soon as it is dispatched."""
    metric: Literal["euclidean", "rectilinear"] = par("euclidean")
    """How distance is measured before the detour."""
    detour: Factor = par(1.3, 1.1, 1.6)
    """Distance on the way over distance as the crow flies."""
    speeds: dict[str, Speed] = par(
        {"walking": "4.7 km/h", "e-bike": "17.1 km/h", "car": "25 km/h"},
        {"walking": "4 km/h", "e-bike": "12 km/h", "car": "15 km/h"},
        {"walking": "5.4 km/h", "e-bike": "20 km/h", "car": "40 km/h"},
        evidence="published",
        source="walking and e-bike as in the domain notes; car assumed",
    )
    """Speed by way to travel."""
    turn_out: Distribution = par("3 min", "1 min", "6 min")
    """From dispatch to leaving."""
    access: Distribution = par("1 min", "0 min", "4 min")
    """From the kerb to the scene."""
    variation: float = par(0.2, 0.0, 0.5, ge=0, le=2)
    """Sigma of a demand's own lognormal factor (median 1) on the way's time."""


class Department(Model):
    """A department or property company that finishes complex cases."""

    label: Label
    """Name."""
    crews: int | None = par(None, 1, 200, ge=1)
    """Cases it works on at once; none: no limit."""
    hours: Hours = par(
        "09:00-12:00, 13:30-17:30", "09:00-12:00, 14:00-17:00", "08:00-12:00, 13:00-18:00"
    )
    """Working hours; its times in working hours and days run in them only."""
    days: Literal["workdays", "daily"] = par("workdays")
    """Days on which it works."""


class JointMeeting(Model):
    """Meeting of all sides on hard cases; each sitting sends some on to their department."""

    enabled: bool = choice(True)
    """Off: such cases go straight to their department."""
    days: Weekdays = choice("wed")
    """Days of the week on which it sits."""
    at: ClockTime = choice("14:00")
    """Hour at which it sits."""
    cases: int = par(10, 3, 30, ge=1)
    """Cases it decides in a sitting."""
    level: Literal["district", "street", "community"] = choice("street")
    """Area that has a meeting of its own."""


class Helpers(Model):
    """Ning Bang helpers: a pool per street that joins a team whose queue has grown."""

    enabled: bool = choice(True)
    """Off: nobody joins."""
    pool: int = par(10, 2, 40, ge=0)
    """Helpers on call in each street."""
    hours: Hours = par("08:00-20:00", "09:00-17:00", "07:00-22:00")
    """Hours on call."""
    threshold: int = par(3, 1, 10, ge=1)
    """A helper is called when so many jobs wait for a team."""
    arrives_after: Duration = par("15 min", "5 min", "60 min")
    """From the call to joining the team."""
    cost: HourlyCost = par("20 yuan/h", "0 yuan/h", "40 yuan/h")
    """Hourly cost of a helper while called."""


class HomeVisits(Model):
    """Regular visits to households."""

    enabled: bool = choice(True)
    """Off: no visits."""
    per_household: Rate = par("2 per year", "0.5 per year", "6 per year")
    """Visits a household."""
    found: Share = par(0.5, 0.2, 0.9)
    """Chance that a visit brings up a problem that is there."""
    time: Duration = par("12 min", "5 min", "30 min")
    """Time of a visit with the way to it."""
    hours: Hours = par("17:00-20:00", "18:00-20:00", "16:00-21:00")
    """Window in which they are made; members are off the roster for as long as they take."""


class Patrol(Model):
    """Grid staff walk their grids on a timetable and are off the roster meanwhile."""

    enabled: bool = choice(True)
    """Off: no rounds and no home visits."""
    team: str = choice("grid_staff")
    """Team that walks."""
    rounds: tuple[Hours, ...] = par(
        ("09:00-11:00", "15:00-17:00"),
        ("09:00-10:00", "15:00-16:00"),
        ("08:00-11:00", "14:00-17:00"),
        "published",
        "two rounds a day: Hushu 2023; the hours are assumed",
    )
    """Windows of the rounds of a day."""
    days: Literal["workdays", "daily"] = par("daily")
    """Days with rounds."""
    per_grid: Duration = par("20 min", "10 min", "40 min")
    """Time of a round for one grid."""
    found_visible: Share = par(0.3, 0.1, 0.6)
    """Chance that a pass finds a visible incident."""
    found_hidden: Share = par(0.02, 0.0, 0.1)
    """Chance that a pass finds another."""
    home_visits: HomeVisits = choice({})
    """Visits to households."""


class Centre(Model):
    """The city hotline 12345."""

    enabled: bool = choice(True)
    """Off: nobody calls 12345."""
    roster: Roster = par({"day": 6, "night": 2}, {"day": 3, "night": 1}, {"day": 15, "night": 5})
    """Call-takers for this district's neighbourhood matters."""
    call: Distribution = par(
        {"lognormal": {"median": "4 min", "sigma": 0.5}},
        {"lognormal": {"median": "2 min", "sigma": 0.3}},
        {"lognormal": {"median": "8 min", "sigma": 0.8}},
    )
    """Time of a call."""
    answered: Share = par(0.2, 0.0, 0.7)
    """Share answered on the call (the published .68 is of all calls, consultations among them)."""
    dispatch_delay: Distribution = par(
        {"lognormal": {"median": "3.7 min", "sigma": 1.0}},
        {"lognormal": {"median": "1 min", "sigma": 0.5}},
        {"lognormal": {"median": "30 min", "sigma": 1.5}},
        "published",
        "Beijing, news reports: 3.7 minutes from call to dispatch; its spread is assumed",
    )
    """From the call to the order at the service point."""
    limit: Span = par("5 working days", "2 working days", "15 working days")
    """Limit of an order."""
    call_back_after: Duration = par("1 day", "4 h", "5 days")
    """From the close to the call-back."""
    called_again: Share = par(0.35, 0.15, 0.6)
    """Chance of a further call when an order is overdue, or unsatisfactory at the call-back."""
    most_calls: int = choice(3, ge=1, le=6)
    """Orders a demand can have at most."""


class Promises(Model):
    """The 3-1 rule: on the scene in 10 minutes, solved in 1 hour, a reply in 1 day."""

    made: bool = choice(True)
    """Off: nothing is promised; the clocks are measured all the same."""
    scene: Span = choice("10 min")
    """Clock 1, from the report to the arrival on the scene."""
    solve: Span = choice("1 h")
    """Clock 2, from the report to the end of a simple problem."""
    reply: Span = choice("1 day")
    """Clock 3, from the report to the first reply."""
    interim_after: Duration = par("8 h", "2 h", "20 h")
    """An interim reply is begun so long after the report, if there was none."""


class Policies(Model):
    """How work is dispatched and queued."""

    queue: Literal["separate", "pooled"] = choice("separate")
    """A queue for each team, or one for each group that all its teams at the point draw on."""
    dispatch: Literal["order", "soonest"] = choice("order")
    """Of teams with a crew free: the first in the group's order, or who can be there first."""
    order: Literal["arrival", "due"] = choice("arrival")
    """Within a priority: by order of arrival, or by the time that clock 2 (or an order) is due."""
    overdue_priority: int = choice(1, ge=0, le=9)
    """Class to which 12345 orders raise a demand: after a failure at once, else when overdue."""
    neighbours_within: Distance | None = choice(None)
    """Point stations within this distance help where no crew is free. None: no help."""
    dispatch_delay: Distribution = par("0 min", "0 min", "60 min")
    """From acceptance to dispatch; orders from 12345 and reopened cases are dispatched at once."""


class Costs(Model):
    """What things cost beyond the hours of staff."""

    overtime_factor: Factor = par(1.5, 1.0, 3.0, "published", "Labour Law, article 44")
    """Cost of an hour of overtime over an ordinary one."""
    station_per_year: Money = par("200000 yuan", "50000 yuan", "500000 yuan")
    """A point station's rooms and upkeep, a year."""
    order: Money = par("60 yuan", "20 yuan", "200 yuan")
    """Handling of a 12345 order outside the service: call, records, supervision."""
