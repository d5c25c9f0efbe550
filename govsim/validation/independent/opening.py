"""Opening hours, closed channels and intake, programmed a second time (docs/model.md, 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import simpy

from govsim.scenarios.units import HOUR
from govsim.validation.independent.people import (
    WEDNESDAY,
    People,
    Steps,
    by_roster,
    every_day,
    next_open,
    weekday,
)
from govsim.validation.observing import Numbers, Replication

DAYS, PER_HOUR, ANSWERED, ANSWERED_ON_THE_CALL = 28, 6.0, 0.4, 0.3
MINUTES = 1 / 60


def on_weekdays(day: int) -> bool:
    """Monday to Friday."""
    return weekday(day, WEDNESDAY) < 5


@dataclass(frozen=True)
class _Channel:
    share: float
    handling: Callable[[np.random.Generator], float]
    hours: tuple[float, float] = (0, 24)
    works: Callable[[int], bool] = lambda _: True
    closed: str = "wait"
    via: str = "direct"
    answers: bool = True


def _exponential(minutes: float) -> Callable[[np.random.Generator], float]:
    return lambda rng: rng.exponential(minutes * MINUTES)


CHANNELS = {
    "counter": _Channel(0.3, _exponential(11), (9, 16.5), on_weekdays, "phone", "desk"),
    "surgery": _Channel(0.2, _exponential(9), (10, 12), on_weekdays, "wait", "desk"),
    "clerk": _Channel(0.1, _exponential(8), (9, 17), on_weekdays, "surgery"),
    "phone": _Channel(0.2, _exponential(20), (8, 20), closed="letter_box"),
    "letter_box": _Channel(0.0, _exponential(15), answers=False),
    "night_line": _Channel(0.2, lambda _: 5 * MINUTES, (7, 22), closed="call_12345"),
    "call_12345": _Channel(0.0, _exponential(5), via="centre"),
}
NAMES = tuple(CHANNELS)


@dataclass(frozen=True)
class Taken:
    """How one demand was taken in; times in h, None where it did not happen by the end.

    Attributes
    ----------
    channel : that took it in.
    tried : when its resident first turned to a channel.
    reported : when the clocks began.
    accepted : end of the intake, or when it was handed over before that.
    answered : there and then.
    """

    channel: str
    tried: float
    reported: float | None
    accepted: float | None
    answered: bool


def program(rng: np.random.Generator, at_once: float | None = None) -> Numbers:
    """Simulate one replication and give its numbers.

    Parameters
    ----------
    at_once : mean time until a report is handed over, min; None: when its intake is over.
    """
    env = simpy.Environment()
    desk = People(env, 0)
    env.process(by_roster(env, desk, every_day(DAYS, ((9, 2), (17, 0)))))
    taken: list[Taken] = []
    time = rng.exponential(1 / PER_HOUR)
    while time < 24 * DAYS:
        first = rng.choice(NAMES, p=[CHANNELS[name].share for name in NAMES])
        env.process(_resident(env, rng, desk, time, str(first), taken, at_once))
        time += rng.exponential(1 / PER_HOUR)
    env.run(until=24 * DAYS)
    return numbers(taken)


def _resident(
    env: simpy.Environment,
    rng: np.random.Generator,
    desk: People,
    tries: float,
    name: str,
    taken: list[Taken],
    at_once: float | None,
) -> Steps:
    yield env.timeout(tries)
    channel = CHANNELS[name]
    while next_open(tries, channel.hours, channel.works) > tries:
        if channel.closed == "wait":
            yield env.timeout(next_open(tries, channel.hours, channel.works) - tries)
            break
        name = channel.closed
        channel = CHANNELS[name]
    reported, place = env.now, len(taken)
    answered = channel.answers and rng.random() < ANSWERED
    taken.append(Taken(name, tries, reported, None, False))
    if channel.via == "desk":
        yield desk.ask()
    handling = channel.handling(rng)
    handed = handling
    if at_once is not None and not answered and channel.via != "centre":
        handed = min(handling, rng.exponential(at_once * MINUTES))
    yield env.timeout(handed)
    if channel.via != "centre":
        taken[place] = Taken(name, tries, reported, env.now, answered)
        yield env.timeout(handling - handed)
        if channel.via == "desk":
            desk.done()
    else:
        answered = rng.random() < ANSWERED_ON_THE_CALL
        if answered:  # which never comes under the clocks
            taken[place] = Taken(name, tries, None, None, answered)
            return
        yield env.timeout(rng.exponential(10 * MINUTES))
        taken[place] = Taken(name, tries, env.now, env.now, answered)
        yield env.timeout(MINUTES)  # solved then, the order is replied to in writing
        yield desk.ask()
        yield env.timeout(rng.exponential(12 * MINUTES))
        desk.done()


def observe(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d = r.outcome.demands
    keys = list(r.network.scenario.channels)
    came = np.flatnonzero(d["channel"] >= 0)
    answered = (d["closed"] >= 0) & (d["dispatched"] < 0)

    def when(column: str, row: int) -> float | None:
        value = int(d[column][row])
        return value / HOUR if value >= 0 else None

    return numbers(
        [
            Taken(
                keys[d["channel"][row]],
                float(r.table.enters[row]) / HOUR,
                when("clock_start", row),
                when("accepted", row),
                bool(answered[row]),
            )
            for row in came.tolist()
        ]
    )


def numbers(taken: list[Taken]) -> Numbers:
    """What is compared."""
    found: Numbers = {}
    for name in NAMES:
        mine = [t for t in taken if t.channel == name]
        found[f"{name}: share of residents"] = len(mine) / len(taken)
        found[f"{name}: answered"] = float(np.mean([t.answered for t in mine]))
        over = [
            t.accepted - (t.tried if name == "call_12345" else t.reported)
            for t in mine
            if t.accepted is not None and t.reported is not None
        ]
        found[f"{name}: mean intake, h"] = float(np.mean(over))
    waits = [t.reported - t.tried for t in taken if t.reported is not None]
    found["mean wait for opening, h"] = float(np.mean(waits))
    return found
