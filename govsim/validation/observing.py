"""What is read off a simulated replication, to be compared with a known answer.

Each function here takes a `Replication` and gives numbers by the names that the known
answers in `govsim.validation.cases` have. Times are in hours unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.measures.replication import measure
from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND
from govsim.service.network import Network
from govsim.service.outcome import Outcome
from govsim.service.rules import TURNED_AWAY, WITHDRAWN

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Numbers = dict[str, float]

TAIL = 0.03
"""Share of the measured time at whose end demands are not looked at, so that all have begun."""


@dataclass(frozen=True, eq=False)
class Replication:
    """A replication that has been run, with what several observations need."""

    network: Network
    table: DemandTable
    outcome: Outcome

    @cached_property
    def span(self) -> int:
        """Measured time, ms."""
        return self.outcome.end - self.outcome.measured_from

    @cached_property
    def looked_at(self) -> Ints:
        """Rows of demands that were accepted in the measured time but for its tail."""
        accepted = self.outcome.demands["accepted"]
        last = self.outcome.end - TAIL * self.span
        return np.flatnonzero((accepted >= self.outcome.measured_from) & (accepted < last))

    @cached_property
    def waits(self) -> Floats:
        """Wait of each of `looked_at` until a crew began or the resident withdrew, h.

        Raises
        ------
        RuntimeError
            When some still wait at the end: then a mean would leave out the longest.
        """
        d, mine = self.outcome.demands, self.looked_at
        over = np.where(d["state"] == WITHDRAWN, d["patience_ended"], d["dispatched"])[mine]
        waits: Floats = (_over(over) - d["accepted"][mine]) / HOUR
        return waits

    @cached_property
    def measured(self) -> dict[tuple[str, str, str], float]:
        """What `govsim.measures` says, by (level, key, measure)."""
        values = measure(self.network, self.table, self.outcome).values
        keys = zip(values["level"], values["key"], values["measure"], strict=True)
        return dict(zip(keys, values["value"].tolist(), strict=True))

    def team(self, measure: str, team: str = "team") -> float:
        """One measure of a team."""
        return self.measured["team", team, measure]


def _over(ends: Ints) -> Ints:
    """Give back when waits ended, all of which must have.

    Raises
    ------
    RuntimeError
        When some still wait at the end: then a mean would leave out the longest.
    """
    if (ends < 0).any():
        raise RuntimeError("demands of the measured time still wait at the end")
    return ends


def lost(r: Replication) -> Numbers:
    """Share turned away for want of room."""
    d = r.outcome.demands
    mine = d["accepted"] >= r.outcome.measured_from
    return {"P_block": float((d["state"][mine] == TURNED_AWAY).mean())}


def waiting_calls(r: Replication, late_s: float) -> Numbers:
    """Waits in a call centre; from the demands, and from the measures that reports show."""
    return {
        "P_wait": float((r.waits > 0).mean()),
        "Wq_sec": r.team("waiting_minutes_mean") * 60,
        "Lq": r.team("queue_length"),
        "P_wait_gt_p90": float((r.waits * HOUR / SECOND > late_s).mean()),
        "utilisation": r.team("utilisation"),
    }


def impatient_calls(r: Replication, late_s: float) -> Numbers:
    """The same where callers hang up; the wait is over all, also those who did."""
    gone = r.outcome.demands["state"][r.looked_at] == WITHDRAWN
    return {
        "P_wait": float((r.waits > 0).mean()),
        "P_abandon": float(gone.mean()),
        "EW_sec_all": float(r.waits.mean()) * HOUR / SECOND,
        "Lq": r.team("queue_length"),
        "utilisation": r.team("utilisation"),
        "P_wait_gt_p90": float((r.waits * HOUR / SECOND > late_s).mean()),
    }


def single_queue(r: Replication) -> Numbers:
    """Mean wait, length of the queue, utilisation."""
    return {
        "Wq_h": float(r.waits.mean()),
        "Lq": r.team("queue_length"),
        "rho": r.team("utilisation"),
    }


def kept_promise(r: Replication) -> Numbers:
    """Compliance with the second promise, as the measures say, and a share of long waits."""
    return {
        "P_sojourn_le_1h": r.measured["district", "", "compliance_solve"],
        "P_wait_gt_10min": float((r.waits > 10 * MINUTE / HOUR).mean()),
    }


def wait_by_class(r: Replication) -> Numbers:
    """Mean wait of each category, the first in the scenario first."""
    category = r.table.category[r.looked_at]
    return {
        f"Wq_h[{c + 1}]": float(r.waits[category == c].mean())
        for c in range(len(r.network.categories))
    }


def _present(r: Replication, times: Ints) -> Ints:
    """Number accepted and not yet resolved at `times`, after what happens then: int64[n]."""
    d = r.outcome.demands
    came, left = np.sort(d["accepted"][d["accepted"] >= 0]), np.sort(d["resolved"])
    left = left[left >= 0]
    found: Ints = np.searchsorted(came, times, "right") - np.searchsorted(left, times, "right")
    return found


def _at_hours(r: Replication, hours: Floats) -> Ints:
    """Measured moments of these hours of the day: int64[days, hours], ms."""
    days = np.arange(-(-r.outcome.measured_from // DAY), r.outcome.end // DAY)
    return days[:, None] * DAY + np.round(hours * HOUR).astype(np.int64)


def in_service_by_phase(r: Replication) -> Numbers:
    """Mean number in service at eighths of the day, and its variance over its mean."""
    eighths = (0, 1, 2, 3, 4, 6, 7)
    present = _present(r, _at_hours(r, np.array(eighths) * 3.0))
    found = {f"m(t={k}/4 pi)": float(present[:, i].mean()) for i, k in enumerate(eighths)}
    return found | {"var/mean": float((present.var(axis=0, ddof=1) / present.mean(axis=0)).mean())}


def _visits_by_demand(r: Replication) -> tuple[Floats, Floats]:
    """Wait for the first crew and all waits together, h: float[looked_at]."""
    v, n = r.outcome.visits, len(r.table)
    kept = r.outcome.demands["state"][v["demand"]] != WITHDRAWN
    _over(v["began"][np.isin(v["demand"], r.looked_at) & kept])
    waits = np.where(v["began"] >= 0, v["began"] - v["queued"], 0) / HOUR
    every: Floats = np.bincount(v["demand"], waits, n).astype(np.float64)
    return r.waits, every[r.looked_at]


def shifts(r: Replication, hours: tuple[int, ...]) -> Numbers:
    """Waits over the whole day; number present and chance that all are busy at some hours."""
    first, every = _visits_by_demand(r)
    found = {"P_delayed": float((first > 0).mean()), "Wq_h": float(every.mean())}
    if not hours:
        return found
    times = _at_hours(r, np.array(hours, dtype=float))
    v = r.outcome.visits
    began = np.sort(v["began"][v["began"] >= 0])
    ended = np.sort(v["ended"][v["ended"] >= 0])
    busy = np.searchsorted(began, times, "right") - np.searchsorted(ended, times, "right")
    line = r.network.timelines[r.network.pools[0].timeline]
    full = (busy >= line.at(times.ravel()).reshape(times.shape)).mean(axis=0)
    present = _present(r, times).mean(axis=0)
    found |= {f"EN({h} h)": float(x) for h, x in zip(hours, present, strict=True)}
    return found | {f"P_all_busy({h} h)": float(x) for h, x in zip(hours, full, strict=True)}


def dispatches(r: Replication) -> Numbers:
    """Workloads of units, who goes where, and the states of the three units together."""
    v, end, start = r.outcome.visits, r.outcome.end, r.outcome.measured_from
    units, areas = len(r.network.teams), len(r.network.categories)
    found = {f"workload[{u + 1}]": r.team("utilisation", t) for u, t in enumerate(r.network.teams)}
    found["P_queue"] = float((r.waits > 0).mean())
    mine = v["began"] >= start
    unit, area = v["pool"][mine], r.table.category[v["demand"][mine]]
    share = np.bincount(unit * areas + area, minlength=units * areas) / mine.sum()
    first = {0: 0, 1: 0, 2: 1, 3: 2}
    found["fraction_inter"] = 1 - sum(float(share[u * areas + a]) for a, u in first.items())
    for u in range(units):
        for a in range(areas):
            found[f"f[{u + 1},{a + 1}]"] = float(share[u * areas + a])
    begun = v["began"] >= 0
    off = np.where(v["ended"] >= 0, v["ended"], end)[begun]
    times = np.concatenate([v["began"][begun], off])
    bits = 1 << np.concatenate([v["pool"][begun]] * 2)
    sign = np.repeat([1, -1], begun.sum())
    order = np.argsort(times, kind="stable")
    state = np.concatenate([[0], np.cumsum((bits * sign)[order])])
    edges = np.clip(np.concatenate([[0], times[order], [end]]), start, end)
    spent = np.bincount(state, np.diff(edges), 2**units) / r.span
    return found | {f"P({s:0{units}b})": float(spent[s]) for s in range(2**units)}


def stations(r: Replication) -> Numbers:
    """Number present and utilisation at each station of a network, and time in it."""
    found: Numbers = {}
    pools = r.outcome.pools
    for i in range(len(r.network.pools)):
        present = pools["busy"][i] + pools["waiting"][i]
        found[f"throughput[{i + 1}]"] = float(pools["jobs"][i] / (r.span / HOUR))
        found[f"rho[{i + 1}]"] = float(pools["busy"][i] / r.span)
        found[f"L[{i + 1}]"] = float(present / r.span)
    return found | {"T_h": _time_in_system(r)}


def _time_in_system(r: Replication) -> float:
    """Mean time from acceptance to the solution, h."""
    d, mine = r.outcome.demands, r.looked_at
    if (d["resolved"][mine] < 0).any():
        raise RuntimeError("demands of the measured time are unresolved at the end")
    return float((d["resolved"][mine] - d["accepted"][mine]).mean() / HOUR)


def tandem(r: Replication) -> Numbers:
    """Wait at each of two teams, and time in the system."""
    v = r.outcome.visits
    last = r.outcome.end - TAIL * r.span
    found = {}
    for stage in (0, 1):
        mine = (v["stage"] - r.table.first_stage[v["demand"]] == stage) & (
            v["queued"] >= r.outcome.measured_from
        )
        mine &= v["queued"] < last
        waits = _over(v["began"][mine]) - v["queued"][mine]
        found[f"Wq{stage + 1}_h"] = float(waits.mean() / HOUR)
    return found | {"T_h": _time_in_system(r)}


def from_empty(r: Replication, minutes: tuple[int, ...], customers: tuple[int, ...]) -> Numbers:
    """Number present at some minutes, and wait of some customers, from an empty start."""
    d = r.outcome.demands
    present = _present(r, np.array(minutes) * MINUTE)
    these = np.array(customers) - 1
    wait = (_over(d["dispatched"][these]) - d["accepted"][these]) / MINUTE
    found = {f"EN({t})": float(x) for t, x in zip(minutes, present, strict=True)}
    return found | {f"Wq[{n}]": float(x) for n, x in zip(customers, wait, strict=True)}


def distance(r: Replication) -> Numbers:
    """Mean distance from dispatch to the scene, in sides of the square, at 1 m/s."""
    d = r.outcome.demands
    there = (d["accepted"] >= 0) & (d["accepted"] < r.outcome.end - HOUR)
    metres = (_over(d["scene"][there]) - d["dispatched"][there]) / SECOND
    return {"mean_distance": float(metres.mean()) / 1000}


def compliance_in_a_week(r: Replication) -> Numbers:
    """Our compliance, and the share in time among closed cases, which flatters."""
    d = r.outcome.demands
    took = (d["resolved"] - d["accepted"])[d["resolved"] >= 0]
    return {
        "compliance_solve": r.measured["district", "", "compliance_solve"],
        "solve_hours_median": r.measured["district", "", "solve_hours_median"],
        "closed_only": float((took <= DAY).mean()),
    }


def same_day(r: Replication) -> Numbers:
    """Days between the dates of opening and close, of cases opened in the first half.

    The few that are still open half the horizon later count as closed at its end.
    """
    d, end = r.outcome.demands, r.outcome.end
    mine = (d["accepted"] >= 0) & (d["accepted"] < end // 2)
    opened, closed = d["accepted"][mine], d["resolved"][mine]
    closed = np.where(closed >= 0, closed, end)
    days = closed // DAY - opened // DAY
    within = closed - opened <= DAY
    return {
        "P_K0": float((days == 0).mean()),
        "P_K1": float((days == 1).mean()),
        "mean_K": float(days.mean()),
        "P_le_1d": float(within.mean()),
    }
