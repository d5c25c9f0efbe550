"""The rules of `govsim.service.rules` and the working clock, compiled from their own code.

Nothing is decided here. `govsim.engine.staffing` and `govsim.engine.service` call these
where `govsim.reference.staffing`, `govsim.model` and `govsim.reference.residents` call the
functions themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from govsim.scenarios import calendar
from govsim.service import rules
from govsim.service.compiling import inlined, shared


@inlined
def bisect_left(values: Sequence[int], x: int) -> int:
    """Do what `bisect.bisect_left` does, which can't be compiled."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def _bisect_right(values: Sequence[int], x: int) -> int:
    """Do what `bisect.bisect_right` does, which can't be compiled."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if x < values[middle]:
            high = middle
        else:
            low = middle + 1
    return low


event_key = shared(rules.event_key)
job_identifier = shared(rules.job_identifier)
whole_ticks = shared(rules.whole_ticks)
handed_over_early = shared(rules.handed_over_early)
travel_time = shared(rules.travel_time, whole_ticks=whole_ticks)
work_time = shared(rules.work_time, whole_ticks=whole_ticks)
free_members = shared(rules.free_members)
can_begin = shared(rules.can_begin)
can_be_made_up = shared(rules.can_be_made_up)
overtime = shared(rules.overtime)
in_free_time = shared(rules.in_free_time)
wants_helper = shared(rules.wants_helper)
queue_class = shared(rules.queue_class)
queue_time = shared(rules.queue_time)
stretched = shared(rules.stretched)
cause_of_call = shared(rules.cause_of_call)
satisfied = shared(rules.satisfied)
hears_more = shared(rules.hears_more)
after_scene = shared(rules.after_scene)
ended_by_work = shared(rules.ended_by_work)
order_means = shared(rules.order_means)
solution_promised = shared(rules.solution_promised)
promise_broken = shared(rules.promise_broken)
reply_is_due = shared(rules.reply_is_due)
word_is_missing = shared(rules.word_is_missing)
withdraws = shared(rules.withdraws)
working_finish = shared(calendar.working_finish)
next_open = shared(calendar.next_open, bisect_right=_bisect_right)
