"""Mutants that can't make a difference to any outcome, by the reason why.

A name may be cut off behind a function or a statement: it then stands for all that begin so.
"""

from __future__ import annotations

_PAYLOADS = (
    "residents.call_is_taken: at(w, w.now + luck.order_delay, ORDER_COMES, o, 0) -> at(w, w.now + "
    "luck.order_delay, ORDER_COMES, o, ",
    "residents.order_comes: order.due_event = at(w, max(due, now), ORDER_DUE, o, 0) -> "
    "order.due_event = at(w, max(due, now), ORDER_DUE, o, ",
    "residents.reports_again: at(w, w.now + luck.repeat_after, REPEAT, d, 0) -> at(w, w.now + "
    "luck.repeat_after, REPEAT, d, ",
    "service.accepts: at(w, now + luck.dispatch_delay, PASSED_ON, 2 * d + 1, 0) -> at(w, now + "
    "luck.dispatch_delay, PASSED_ON, 2 * d + 1, ",
    "service.clocks_start: demand.interim_event = at(w, now + w.interim_after, INTERIM, d, 0) -> "
    "demand.interim_event = at(w, now + w.interim_after, INTERIM, d, ",
    "service.clocks_start: at(w, after(w, now, limit), PROMISE_DUE, 4 * d + promise, 0) -> "
    "at(w, after(w, now, limit), PROMISE_DUE, 4 * d + promise, ",
    "service.meeting_is_called: at(w, sittings[following], SITTING, area, 0) -> at(w, "
    "sittings[following], SITTING, area, ",
    "service.reports: at(w, now + luck.repeat_after, REPEAT, d, 0) -> at(w, now + "
    "luck.repeat_after, REPEAT, d, ",
    "service.reports: at(w, now + luck.handing_over, PASSED_ON, 2 * d, 0) -> at(w, now + "
    "luck.handing_over, PASSED_ON, 2 * d, ",
    "work._begun: at(w, now + luck.handing_over, PASSED_ON, 2 * d, 0) -> at(w, now + "
    "luck.handing_over, PASSED_ON, 2 * d, ",
)

_BELOW_ZERO = (
    "staffing._enter: node.child = node.sibling = -1 -> node.child = node.sibling = -2",
    "staffing._drop_first: pairs, child = (-1, node_at(w, old).child) -> pairs, child = "
    "(-2, node_at(w, old).child)",
    "staffing._drop_first: first = -1 -> first = -2",
    "staffing._drop_first: node_at(w, pairs).sibling = -1 -> node_at(w, pairs).sibling = -2",
    "staffing._head: return -1 -> return -2",
    "staffing.take_next: frame.staff, frame.queue, frame.seen = (s, -1, 0) -> frame.staff, "
    "frame.queue, frame.seen = (s, -2, 0)",
    "staffing.take_next: frame.staff, frame.queue, frame.seen = (other, -1, 0) -> "
    "frame.staff, frame.queue, frame.seen = (other, -2, 0)",
    "staffing.take_next: frame.queue = -1 -> frame.queue = -2",
    "staffing._first_head: best = -1 -> best = -2",
    "staffing._begun_last: last = -1 -> last = -2",
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, "
    "0, -1, -1, -1, -1) -> job.class_, job.rank, job.staff, job.queue, job.order, "
    "job.visit = (0, 0, -1, -2, -1, -1)",
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, "
    "0, -1, -1, -1, -1) -> job.class_, job.rank, job.staff, job.queue, job.order, "
    "job.visit = (0, 0, -1, -1, -1, -2)",
    "work.begin: job.before, job.after = (-1, staff.in_hand) -> job.before, job.after = "
    "(-2, staff.in_hand)",
    "work.release: demand.visit = -1 -> demand.visit = -2",
    "service.finds_crew: best = _who_goes(w, j, luck.point, group, -1) -> best = "
    "_who_goes(w, j, luck.point, group, -2)",
    "service.turned_away: job.state, demand.visit, demand.state = (GONE, -1, TURNED_AWAY) "
    "-> job.state, demand.visit, demand.state = (GONE, -2, TURNED_AWAY)",
    "service.finished: demand_at(w, d).visit = -1 -> demand_at(w, d).visit = -2",
    "service.waits_for_meeting: demand_at(w, d).next_waiting = -1 -> demand_at(w, "
    "d).next_waiting = -2",
    "service.is_solved: demand.visit = -1 -> demand.visit = -2",
    "service.calls_12345: order.overdue, order.next, order.due_event = (0, -1, NOWHERE) -> "
    "order.overdue, order.next, order.due_event = (0, -2, NOWHERE)",
    "residents.loses_patience: demand.visit = -1 -> demand.visit = -2",
    "staffing.take_next: best = _next_of(w, s, able) if able > 0 else -1 -> best = _next_of(w, s, "
    "able) if able > 0 else -2",
    "staffing._next_of: own = -1 -> own = -2",
    "staffing._next_of: return own if crew_of(w, queue_at(w, q).group, s) <= able else -1 -> "
    "return own if crew_of(w, queue_at(w, q).group, s) <= able else -2",
    "staffing._next_of: return -1 -> return -2",
    "staffing.rosters_change: at_work = more = first_at_work = first_more = -1 -> at_work = more "
    "= first_at_work = first_more = -2",
    "staffing.rosters_change: staff.onward = -1 -> staff.onward = -2",
)

_SET_BEFORE_READ = (
    "work.new_job: job.began, job.ends, job.handed_back, job.shift = (-1, -1, False, 0) -> "
    "job.began, job.ends, job.handed_back, job.shift = (-2, -1, False, 0)",
    "work.new_job: job.began, job.ends, job.handed_back, job.shift = (-1, -1, False, 0) -> "
    "job.began, job.ends, job.handed_back, job.shift = (-0, -1, False, 0)",
    "work.new_job: job.began, job.ends, job.handed_back, job.shift = (-1, -1, False, 0) -> "
    "job.began, job.ends, job.handed_back, job.shift = (-1, -2, False, 0)",
    "work.new_job: job.began, job.ends, job.handed_back, job.shift = (-1, -1, False, 0) -> "
    "job.began, job.ends, job.handed_back, job.shift = (-1, -0, False, 0)",
    "work.new_job: job.began, job.ends, job.handed_back, job.shift = (-1, -1, False, 0) -> "
    "job.began, job.ends, job.handed_back, job.shift = (-1, -1, False, 1)",
    "work.new_job: job.began, job.ends, job.handed_back, job.shift = (-1, -1, False, 0) -> "
    "job.began, job.ends, job.handed_back, job.shift = (-1, -1, False, -1)",
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, "
    "0, -1, -1, -1, -1) -> job.class_, job.rank, job.staff, job.queue, job.order, "
    "job.visit = (0, 0, -2, -1, -1, -1)",
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, "
    "0, -1, -1, -1, -1) -> job.class_, job.rank, job.staff, job.queue, job.order, "
    "job.visit = (0, 0, -0, -1, -1, -1)",
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, "
    "0, -1, -1, -1, -1) -> job.class_, job.rank, job.staff, job.queue, job.order, "
    "job.visit = (0, 0, -1, -1, -2, -1)",
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, "
    "0, -1, -1, -1, -1) -> job.class_, job.rank, job.staff, job.queue, job.order, "
    "job.visit = (0, 0, -1, -1, -0, -1)",
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, "
    "0, -1, -1, -1, -1) -> job.class_, job.rank, job.staff, job.queue, job.order, "
    "job.visit = (0, 1, -1, -1, -1, -1)",
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, "
    "0, -1, -1, -1, -1) -> job.class_, job.rank, job.staff, job.queue, job.order, "
    "job.visit = (0, -1, -1, -1, -1, -1)",
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, "
    "0, -1, -1, -1, -1) -> job.class_, job.rank, job.staff, job.queue, job.order, "
    "job.visit = (0, 0, -1, -0, -1, -1)",
    "work.new_job: job.state, job.crew, job.stage, job.rest, job.over = (WAITING, 1, 0, False, "
    "False) -> job.state, job.crew, job.stage, job.rest, job.over = (WAITING, 1, 1, False, False)",
    "work.new_job: job.state, job.crew, job.stage, job.rest, job.over = (WAITING, 1, 0, False, "
    "False) -> job.state, job.crew, job.stage, job.rest, job.over = (WAITING, 1, -1, False, False)",
    "work.new_job: job.before, job.after, job.references = (-1, -1, 0) -> job.before, "
    "job.after, job.references = (-2, -1, 0)",
    "work.new_job: job.before, job.after, job.references = (-1, -1, 0) -> job.before, "
    "job.after, job.references = (-0, -1, 0)",
    "work.new_job: job.before, job.after, job.references = (-1, -1, 0) -> job.before, "
    "job.after, job.references = (-1, -2, 0)",
    "work.new_job: job.before, job.after, job.references = (-1, -1, 0) -> job.before, "
    "job.after, job.references = (-1, -0, 0)",
    "work.new_visit: row.pool, row.crew, row.began, row.scene, row.ended = (-1, 1, -1, -1, "
    "-1) -> row.pool, row.crew, row.began, row.scene, row.ended = (-2, 1, -1, -1, -1)",
    "work.new_visit: row.pool, row.crew, row.began, row.scene, row.ended = (-1, 1, -1, -1, "
    "-1) -> row.pool, row.crew, row.began, row.scene, row.ended = (-0, 1, -1, -1, -1)",
    "staffing.take_next: frame.staff, frame.queue, frame.seen = (s, -1, 0) -> frame.staff, "
    "frame.queue, frame.seen = (s, -1, 1)",
    "staffing.take_next: frame.staff, frame.queue, frame.seen = (s, -1, 0) -> frame.staff, "
    "frame.queue, frame.seen = (s, -1, -1)",
    "staffing.take_next: frame.staff, frame.queue, frame.seen = (other, -1, 0) -> "
    "frame.staff, frame.queue, frame.seen = (other, -1, 1)",
    "staffing.take_next: frame.staff, frame.queue, frame.seen = (other, -1, 0) -> "
    "frame.staff, frame.queue, frame.seen = (other, -1, -1)",
)

_KEYS = (
    "work.new_job: job.class_, job.rank, job.staff, job.queue, job.order, job.visit = (0, 0, -1, "
    "-1, -1, -1) -> "
)
_KEY_TO = "job.class_, job.rank, job.staff, job.queue, job.order, job.visit = "
_STRETCH = "loop.advance: if time >= w.stretch_end and w.stretch_end < until: -> "
_WATCHED = "loop.advance: if w.watched >= 0 and has_changed(w): -> "
_ROSTER = (
    "loop.advance: time, key, what = (changes_at, event_key(ROSTER, 0), 2) -> time, key, what = "
)
_SITS = (
    "service.meeting_is_called: if following < len(sittings) and sittings[following] == w.now: -> "
)
_ABLE = (
    "staffing.take_next: best = _next_of(w, s, able) if able > 0 else -1 -> best = _next_of(w, s, "
    "able) if "
)
_OTHERS = (
    "staffing.take_next: if queue.n_staff > 1 or listed(w, queue.staff).value != s: -> if "
    "queue.n_staff "
)
_WHO_PRESSES = "residents.presses: if job.state == WAITING and job.queue >= 0: -> "
_CLOCK = (
    "residents.loses_patience: due = after(w, start, ANSWER) if start >= 0 else NEVER -> due = "
)
_ROOM = "loop._most_needed: return 3 * w.live + demands * (w.most_calls + 8) + 16 -> "
_ENTERS = (
    "loop.advance: if enters_at < time or (enters_at == time and event_key(ENTERS, d) < key): -> "
)
_BEGUN = "staffing._begun_last: if x.began > y.began or (x.began == y.began and x.id > y.id): -> "
_CALLS = "service.calls_12345: if w.centre < 0 or demand.orders >= w.most_calls: -> "
_RANK = "service.finds_crew: job.rank = queue_time(by_due, w.now, due(w, d) if by_due else 0) -> "
_NOTHING = "loop.advance: time, key, what = (until, 0, -1) -> "

EQUIVALENT: dict[str, tuple[str, ...]] = {
    "an event's payload that is not read where events of its kind happen": _PAYLOADS,
    "any number below 0 stands for none": _BELOW_ZERO,
    "set before anything reads it": _SET_BEFORE_READ,
    "a table has more room than is needed": (
        "loop._most_needed: demands = 1 + min(w.cases, w.in_meetings) -> demands = 2 +",
        "loop._most_needed: demands = 1 + min(w.cases, w.in_meetings) -> demands = 0 +",
        "loop._most_needed: demands = 1 + min(w.cases, w.in_meetings) -> demands = 1 + max(",
        _ROOM + "return 4 * w.live + demands * (w.most_calls + 8) + 16",
        _ROOM + "return 3 * w.live + demands * (w.most_calls + 9) + 16",
        _ROOM + "return 3 * w.live + demands * (w.most_calls + 7) + 16",
        _ROOM + "return 3 * w.live + demands * (w.most_calls + 8) + 17",
        _ROOM + "return 3 * w.live + demands * (w.most_calls + 8) + 15",
    ),
    "what is compared here is never the same": (
        _ENTERS + "if enters_at < time or (enters_at == time and event_key(ENTERS, d) <= key):",
        "staffing._meld: first = x.class_ < y.class_ -> first = x.class_ <= y.class_",
        "staffing._meld: first = x.rank < y.rank -> first = x.rank <= y.rank",
        "staffing._first_head: better = x.class_ < y.class_ -> better = x.class_ <= y.class_",
        "staffing._first_head: better = x.rank < y.rank -> better = x.rank <= y.rank",
        "staffing._first_head: better = x.id < y.id -> better = x.id <= y.id",
        _BEGUN + "if x.began > y.began or (x.began == y.began and x.id >= y.id):",
    ),
    "two of one instant and one name: of the second, nothing comes": (
        "staffing._meld: first = x.id <= y.id -> first = x.id < y.id",
        "events._push: if above.time < time or (above.time == time and above.key <= key): -> "
        "if above.time < time or (above.time == time and above.key < key):",
        "events.take_event: if b.time < a.time or (b.time == a.time and b.key < a.key): -> "
        "if b.time < a.time or (b.time == a.time and b.key <= a.key):",
    ),
    "nothing is added to what is added up": (
        "work.account: if span > 0: -> if span >= 0:",
        "work.account: if span > 0: -> if span > -1:",
    ),
    "nobody is free: nothing can be taken, and no helper leaves": (
        _ABLE + "able >= 0 else -1",
        _ABLE + "able > -1 else -1",
    ),
    "nobody else draws on the queue": (_OTHERS + ">= 1", _OTHERS + "> 0"),
    "a queue in which somebody waits has a head that stands": (
        "staffing._head: while queue.first >= 0: -> while queue.first >= -1:",
        "staffing._head: return -1 -> return -0",
        "staffing._first_head: if head >= 0: -> if head >= -1:",
    ),
    "only whether it is 0 is asked": (
        "staffing._count: staff_at(w, listed(w, i).value).lendable += change -> staff_at(w, "
        "listed(w, i).value).lendable -= change",
    ),
    "only whether it is the same shift is asked": (
        "staffing._shift_changes: staff.shift += 1 -> staff.shift -= 1",
        "staffing._shift_changes: staff.shift += 1 -> staff.shift += 2",
    ),
    "work that a demand has once, or once at a time: its round tells nothing apart": (
        "service.reports: if done_at_once(w, INTAKE, d, 0, luck.intake): -> if done_at_once(w, "
        "INTAKE, d, 1,",
        "service.goes_to_department: j = new_job(w, CASE, d, 0, luck.department_time) -> j = "
        "new_job(w, CASE, d, 1,",
        "service.interim_reply_is_due: if unheard and done_at_once(w, INTERIM_REPLY, d, 0, "
        "luck_at(w, d).interim_reply): -> if unheard and done_at_once(w, INTERIM_REPLY, d, 1,",
        "residents.reports_again: demand.repeat_pending = not done_at_once(w, REPEATED_INTAKE, d, "
        "0, luck.intake) -> demand.repeat_pending = not done_at_once(w, REPEATED_INTAKE, d, 1,",
    ),
    "who visits a demand is read only while it is open and unsolved, and set before": (
        "service.turned_away: job.state, demand.visit, demand.state = (GONE, -1, TURNED_AWAY) -> "
        "job.state, demand.visit, demand.state = (GONE, -0, TURNED_AWAY)",
        "service.is_solved: demand.visit = -1 -> demand.visit = -0",
        "residents.loses_patience: demand.visit = -1 -> demand.visit = -0",
    ),
    "whom the meeting hears next is read only where somebody waits for it": (
        "service.waits_for_meeting: demand_at(w, d).next_waiting = -1 -> demand_at(w, "
        "d).next_waiting = -0",
    ),
    "the calendar has sittings behind the horizon, so there is one that follows": (
        _SITS + "if following < len(sittings) or sittings[following] == w.now:",
        _SITS + "if following <= len(sittings) and sittings[following] == w.now:",
        "service.meeting_is_called: if following < len(sittings): -> if following <= "
        "len(sittings):",
    ),
    "a report whose clock does not run came by an order: whoever then calls, calls again": (
        _CLOCK + "after(w, start, ANSWER) if start >= -1 else NEVER",
    ),
    "work that has begun is passed over where it stands in a queue once more": (
        _WHO_PRESSES + "if job.state == WAITING or job.queue >= 0:",
    ),
    "the same for all that stand in one queue": (
        _KEYS + _KEY_TO + "(1, 0, -1, -1, -1, -1)",
        _KEYS + _KEY_TO + "(-1, 0, -1, -1, -1, -1)",
    ),
    "where nobody travels, all are as near": (
        "work.way: return 0 -> return 1",
        "work.way: return 0 -> return -1",
    ),
    "nobody is watched in a run": (
        _WATCHED + "if w.watched > 0 and has_changed(w):",
        _WATCHED + "if w.watched >= 1 and has_changed(w):",
    ),
    "sooner in the heap, events come out of it in the same order": (
        _STRETCH + "if time >= w.stretch_end or w.stretch_end < until:",
        _STRETCH + "if time < w.stretch_end and w.stretch_end < until:",
        "events.at: if time >= w.stretch_end: -> if time > w.stretch_end:",
    ),
    "the first step of an instant is of that instant": (
        "loop.advance: last = step + 1 -> last = step + 0",
    ),
    "the event behind the last is the very one that is put lower": (
        "events.take_event: while child < last: -> while child <= last:",
        "events.take_event: if other < last: -> if other <= last:",
    ),
    "the first event is earlier than all, so it is no child's better": (
        "events.take_event: i, child = (0, 1) -> i, child = (0, 0)",
    ),
    "pool 0 is a team's: desks, centre and departments come behind the teams": (
        "service.goes_to_department: if department < 0: -> if department <= 0:",
        "service.goes_to_department: if department < 0: -> if department < 1:",
        "service.done_at_once: if desk < 0 or not work: -> if desk <= 0 or not work:",
        "service.done_at_once: if desk < 0 or not work: -> if desk < 1 or not work:",
        _CALLS + "if w.centre <= 0 or demand.orders >= w.most_calls:",
        _CALLS + "if w.centre < 1 or demand.orders >= w.most_calls:",
    ),
    "work on the scene that waits stands in a queue": (
        "residents.presses: if job.state == WAITING and job.queue >= 0: -> if job.state == WAITING "
        "and job.queue >= -1:",
    ),
    "not read: the other side of a choice": (
        _RANK + "job.rank = queue_time(by_due, w.now, due(w, d) if by_due else 1)",
        _RANK + "job.rank = queue_time(by_due, w.now, due(w, d) if by_due else -1)",
    ),
    "0 times or divided by the number of demands is 0": (
        "service.closes: if not content and escalates_at(w, this * w.n + d).value: -> if not "
        "content and escalates_at(w, this // w.n + d).value:",
    ),
    "the world is one record": ("loop.advance: w = world[0] -> w = world[-1]",),
    "any number but those that are asked for": (
        _NOTHING + "time, key, what = (until, 1, -1)",
        _NOTHING + "time, key, what = (until, -1, -1)",
        _NOTHING + "time, key, what = (until, 0, -2)",
        _ROSTER + "(changes_at, event_key(ROSTER, 1), 2)",
        _ROSTER + "(changes_at, event_key(ROSTER, -1), 2)",
        "loop.advance: time, key, what = (changes_at, event_key(ROSTER, 0), 2) -> time, key, what "
        "= (changes_at, event_key(ROSTER, 0), 3)",
    ),
    "nothing is set for the end of a run, which is all that would come earlier": (
        "loop.advance: if first.time < time: -> if first.time <= time:",
        "loop.advance: if time >= w.stretch_end and w.stretch_end < until: -> if time >= "
        "w.stretch_end and w.stretch_end <= until:",
    ),
}


def reason_of(name: str) -> str:
    """Say why a mutant is equivalent; nothing if it is not listed."""
    for reason, listed in EQUIVALENT.items():
        if any(name.startswith(one) for one in listed):
            return reason
    return ""
