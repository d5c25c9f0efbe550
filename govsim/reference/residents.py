"""The residents' side of the model: patience, trust, repeated reports, and the hotline 12345.

`Residents` holds what residents do while `govsim.model` serves them, and what the
centre makes of their calls. It knows of the service only what it asks of it below.
"""

from __future__ import annotations

from abc import abstractmethod

from govsim.demand.randomness import NEVER
from govsim.reference.people import Job
from govsim.reference.replication import Replication
from govsim.service import rules
from govsim.service.outcome import ORDER_COLUMNS
from govsim.service.plan import AT_DESK, BY_CENTRE, OF_ORDER
from govsim.service.rules import (
    ANSWER,
    CALL,
    ENDED_ANSWERED,
    FIRST_CHANNEL,
    FIRST_REPORT,
    OPEN,
    OPENS_AGAIN,
    ORDER_COMES,
    ORDER_DUE,
    PATIENCE_ENDS,
    REPEAT,
    REPEATED,
    REPEATED_INTAKE,
    SOLVE,
    WAITING,
    WITHDRAWN,
)

ORDER = {name: i for i, name in enumerate(ORDER_COLUMNS)}
"""Where the columns of an order stand in its record."""


class Residents(Replication):
    """What residents do meanwhile."""

    @abstractmethod
    def clocks_start(self, d: int) -> None:
        """Let the three clocks run."""

    @abstractmethod
    def dispatches(self, d: int) -> None:
        """Ask for a crew."""

    @abstractmethod
    def desk(self, kind: int, d: int, round_: int, work: int) -> None:
        """Give the desk something to do."""

    @abstractmethod
    def is_replied(self, d: int) -> None:
        """Note a reply."""

    @abstractmethod
    def is_solved(self, d: int, how: int) -> None:
        """Note that the problem is solved."""

    # ------------------------------------------------------------------ meanwhile, residents

    def set_patience(self, d: int, end: int) -> None:
        """Let patience end at another time; what was set before is void."""
        if end != self.patience_end[d]:
            self.patience_end[d] = end
            self.at(end, PATIENCE_ENDS, d, self.loses_patience, d, end)

    def stretch_patience(self, d: int, factor: float) -> None:
        """Something happened: what is left of patience is multiplied."""
        end = self.patience_end[d]
        if end < NEVER:
            self.set_patience(d, rules.stretched(self.now, end, factor))

    def limit(self, d: int, promise: int) -> tuple[int, bool]:
        """Limit of a promise to this resident; a category may have a clock 2 of its own."""
        row: int = promise
        if promise == SOLVE:
            row = self.categories[self.table.category[d]].solve
        return self.limits[row]

    def promise_due(self, d: int, promise: int) -> None:
        """A clock has run out; a broken promise costs this resident's trust."""
        own = self.categories[self.table.category[d]].solves_complex
        if rules.promise_broken(
            promise,
            self.state[d] == OPEN,
            self.solved[d],
            self.scene[d] >= 0,
            self.replied[d] >= 0,
            rules.solution_promised(self.table.complex[d], own),
        ):
            self.stretch_patience(d, self.numbers.left_after_broken)

    def loses_patience(self, d: int, end: int) -> None:
        """Patience has ended: the resident calls 12345, or withdraws."""
        if end != self.patience_end[d] or self.solved[d] or self.state[d] != OPEN:
            return
        self.patience_end[d] = NEVER
        self.patience_ended[d] = self.now
        job = self.visit_of.get(d)
        allowed = self.numbers.withdraws
        if job and rules.withdraws(allowed, job.state, job.kind):
            self.staffing.leave(job)
            del self.visit_of[d]
            self.state[d] = WITHDRAWN
        if self.table.calls[d]:
            start = self.clock_start[d]
            due = self.after(start, self.limits[ANSWER]) if start >= 0 else NEVER
            reply_due = rules.reply_is_due(due, self.now)
            first = self.orders[d] == 0
            self.calls_12345(
                d, rules.cause_of_call(first, self.scene[d] >= 0, self.replied[d] >= 0, reply_due)
            )

    def reports_again(self, d: int) -> None:
        """Still unresolved: the resident reports it once more, the same way."""
        if self.solved[d] or self.state[d] != OPEN:
            return
        self.repeats[d] += 1
        via = self.channels[self.channel[d]].via
        if via == BY_CENTRE:
            self.calls_12345(d, REPEATED)
        elif via == AT_DESK and d not in self.repeat_pending:
            self.repeat_pending.add(d)
            self.desk(REPEATED_INTAKE, d, 0, self.table.intake[d])
        if self.repeats[d] < self.table.repeats[d]:
            self.at(self.now + self.table.repeat_after[d], REPEAT, d, self.reports_again, d)

    # ------------------------------------------------------------------ the hotline 12345

    def calls_12345(self, d: int, cause: int) -> None:
        """The resident calls 12345; the order is recorded and waits for a call-taker."""
        if self.numbers.centre < 0 or self.orders[d] >= self.numbers.most_calls:
            return
        order = len(self.order_log)
        self.order_log.append([d, self.now, cause, self.orders[d], 0, -1, -1, -1, 0])
        self.orders_of.setdefault(d, []).append(order)
        job = Job(CALL, d, self.orders[d], self.table.call[d], self.now)
        self.orders[d] += 1
        job.key = (0, self.now)
        self.staffing.give(job, self.numbers.centre)

    def call_is_taken(self, job: Job) -> None:
        """The centre answers on the call, or sends the order to the point that covers the grid."""
        d = job.demand
        order = self.orders_of[d][job.round]
        log = self.order_log[order]
        if log[ORDER["cause"]] == FIRST_CHANNEL and self.table.answered_by_centre[d]:
            log[ORDER["answered"]] = 1
            self.is_replied(d)
            self.is_solved(d, ENDED_ANSWERED)
        elif self.table.order_delay[d]:
            comes = self.now + self.table.order_delay[d]
            self.at(comes, ORDER_COMES, order, self.order_comes, order)
        else:
            self.order_comes(order)

    def order_comes(self, order: int) -> None:
        """The order reaches the service point: new work, a nudge, or the case opened again."""
        log = self.order_log[order]
        d = log[ORDER["demand"]]
        log[ORDER["arrived"]] = self.now
        log[ORDER["due"]] = due = self.after(log[ORDER["time"]], self.limits[OF_ORDER])
        if log[ORDER["resolved"]] >= 0:
            return  # solved since the call; the reply is on its way, or was given
        # Counted from the call, the limit may be over before the order is here.
        self.at(max(due, self.now), ORDER_DUE, order, self.order_is_due, order)
        clock_runs = self.clock_start[d] >= 0
        means = rules.order_means(self.state[d] == OPEN, clock_runs, self.reopened[d] > 0)
        if means == OPENS_AGAIN:
            self.opens_again(d)
        elif means == FIRST_REPORT:
            self.clocks_start(d)
            self.accepts_order(d)
        else:
            self.presses(d)

    def accepts_order(self, d: int) -> None:
        """An order that is the first report skips the desk's intake."""
        self.accepted[d] = self.now
        self.dispatches(d)

    def opens_again(self, d: int) -> None:
        """A closed demand is opened again, as urgent work on the scene."""
        self.state[d], self.solved[d], self.urgent[d] = OPEN, False, True
        self.reopened[d] += 1
        self.dispatches(d)

    def presses(self, d: int) -> None:
        """An order that follows a failure, or is overdue, raises the demand in its queue."""
        self.urgent[d] = True
        job = self.visit_of.get(d)
        if job is not None and job.state == WAITING and job.queue is not None:
            raised = rules.queue_class(job.key[0], True, self.numbers.overdue_priority)
            if raised != job.key[0]:
                self.staffing.move_up(job, raised)

    def order_is_due(self, order: int) -> None:
        """The limit of an order is over; unresolved, it presses, and residents call again."""
        log = self.order_log[order]
        d = log[ORDER["demand"]]
        if log[ORDER["resolved"]] >= 0 or self.state[d] != OPEN:
            return
        log[ORDER["overdue"]] = 1
        self.presses(d)
        if order == self.orders_of[d][-1] and self.table.calls_again[self.orders[d]][d]:
            self.calls_12345(d, REPEATED)

    def is_called_back(self, d: int, closed: int) -> None:
        """The centre asks how it went; who is not content may give a further order."""
        still = self.closed[d] == closed and self.state[d] != OPEN
        if still and not self.satisfied[d] and self.table.calls_again[self.orders[d]][d]:
            self.calls_12345(d, REPEATED)
