"""The queue of mm20.py for Cimba, whose models need their annotations as they stand.

In a process of its own: in one with govsim's compiled engine, Cimba 0.9.6 does not compile.
"""

import sys
import time

import cimba as cb
import numpy as np
from cimba import inputs
from numpy.typing import NDArray

SERVERS = 20


class Queue(cb.Model):
    """As Cimba's own first example, with given times and more servers."""

    interarrival: cb.Input[float] = inputs.dist.exponential(mean=1)
    service_time: cb.Input[float] = inputs.dist.exponential(mean=1)
    queue: cb.Container
    mean_queue: cb.Output[float]

    @cb.process
    def arrivals(self):
        """Let them come."""
        while True:
            cb.hold(self.interarrival.next())
            self.queue.put(1)

    @cb.process(copies=SERVERS)
    def server(self):
        """Serve them."""
        while True:
            self.queue.get(1)
            cb.hold(self.service_time.next())

    @cb.on_end
    def measure(self):
        """Note how many waited on average."""
        self.mean_queue = self.queue.mean_level()


def main(arrives: NDArray[np.int64], work: NDArray[np.int64]) -> tuple[float, float]:
    """Give the shortest time of five runs, s, and the mean wait, ms, by Little's law."""
    end = float(arrives[-1])
    model = Queue()
    gaps = np.diff(arrives, prepend=0)
    model.interarrival = inputs.trace(np.append(gaps, 10 * arrives[-1]).astype(float))
    model.service_time = inputs.trace(np.append(work, work).astype(float))
    experiment = cb.Experiment(model, replications=1, window=cb.Window(duration=end), seed=1)
    experiment.run()  # compiled now
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        found = experiment.run()
        times.append(time.perf_counter() - begun)
    return min(times), float(np.ravel(found[model].mean_queue)[0]) * end / len(arrives)


if __name__ == "__main__":
    print(*main(*(np.load(file) for file in sys.argv[1:])))
