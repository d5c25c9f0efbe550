"""Which of many places are best for some stations, and how far from best any choice can be.

`Location` is one problem that three well-known ones are cases of: cover as many residents as
possible with stations that take so many grids each, the same without that limit (maximal covering),
and the least way to the nearest station (p-median, as the way saved). A design is improved until no
exchange of one place for another helps; a bound that no design can pass comes from Lagrange prices.
Called by `govsim.siting.models`; knows nothing of districts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from govsim.siting import loops

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LOOKS = 4
"""Places that are tried in earnest in exchange for one, those that seem best."""

NEIGHBOURS = 2
"""Neighbours of a place that are taken away with it."""

ROUNDS, PATIENCE = 600, 20
"""Steps of the prices at most, and steps without a better bound before they become smaller."""

SMALLEST = 0.005
"""Step, beside the first of 1, below which prices are left as they are."""

ALIKE = 1e-9
"""Share of a value below which two are the same, which are sums in another order."""


@dataclass(frozen=True)
class Choice:
    """How many options are chosen.

    Attributes
    ----------
    count : in all, beside those that always stand.
    today : at least so many of those that stand today.
    """

    count: int
    today: int = 0


@dataclass(frozen=True)
class Solved:
    """A design and its bound.

    Attributes
    ----------
    chosen : options, beside those that always stand; in their order.
    value : what they are worth.
    bound : what any design is worth at most.
    price : of each client, with which the bound was found.
    """

    chosen: tuple[int, ...]
    value: float
    bound: float
    price: Floats | None = field(default=None, repr=False, compare=False)

    @property
    def gap(self) -> float:
        """How much better any design could be at most, as a share of the bound."""
        return max(0.0, self.bound - self.value) / self.bound if self.bound > 0 else 0.0


@dataclass(frozen=True)
class Location:
    """Options and their clients.

    Attributes
    ----------
    clients : int64[options, most], the clients of each option, filled up with `n`.
    worth : float64[options, most], what each is worth to it, 0 for those that fill up. Where `room`
        limits anyone, a client is worth the same to all.
    room : int64[options], how many clients each takes.
    n : number of clients.
    always, today : bool[options], options that stand whatever is chosen, and those that stand
        today and may go.
    whole : whether every value is a whole number.
    places : float[options, 2], where options are, if that helps to find those near one another.
    """

    clients: Ints
    worth: Floats
    room: Ints
    n: int
    always: Bools
    today: Bools
    whole: bool = False
    places: Floats | None = None

    @cached_property
    def limited(self) -> bool:
        """Whether any option has more clients than it takes."""
        return bool((self.room < (self.clients < self.n).sum(axis=1)).any())

    @cached_property
    def weight(self) -> Floats:
        """What each client is worth at most; to all the same where there are limits."""
        found = np.zeros(self.n + 1)
        np.maximum.at(found, self.clients, self.worth)
        return found

    @cached_property
    def free(self) -> Bools:
        """Options that are chosen among."""
        return ~self.always

    def opened(self, chosen: Iterator[int] | tuple[int, ...] | list[int]) -> Bools:
        """Mark those that stand when these are chosen."""
        found = self.always.copy()
        found[np.fromiter(chosen, dtype=np.int64)] = True
        return found

    # ------------------------------------------------------------------ what a design is worth

    @cached_property
    def _reverse(self) -> tuple[Ints, Ints, Ints]:
        """Clients by worth, and the options of each: order, starts, options."""
        option, place = np.nonzero(self.clients < self.n)
        client = self.clients[option, place]
        by = np.lexsort((option, client))
        starts = np.zeros(self.n + 1, dtype=np.int64)
        np.cumsum(np.bincount(client, minlength=self.n), out=starts[1:])
        some = np.flatnonzero(self.weight[: self.n] > 0)
        order = some[np.argsort(-self.weight[some], kind="stable")]
        return order.astype(np.int64), starts, option[by].astype(np.int64)

    @cached_property
    def _full(self) -> Floats:
        """Worth of each client to each option, [options, clients]."""
        found = np.zeros((len(self.room), self.n + 1))
        np.maximum.at(found, (np.arange(len(self.room))[:, None], self.clients), self.worth)
        return found[:, : self.n]

    def holders(self, opened: Bools) -> Ints:
        """Say who serves each client, or -1: int64[clients]."""
        if not self.limited:
            if not opened.any():
                return np.full(self.n, -1, dtype=np.int64)
            rows = np.flatnonzero(opened)
            best = rows[self._full[rows].argmax(axis=0)]
            return np.where(self._full[best, np.arange(self.n)] > 0, best, -1).astype(np.int64)
        holder = np.empty(self.n, dtype=np.int64)
        most = int(min(self.room.max(initial=0), self.n))
        held = np.empty((len(self.room), most), dtype=np.int64)
        holds = np.empty(len(self.room), dtype=np.int64)
        loops.cover(*self._reverse, opened, np.minimum(self.room, self.n), holder, held, holds)
        return holder

    def value(self, opened: Bools) -> float:
        """Say what a design is worth."""
        if self.limited:
            return float(self.weight[: self.n][self.holders(opened) >= 0].sum())
        if not opened.any():
            return 0.0
        return float(self._full[opened].max(axis=0).sum())

    def gains(self, holder: Ints) -> Floats:
        """Say what each option would add at once to what is served: float[options]."""
        price = np.zeros(self.n + 1)
        price[:-1][holder >= 0] = np.inf
        price[-1] = np.inf
        return self._sums(price)[0]

    def _sums(self, price: Floats, chosen: Bools | None = None) -> tuple[Floats, Ints]:
        none = np.zeros(len(self.room), dtype=np.bool_)
        taken = np.empty(self.n + 1, dtype=np.int64)
        sums = np.empty(len(self.room))
        mine = none if chosen is None else chosen
        loops.best_sums(self.clients, self.worth, price, self.room, mine, taken, sums)
        return sums, taken

    # ------------------------------------------------------------------ the bound

    def best_by(self, sums: Floats, choice: Choice) -> Bools:
        """Choose by sums: the best of today's that must stay, then the best of all others."""
        order = np.argsort(-sums, kind="stable")
        picked = self.always.copy()
        today = order[self.today[order]][: choice.today]
        picked[today] = True
        rest = order[~picked[order]][: choice.count - len(today)]
        picked[rest] = True
        return picked

    def prices(
        self, choices: list[Choice], solved: list[Solved], price: Floats | None = None
    ) -> list[Solved]:
        """Improve bounds, and designs by the way, for one choice after the other.

        Parameters
        ----------
        choices : how many are chosen.
        solved : the best that is known of each.
        price : to begin with, of each client.

        Returns
        -------
        list of Solved
            The best that is known of each choice now.

        Notes
        -----
        Lagrangian relaxation of "each client is served once" with subgradient steps (Held, Wolfe
        and Crowder 1974; Beasley 1993 for location). What options are left with at some prices is
        a bound for every number of them, so one step serves all choices.
        """
        bounds = np.array([one.bound for one in solved])
        found = list(solved)
        price = self._first_prices() if price is None else price
        for i, choice in enumerate(choices):
            price = self._search(i, choice, choices, bounds, found, price)
            found[i] = replace(found[i], price=price)
        return [
            replace(one, bound=max(one.value, self._rounded(bound)))
            for one, bound in zip(found, bounds.tolist(), strict=True)
        ]

    def _first_prices(self) -> Floats:
        price = self.weight / 2
        price[-1] = np.inf
        return price

    def _rounded(self, bound: float) -> float:
        return float(np.floor(bound + 1e-6)) if self.whole else float(bound)

    def _search(
        self,
        i: int,
        choice: Choice,
        choices: list[Choice],
        bounds: Floats,
        found: list[Solved],
        price: Floats,
    ) -> Floats:
        """Move prices until the bound of one choice is as low as they make it."""
        step, since, best = 1.0, 0, price
        for round_ in range(ROUNDS):
            sums = self._sums(price)[0]
            mine = self.best_by(sums, choice)
            now = float(price[:-1].sum() + sums[mine].sum())
            if now < bounds[i] - ALIKE * max(1.0, now):
                since, best = -1, price
            self._lower(bounds, choices, float(price[:-1].sum()), sums)
            since += 1
            if (round_ % 3 == 0 and self.limited) or round_ % 10 == 0:
                self._keep(i, mine, found)
            if self._rounded(bounds[i]) - found[i].value <= ALIKE * max(1.0, found[i].value):
                break
            if since >= PATIENCE:
                step, since, price = step / 2, 0, best
                if step < SMALLEST:
                    break
                continue
            over = 1.0 - self._sums(price, mine)[1][:-1]
            # A client that costs nothing and is served by nobody can't cost less.
            over[(price[:-1] <= 0) & (over > 0)] = 0
            square = float((over * over).sum())
            if square == 0:
                break
            size = step * max(now - found[i].value, 1e-6 * max(1.0, now)) / square
            price = price.copy()
            price[:-1] = np.maximum(price[:-1] - size * over, 0.0)
        return best

    def _lower(self, bounds: Floats, choices: list[Choice], whole: float, sums: Floats) -> None:
        """Lower the bounds of all choices by what is left at some prices."""
        whole += float(sums[self.always].sum())
        order = np.argsort(-sums, kind="stable")
        order = order[self.free[order]]
        counts = np.array([choice.count for choice in choices])
        stay = np.array([choice.today for choice in choices])
        for least in set(stay.tolist()):
            first = order[self.today[order]][:least]
            rest = order[~np.isin(order, first)]
            upto = np.concatenate([[0.0], np.cumsum(sums[rest])]) + float(sums[first].sum())
            some = stay == least
            more = np.minimum(counts[some] - len(first), len(rest))
            bounds[some] = np.minimum(bounds[some], whole + upto[more])

    def left(self, choice: Choice, solved: Solved) -> Ints:
        """Name the options that may be part of a better design, the most promising first.

        At the prices that made the bound, a design with one of the others is worth no more than
        the one that is known.
        """
        assert solved.price is not None
        sums = self._sums(solved.price)[0]
        mine = self.best_by(sums, choice)
        bound = float(solved.price[:-1].sum() + sums[mine].sum())
        # In comes one, out goes the least of those that may: at least so much is lost.
        least = float(sums[mine & self.free].min(initial=np.inf))
        with_it = np.where(mine, bound, bound - np.maximum(least - sums, 0.0))
        better = np.flatnonzero(self.free & (with_it > solved.value + (1 - 1e-5) * self.whole))
        better = better[np.argsort(-with_it[better], kind="stable")]
        return better.astype(np.int64)

    def _keep(self, i: int, opened: Bools, found: list[Solved]) -> None:
        value = self.value(opened)
        if value > found[i].value * (1 + ALIKE):
            found[i] = replace(found[i], chosen=self.named(opened), value=value)

    def named(self, opened: Bools) -> tuple[int, ...]:
        """Name the options that were chosen."""
        return tuple(np.flatnonzero(opened & ~self.always).tolist())

    # ------------------------------------------------------------------ a good design

    def grown(self, choice: Choice, start: tuple[int, ...] = ()) -> Bools:
        """Add ever the option that adds most."""
        opened = self.opened(start)
        while (n := int((opened & self.free).sum())) < choice.count:
            gains = self._added(opened)
            needed = choice.today - int((opened & self.today).sum())
            able = self.free & ~opened
            if needed >= choice.count - n:
                able &= self.today
            places = np.flatnonzero(able)
            opened[places[int(np.argmax(gains[places]))]] = True
        return opened

    def _added(self, opened: Bools) -> Floats:
        """Say what each option would add."""
        if self.limited:
            return self.gains(self.holders(opened))
        has = self._full[opened].max(axis=0) if opened.any() else np.zeros(self.n)
        return np.asarray(np.maximum(self._full - has, 0.0).sum(axis=1))

    def improved(self, opened: Bools, choice: Choice) -> Bools:
        """Exchange one option for another as long as that helps."""
        exchange: Callable[[Bools, Choice], Bools | None]
        exchange = self._exchange_limited if self.limited else self._exchange
        while True:
            better = exchange(opened, choice)
            if better is None and self.limited and self.places is not None:
                better = self._rebuilt(opened, choice)
            if better is None:
                return opened
            opened = better

    def _may_go(self, opened: Bools, choice: Choice) -> tuple[Ints, bool]:
        """Name those that may be closed, and say whether one of today's must come for one."""
        return np.flatnonzero(opened & self.free), int((opened & self.today).sum()) <= choice.today

    def _exchange(self, opened: Bools, choice: Choice) -> Bools | None:
        """Find the best exchange of all, where nobody is limited."""
        rows = np.flatnonzero(opened)
        order = np.argsort(-self._full[rows], axis=0, kind="stable")
        here = np.arange(self.n)
        first = rows[order[0]]
        most = self._full[first, here]
        second = self._full[rows[order[1]], here] if len(rows) > 1 else np.zeros(self.n)
        gain = np.maximum(self._full - most, 0.0).sum(axis=1)
        # What is lost with each, of clients to whom the newcomer is worth less than it was.
        lost = most - np.minimum(np.maximum(self._full, second), most)
        by = np.argsort(first, kind="stable")
        ends = np.searchsorted(first[by], np.arange(len(opened) + 1))
        sums = np.concatenate([np.zeros((len(opened), 1)), np.cumsum(lost[:, by], axis=1)], axis=1)
        leaving, tight = self._may_go(opened, choice)
        coming = np.flatnonzero(self.free & ~opened)
        if not len(leaving) or not len(coming):
            return None
        net = gain[coming, None] - (
            sums[np.ix_(coming, ends[leaving + 1])] - sums[np.ix_(coming, ends[leaving])]
        )
        if tight:
            net[np.ix_(~self.today[coming], self.today[leaving])] = -np.inf
        j, s = np.unravel_index(int(np.argmax(net)), net.shape)
        if net[j, s] <= ALIKE * max(1.0, float(most.sum())):
            return None
        made = opened.copy()
        made[leaving[s]], made[coming[j]] = False, True
        return made

    def _exchange_limited(self, opened: Bools, choice: Choice) -> Bools | None:
        """Find the first exchange that helps, of the options that seem best for each that goes."""
        now = self.value(opened)
        leaving, tight = self._may_go(opened, choice)
        for s in leaving.tolist():
            less = opened.copy()
            less[s] = False
            holder = self.holders(less)
            gains = self.gains(holder)
            able = self.free & ~opened
            if tight and self.today[s]:
                able &= self.today
            places = np.flatnonzero(able)
            order = places[np.argsort(-gains[places], kind="stable")][:LOOKS]
            for j in order.tolist():
                made = less.copy()
                made[j] = True
                if self.value(made) > now * (1 + ALIKE) + ALIKE:
                    return made
        return None

    def _rebuilt(self, opened: Bools, choice: Choice) -> Bools | None:
        """Take some neighbours away together, and put as many back where they add most."""
        assert self.places is not None
        now = self.value(opened)
        going = np.flatnonzero(opened & self.free)
        for s in going.tolist():
            far = np.hypot(*(self.places[going] - self.places[s]).T)
            near = going[np.argsort(far, kind="stable")]
            for n in range(2, 2 + NEIGHBOURS):
                gone = near[:n]
                less = opened.copy()
                less[gone] = False
                made = self._back(less, gone, now, choice)
                if made is not None:
                    return made
        return None

    def _back(self, less: Bools, gone: Ints, now: float, choice: Choice) -> Bools | None:
        gains = self.gains(self.holders(less))
        places = np.flatnonzero(self.free & ~less)
        for first in places[np.argsort(-gains[places], kind="stable")][:LOOKS].tolist():
            made = less.copy()
            made[first] = True
            for _ in gone[1:]:
                more = np.where(self.free & ~made, self.gains(self.holders(made)), -1.0)
                made[int(np.argmax(more))] = True
            if int((made & self.today).sum()) < choice.today:
                continue
            if self.value(made) > now * (1 + ALIKE) + ALIKE:
                return made
        return None

    def solve(self, choices: list[Choice]) -> Iterator[Solved]:
        """Find a good design and a bound for each choice; further ones go on from the one before.

        Yields
        ------
        Solved
            Of each choice, in their order.
        """
        first: list[Solved] = []
        chosen: tuple[int, ...] = ()
        for choice in choices:
            start = self.improved(self.grown(choice, self._fitting(chosen, choice)), choice)
            chosen = self.named(start)
            first.append(Solved(chosen, self.value(start), float("inf")))
        for choice, one, before in zip(choices, self.prices(choices, first), first, strict=True):
            if one.chosen == before.chosen:  # nothing to improve that was not tried
                yield one
                continue
            better = self.improved(self.opened(one.chosen), choice)
            value = max(self.value(better), one.value)
            yield replace(one, chosen=self.named(better), value=value, bound=max(one.bound, value))

    def _fitting(self, chosen: tuple[int, ...], choice: Choice) -> tuple[int, ...]:
        """Leave of an earlier choice what goes with this one."""
        return chosen if len(chosen) <= choice.count else ()
