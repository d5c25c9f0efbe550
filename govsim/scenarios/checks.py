"""What the schema can't see: names that must match, shares that must add up, time that must pass.

`check` is called by `govsim.scenarios.loading` once a scenario is valid by the schema. One
function a check, each yielding what it finds; here those of time, demand, channels and
residents, in `govsim.scenarios.staffing_checks` those of the people who answer.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from govsim.language import tr
from govsim.scenarios import change_checks, staffing_checks, tables
from govsim.scenarios.evidence import known
from govsim.scenarios.findings import (
    Finding,
    Severity,
    error,
    listed,
    meant_by_label,
    missing,
    warning,
)
from govsim.scenarios.findings import Path as Where
from govsim.scenarios.limits import insane
from govsim.scenarios.parameters import Leaf, leaves
from govsim.scenarios.quantities import Distribution, Duration, Span
from govsim.scenarios.schema import Category, Model, Scenario, Surge
from govsim.scenarios.staffing_checks import Plan
from govsim.scenarios.units import DAY, nearest, write_duration

__all__ = ["Finding", "Severity", "check"]

DAYS_AROUND = 366
"""Days beyond the horizon that calendars may need."""


def check(scenario: Scenario, folder: Path) -> list[Finding]:
    """Find what is wrong or suspicious in a scenario that is valid by the schema.

    Parameters
    ----------
    scenario : what to check.
    folder : where its relative table paths start.

    Returns
    -------
    list of Finding
        Errors forbid a run. What depends on where points stand is found by
        `govsim.checks.offered_load`.
    """
    plan = Plan(scenario, folder)
    found = list(insane(scenario))
    beyond = any(finding.severity == "error" for finding in found)
    for one in (*CHECKS, *staffing_checks.CHECKS, *change_checks.CHECKS):
        # What numbers that can't be meant lead to is no further mistake.
        with suppress(ArithmeticError) if beyond else nullcontext():
            found += one(plan)
    return found


# ---------------------------------------------------------------- time


def the_run_has_time(plan: Plan) -> Iterator[Finding]:
    """There is something left to measure after the warm-up."""
    s = plan.scenario
    shown = write_duration(s.horizon)
    if s.horizon < s.tick:
        text = tr("the horizon of {found} is less than a tick", found=shown)
        yield error(("horizon",), text)
    elif isinstance(s.warm_up, int) and s.warm_up >= s.horizon:
        text = tr(
            "the warm-up of {found} leaves nothing of the horizon of {horizon}; it must be shorter",
            found=write_duration(s.warm_up),
            horizon=shown,
        )
        yield error(("warm_up",), text)
    try:
        s.start - timedelta(days=1)
        s.start + timedelta(days=s.horizon // DAY + DAYS_AROUND)
    except OverflowError:
        text = tr("the calendar ends on {last}; the run would go beyond", last=date.max)
        yield error(("horizon",), text)
    if s.replications == 1:
        text = tr("a single replication gives no intervals; run at least 2, better 10")
        yield warning(("replications",), text)


def working_time_passes(plan: Plan) -> Iterator[Finding]:
    """Limits in working time have working hours to run in."""
    s = plan.scenario
    if s.calendar.working_hours:
        return
    path: Where = ("calendar", "working_hours")
    satisfaction = s.residents.satisfaction
    limits: dict[str, Span] = {
        "promises.scene": s.promises.scene,
        "promises.solve": s.promises.solve,
        "promises.reply": s.promises.reply,
        "residents.satisfaction.expected_simple": satisfaction.expected_simple,
        "residents.satisfaction.expected_complex": satisfaction.expected_complex,
    }
    if s.centre.enabled:
        limits["centre.limit"] = s.centre.limit
    for key, category in s.demand.categories.items():
        if category.solve is not None:
            limits[f"demand.categories.{key}.solve"] = category.solve
    waiting = [name for name, span in limits.items() if span.is_working]
    if waiting:
        text = tr(
            "there are no working hours, but these run in them: {names}", names=listed(waiting)
        )
        yield error(path, text)


def times_suit_the_clock(plan: Plan) -> Iterator[Finding]:
    """No time is shorter than a tick; only departments work by working time."""
    tick = plan.scenario.tick
    for leaf in leaves(plan.scenario):
        value = leaf.value
        if isinstance(value, Distribution) and value.unit != "calendar":
            if leaf.path[-1] != "department_time":
                text = tr(
                    "this time can't be in {unit}, only a department_time can; write it in hours "
                    "or days",
                    unit=value.unit,
                )
                yield error(leaf.path, text)
            continue
        length = _length(leaf)
        if 0 < length < tick and leaf.path != ("horizon",):
            text = tr(
                "{found} is less than a tick of {tick}, and will take a whole one",
                found=write_duration(round(length) or 1),
                tick=write_duration(tick),
            )
            yield warning(leaf.path, text)


def _length(leaf: Leaf) -> float:
    """Length of a time, ms; the mean of a random one; 0 of anything else."""
    value = leaf.value
    if isinstance(value, Distribution):
        return value.mean()
    if isinstance(value, Span):
        return 0.0 if value.is_working else value.amount
    return float(value) if leaf.hint == Duration else 0.0


# ---------------------------------------------------------------- demand


def categories_have_owners(plan: Plan) -> Iterator[Finding]:
    """Groups and departments that categories name are there."""
    s = plan.scenario
    for key, category in s.demand.categories.items():
        here: Where = ("demand", "categories", key)
        if category.group not in s.groups:
            what = tr("there is no group “{found}”", found=category.group)
            near = meant_by_label(category.group, [(k, g.label) for k, g in s.groups.items()])
            found = missing((*here, "group"), category.group, s.groups, what)
            yield found._replace(suggestion=near or found.suggestion)
        yield from _finishes_complex_cases(s, category, here)
        if category.hours is not None and DAY % len(category.hours):
            text = tr("{n} bins do not divide a day evenly", n=len(category.hours))
            yield error((*here, "hours"), text)
    if not any(c.rate.per_day * s.demand.level for c in s.demand.categories.values()):
        yield warning(("demand",), tr("all rates are 0: there is no demand"))


def _finishes_complex_cases(s: Scenario, category: Category, here: Where) -> Iterator[Finding]:
    name = category.department
    if name is None:
        if category.complex > 0:
            text = tr(
                "complex cases ({share}) have no department, and end once they are made safe; "
                "name a department, or write complex: 0",
                share=f"{category.complex:.0%}",
            )
            yield warning((*here, "complex"), text)
    elif name not in s.departments:
        what = tr("there is no department “{found}”", found=name)
        yield missing((*here, "department"), name, s.departments, what)
    elif (
        category.complex > 0
        and not s.departments[name].hours
        and category.department_time.unit != "calendar"
    ):
        text = tr("it has no working hours, but complex cases wait for it to work")
        yield error(("departments", name, "hours"), text)


def joint_meetings_sit(plan: Plan) -> Iterator[Finding]:
    """Cases that wait for the joint meeting get one."""
    s = plan.scenario
    meeting = s.joint_meeting
    cases = any(c.complex * c.joint_meeting > 0 for c in s.demand.categories.values())
    if meeting.enabled and cases and not meeting.days:
        text = tr(
            "the joint meeting never sits, but cases wait for it; give days, or switch it off"
        )
        yield error(("joint_meeting", "days"), text)


def surges_touch_something(plan: Plan) -> Iterator[Finding]:
    """Surges fall into the run and name categories and streets that exist."""
    s = plan.scenario
    streets = _streets(plan)
    labels: set[str] = set()
    for i, surge in enumerate(s.demand.surges):
        here: Where = ("demand", "surges", i)
        for j, name in enumerate(surge.categories or ()):
            if name not in s.demand.categories:
                what = tr("there is no category “{found}”", found=name)
                yield missing((*here, "categories", j), name, s.demand.categories, what)
        for j, name in enumerate(surge.streets or ()):
            if streets and name not in streets:
                what = tr("there is no street “{found}”", found=name)
                found = missing((*here, "streets", j), name, streets, what)
                english = next((k for k, v in streets.items() if v and v == name), "")
                yield found._replace(suggestion=english or found.suggestion)
        if surge.label.en in labels:
            text = tr(
                "another surge has the English name “{found}” too; their demands would be the same "
                "ones, so name them apart",
                found=surge.label.en,
            )
            yield error((*here, "label", "en"), text)
        labels.add(surge.label.en)
        yield from _falls_into_the_run(s, surge, here)


def _falls_into_the_run(s: Scenario, surge: Surge, here: Where) -> Iterator[Finding]:
    if surge.begins.tzinfo is not None:
        text = tr("write local time, without a time zone")
        yield error((*here, "begins"), text, surge.begins.replace(tzinfo=None).isoformat(" "))
        return
    begins = (surge.begins - datetime.combine(s.start, datetime.min.time())) // timedelta(
        milliseconds=1
    )
    if begins >= s.horizon or begins + surge.lasts <= 0:
        text = tr(
            "{found} lies outside the run, which begins on {start} and lasts {horizon}",
            found=surge.begins,
            start=s.start,
            horizon=write_duration(s.horizon),
        )
        yield warning((*here, "begins"), text)
    elif surge.lasts == 0:
        yield warning((*here, "lasts"), tr("it takes no time, and so changes nothing"))


def _streets(plan: Plan) -> Mapping[str, str]:
    """Streets of the territory with their English names; empty where that can't be told."""
    t = plan.scenario.territory
    if t.grids.table is None and t.communities == "jiangning":
        shipped = Path(__file__).parent / "data" / "jiangning" / "communities.csv"
        with shipped.open(encoding="utf-8-sig", newline="") as file:
            return {row["street"]: row["street_en"] for row in csv.DictReader(file)}
    own = getattr(t.communities, "table", None)
    if t.grids.table is not None:
        read = tables.read_table(plan.folder / t.grids.table, tables.GRIDS)
    elif own is not None:
        read = tables.read_table(plan.folder / own, tables.COMMUNITIES)
    else:
        return {}
    if read.problems or "street" not in read.frame:
        return {}
    return {str(street): "" for street in read.frame["street"].unique() if street}


# ---------------------------------------------------------------- channels


def channels_open(plan: Plan) -> Iterator[Finding]:
    """Whoever finds a channel closed gets through at last."""
    channels = plan.scenario.channels
    told: set[frozenset[str]] = set()
    for key, channel in channels.items():
        here: Where = ("channels", key)
        if channel.if_closed != "wait" and channel.if_closed not in channels:
            what = tr("there is no channel “{found}”", found=channel.if_closed)
            others = {"wait": None} | {k: c for k, c in channels.items() if k != key}
            yield missing((*here, "if_closed"), channel.if_closed, others, what)
        if not (channel.hours and channel.days):
            used = channel.with_station or channel.without_station or _is_target(plan, key)
            if used and channel.if_closed == "wait":
                text = tr(
                    "this channel never opens, but reports wait for it; give hours and days, or "
                    "name another channel in if_closed"
                )
                yield error((*here, "hours" if not channel.hours else "days"), text)
        circle = _circle(plan, key)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            text = tr(
                "closed channels send residents round in a circle: {circle}; let one of them "
                "wait (if_closed: wait)",
                circle=" → ".join([*circle, circle[0]]),
            )
            yield error(("channels", circle[0], "if_closed"), text)


def _is_target(plan: Plan, key: str) -> bool:
    return any(c.if_closed == key for c in plan.scenario.channels.values())


def _circle(plan: Plan, key: str) -> list[str]:
    """Channels that a report would be sent round, from `key` on; empty if it gets through."""
    channels, way = plan.scenario.channels, [key]
    while True:
        channel = channels[way[-1]]
        always = channel.hours == ((0, DAY),) and len(channel.days) == 7
        if always or channel.if_closed == "wait" or channel.if_closed not in channels:
            return []
        if channel.if_closed in way:
            return way[way.index(channel.if_closed) :]
        way.append(channel.if_closed)


def shares_of_channels_add_up(plan: Plan) -> Iterator[Finding]:
    """Each resident has a first channel."""
    channels = plan.scenario.channels
    elsewhere = {"workstation", "community_office"} & set(plan.kinds)
    mixes = (
        ("with_station", "point_station" in plan.kinds, plan.may_have_stations),
        ("without_station", bool(elsewhere), bool(elsewhere)),
    )
    for name, needed, possible in mixes:
        shares = {key: getattr(channel, name) for key, channel in channels.items()}
        total = sum(shares.values())
        if abs(total - 1) > 1e-6 and (needed or (possible and total)):
            some = ", ".join(f"{key} {share:g}" for key, share in shares.items() if share)
            text = tr(
                "the shares {name} of all channels add up to {found} ({some}); they must add up "
                "to 1",
                name=name,
                found=f"{total:g}",
                some=some or tr("none"),
            )
            yield error(("channels",), text)


def nobody_calls_a_hotline_that_is_off(plan: Plan) -> Iterator[Finding]:
    """No report goes to 12345 where there is none."""
    s = plan.scenario
    if s.centre.enabled:
        return
    for key, channel in s.channels.items():
        share = channel.with_station + channel.without_station
        if channel.via == "centre" and (share > 0 or _is_target(plan, key)):
            text = tr(
                "reports go to the 12345 centre by this channel, but the centre is switched off; "
                "give its share to others, or write centre.enabled: true"
            )
            yield error(("channels", key, "via"), text)


# ---------------------------------------------------------------- places and promises


def somebody_serves_the_grids(plan: Plan) -> Iterator[Finding]:
    """There is a service point at all."""
    t = plan.scenario.territory
    if not plan.kinds and not plan.may_have_stations:
        text = tr(
            "no service point serves the grids: give point_stations (enabled) or workstations, or "
            "write offices: true"
        )
        yield error(("territory", "point_stations" if not t.offices else "offices"), text)


def promises_follow_each_other(plan: Plan) -> Iterator[Finding]:
    """Promises come due in the order in which things happen."""
    p = plan.scenario.promises
    if not p.made:
        return
    if _shorter(p.solve, p.scene):
        text = tr(
            "solved within {solve}, but on the scene within {scene}: the second comes first",
            solve=p.solve,
            scene=p.scene,
        )
        yield warning(("promises", "solve"), text)
    if not p.reply.is_working and p.interim_after >= p.reply.ms:
        text = tr(
            "the interim reply begins after {found}, when the promised reply ({reply}) is already "
            "due",
            found=write_duration(p.interim_after),
            reply=p.reply,
        )
        yield warning(("promises", "interim_after"), text)


def _shorter(one: Span, other: Span) -> bool:
    return one.unit == other.unit and one.amount < other.amount


# ---------------------------------------------------------------- evidence


def evidence_is_of_something(plan: Plan) -> Iterator[Finding]:
    """Evidence names values that exist, with ranges that can be read."""
    s = plan.scenario
    for key in s.evidence:
        steps = key.split(".")
        places: list[Any] = [s]
        for depth, step in enumerate(steps):
            names = [name for place in places for name in _children(place)]
            places = [
                child
                for place in places
                for name, child in _children(place).items()
                if step in ("*", name)
            ]
            if not places:
                near = nearest(step, names)
                text = tr(
                    "there is no “{step}” at “{path}”; known there: {known}",
                    step=step,
                    path=".".join(steps[:depth]) or tr("the top"),
                    known=listed(dict.fromkeys(names)),
                )
                whole = ".".join([*steps[:depth], near, *steps[depth + 1 :]])
                yield error(("evidence", key), text, whole if near else "")
                break
    yield from _ranges_can_be_read(s)


def _children(place: Any) -> dict[str, Any]:
    if isinstance(place, Model):
        return {name: getattr(place, name) for name in type(place).model_fields}
    if isinstance(place, Distribution):
        written = place.model_dump()
        return written if isinstance(written, dict) else {}
    if isinstance(place, Mapping):
        return {str(key): value for key, value in place.items()}
    if isinstance(place, tuple) and any(isinstance(item, BaseModel) for item in place):
        return {str(i): item for i, item in enumerate(place)}
    return {}


def _ranges_can_be_read(s: Scenario) -> Iterator[Finding]:
    told: set[int] = set()
    for leaf in leaves(s):
        word, its_own = known(s, leaf)
        if word is None or not its_own or id(word) in told:
            continue
        key = next(k for k, v in s.evidence.items() if v is word)
        if (word.low is None) != (word.high is None):
            told.add(id(word))
            yield error(("evidence", key), tr("give both low and high, or neither"))
        for end, value in (("low", word.low), ("high", word.high)):
            if value is None or (isinstance(value, dict) and leaf.keys):
                continue
            try:
                TypeAdapter(leaf.hint).validate_python(value)
            except ValidationError:
                told.add(id(word))
                text = tr(
                    "“{found}” is not written as {path} is: “{value}”",
                    found=value,
                    path=".".join(map(str, leaf.path)),
                    value=leaf.written,
                )
                yield error(("evidence", key, end), text)


CHECKS: tuple[Callable[[Plan], Iterator[Finding]], ...] = (
    the_run_has_time,
    working_time_passes,
    times_suit_the_clock,
    categories_have_owners,
    joint_meetings_sit,
    surges_touch_something,
    channels_open,
    shares_of_channels_add_up,
    nobody_calls_a_hotline_that_is_off,
    somebody_serves_the_grids,
    promises_follow_each_other,
    evidence_is_of_something,
)
