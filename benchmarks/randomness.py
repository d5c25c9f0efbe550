"""How long one random number takes, ours against NumPy's own Philox: run it as a script.

Ours can be asked for any number by its name; NumPy's gives only the next one. The target
is not to pay for that: a number in a column takes no longer than NumPy's, and what a
distribution makes of it takes longer than the number.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from govsim.demand.randomness import Streams, gamma_factor, poisson_counts, quantile, ticks
from govsim.scenarios.quantities import Distribution

DEMANDS = 1_000_000
CELLS = 20_000


def best_seconds(task: Callable[[], object], repeats: int = 5) -> float:
    times = []
    for _ in range(repeats):
        start = perf_counter()
        task()
        times.append(perf_counter() - start)
    return min(times)


def columns(streams: Streams, ids: np.ndarray) -> None:
    for draw in range(7):
        streams.pair("column", ids, draw)


def main() -> None:
    streams = Streams(1, 0)
    ids = np.arange(DEMANDS, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    theirs = np.random.Generator(np.random.Philox(1))
    u = streams.uniform("u", ids)
    cells = streams.uniform("cells", ids[:CELLS])
    lognormal = Distribution.model_validate({"lognormal": {"median": "30 min", "sigma": 0.7}})
    exponential = Distribution.model_validate({"exponential": {"mean": "30 min"}})

    numpys = best_seconds(lambda: theirs.random(DEMANDS)) / DEMANDS
    for name, task, count in (
        ("Generator(Philox).random", lambda: theirs.random(DEMANDS), DEMANDS),
        ("uniform", lambda: streams.uniform("a", ids), DEMANDS),
        ("pair, each", lambda: streams.pair("a", ids), 2 * DEMANDS),
        ("coins, each", lambda: streams.coins("a", ids), 4 * DEMANDS),
        ("14 columns, each", lambda: columns(streams, ids), 14 * DEMANDS),
        ("uniform, 100 ids", lambda: streams.uniform("a", ids[:100]), 100),
        ("quantile exponential", lambda: quantile(exponential, u), DEMANDS),
        ("quantile lognormal", lambda: quantile(lognormal, u), DEMANDS),
        ("gamma_factor, k 5", lambda: gamma_factor(u, 5.0), DEMANDS),
        ("ticks", lambda: ticks(u * 1e6, 1000), DEMANDS),
        ("poisson_counts, mean 30", lambda: poisson_counts(cells, np.array(30.0)), CELLS),
        ("poisson_counts, mean 0.08", lambda: poisson_counts(u, np.array(0.08)), DEMANDS),
    ):
        seconds = best_seconds(task) / count
        print(f"{name:28}{seconds * 1e9:9.1f} ns   {seconds / numpys:6.1f} x NumPy's")


if __name__ == "__main__":
    main()
