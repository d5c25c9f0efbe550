"""What the second programs share: people with one queue, in SimPy, and times of the week.

Times are hours since the midnight with which a scenario starts.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import simpy

Steps = Generator[simpy.Event, Any, None]
"""What a process of SimPy goes through."""


@dataclass
class People:
    """People who serve one queue; as many begin as are on duty, and who is busy finishes.

    The best class goes first, within it whoever asked first. Nobody overtakes the head of
    the queue, also where it needs more people than are free.

    Attributes
    ----------
    on_duty, busy : people free to begin something, and at work, now.
    away : people on duty who are on patrol or at other work, now.
    worked : person-hours of work that has been begun, up to now.
    waited : job-hours in the queue, up to now.
    over : person-hours of work by more people than are on duty, up to now.
    within : of `worked`, person-hours by more than are free but not more than are on duty.
    idle : told when somebody may be free with nothing waiting, to help out elsewhere.
    """

    env: simpy.Environment
    on_duty: int
    busy: int = 0
    worked: float = 0.0
    waited: float = 0.0
    over: float = 0.0
    away: int = 0
    within: float = 0.0
    idle: Callable[[], None] = lambda: None
    _queue: list[tuple[int, int, int, Any]] = field(default_factory=list)
    _asked: int = 0
    _since: float = 0.0

    @property
    def waiting(self) -> int:
        """Jobs that wait."""
        return len(self._queue)

    def count(self) -> None:
        """Bring `worked`, `waited`, `over` and `within` up to now."""
        passed = self.env.now - self._since
        self.worked += passed * self.busy
        self.waited += passed * self.waiting
        self.over += passed * max(0, self.busy - self.on_duty - self.away)
        self.within += passed * max(0, min(self.busy - self.on_duty, self.away))
        self._since = self.env.now

    def free_for(self, need: int) -> bool:
        """Whether so many could begin at once, with nobody before them."""
        return not self._queue and self.busy + need <= self.on_duty

    def ask(self, need: int = 1, urgency: int = 0) -> simpy.Event:
        """Join the queue; the event comes when so many people begin."""
        self.count()
        begun = self.env.event()
        heapq.heappush(self._queue, (urgency, self._asked, need, begun))
        self._asked += 1
        self.begin()
        return begun

    def hurry(self, begun: simpy.Event, urgency: int) -> None:
        """Raise one who waits to a better class; nothing if it does not wait."""
        for i, (old, asked, need, event) in enumerate(self._queue):
            if event is begun and urgency < old:
                self._queue[i] = (urgency, asked, need, event)
                heapq.heapify(self._queue)
                self.begin()
                return

    def leave(self, begun: simpy.Event) -> None:
        """Leave the queue."""
        self.count()
        self._queue = [entry for entry in self._queue if entry[3] is not begun]
        heapq.heapify(self._queue)
        self.begin()

    def done(self, need: int = 1) -> None:
        """End a piece of work."""
        self.count()
        self.busy -= need
        self.begin()

    def turn(self, on_duty: int, away: int | None = None) -> None:
        """Change how many are free to begin something, and how many are away meanwhile."""
        self.count()
        self.on_duty = on_duty
        self.away = self.away if away is None else away
        self.begin()

    def help_out(self, other: People, need: int = 1, asked_for: int = 1) -> None:
        """Take what waits for others and asked them for so many, as long as `need` are free."""
        while self.free_for(need):
            mine = [entry for entry in other._queue if entry[2] == asked_for]
            if not mine:
                return
            first = min(mine, key=lambda entry: entry[:2])
            other.count()
            self.count()
            other._queue.remove(first)
            heapq.heapify(other._queue)
            self.busy += need
            first[3].succeed(self)
            other.begin()

    def begin(self) -> None:
        """Let begin whoever can."""
        while self._queue and self.busy + self._queue[0][2] <= self.on_duty:
            _, _, need, begun = heapq.heappop(self._queue)
            self.busy += need
            begun.succeed(self)
        if not self._queue:
            self.idle()


def by_roster(
    env: simpy.Environment,
    people: People,
    changes: Iterable[tuple[float, int]],
    staff: int | None = None,
) -> Steps:
    """Change how many are free, at these times (h), before whatever else happens then.

    The others of a `staff` are away.
    """
    for at, number in changes:
        if at > env.now:
            due = env.event()
            due._ok, due._value = True, None
            env.schedule(due, simpy.events.URGENT, at - env.now)
            yield due
        people.turn(number, None if staff is None else staff - number)


def every_day(
    days: int, steps: Iterable[tuple[float, int]], works: Callable[[int], bool] = lambda _: True
) -> list[tuple[float, int]]:
    """Repeat a day's steps (hour, number) on the days on which somebody works."""
    steps = list(steps)
    return [(24 * day + hour, n) for day in range(days) if works(day) for hour, n in steps]


def weekday(day: int, first: int) -> int:
    """Day of the week of a day, Monday 0, where day 0 is `first`."""
    return (first + day) % 7


WEDNESDAY = 2
"""Day of the week of 1 January 2025, with which the scenarios start."""


def next_open(
    time: float, hours: tuple[float, float], works: Callable[[int], bool] = lambda _: True
) -> float:
    """First moment from `time` on at which something with one stretch a day is open."""
    day, hour = divmod(time, 24)
    opens, closes = hours
    if works(int(day)) and hour < closes:
        return max(time, 24 * day + opens)
    day += 1
    while not works(int(day)):
        day += 1
    return 24 * day + opens
