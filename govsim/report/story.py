"""One demand's story in words: what happened to it and when, a line each.

Made from what `govsim.runs.trace.follow` has kept; shown by ``govsim run --trace``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from govsim.demand.randomness import NEVER
from govsim.demand.table import BY_PATROL, REPORTED, DemandTable
from govsim.language import current, name, tr
from govsim.report.wording import cause_name
from govsim.runs.trace import Moment
from govsim.scenarios.units import DAY, HOUR, MINUTE
from govsim.service.network import Network
from govsim.service.rules import CAUSES, LATENT, OPEN, TURNED_AWAY, WAITING, WITHDRAWN


@dataclass(frozen=True)
class Line:
    """A line of a story: when, ms, and what happened."""

    time: int
    what: str


def story(network: Network, table: DemandTable, d: int, moments: list[Moment]) -> list[Line]:
    """Tell what happened to a demand, in the order of time, in the current language."""
    teller = _Teller(network, table, d)
    lines = [Line(int(table.onset[d]), tr("the problem arises"))]
    lines += teller.before_report(moments)
    for before, now in pairwise(moments):
        lines += [Line(now.time, what) for what in teller.changes(before, now)]
    lines += teller.promises(moments[-1])
    order = sorted(range(len(lines)), key=lambda i: (lines[i].time, i))
    told = [lines[i] for i in order]
    if moments[-1].demand["state"] in (LATENT, OPEN):
        told.append(Line(network.end, tr("the simulation ends; this is still open")))
    return told


class _Teller:
    def __init__(self, network: Network, table: DemandTable, d: int) -> None:
        self.network, self.table, self.d = network, table, d
        plan = self.plan = network.scenario
        self.channels = [name(c.label) for c in plan.channels.values()]
        self.groups = [name(g.label) for g in plan.groups.values()]

    def staff(self, index: int) -> str:
        """Name a pool: the team and where it is stationed."""
        pool = self.network.pools[index]
        label = self.plan.teams[pool.name].label if pool.name in self.plan.teams else None
        team = pool.name if label is None else name(label)
        if pool.point < 0:
            return team
        return tr("{team} at {point}", team=team, point=self.point(pool.point))

    def point(self, index: int) -> str:
        """Name a service point."""
        row = self.network.territory.points.iloc[index]
        return str(row["name_zh" if current() == "zh" else "name_en"] or row["point"])

    def before_report(self, moments: list[Moment]) -> Iterator[Line]:
        """Tell of a first channel that was closed."""
        d, table = self.d, self.table
        met = moments[-1].demand["reported"]
        if table.source[d] == REPORTED and table.enters[d] < self.network.end:
            wanted = self.channels[int(table.channel[d])]
            if met != table.enters[d]:
                yield Line(
                    int(table.enters[d]),
                    tr("the resident turns to “{channel}”, which is closed", channel=wanted),
                )
            elif moments[-1].demand["channel"] != table.channel[d]:
                yield Line(
                    int(table.enters[d]),
                    tr("“{channel}” is closed; the resident takes another", channel=wanted),
                )

    def changes(self, before: Moment, now: Moment) -> Iterator[str]:
        """Say what has changed."""
        a, b = before.demand, now.demand
        if a["state"] == LATENT != b["state"] and self.table.source[self.d] != REPORTED:
            found = self.table.source[self.d] == BY_PATROL
            yield tr("found on patrol") if found else tr("found on a home visit")
        if a["reported"] != b["reported"]:
            yield tr("reported: {channel}", channel=self.channels[b["channel"]])
        if b["repeats"] > a["repeats"]:
            yield tr("the resident reports it once more")
        if a["patience_ended"] != b["patience_ended"]:
            yield tr("the resident's patience ends")
        yield from self.orders(before, now)
        if a["clock_start"] != b["clock_start"] and self.plan.promises.made:
            yield tr("the clocks of the three promises start")
        if b["reopened"] > a["reopened"]:
            yield tr("opened again because of the 12345 order")
        if a["accepted"] != b["accepted"] and self.table.source[self.d] == REPORTED:
            early = self.table.handing_over[self.d] < self.table.intake[self.d]
            yield tr("handed over while it is still taken in") if early else tr("taken in")
        if b["stage"] > a["stage"]:
            group = self.groups[int(self.table.stage_group[b["stage"]])]
            yield tr("handed on to another group: {group}", group=group)
        yield from self.visits(before, now)
        if now.case != before.case and now.case >= 0:
            yield self.department(now.case)
        if a["resolved"] != b["resolved"]:
            yield tr("resolved")
        if a["replied"] != b["replied"]:
            yield tr("the resident has a reply")
        if a["patience_end"] != b["patience_end"] and b["patience_end"] < NEVER:
            left = in_words(b["patience_end"] - now.time)
            yield tr("the resident will wait for another {time}", time=left)
        if a["state"] != b["state"] and b["state"] == WITHDRAWN:
            yield tr("the resident withdraws it")
        if a["state"] != b["state"] and b["state"] == TURNED_AWAY:
            yield tr("turned away: no room to wait")
        if a["closed"] != b["closed"]:
            if b["satisfied"] < 0:
                yield tr("closed")
            else:
                content = b["satisfied"] == 1
                yield (
                    tr("closed; the resident is satisfied")
                    if content
                    else tr("closed; the resident is not satisfied")
                )

    def orders(self, before: Moment, now: Moment) -> Iterator[str]:
        """Say what has changed of its orders."""
        for i, order in enumerate(now.orders):
            if i >= len(before.orders):
                yield tr(
                    "the resident calls 12345: {cause}", cause=cause_name(CAUSES[order["cause"]])
                )
            old = before.orders[i] if i < len(before.orders) else None
            if order["answered"] and not (old and old["answered"]):
                yield tr("the centre answers it on the call")
            if order["arrived"] >= 0 and not (old and old["arrived"] >= 0):
                left = in_words(order["due"] - now.time)
                yield tr("the 12345 order reaches the service point; due in {time}", time=left)
            if order["overdue"] and not (old and old["overdue"]):
                yield tr("the 12345 order is overdue")

    def visits(self, before: Moment, now: Moment) -> Iterator[str]:
        """Say what has changed of the work on the scene."""
        for i, visit in enumerate(now.visits):
            old = before.visits[i] if i < len(before.visits) else None
            if old is None and visit["began"] < 0:
                group = self.groups[int(self.table.stage_group[visit["stage"]])]
                yield (
                    tr("handed to the next shift")
                    if visit["handed_back"]
                    else tr("waits for a crew: {group}", group=group)
                )
            if visit["began"] >= 0 and not (old and old["began"] >= 0):
                yield tr(
                    "a crew of {n} sets out: {team}",
                    n=visit["crew"],
                    team=self.staff(visit["pool"]),
                )
            if visit["scene"] >= 0 and not (old and old["scene"] >= 0):
                yield tr("on the scene")
            if visit["ended"] >= 0 and not (old and old["ended"] >= 0):
                last = now.visits[-1]
                over = last is visit or not last["handed_back"] or last["queued"] != visit["ended"]
                if over:
                    yield tr("the crew has done its work")
                    yield from self.meeting(now)

    def meeting(self, now: Moment) -> Iterator[str]:
        """Say that it goes to the joint meeting, where it does."""
        d, table = self.d, self.table
        last = now.demand["stage"] + 1 >= table.first_stage[d + 1]
        solved = now.demand["resolved"] >= 0
        if table.meeting[d] and last and not solved and not now.demand["reopened"]:
            yield tr("waits for the joint meeting")

    def department(self, state: int) -> str:
        """Say what a department does with it."""
        category = list(self.plan.demand.categories.values())[int(self.table.category[self.d])]
        label = name(self.plan.departments[category.department or ""].label)
        if state == WAITING:
            return tr("waits for a crew of the department: {name}", name=label)
        return tr("the department begins: {name}", name=label)

    def promises(self, last: Moment) -> Iterator[Line]:
        """Say which promises were broken, at the time when each ran out."""
        d, table, made = self.d, self.table, self.plan.promises
        start = last.demand["clock_start"]
        if start < 0 or not made.made:
            return
        centre = list(self.plan.channels.values())[max(last.demand["channel"], 0)].via == "centre"
        visited = not table.answered[d] or centre
        category = list(self.plan.demand.categories.values())[int(table.category[d])]
        promised = category.solve is not None or not table.complex[d]
        for applies, limit, event, broken in (
            (visited, made.scene, "scene", tr("promise broken: on the scene in time")),
            (
                visited and promised,
                category.solve or made.solve,
                "resolved",
                tr("promise broken: solved in time"),
            ),
            (True, made.reply, "replied", tr("promise broken: a reply in time")),
        ):
            ms, working = self.network.span(limit)
            due = start + ms
            if working:
                due = int(self.network.clock.finish_all(np.array([start]), np.array([ms]))[0])
            at = last.demand[event]
            if applies and due < self.network.end and not 0 <= at <= due:
                yield Line(due, broken)


def in_words(ms: int) -> str:
    """Say a length of time in its two largest units."""
    days, hours, minutes = ms // DAY, ms % DAY // HOUR, ms % HOUR // MINUTE
    if days:
        return tr("{d} d {h} h", d=days, h=hours)
    if hours:
        return tr("{h} h {m} min", h=hours, m=minutes)
    return tr("{m} min {s} s", m=minutes, s=ms % MINUTE // 1000)
