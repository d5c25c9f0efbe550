"""Known answers: results of queueing theory that the model must reproduce, as functions.

Each function states one formula and where it stands in the literature. Rates and times
are in whatever unit the caller uses throughout. Results that need equations solved are
in `govsim.validation.chains`. Called by `govsim.validation.cases`; knows nothing of the
model that it is held against.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import asinh, exp, expm1, log, sin, sqrt

import numpy as np
from scipy import integrate, optimize, stats


def erlang_b(load: float, servers: int) -> float:
    """Share of arrivals that find all of `servers` busy and are lost.

    Parameters
    ----------
    load : arrival rate over service rate.

    Notes
    -----
    Erlang 1917; the recursion in the number of servers is that of Gans, Koole and
    Mandelbaum 2003, MSOM 5(2), section 4.2.1.
    """
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """Share of arrivals that wait, where nobody is lost and `load` < `servers`."""
    blocked = erlang_b(load, servers)
    return servers * blocked / (servers - load * (1 - blocked))


def wait_mmc(arrivals: float, service: float, servers: int) -> float:
    """Mean wait in M/M/c (Erlang 1917)."""
    return erlang_c(arrivals / service, servers) / (servers * service - arrivals)


def wait_beyond_mmc(arrivals: float, service: float, servers: int, t: float) -> float:
    """P(wait > t) in M/M/c: exponential, given that there is a wait."""
    return erlang_c(arrivals / service, servers) * exp(-(servers * service - arrivals) * t)


def sojourn_within_mmc(arrivals: float, service: float, servers: int, t: float) -> float:
    """P(wait + service <= t) in M/M/c (Gross and Harris, section 2.3).

    The wait is 0, or exponential with the spare rate; the service is apart from it.
    """
    waits, spare = erlang_c(arrivals / service, servers), servers * service - arrivals
    if abs(spare - service) < 1e-12 * service:
        both = 1 - (1 + service * t) * exp(-service * t)
    else:
        both = 1 - (spare * exp(-service * t) - service * exp(-spare * t)) / (spare - service)
    return (1 - waits) * -expm1(-service * t) + waits * both


class ErlangA:
    """M/M/c with exponential patience: who waits longer than that hangs up.

    Parameters
    ----------
    arrivals, service, servers : as above.
    impatience : rate at which each that waits gives up.

    Notes
    -----
    Birth and death; Garnett, Mandelbaum and Reiman 2002, MSOM 4(3), 208-227. The wait
    that a patient caller would have is by Baccelli and Hebuterne 1981.
    """

    def __init__(self, arrivals: float, service: float, servers: int, impatience: float) -> None:
        self.arrivals, self.service = arrivals, service
        self.servers, self.impatience = servers, impatience
        most = servers + 2000
        n = np.arange(1, most + 1)
        death = np.minimum(n, servers) * service + np.maximum(n - servers, 0) * impatience
        logs = np.concatenate([[0.0], np.cumsum(np.log(arrivals / death))])
        weights = np.exp(logs - logs.max())
        self.states = weights / weights.sum()
        number = np.arange(most + 1)
        self.waits = float(self.states[servers:].sum())
        self.queue = float((np.maximum(number - servers, 0) * self.states).sum())
        self.abandons = impatience * self.queue / arrivals
        self.wait = self.queue / arrivals
        """Mean over all who call, those who give up among them."""
        self.utilisation = float((np.minimum(number, servers) * self.states).sum()) / servers

    def wait_beyond(self, t: float) -> float:
        """P(wait > t) over all who call: neither served nor given up by then."""
        rate, patience = self.servers * self.service, self.impatience
        last = self.states[self.servers - 1]

        def density(x: float) -> float:
            patient = -expm1(-patience * x) / patience
            return float(self.arrivals * last * exp(self.arrivals * patient - rate * x))

        tail, _ = integrate.quad(density, t, np.inf, epsabs=1e-14, limit=500)
        return float(tail) * exp(-patience * t)

    def wait_quantile(self, share: float) -> float:
        """Give the time within which this share of all who call no longer wait."""
        root = optimize.brentq(lambda t: self.wait_beyond(t) - (1 - share), 0, 100 / self.service)
        return float(root)


def wait_mg1(arrivals: float, mean: float, cv: float) -> float:
    """Mean wait in M/G/1 (Pollaczek 1930, Khinchine 1932; Larson and Odoni 1981, ch. 4)."""
    return arrivals * mean**2 * (1 + cv**2) / (2 * (1 - arrivals * mean))


def wait_priorities(arrivals: Sequence[float], service: float, servers: int) -> list[float]:
    """Mean wait of each class where work in hand is not interrupted, the first class first.

    Notes
    -----
    Cobham 1954, Operations Research 2, 70-76; all classes have the same service rate.
    """
    load = sum(arrivals) / service
    rest = erlang_c(load, servers) / (servers * service)
    sums = np.concatenate([[0.0], np.cumsum(arrivals)]) / (servers * service)
    return [float(rest / ((1 - a) * (1 - b))) for a, b in pairwise(sums)]


def jackson(
    external: Sequence[float], routing: Sequence[Sequence[float]], service: Sequence[float]
) -> tuple[list[float], list[float], float]:
    """Open network of single servers (Jackson 1957, Operations Research 5, 518-521).

    Returns
    -------
    throughput, number present : of each station.
    time in the system : mean, of a customer from outside.
    """
    through = np.linalg.solve(np.eye(len(service)) - np.array(routing).T, np.array(external))
    use = through / np.array(service)
    present = use / (1 - use)
    return through.tolist(), present.tolist(), float(present.sum() / sum(external))


def sinusoid_in_service(
    mean_rate: float, amplitude: float, survives: Callable[[float], float], t: float
) -> float:
    """Mean number in service at t in Mt/G/infinity with the rate a + b sin(t).

    Parameters
    ----------
    mean_rate, amplitude : a and b.
    survives : P(service > u).

    Notes
    -----
    Eick, Massey and Whitt 1993, Management Science 39, 241-252: the integral over the age
    u of those present of the rate at t - u times P(service > u).
    """
    edges = [0.0, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 100, 200]

    def present(u: float) -> float:
        return (mean_rate + amplitude * sin(t - u)) * survives(u)

    pieces = (
        integrate.quad(present, a, b, epsabs=1e-12, points=[1.0] if a < 1 < b else None)[0]
        for a, b in pairwise(edges)
    )
    return float(sum(pieces))


def survives_exponential(u: float) -> float:
    """P(service > u) with mean 1."""
    return exp(-u)


def survives_deterministic(u: float) -> float:
    """P(service > u) where it always takes 1."""
    return 1.0 if u < 1 else 0.0


def survives_lognormal(u: float) -> float:
    """P(service > u) with mean 1 and cv 1: sigma² = ln 2, median 1 / sqrt(2)."""
    return float(stats.lognorm.sf(u, s=sqrt(log(2)), scale=1 / sqrt(2)))


def mean_distance_to_centre(metric: str) -> float:
    """Mean distance of a uniform point of the unit square to its centre.

    Notes
    -----
    Larson and Odoni 1981, chapter 3: 1/2 along the streets; as the crow flies
    (sqrt(2) + asinh(1)) / 6.
    """
    return 0.5 if metric == "rectilinear" else (sqrt(2) + asinh(1)) / 6


def mean_distance_of_two(metric: str) -> float:
    """Mean distance of two uniform points of the unit square.

    Notes
    -----
    Larson and Odoni 1981, chapter 3; Ghosh 1951: (2 + sqrt(2) + 5 asinh(1)) / 15.
    """
    return 2 / 3 if metric == "rectilinear" else (2 + sqrt(2) + 5 * asinh(1)) / 15


def within_limit(mean: float, limit: float) -> float:
    """P(exponential time <= limit): the true compliance, whatever the horizon."""
    return -expm1(-limit / mean)


def closed_in_time_share(mean: float, limit: float, horizon: float) -> float:
    """Share in time among those closed by the horizon: what counting closed orders gives.

    Arrivals are uniform over the horizon. Not what is wanted; it shows the bias.
    """
    closed = horizon - mean * -expm1(-horizon / mean)
    within = within_limit(mean, limit)
    in_time = (horizon - limit) * within + limit - mean * within
    return in_time / closed


def same_day_shares(mean_days: float) -> tuple[float, float]:
    """P(K = 0) and P(K = 1), where K is the date of the close less that of the opening.

    Opening is uniform over the day and the time until the close exponential; K's chance
    is the integral of the triangle of width 2 around it over the density of the time.
    """
    rate = 1 / mean_days
    none = 1 - -expm1(-rate) / rate
    one = expm1(-rate) ** 2 / rate
    return none, one


def family_wise_z(comparisons: int, chance: float) -> float:
    """Bound for so many independent z, which all keep with probability 1 - `chance`.

    Notes
    -----
    Šidák 1967, JASA 62, 626-633: each test at level 1 - (1 - chance)^(1/n), two-sided.
    """
    each = -expm1(np.log1p(-chance) / comparisons)
    return float(stats.norm.isf(each / 2))
