"""Families of times: their shape by unbounded parameters, and how a scenario writes them.

Times are numbers in some unit that the caller chooses. Used by `govsim.estimation.durations`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from govsim.scenarios.units import DAY, HOUR, MINUTE

Floats = NDArray[np.float64]

SHARES = (0, 0.01, 0.05, *(np.arange(1, 20) / 20).tolist()[1:], 0.99, 1)
"""Quantiles by which a mixture is written; the ends are those of `ENDS`."""

ENDS = 0.001, 0.999


class Family(ABC):
    """Times of one shape; methods take times float[...] and parameters float[p].

    `cdf` and `quantile` also take many parameters at once, float[p, m, 1], and give float[m, ...].
    """

    name: str

    @abstractmethod
    def cdf(self, time: Floats, free: Floats) -> Floats:
        """Share of cases that take no longer."""

    @abstractmethod
    def density(self, time: Floats, free: Floats) -> Floats:
        """Density; times are above 0."""

    @abstractmethod
    def quantile(self, share: Floats, free: Floats) -> Floats:
        """Times within which shares of the cases end."""

    @abstractmethod
    def mean(self, free: Floats) -> float:
        """Mean time."""

    @abstractmethod
    def named(self, free: Floats, unit: float) -> dict[str, float]:
        """Parameters by their usual names, times in ms."""

    @abstractmethod
    def starts(self, logs: Floats, times: Floats) -> Iterator[Floats]:
        """Give parameters to begin a search at, from logarithms of times and their numbers."""


def _moments(logs: Floats, times: Floats) -> tuple[float, float]:
    middle = float(np.average(logs, weights=times))
    spread = float(np.sqrt(np.average((logs - middle) ** 2, weights=times)))
    return middle, max(spread, 0.05)


class Exponential(Family):
    """Parameter: logarithm of the mean."""

    name = "exponential"

    def cdf(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        found: Floats = -np.expm1(-time / np.exp(free[0]))
        return found

    def density(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        found: Floats = np.exp(-time / np.exp(free[0]) - free[0])
        return found

    def quantile(self, share: Floats, free: Floats) -> Floats:  # noqa: D102
        found: Floats = -np.log1p(-share) * np.exp(free[0])
        return found

    def mean(self, free: Floats) -> float:  # noqa: D102
        return float(np.exp(free[0]))

    def named(self, free: Floats, unit: float) -> dict[str, float]:  # noqa: D102
        return {"mean": unit * self.mean(free)}

    def starts(self, logs: Floats, times: Floats) -> Iterator[Floats]:  # noqa: D102
        yield np.array([np.log(np.average(np.exp(logs), weights=times))])


class Lognormal(Family):
    """Parameters: logarithms of the median and of sigma."""

    name = "lognormal"

    def cdf(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        with np.errstate(divide="ignore"):
            found: Floats = special.ndtr((np.log(time) - free[0]) / np.exp(free[1]))
            return found

    def density(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        z = (np.log(time) - free[0]) / np.exp(free[1])
        found: Floats = np.exp(-0.5 * z**2 - free[1]) / (time * np.sqrt(2 * np.pi))
        return found

    def quantile(self, share: Floats, free: Floats) -> Floats:  # noqa: D102
        found: Floats = np.exp(free[0] + np.exp(free[1]) * special.ndtri(share))
        return found

    def mean(self, free: Floats) -> float:  # noqa: D102
        return float(np.exp(free[0] + np.exp(2 * free[1]) / 2))

    def named(self, free: Floats, unit: float) -> dict[str, float]:  # noqa: D102
        return {"median": unit * float(np.exp(free[0])), "sigma": float(np.exp(free[1]))}

    def starts(self, logs: Floats, times: Floats) -> Iterator[Floats]:  # noqa: D102
        middle, spread = _moments(logs, times)
        yield np.array([middle, np.log(spread)])


class Weibull(Family):
    """Parameters: logarithms of the scale and of the shape."""

    name = "weibull"

    def cdf(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        found: Floats = -np.expm1(-((time / np.exp(free[0])) ** np.exp(free[1])))
        return found

    def density(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        shape, scaled = np.exp(free[1]), time / np.exp(free[0])
        found: Floats = shape / time * scaled**shape * np.exp(-(scaled**shape))
        return found

    def quantile(self, share: Floats, free: Floats) -> Floats:  # noqa: D102
        found: Floats = np.exp(free[0]) * (-np.log1p(-share)) ** np.exp(-free[1])
        return found

    def mean(self, free: Floats) -> float:  # noqa: D102
        return float(np.exp(free[0]) * special.gamma(1 + np.exp(-free[1])))

    def named(self, free: Floats, unit: float) -> dict[str, float]:  # noqa: D102
        return {"scale": unit * float(np.exp(free[0])), "shape": float(np.exp(free[1]))}

    def starts(self, logs: Floats, times: Floats) -> Iterator[Floats]:  # noqa: D102
        # The logarithm is Gumbel: its mean and variance give scale and shape.
        middle, spread = _moments(logs, times)
        shape = np.pi / np.sqrt(6) / spread
        yield np.array([middle + np.euler_gamma / shape, np.log(shape)])


class Gamma(Family):
    """Parameters: logarithms of the mean and of the shape."""

    name = "gamma"

    def cdf(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        shape = np.exp(free[1])
        found: Floats = special.gammainc(shape, time * shape / np.exp(free[0]))
        return found

    def density(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        shape = np.exp(free[1])
        x = time * shape / np.exp(free[0])
        found: Floats = np.exp(special.xlogy(shape, x) - x - special.gammaln(shape)) / time
        return found

    def quantile(self, share: Floats, free: Floats) -> Floats:  # noqa: D102
        shape = np.exp(free[1])
        found: Floats = special.gammaincinv(shape, share) * np.exp(free[0]) / shape
        return found

    def mean(self, free: Floats) -> float:  # noqa: D102
        return float(np.exp(free[0]))

    def named(self, free: Floats, unit: float) -> dict[str, float]:  # noqa: D102
        return {"mean": unit * self.mean(free), "cv": float(np.exp(-free[1] / 2))}

    def starts(self, logs: Floats, times: Floats) -> Iterator[Floats]:  # noqa: D102
        values = np.exp(logs)
        mean = float(np.average(values, weights=times))
        variance = float(np.average((values - mean) ** 2, weights=times))
        yield np.array([np.log(mean), np.log(max(mean**2 / max(variance, 1e-9), 0.05))])


class Mixture(Family):
    """Two lognormals: quick cases and slow ones.

    Parameters: the log odds of a quick case; logarithms of its median and sigma; the logarithm
    of how many times longer the slow median is, of that; and of the slow sigma.
    """

    name = "two lognormals"

    def _parts(self, free: Floats) -> tuple[Floats, Floats, Floats]:
        share: Floats = special.expit(free[0])
        quick = np.array([free[1], free[2]])
        slow = np.array([free[1] + np.exp(free[3]), free[4]])
        return share, quick, slow

    def cdf(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        share, quick, slow = self._parts(free)
        one = FAMILIES["lognormal"]
        found: Floats = share * one.cdf(time, quick) + (1 - share) * one.cdf(time, slow)
        return found

    def density(self, time: Floats, free: Floats) -> Floats:  # noqa: D102
        share, quick, slow = self._parts(free)
        one = FAMILIES["lognormal"]
        found: Floats = share * one.density(time, quick) + (1 - share) * one.density(time, slow)
        return found

    def quantile(self, share: Floats, free: Floats) -> Floats:  # noqa: D102
        # By bisection on the logarithm: between the quantiles of the two.
        _, quick, slow = self._parts(free)
        asked = np.asarray(share, dtype=np.float64)
        ends = [np.log(FAMILIES["lognormal"].quantile(asked, part)) for part in (quick, slow)]
        low, high = np.minimum(*ends), np.maximum(*ends)
        for _ in range(80):
            middle = (low + high) / 2
            below = self.cdf(np.exp(middle), free) < asked
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        found: Floats = np.exp((low + high) / 2)
        return found

    def mean(self, free: Floats) -> float:  # noqa: D102
        share, quick, slow = self._parts(free)
        one = FAMILIES["lognormal"]
        return float(share * one.mean(quick) + (1 - share) * one.mean(slow))

    def named(self, free: Floats, unit: float) -> dict[str, float]:  # noqa: D102
        share, quick, slow = self._parts(free)
        found = {"quick": float(share)}
        for name, part in (("quick", quick), ("slow", slow)):
            told = FAMILIES["lognormal"].named(part, unit)
            found |= {f"{name} {key}": value for key, value in told.items()}
        return found

    def starts(self, logs: Floats, times: Floats) -> Iterator[Floats]:  # noqa: D102
        order = logs.argsort()
        below = times[order].cumsum() / times.sum()
        for share in (0.25, 0.5, 0.75):
            quick = np.zeros(len(logs), dtype=bool)
            quick[order] = below <= share
            if not quick.any() or quick.all():
                continue
            (a, s), (b, t) = (_moments(logs[one], times[one]) for one in (quick, ~quick))
            yield np.array(
                [special.logit(share), a, np.log(s), np.log(max(b - a, 0.05)), np.log(t)]
            )


FAMILIES: dict[str, Family] = {
    one.name: one for one in (Exponential(), Lognormal(), Weibull(), Gamma(), Mixture())
}


def written(
    name: str, quantile: Callable[[Floats], Floats], free: Floats, unit: float, worked: bool
) -> dict[str, Any]:
    """Write a distribution as a scenario does.

    Parameters
    ----------
    name : a key of `FAMILIES`.
    quantile : in ms.
    free, unit : its parameters, and the ms that they count in.
    worked : whether it is working time, which is written in working hours.
    """
    told = FAMILIES[name].named(free, unit)

    def span(ms: float) -> str:
        if worked:
            return f"{ms / HOUR:.4g} working hours"
        for size, word in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
            if ms >= 2 * size:
                return f"{ms / size:.4g} {word}"
        return f"{ms / 1000:.4g} s"

    if name == "two lognormals":
        at = np.clip(np.array(SHARES, dtype=np.float64), *ENDS)
        pairs = zip(SHARES, quantile(at).tolist(), strict=True)
        return {"empirical": {"quantiles": [[share, span(ms)] for share, ms in pairs]}}
    times = ("mean", "median", "scale")
    return {
        name: {
            key: span(value) if key in times else float(f"{value:.4g}")
            for key, value in told.items()
        }
    }
