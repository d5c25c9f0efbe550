"""People on duty by the hour, today and in a plan, beside the work that is asked of them.

Called by `govsim.optimisation.answer`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.evaluation import work
from govsim.evaluation.service import Service
from govsim.measures import pieces
from govsim.measures.clocks import ACCESS, TURN_OUT, WAY, WORK
from govsim.scenarios.staffing import DAY_KINDS, DESK
from govsim.scenarios.units import DAY, HOUR

Floats = NDArray[np.float64]

DAYS = ("workday", "weekend")
"""Kinds of day that are shown; what is asked for on holidays is with weekends."""

HOURS = DAY // HOUR


def by_hour(today: Service, plan: Service, replication: int) -> Iterator[tuple[Any, ...]]:
    """Give ``day, hour, today, number, asked`` for each hour of `DAYS`.

    ``today`` and ``number`` are the members of teams that are on the roster; ``asked`` is how many
    would be at work on average if all that is reported in the hour were done in it: turn-out, way,
    access and work on the scene of one person for each demand, in one replication of the plan.
    """
    asked = _asked(plan, replication)
    now, then = on_duty(today), on_duty(plan)
    for i, day in enumerate(DAYS):
        for hour in range(HOURS):
            yield day, hour, now[i, hour], then[i, hour], asked[i, hour]


def on_duty(service: Service) -> Floats:
    """Members of all teams on the roster: float[days, hours] of `DAYS`, evenings of the day before
    after midnight.
    """  # noqa: D205
    frame: pd.DataFrame = service.rosters
    frame = frame[frame["team"] != DESK]
    found = np.zeros((len(DAYS), HOURS))
    windows = service.scenario.calendar.shifts
    for i, day in enumerate(DAYS):
        mine = frame[frame["day_kind"].isin(["", day])]
        for shift, number in mine.groupby("shift")["number"].sum().items():
            for start, end in windows[str(shift)]:
                hours = np.arange(HOURS) * HOUR
                for midnight in (0, DAY):  # a shift that crosses midnight ends on the next day
                    begins = np.maximum(start - midnight, hours)
                    ends = np.minimum(end - midnight, hours + HOUR)
                    found[i] += float(number) * np.maximum(ends - begins, 0) / HOUR
    return found


def _asked(service: Service, replication: int) -> Floats:
    network, start = service.network, service.measured_from
    met = work.drawn(service.plan, service.points, network, replication)
    spent = pieces.find(network, met.table, met.serve(network, start))
    takes = spent.spent["solve"][:, [TURN_OUT, WAY, ACCESS, WORK]].sum(axis=1)
    counted = spent.start >= start
    day, hour = np.divmod(spent.start[counted] // HOUR, HOURS)
    kind = np.asarray(network.calendar.kind_of_day)[day]
    found = np.zeros((len(DAY_KINDS), HOURS))
    np.add.at(found, (kind, hour), takes[counted] / HOUR)
    first, last = -(-start // DAY), network.end // DAY
    days = np.bincount(network.calendar.kind_of_day[first:last], minlength=len(DAY_KINDS))
    return np.stack([found[0] / max(days[0], 1), found[1:].sum(0) / max(days[1:].sum(), 1)])
