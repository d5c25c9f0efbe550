"""Whether there are enough people at all: the work that is offered over what they can do.

`load_report` warns, before anything is simulated, of teams, desks, departments, meetings
and the hotline whose work is more than their time, and of points where nobody could do it.
Called by the command line once a scenario is laid out (`govsim.service.network.build`).

Means only, over the whole horizon: of arrivals without surges, of work, and of ways from
the middle of grids. Repeated, reopened and escalated demands come on top, help from
helpers and neighbouring stations is left out. So it finds what can't work, and is no
forecast of waits: those come from the simulation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import exp

import numpy as np
from numpy.typing import NDArray

from govsim.checks import promises, roster_checks, sizes, taking_in, unused
from govsim.demand.arrivals import day_factors, expected_per_day
from govsim.demand.randomness import quantile
from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.scenarios.documents import Origin
from govsim.scenarios.findings import Finding, Path, error, listed, missing, point_kind, warning
from govsim.scenarios.loading import locate
from govsim.scenarios.merging import dotted
from govsim.scenarios.quantities import DAY, HOUR
from govsim.service.network import Network, working_ms

Floats = NDArray[np.float64]

MOST_GROUPS = 7
"""With more working groups not all sets of them are looked at, only single ones, pairs, all."""


@dataclass(frozen=True)
class Offered:
    """Expected flows of demands, a day on average.

    Attributes
    ----------
    reported : float64[grids, categories], demands that residents report.
    visits : float64[grids, categories], demands that a team goes to, found ones too.
    unanswered : float64[grids, categories], those of them that residents reported.
    passed : float64[groups, groups], visits in each group for one that begins in a group.
    """

    reported: Floats
    visits: Floats
    unanswered: Floats
    passed: Floats


def load_report(network: Network) -> list[Finding]:
    """Find where the work is more than the people, and where there is nobody for it.

    Returns
    -------
    list of Finding
        Errors where a demand would meet no team at all; warnings with the number where the
        offered load is above capacity.
    """
    if nobody := list(sizes.nobody_lives_there(network)):
        return nobody
    offered = flows(network)
    wrong = list(sizes.too_large(network, offered.passed))
    changes = list(roster_checks.changes_can_hold(network))
    changes += roster_checks.rows_say_one_number(network)
    wrong += [found for found in changes if found.severity == "error"]
    wrong = wrong or [*_unserved(network, offered), *_unknown_streets(network)]
    if wrong:
        return wrong
    return [
        *_teams(network, offered),
        *_rounds(network),
        *_desks(network, offered),
        *_departments(network, offered),
        *_meetings(network, offered),
        *_centre(network, offered),
        *promises.desks_leave_time(network, offered.reported),
        *changes,
        *roster_checks.days_without_people(network),
        *roster_checks.unknown_holidays(network),
    ]


def load_warnings(network: Network, origins: Mapping[Path, Origin]) -> tuple[Problem, ...]:
    """Give the warnings of `load_report` with file and line.

    Parameters
    ----------
    network : the service laid out.
    origins : of the loaded scenario, `govsim.scenarios.loading.LoadedAs.origins`.

    Raises
    ------
    InputError
        Where a demand would meet no team at all.
    """
    problems: dict[str, list[Problem]] = {"error": [], "warning": []}
    for found in load_report(network):
        at = locate(origins, found.path)
        problem = Problem(found.message, dotted(found.path), *at, found.suggestion)
        problems[found.severity].append(problem)
    if problems["error"]:
        raise InputError(problems["error"])
    return (*problems["warning"], *unused.problems(network, origins))


# ---------------------------------------------------------------- flows


def flows(network: Network) -> Offered:
    """Work out the expected flows of demands."""
    s = network.scenario
    rate = expected_per_day(network) * day_factors(network).mean()
    found = _found(network)
    answered = np.zeros_like(rate)
    centre = np.array([c.via == "centre" for c in s.channels.values()])
    answers = np.array([c.answers for c in s.channels.values()]) & ~centre
    chance = np.array([c.answered for c in s.demand.categories.values()])
    for covered in (True, False):
        taken = taking_in.shares(network, covered)
        by_desk, by_centre = taken @ answers, taken @ centre
        answered[network.has_station == covered] = by_desk * chance + by_centre * s.centre.answered
    groups = list(s.groups)
    onward = np.zeros((len(groups), len(groups)))
    for g, group in enumerate(s.groups.values()):
        for to, share in group.handover.items():
            onward[g, groups.index(to)] = share
    reported = rate * (1 - found)
    unanswered = reported * (1 - answered)
    passed: Floats = np.asarray(np.linalg.inv(np.eye(len(groups)) - onward), dtype=np.float64)
    return Offered(reported, rate * found + unanswered, unanswered, passed)


def _found(network: Network) -> Floats:
    """Share of demands that staff find before they are reported: float64[grids, categories]."""
    s, rounds = network.scenario, network.rounds
    categories = list(s.demand.categories.values())
    share = np.zeros((len(rounds.offsets), len(categories)))
    if not s.patrol.enabled:
        return share
    passes = (rounds.offsets >= 0).sum(axis=1) * len(rounds.days) * DAY / network.end
    visits = rounds.visits_per_day * s.patrol.home_visits.found
    at = (np.arange(64) + 0.5) / 64
    for c, category in enumerate(categories):
        lags = quantile(category.report_lag, at) / DAY
        parts = (
            (category.visible, s.patrol.found_visible),
            (1 - category.visible, s.patrol.found_hidden),
        )
        for part, chance in parts:
            pace = passes * chance + visits
            first = 1 - np.exp(-pace[:, None] * lags).mean(axis=1)
            share[:, c] += category.incident * part * first
    return share


def _on_duty(network: Network, pool: int) -> float:
    """People free for work, on average over the horizon."""
    line = network.timelines[network.pools[pool].timeline]
    return line.person_ms(0, network.end) / network.end


# ---------------------------------------------------------------- nobody at all


def _unserved(network: Network, offered: Offered) -> Iterator[Finding]:
    """Points without any team of a group that has work there."""
    work = _visits_by_point(network, offered)
    names = network.territory.points["point"]
    for g, group in enumerate(network.groups):
        points = np.flatnonzero(work[:, g] > 0).tolist()
        nobody = [p for p in points if not network.candidates[p, g]]
        if nobody:
            text = tr(
                "at {n} of {all} service points no team of this group stands, so nobody would "
                "ever come: {some}",
                n=len(nobody),
                all=len(points),
                some=listed(names.iloc[nobody].astype(str)),
            )
            yield error(("groups", group, "teams"), text)


def _unknown_streets(network: Network) -> Iterator[Finding]:
    known = list(dict.fromkeys(network.territory.grids["street"]))
    for i, surge in enumerate(network.scenario.demand.surges):
        for j, street in enumerate(surge.streets or ()):
            if street not in known:
                what = tr("there is no street “{found}”", found=street)
                yield missing(("demand", "surges", i, "streets", j), street, known, what)


def _visits_by_point(network: Network, offered: Offered) -> Floats:
    """Visits a day by point and group: float64[points, groups]."""
    first = [network.groups.index(c.group) for c in network.scenario.demand.categories.values()]
    by_grid = offered.visits @ offered.passed[first]
    return _by_point(network, by_grid)


def _by_point(network: Network, by_grid: Floats) -> Floats:
    """Sum rows of grids, float64[grids, k], over the points that serve them."""
    total = np.zeros((len(network.territory.points), by_grid.shape[1]))
    np.add.at(total, network.covering, by_grid)
    return total


# ---------------------------------------------------------------- teams


def _teams(network: Network, offered: Offered) -> Iterator[Finding]:
    """Teams whose groups ask for more of their time than they have."""
    work = _person_ms(network, offered)
    kinds = network.territory.points["kind"].tolist()
    capacity = {
        pool: _on_duty(network, pool) * DAY
        for pools in set(network.candidates.values())
        for pool in pools
    }
    short: dict[tuple[str, tuple[str, ...]], list[_Short]] = {}
    served = np.flatnonzero(work.any(axis=1)).tolist()
    for p in served:
        busy = np.flatnonzero(work[p]).tolist()
        teams = {g: frozenset(network.candidates[p, g]) for g in busy}
        worst = max(
            (
                _Short(p, sum(work[p, g] for g in some), sum(capacity[t] for t in pools), pools)
                for some in _sets(busy)
                for pools in [frozenset[int]().union(*(teams[g] for g in some))]
            ),
            key=lambda one: (one.load, -len(one.pools)),
        )
        if worst.load > 1:
            names = tuple(network.pools[t].name for t in sorted(worst.pools))
            short.setdefault((kinds[p], names), []).append(worst)
    for (kind, names), found in short.items():
        text = tr(
            "offered load {load} of capacity for {teams} at {n} of {all} {points}: {work} "
            "person-hours of work a day for {time} on duty; worst: {worst}",
            teams=listed(names),
            **_numbers(network, found, sum(kinds[p] == kind for p in served)),
            points=point_kind(kind),
        )
        yield warning(("teams", names[0], "roster"), text)


@dataclass(frozen=True)
class _Short:
    """A place with its work and the time of its people, person-ms a day."""

    point: int
    work: float
    capacity: float
    pools: frozenset[int] = frozenset()

    @property
    def load(self) -> float:
        """Work over capacity."""
        return self.work / self.capacity if self.capacity else float("inf")


def _sets(groups: list[int]) -> Iterator[tuple[int, ...]]:
    """Give sets of groups. Work can be shared out so that nobody has too much if and only
    if no set of groups has more than all the teams that may take any of it (Hall 1935).
    """  # noqa: D205
    sizes: Iterable[int] = range(1, len(groups) + 1)
    if len(groups) > MOST_GROUPS:
        sizes = (1, 2, len(groups))
    for size in sizes:
        yield from combinations(groups, size)


def _numbers(network: Network, found: list[_Short], every: int) -> dict[str, str]:
    """Put places that are short of people into words."""
    names = network.territory.points["point"]
    worst = max(found, key=lambda one: one.load)
    work, capacity = (sum(getattr(one, f) for one in found) for f in ("work", "capacity"))
    return {
        "load": f"{work / capacity:.2f}" if capacity else "∞",
        "n": str(len(found)),
        "all": str(every),
        "work": f"{work / HOUR:.1f}",
        "time": f"{capacity / HOUR:.1f}",
        "worst": f"{names.iloc[worst.point]} ({worst.load:.2f})",
    }


def _person_ms(network: Network, offered: Offered) -> Floats:
    """Person-time that each group asks for at each point: float64[points, groups], ms a day.

    As if the first team of the point took all.
    """
    s = network.scenario
    first = [network.groups.index(c.group) for c in s.demand.categories.values()]
    total = np.zeros((len(network.territory.points), len(network.groups)))
    far = _distance(network)
    for g, group in enumerate(s.groups.values()):
        by_grid = np.zeros(len(far))
        for name in group.teams:
            mine = np.array([_leads(network, int(p), g, name) for p in network.covering])
            if not mine.any():
                continue
            team = s.teams[name]
            crew = group.crew if isinstance(group.crew, int) else group.crew.get(name, 1)
            way = np.zeros(len(far))
            if s.travel.enabled:
                fixed = s.travel.turn_out.mean() + s.travel.access.mean()
                way = fixed + far * s.travel.detour / s.travel.speeds[team.mode] * 1000
            for c, (key, category) in enumerate(s.demand.categories.items()):
                work = (1 - category.complex) * category.work.mean()
                work += category.complex * category.make_safe.mean()
                work /= team.training * team.speed.get(key, 1.0)
                visits = offered.visits[:, c] * offered.passed[first[c], g]
                by_grid += mine * visits * crew * (way + work)
        total[:, g] = _by_point(network, by_grid[:, None])[:, 0]
    return total


def _leads(network: Network, point: int, group: int, team: str) -> bool:
    """Whether this team is the first of the group at a point."""
    pools = network.candidates[point, group]
    return bool(pools) and network.pools[pools[0]].name == team


def _distance(network: Network) -> Floats:
    """Mean distance of a grid's demands from its point, m; of a variable speed, too."""
    grids, points = network.territory.grids, network.territory.points
    travel = network.scenario.travel
    dx, dy = (
        grids[axis].to_numpy(np.float64) - points[axis].to_numpy(np.float64)[network.covering]
        for axis in ("x", "y")
    )
    inside = grids["side_m"].to_numpy(np.float64) ** 2 / 12  # variance along each axis
    dx, dy = np.sqrt(dx**2 + inside), np.sqrt(dy**2 + inside)
    far = dx + dy if travel.metric == "rectilinear" else np.hypot(dx, dy)
    mean: Floats = far * exp(travel.variation**2 / 2)
    return mean


def _rounds(network: Network) -> Iterator[Finding]:
    """Rounds that can't be walked in their window by all who are ever on duty."""
    patrol = network.scenario.patrol
    if not patrol.enabled:
        return
    grids = np.bincount(network.covering, minlength=len(network.territory.points))
    names = network.territory.points["point"]
    walkers = {
        pool.point: int(network.timelines[pool.timeline].paid.max())
        for pool in network.pools
        if pool.name == patrol.team and pool.point >= 0
    }
    for r, windows in enumerate(patrol.rounds):
        length = sum(end - start for start, end in windows)
        late = [
            p for p, most in walkers.items() if most and grids[p] * patrol.per_grid > most * length
        ]
        if late:
            worst = max(late, key=lambda p: grids[p] / walkers[p])
            text = tr(
                "at {n} of {all} service points the grids can't be walked in this time, at "
                "{each} minutes a grid; they are walked faster. Worst: {worst}, {grids} grids for "
                "{people} people",
                n=len(late),
                all=len(walkers),
                each=f"{patrol.per_grid / 60_000:g}",
                worst=names.iloc[worst],
                grids=int(grids[worst]),
                people=walkers[worst],
            )
            yield warning(("patrol", "rounds", r), text)


# ---------------------------------------------------------------- all others who work


def _desks(network: Network, offered: Offered) -> Iterator[Finding]:
    """Desks with more to take in and to reply to than they have time for."""
    s = network.scenario
    complex_ = np.array([c.complex for c in s.demand.categories.values()])
    replies = s.desk.reply.mean() + complex_ * s.desk.interim_reply.mean() * s.promises.made
    work = (offered.unanswered * replies).sum(axis=1)
    times = [c.handling.mean() if c.via == "desk" else 0.0 for c in s.channels.values()]
    for covered in (True, False):
        mine = network.has_station == covered
        work[mine] += offered.reported[mine] @ (taking_in.shares(network, covered) @ times)
    by_point = _by_point(network, work[:, None])[:, 0]
    kinds = network.territory.points["kind"].tolist()
    short: dict[str, list[_Short]] = {}
    for p, pool in network.desk_of.items():
        one = _Short(p, float(by_point[p]), _on_duty(network, pool) * DAY)
        if one.work > one.capacity:
            short.setdefault(kinds[p], []).append(one)
    for kind, found in short.items():
        text = tr(
            "offered load {load} of capacity for the desks at {n} of {all} {points}: {work} "
            "person-hours of work a day for {time} on duty; worst: {worst}",
            **_numbers(network, found, sum(kinds[p] == kind for p in network.desk_of)),
            points=point_kind(kind),
        )
        yield warning(("desk", "rosters", kind), text)


def _departments(network: Network, offered: Offered) -> Iterator[Finding]:
    """Departments that get more cases than they can finish."""
    s, visits = network.scenario, offered.visits.sum(axis=0)
    days = network.end / DAY
    load: dict[str, float] = {}
    for c, category in enumerate(s.demand.categories.values()):
        name, how = category.department, category.department_time
        crews = s.departments[name].crews if name is not None else None
        cases = visits[c] * category.complex
        if name is None or crews is None or not cases:
            continue
        amount, working = working_ms(how.mean(), how.unit, network.department_days[name])
        open_ = network.department_clocks[name].elapsed(network.end) / days if working else DAY
        capacity = crews * open_
        load[name] = load.get(name, 0.0) + (cases * amount / capacity if capacity else np.inf)
    for name, found in load.items():
        if found > 1:
            crews = s.departments[name].crews
            text = tr(
                "offered load {load} of capacity: complex cases keep {needed} crews busy, and "
                "there are {crews}",
                load=f"{found:.2f}",
                needed=f"{found * (crews or 0):.0f}",
                crews=crews,
            )
            yield warning(("departments", name, "crews"), text)


def _meetings(network: Network, offered: Offered) -> Iterator[Finding]:
    """Joint meetings that get more cases than they decide."""
    s, meeting = network.scenario, network.scenario.joint_meeting
    shares = np.array([c.complex * c.joint_meeting for c in s.demand.categories.values()])
    if not meeting.enabled or not shares.any():
        return
    by_point = _by_point(network, (offered.visits @ shares)[:, None])[:, 0]
    by_area = np.bincount(network.area_of_meeting, weights=by_point)
    sittings = int((network.sittings < network.end).sum())
    room = meeting.cases * sittings * DAY / network.end
    path: Path = ("joint_meeting", "cases")
    over = int((by_area > room).sum())
    if not sittings:
        text = tr("the joint meeting does not sit within the run, but cases wait for it")
        yield warning(("joint_meeting", "days"), text)
    elif over:
        text = tr(
            "offered load above capacity in {n} of {all} areas: the worst gets {cases} cases a "
            "week, and its meeting decides {room}",
            n=over,
            all=int((by_area > 0).sum()),
            cases=f"{by_area.max() * 7:.1f}",
            room=f"{room * 7:.1f}",
        )
        yield warning(path, text)


def _centre(network: Network, offered: Offered) -> Iterator[Finding]:
    """A hotline with more first calls than its call-takers can answer."""
    if network.centre < 0:
        return
    s, calls = network.scenario, 0.0
    centre = np.array([c.via == "centre" for c in s.channels.values()])
    for covered in (True, False):
        mine = network.has_station == covered
        calls += float(
            (offered.reported[mine] @ (taking_in.shares(network, covered) @ centre)).sum()
        )
    work, capacity = calls * s.centre.call.mean(), _on_duty(network, network.centre) * DAY
    if work > capacity:
        text = tr(
            "offered load {load} of capacity: {calls} first calls a day are {work} hours of "
            "calls for {time} person-hours on duty",
            load=f"{work / capacity:.2f}" if capacity else "∞",
            calls=f"{calls:.0f}",
            work=f"{work / HOUR:.1f}",
            time=f"{capacity / HOUR:.1f}",
        )
        yield warning(("centre", "roster"), text)
