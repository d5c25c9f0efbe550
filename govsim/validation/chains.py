"""Known answers that need equations solved: Markov chains over time and in balance.

Numerically exact (truncated far out, steps small enough that eight digits stand).
Called by `govsim.validation.cases`; knows nothing of the model that it is held against.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# ------------------------------------------------------------------ from empty


def number_from_empty(arrivals: float, service: float, times: Sequence[float]) -> list[float]:
    """Mean number present in M/M/1 at some times after it began empty.

    Notes
    -----
    Uniformisation (Jensen 1953): at the events of a Poisson process of rate arrivals +
    service, the number goes up or down; what is down of 0 stays.
    """
    rate, most = arrivals + service, 1200
    up = arrivals / rate
    horizon = max(times) * rate
    steps = int(horizon + 10 * horizon**0.5 + 30)
    p = np.zeros(most)
    p[0] = 1.0
    means = np.empty(steps + 1)
    present = np.arange(most)
    for k in range(steps + 1):
        means[k] = present @ p
        after = np.zeros(most)
        after[1:] = up * p[:-1]
        after[:-1] += (1 - up) * p[1:]
        after[0] += (1 - up) * p[0]
        after[-1] += up * p[-1]
        p = after
    count = np.arange(steps + 1)
    return [float(stats.poisson.pmf(count, rate * t) @ means) for t in times]


def waits_from_empty(arrivals: float, service: float, customers: Sequence[int]) -> list[float]:
    """Mean wait of the n-th customer (from 1) in M/M/1 that began empty.

    Notes
    -----
    The number that customer n finds, from that which n - 1 found: one more, less those
    whom the server finishes before the next arrival, a geometric number (Kelton and Law
    1985, Operations Research 33, 378-396).
    """
    last = max(customers)
    up, down = arrivals / (arrivals + service), service / (arrivals + service)
    found = np.zeros(last + 2)
    found[0] = 1.0
    waits = {}
    numbers = np.arange(last + 2)
    for n in range(1, last + 1):
        waits[n] = float(numbers @ found) / service
        # At k after the arrival of n, so many are left: sum over j >= k of the chance of
        # j - k ends and then an arrival.
        after = np.zeros(last + 2)
        left = 0.0
        for k in range(min(n, last + 1), 0, -1):
            left = found[k - 1] + down * left
            after[k] = up * left
        after[0] = max(0.0, 1.0 - after.sum())
        found = after
    return [waits[n] for n in customers]


# ------------------------------------------------------------------ shifts

EndOfShift = Literal["finish", "relief", "hand over"]


@dataclass(frozen=True)
class Day:
    """A periodic day of a queue with shifts.

    Attributes
    ----------
    delayed : share of arrivals that find nobody free.
    wait : mean wait, h; where work is handed over, all waits of a demand together.
    present : mean number present at the start of hours 0 to 23, after the shift changed;
        under relief, without those whom the old crew still serves.
    all_busy : chance at those times that nobody is free.
    """

    delayed: float
    wait: float
    present: Floats
    all_busy: Floats


NEVER = 1e-16
"""Chance below which more steps within a bin are left out: less than a sum of chances is exact."""


def three_shifts(
    rate: Callable[[float], float],
    service: float,
    shifts: Mapping[int, int],
    end_of_shift: EndOfShift,
    most: int = 150,
    bins_per_hour: int = 20,
) -> Day:
    """Solve Mt/M/s(t) for its periodic day.

    Parameters
    ----------
    rate : arrivals an hour at hour t of the day.
    service : services an hour.
    shifts : hour at which a shift begins to its number on duty; the first is 0.
    end_of_shift : who is busy finishes as overtime, while the others stay within the new
        number; all are replaced, and the old crew finishes; or what is in hand beyond the
        new number goes back to the queue.
    most : truncation of the number present.
    bins_per_hour : the rate is taken as constant within each bin, at its middle.

    Notes
    -----
    Kolmogorov's forward equations, by uniformisation within each bin. Disciplines as in
    Ingolfsson 2005 and Ingolfsson et al. 2007, INFORMS J. on Computing 19, 201-214;
    context in Green, Kolesar and Whitt 2007, POM 16, 13-39. The state is (n present, b in
    service); b is more than min(n, on duty) only while somebody finishes after a shift.
    """
    top = max(shifts.values())
    n, b = (a.ravel() for a in np.indices((most + 1, top + 1)))
    step = 1 / bins_per_hour
    rates = [rate((k + 0.5) * step) for k in range(24 * bins_per_hour)]
    fastest = max(rates) + top * service
    jumps = {s: _jumps(n, b, s, service, top) for s in set(shifts.values())}
    count = np.arange(int(fastest * step + 10 * (fastest * step) ** 0.5 + 20))
    count = count[stats.poisson.sf(count - 1, fastest * step) > NEVER]
    weights = stats.poisson.pmf(count, fastest * step)
    beyond = stats.poisson.sf(count, fastest * step) / fastest
    p: Floats = np.zeros(len(n))
    p[0] = 1.0
    found, previous = None, -1.0
    while found is None or abs(found.wait - previous) > 1e-9:
        previous = found.wait if found else -1.0
        delayed, waiting = 0.0, 0.0
        present, all_busy = np.zeros(24), np.zeros(24)
        on_duty = 0
        for k, arrivals in enumerate(rates):
            hour, part = divmod(k, bins_per_hour)
            if part == 0:
                if hour in shifts:
                    on_duty = shifts[hour]
                    to = _after_boundary(n, b, on_duty, end_of_shift) @ np.array([top + 1, 1])
                    p = np.bincount(to, p, len(p)).astype(np.float64)
                present[hour], all_busy[hour] = n @ p, p[b >= on_duty].sum()
            up, down = jumps[on_duty]
            flow = (arrivals * up + down) / fastest
            power, after, over_time = p, np.zeros(len(p)), np.zeros(len(p))
            for weight, rest in zip(weights, beyond, strict=True):
                after += weight * power
                over_time += rest * power
                power = power + flow @ power
            p = after
            delayed += float(arrivals * over_time[b >= on_duty].sum())
            waiting += float((n - b) @ over_time)
        arrived = sum(rates) * step
        found = Day(delayed / arrived, waiting / arrived, present, all_busy)
    return found


def _jumps(n: Ints, b: Ints, on_duty: int, service: float, top: int) -> tuple[Any, Any]:
    """Rates of change by an arrival (at rate 1) and by the end of a service."""
    here, most = np.arange(len(n)), n.max()
    begins = (b < on_duty) & (n == b)  # nobody waits, and somebody is free
    arrives = np.where(n < most, (n + 1) * (top + 1) + b + begins, here)
    refills = (n > b) & (b <= on_duty)  # the place is kept, and somebody waits
    ends = np.where((b > 0) & (n > 0), (n - 1) * (top + 1) + b - ~refills, here)
    return _moves(here, arrives, np.ones(len(n))), _moves(
        here, ends, (service * b).astype(np.float64)
    )


def _moves(here: Ints, there: Ints, rates: Floats) -> Any:
    """Matrix that takes a distribution to its rate of change."""
    size = (len(here), len(here))
    into = sparse.csr_array((rates, (there, here)), shape=size)
    return (into - sparse.csr_array((rates, (here, here)), shape=size)).tocsr()


def _after_boundary(n: Ints, b: Ints, on_duty: int, end_of_shift: EndOfShift) -> Ints:
    """Where each state goes at a shift's end: int64[states, 2], present and in service."""
    if end_of_shift == "relief":
        present = n - b
        busy = np.minimum(present, on_duty)
    else:
        present, busy = n, np.minimum(n, on_duty)
        if end_of_shift == "finish":
            busy = np.maximum(b, busy)
    found: Ints = np.column_stack([present, busy])
    return np.where((b <= n)[:, None], found, 0)


# ------------------------------------------------------------------ hypercube


@dataclass(frozen=True)
class Hypercube:
    """Units that serve areas in an order of preference.

    Attributes
    ----------
    workload : of each unit, its share of time at work.
    queued : share of calls that wait.
    dispatches : float[units, areas], share of all dispatches, those from the queue among them.
    outside : share of dispatches of other units than the area's first.
    states : chance of each state without a queue, by who is busy, the last unit first
        ("100": the last unit is busy, the others are free).
    """

    workload: list[float]
    queued: float
    dispatches: Floats
    outside: float
    states: dict[str, float]


def hypercube(
    rates: Sequence[float], preferences: Sequence[Sequence[int]], service: float
) -> Hypercube:
    """Solve Larson's hypercube model with a queue by order of arrival.

    Parameters
    ----------
    rates : calls from each area.
    preferences : units of each area from the first choice to the last, counted from 0.
    service : rate of each unit.

    Notes
    -----
    Larson and Odoni 1981, *Urban Operations Research*, sections 5.4 and 5.5. The states
    with a queue are those of M/M/c, so that balance needs only the states without one.
    """
    units = len(preferences[0])
    states = list(product((0, 1), repeat=units))
    index = {state: i for i, state in enumerate(states)}
    total = sum(rates)
    flow = np.zeros((len(states), len(states)))
    sends: dict[tuple[int, ...], list[int]] = {}
    for state in states:
        for unit in range(units):
            if state[unit]:
                flow[index[state], index[_with(state, unit, 0)]] += service
        if not all(state):
            sends[state] = [next(u for u in order if not state[u]) for order in preferences]
            for rate, unit in zip(rates, sends[state], strict=True):
                flow[index[state], index[_with(state, unit, 1)]] += rate
    balance = (flow - np.diag(flow.sum(axis=1))).T
    full, use = index[(1,) * units], total / (units * service)
    balance[-1] = 1.0
    balance[-1, full] = 1 / (1 - use)
    right = np.zeros(len(states))
    right[-1] = 1.0
    p = np.linalg.solve(balance, right)
    queue = float(p[full] * use / (1 - use))
    all_busy = float(p[full]) + queue
    work = [sum(p[index[s]] for s in states if s[u]) + queue for u in range(units)]
    dispatches = np.full((units, len(rates)), all_busy / units) * np.array(rates) / total
    for state, chosen in sends.items():
        for area, unit in enumerate(chosen):
            dispatches[unit, area] += rates[area] / total * p[index[state]]
    own = sum(dispatches[order[0], area] for area, order in enumerate(preferences))
    named = {"".join(map(str, reversed(s))): float(p[index[s]]) for s in states}
    return Hypercube([float(w) for w in work], all_busy, dispatches, float(1 - own), named)


def _with(state: tuple[int, ...], unit: int, busy: int) -> tuple[int, ...]:
    return (*state[:unit], busy, *state[unit + 1 :])
