"""Cost per demand as the service grows: from ten thousand to a million demands, or ten.

    python benchmarks/growth.py                  # up to a million
    python benchmarks/growth.py --most 10000000  # to ten million; 12 GiB of memory

The queue of mm20.py runs for ever longer through the whole engine, so that nothing but the
number of demands grows. Printed is the cost of the engine per demand, the best of several
runs, and its ratio to that of a hundred thousand in the same run.
"""

from __future__ import annotations

import argparse

from mm20 import best, queue

from govsim import engine


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=1_000_000)
    most = parser.parse_args().most
    costs: dict[int, float] = {}
    size = 10_000
    while size <= most:
        net, table = queue(size)

        def once() -> float:
            return float(engine.run(net, table).end)  # noqa: B023  # called within the round

        seconds, _ = best(once, 3 if size > 1_000_000 else 8)
        costs[size] = seconds / len(table) * 1e9
        against = f"{costs[size] / costs[100_000]:5.2f}" if 100_000 in costs else ""
        print(f"{len(table):>11,} demands {costs[size]:8,.0f} ns each {against}", flush=True)
        size *= 10


if __name__ == "__main__":
    main()
