"""Notices when anything changes of one demand that is watched; see `govsim.engine.watch`.

`World.watched` is that demand, or -1; nobody is watched in an ordinary run, which then
compares one number an event. Of the watched demand, its own record is compared with
what it was; what changes of its work and orders only, elsewhere, is `touch`ed there.
"""

from __future__ import annotations

from govsim.engine.memory import DEMAND, World
from govsim.engine.tables import word_at
from govsim.service.compiling import compiled, inlined

SIZE = DEMAND.itemsize
assert SIZE % 8 == 0, "records are compared by words of 8 bytes"


@inlined
def touch(w: World, d: int) -> None:
    """Note that a piece of work or an order of a demand has changed."""
    if d == w.watched:
        w.touched = True


@compiled
def has_changed(w: World) -> bool:
    """Tell whether the watched demand may have changed since this was last asked."""
    changed = w.touched
    w.touched = False
    record = w.at_demands + w.watched * SIZE
    for k in range(SIZE // 8):
        now, before = word_at(record, k, 8), word_at(w.at_last_seen, k, 8)
        if now.value != before.value:
            changed = True
            before.value = now.value
    return changed
