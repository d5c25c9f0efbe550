"""Reaching into the tables of a `World` from compiled code.

The world is one record of numbers, addresses of tables among them, and is handed from
function to function as one pointer: with its three dozen tables as arrays, compiling
took four times as long. `demand_at(w, d)` and the like name a record of a table; what is
assigned to its fields is written there. No index is checked, here as in all compiled code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import carray, from_dtype, types
from numba.extending import intrinsic

from govsim.engine.memory import NUMBER, TABLES
from govsim.service.compiling import inlined


def _pointer_to(kind: Any) -> Callable[[int, int, int], Any]:
    """Make what gives element `index` of a table of elements of `size` bytes, as a pointer."""

    @intrinsic
    def element(typing: Any, address: Any, index: Any, size: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            address, index, size = args
            place = builder.add(address, builder.mul(index, size))
            return builder.inttoptr(place, context.get_value_type(signature.return_type))

        return kind(types.int64, types.int64, types.int64), generate

    found: Callable[[int, int, int], Any] = element
    return found


def _records(table: str) -> Callable[[Any, int], Any]:
    """Make what gives a record of a table by its place."""
    kind = TABLES[table]
    element, size, field = _pointer_to(from_dtype(kind)), kind.itemsize, f"at_{table}"
    made: dict[str, Any] = {"element": element, "size": size}
    # A field must stand in the code by name to be compiled.
    exec(f"def at(w, i):\n    return element(w.{field}, i, size)\n", made)
    found: Callable[[Any, int], Any] = inlined(made["at"])
    return found


def _stretch(table: str) -> Callable[[Any, int, int], Any]:
    """Make what gives `n` numbers of a table from the first on, as an array."""
    element = _pointer_to(types.CPointer(types.int64))
    made: dict[str, Any] = {"element": element, "carray": carray, "int64": np.int64}
    exec(
        f"def of(w, first, n):\n    return carray(element(w.at_{table}, first, 8), (n,), int64)\n",
        made,
    )
    found: Callable[[Any, int, int], Any] = inlined(made["of"])
    return found


word_at = _pointer_to(from_dtype(NUMBER))
luck_at = _records("luck")
stage_at = _records("stages")
demand_at = _records("demands")
category_at = _records("categories")
channel_at = _records("channels")
point_at = _records("points")
clock_at = _records("clocks")
limit_at = _records("limits")
area_at = _records("areas")
staff_at = _records("staff")
queue_at = _records("queues")
step_at = _records("steps")
job_at = _records("jobs")
node_at = _records("nodes")
order_at = _records("orders")
visit_at = _records("visits")
event_at = _records("events")
later_at = _records("later")
chain_of_stretch = _records("stretches")
frame_at = _records("stack")
listed = _records("lists")
helpers_out_at = _records("helpers_out")
contentment_at = _records("contentment")
crew_at = _records("crews")
speed_at = _records("speeds")
loses_trust_at = _records("loses_trust")
satisfaction_at = _records("satisfaction")
escalates_at = _records("escalates")
calls_again_at = _records("calls_again")
starts_of = _stretch("starts")
ends_of = _stretch("ends")
done_of = _stretch("done")
lists_of = _stretch("lists")
