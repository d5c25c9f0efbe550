"""The calendar of what is scheduled for later, taken out in the order that the rules state.

Time is cut into stretches. Events of the present one stand in a binary heap, which so
stays small enough for the fastest memory; those of later ones in a chain for each, in no
order, until it is their stretch. What would change nothing by then, such as the end of a
patience that was met, can be revoked: it then never reaches the heap.

Demands that enter and rosters that change stand sorted in tables of their own; see
`govsim.engine.loop`. Called by everything that takes time.
"""

from __future__ import annotations

from govsim.engine.memory import World
from govsim.engine.rules import event_key, next_open, working_finish
from govsim.engine.tables import (
    chain_of_stretch,
    channel_at,
    clock_at,
    done_of,
    ends_of,
    event_at,
    later_at,
    limit_at,
    starts_of,
)
from govsim.service.compiling import compiled, inlined


@compiled
def _push(w: World, count: int, time: int, key: int, payload: int) -> None:
    i = count
    while i > 0:
        parent = (i - 1) >> 1
        above = event_at(w, parent)
        if above.time < time or (above.time == time and above.key <= key):
            break
        here = event_at(w, i)
        here.time, here.key, here.payload = above.time, above.key, above.payload
        i = parent
    here = event_at(w, i)
    here.time, here.key, here.payload = time, key, payload


@compiled
def take_event(w: World) -> None:
    """Remove the first event."""
    last = w.events - 1
    w.events = last
    moved = event_at(w, last)
    time, key, payload = moved.time, moved.key, moved.payload
    # Down along the earlier children to the bottom, then up: what was last belongs low.
    i, child = 0, 1
    while child < last:
        other = child + 1
        if other < last:
            a, b = event_at(w, child), event_at(w, other)
            if b.time < a.time or (b.time == a.time and b.key < a.key):
                child = other
        here, below = event_at(w, i), event_at(w, child)
        here.time, here.key, here.payload = below.time, below.key, below.payload
        i = child
        child = 2 * i + 1
    _push(w, i, time, key, payload)


REVOKED = -1
"""Key of an entry of `World.later` that stands for nothing."""

NOWHERE = -1
"""Place of an event that can't be revoked any more."""


@compiled
def _put_off(w: World, time: int, key: int, payload: int) -> int:
    """Keep an event for a later stretch; tell where."""
    i = w.free_later
    if i >= 0:
        w.free_later = later_at(w, i).next
    else:
        i = w.later
        w.later += 1
    w.live_later += 1
    event, chain = later_at(w, i), chain_of_stretch(w, time >> w.shift)
    event.time, event.key, event.payload, event.next = time, key, payload, chain.value
    chain.value = i
    return i


@compiled
def next_stretch(w: World) -> None:
    """Go on to the next stretch of time, and put its events in order."""
    w.stretch += 1
    w.stretch_end += 1 << w.shift
    i = chain_of_stretch(w, w.stretch).value
    while i >= 0:
        event = later_at(w, i)
        if event.key != REVOKED:
            _push(w, w.events, event.time, event.key, event.payload)
            w.events += 1
            event.key = REVOKED
        w.live_later -= 1
        onward = event.next
        event.next = w.free_later
        w.free_later = i
        i = onward


@compiled
def at(w: World, time: int, kind: int, identifier: int, payload: int) -> int:
    """Let something happen at `time`, unless that is past the horizon.

    Returns
    -------
    int
        Its place, by which it can be revoked, or `NOWHERE`.
    """
    if time >= w.end:
        return NOWHERE
    w.timed_events += 1
    if time >= w.stretch_end:
        return _put_off(w, time, event_key(kind, identifier), payload)
    _push(w, w.events, time, event_key(kind, identifier), payload)
    w.events += 1
    return NOWHERE


@inlined
def revoke(w: World, place: int, kind: int, identifier: int) -> None:
    """Take back an event that would change nothing, if it still stands in its place."""
    if place != NOWHERE:
        event = later_at(w, place)
        if event.key == event_key(kind, identifier):
            event.key = REVOKED


@inlined
def working_end(w: World, clock: int, start: int, work: int) -> int:
    """When work by a clock is done."""
    stretch = clock_at(w, clock)
    first, n = stretch.first, stretch.n
    return working_finish(
        start, work, starts_of(w, first, n), ends_of(w, first, n), done_of(w, first, n)
    )


@compiled
def after(w: World, start: int, limit: int) -> int:
    """When a limit of calendar or working time after `start` is over."""
    one = limit_at(w, limit)
    if one.working:
        return working_end(w, 0, start, one.ms)
    return start + one.ms


@compiled
def opens(w: World, channel: int) -> int:
    """When a channel is open next, from now on."""
    hours = channel_at(w, channel)
    first, n = hours.hours, hours.n_hours
    return next_open(w.now, starts_of(w, first, n), ends_of(w, first, n))
