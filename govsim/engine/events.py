"""The calendar of what is scheduled for later: a binary heap ordered as the rules state.

Demands that enter and rosters that change stand sorted in tables of their own; see
`govsim.engine.loop`. Called by everything that takes time.
"""

from __future__ import annotations

from govsim.engine.compiling import compiled, inlined
from govsim.engine.memory import World
from govsim.engine.rules import event_key, next_open, working_finish


@compiled
def _push(events, count: int, time: int, key: int, payload: int) -> None:  # type: ignore[no-untyped-def]
    i = count
    while i > 0:
        parent = (i - 1) >> 1
        above = events[parent]
        if above.time < time or (above.time == time and above.key <= key):
            break
        here = events[i]
        here.time, here.key, here.payload = above.time, above.key, above.payload
        i = parent
    here = events[i]
    here.time, here.key, here.payload = time, key, payload


@compiled
def take_event(events, count: int) -> None:  # type: ignore[no-untyped-def]
    """Remove the first of `count` events."""
    last = count - 1
    moved = events[last]
    time, key, payload = moved.time, moved.key, moved.payload
    # Down along the earlier children to the bottom, then up: what was last belongs low.
    i, child = 0, 1
    while child < last:
        other = child + 1
        if other < last:
            a, b = events[child], events[other]
            if b.time < a.time or (b.time == a.time and b.key < a.key):
                child = other
        here, below = events[i], events[child]
        here.time, here.key, here.payload = below.time, below.key, below.payload
        i = child
        child = 2 * i + 1
    _push(events, i, time, key, payload)


@inlined
def at(w: World, time: int, kind: int, identifier: int, payload: int) -> bool:
    """Let something happen at `time`, unless that is past the horizon; tell whether it will."""
    if time >= w.plan[0].end:
        return False
    state = w.state[0]
    state.timed_events += 1
    _push(w.events, state.events, time, event_key(kind, identifier), payload)
    state.events += 1
    return True


@inlined
def working_end(w: World, clock: int, start: int, work: int) -> int:
    """When work by a clock is done."""
    stretch = w.clocks[clock]
    a, b = stretch.first, stretch.first + stretch.n
    return working_finish(start, work, w.starts[a:b], w.ends[a:b], w.done[a:b])


@compiled
def after(w: World, start: int, limit: int) -> int:
    """When a limit of calendar or working time after `start` is over."""
    one = w.limits[limit]
    if one.working:
        return working_end(w, 0, start, one.ms)
    return start + one.ms


@compiled
def opens(w: World, channel: int) -> int:
    """When a channel is open next, from now on."""
    hours = w.channels[channel]
    a, b = hours.hours, hours.hours + hours.n_hours
    return next_open(w.state[0].now, w.starts[a:b], w.ends[a:b])
