"""A district as three location problems with the same places, and designs as stations with grids.

The places are today's stations that may go, then the candidates. Stations that stay keep the grids
that they have. Called by `govsim.siting.asked` and `govsim.siting.door`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.scenarios.territory import Territory
from govsim.siting.location import Location, Solved
from govsim.siting.result import COVER, WAYS, WITHIN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WITHOUT_LIMIT = 2**40
"""Room of a station that takes as many grids as there are."""

MOST_CELLS = 25_000_000
"""Places times grids up to which designs without a limit are sought: tables of them are in
memory."""


@dataclass(frozen=True)
class Design:
    """Stations and their grids.

    Attributes
    ----------
    stations : ``point, name_zh, name_en, street, community, change, x, y, from_x, from_y``, those
        that are closed at the end.
    station : int64[grids], row in `stations`, or -1.
    """

    stations: pd.DataFrame
    station: Ints

    @property
    def standing(self) -> pd.DataFrame:
        """The stations that are not closed."""
        return self.stations[self.stations["change"] != "closed"]


@dataclass(frozen=True)
class Places:
    """Where stations may stand, and what they may cover.

    Attributes
    ----------
    territory : of today.
    existing : rows of the territory's points that are stations.
    may_go : bool[existing].
    candidates : ``point, name_zh, name_en, street, community, x, y``.
    able : bool[grids], grids that new stations may cover.
    reach : m.
    grids_each : how many a new station covers at most.
    """

    territory: Territory
    existing: Ints
    may_go: Bools
    candidates: pd.DataFrame
    able: Bools
    reach: float
    grids_each: int

    @cached_property
    def grids_at(self) -> Floats:
        """float[grids, 2], m."""
        return self.territory.grids[["x", "y"]].to_numpy(np.float64)

    @cached_property
    def residents(self) -> Floats:
        """float[grids]."""
        return self.territory.grids["residents"].to_numpy(np.float64)

    @cached_property
    def station(self) -> Ints:
        """int64[grids], place in `existing` of who covers each grid today, or -1."""
        rows = self.territory.grids["station"].to_numpy(np.int64)
        place = {int(row): i for i, row in enumerate(self.existing)}
        return np.array([place.get(int(row), -1) for row in rows], dtype=np.int64)

    @cached_property
    def stations_at(self) -> Floats:
        """float[existing, 2], m."""
        return self.territory.points[["x", "y"]].to_numpy(np.float64)[self.existing]

    @cached_property
    def going(self) -> Ints:
        """Places in `existing` of those that may go: the first options."""
        return np.flatnonzero(self.may_go)

    @cached_property
    def options_at(self) -> Floats:
        """float[options, 2], m."""
        new = self.candidates[["x", "y"]].to_numpy(np.float64)
        return np.concatenate([self.stations_at[self.going], new])

    @cached_property
    def fixed_covers(self) -> Bools:
        """bool[grids], covered by a station that stays whatever is chosen."""
        stays = np.append(~self.may_go, False)
        return np.asarray(stays[self.station])

    @cached_property
    def held(self) -> list[Ints]:
        """Grids of each station that may go."""
        return [np.flatnonzero(self.station == i) for i in self.going]

    @cached_property
    def near(self) -> list[Ints]:
        """Grids that new stations may cover, within reach of each candidate."""
        return self._near(self.candidates[["x", "y"]].to_numpy(np.float64), self.able)

    def _near(self, at: Floats, able: Bools) -> list[Ints]:
        from scipy.spatial import cKDTree

        rows = np.flatnonzero(able)
        if not len(rows) or not len(at):
            return [rows[:0] for _ in at]
        found = cKDTree(self.grids_at[rows]).query_ball_point(at, self.reach, return_sorted=True)
        return [rows[np.asarray(some, dtype=np.int64)] for some in found]

    @cached_property
    def counted(self) -> Bools:
        """bool[grids], grids that a station could cover, or covers today: what shares are of."""
        return np.asarray(self.able | (self.station >= 0))

    # ------------------------------------------------------------------ the three problems

    def problem(self, model: str) -> Location:
        """Lay out a location problem; its options are the same in all three."""
        return {COVER: self._cover, WITHIN: self._within, WAYS: self._ways}[model]()

    def base(self, model: str) -> float:
        """Worth of what stands in any case, in the unit of the problem."""
        if model == COVER:
            return float(self.residents[self.fixed_covers].sum())
        if model == WITHIN:
            return float(self.residents[self._reached & self.counted].sum())
        return 0.0

    @cached_property
    def small(self) -> bool:
        """Whether designs without a limit can be sought."""
        return len(self.options_at) * int(self.counted.sum()) <= MOST_CELLS

    def _cover(self) -> Location:
        reach = [*self.held, *(some[~self.fixed_covers[some]] for some in self.near)]
        room = [*(len(some) for some in self.held), *[self.grids_each] * len(self.near)]
        return self._laid_out(reach, np.array(room, dtype=np.int64), self.residents)

    @cached_property
    def _reached(self) -> Bools:
        """bool[grids], within reach of a station that stays, or covered by it."""
        found = self.fixed_covers.copy()
        for some in self._near(self.stations_at[~self.may_go], self.counted):
            found[some] = True
        return found

    def _within(self) -> Location:
        old = self._near(self.stations_at[self.going], self.counted)
        both = [np.union1d(a, b) for a, b in zip(old, self.held, strict=True)]
        new = self._near(self.candidates[["x", "y"]].to_numpy(np.float64), self.counted)
        reach = [some[~self._reached[some]] for some in (*both, *new)]
        room = np.full(len(reach), WITHOUT_LIMIT, dtype=np.int64)
        return self._laid_out(reach, room, self.residents)

    def _ways(self) -> Location:
        rows = np.flatnonzero(self.counted)
        far = self._far(self.options_at, rows)
        saved = np.maximum(self.farthest[rows] - far, 0.0) * self.residents[rows]
        some = saved > 0
        most = int(some.sum(axis=1).max(initial=1))
        order = np.argsort(~some, axis=1, kind="stable")[:, :most]
        clients = np.where(np.take_along_axis(some, order, 1), order, len(rows))
        worth = np.where(clients < len(rows), np.take_along_axis(saved, order, 1), 0.0)
        room = np.full(len(far), WITHOUT_LIMIT, dtype=np.int64)
        return Location(clients, worth, room, len(rows), *self._standing(len(far)))

    def _far(self, at: Floats, rows: Ints) -> Floats:
        here = self.grids_at[rows]
        return np.asarray(np.hypot(*(at[:, None, :] - here[None, :, :]).transpose(2, 0, 1)))

    @cached_property
    def farthest(self) -> Floats:
        """float[grids], way to the nearest station that stays, m; if none does, to any place."""
        rows = np.arange(len(self.residents))
        if (~self.may_go).any():
            return np.asarray(self._far(self.stations_at[~self.may_go], rows).min(axis=0))
        return np.asarray(self._far(self.options_at, rows).max(axis=0))

    def _standing(self, n: int) -> tuple[Bools, Bools]:
        today = np.zeros(n, dtype=np.bool_)
        today[: len(self.going)] = True
        return np.zeros(n, dtype=np.bool_), today

    def _laid_out(self, reach: list[Ints], room: Ints, worth: Floats) -> Location:
        """Number the grids that anybody reaches, and fill rows up."""
        rows = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *reach]))
        number = np.full(len(worth), -1, dtype=np.int64)
        number[rows] = np.arange(len(rows))
        most = max((len(some) for some in reach), default=0) or 1
        clients = np.full((len(reach), most), len(rows), dtype=np.int64)
        values = np.zeros((len(reach), most))
        for j, some in enumerate(reach):
            clients[j, : len(some)] = number[some]
            values[j, : len(some)] = worth[some]
        whole = bool((worth == np.round(worth)).all())
        standing = self._standing(len(reach))
        return Location(clients, values, room, len(rows), *standing, whole, self.options_at)

    # ------------------------------------------------------------------ designs

    def today(self) -> Design:
        """Give today's stations."""
        return Design(self._kept(np.arange(len(self.existing))), self.station)

    def design(self, solved: Solved, close: int) -> Design:
        """Give the stations that were chosen, each with the grids that are best for all."""
        chosen = np.array(solved.chosen, dtype=np.int64)
        e = len(self.going)
        stay = np.concatenate([np.flatnonzero(~self.may_go), self.going[chosen[chosen < e]]])
        stay.sort()
        new = chosen[chosen >= e] - e
        gone = np.setdiff1d(np.arange(len(self.existing)), stay)
        moves = self._moves(gone, new, len(gone) - close)
        station = np.full(len(self.residents), -1, dtype=np.int64)
        for row, place in enumerate(stay):
            station[self.station == place] = row
        rows = self._new_rows(new, moves)
        for row, some in enumerate(self._shared_out(new, station < 0), start=len(stay)):
            station[some] = row
        closed = self._kept(np.setdiff1d(gone, list(moves.values()))).assign(change="closed")
        return Design(pd.concat([self._kept(stay), rows, closed], ignore_index=True), station)

    def _moves(self, gone: Ints, new: Ints, most: int) -> dict[int, int]:
        """Say which new place a station that goes has moved to: the nearest pairs first."""
        at = self.candidates[["x", "y"]].to_numpy(np.float64)
        pairs = sorted(
            (float(np.hypot(*(at[j] - self.stations_at[s]))), int(j), int(s))
            for j in new
            for s in gone
        )
        found: dict[int, int] = {}
        for _, j, s in pairs:
            if len(found) < most and j not in found and s not in found.values():
                found[j] = s
        return found

    def _kept(self, rows: Ints) -> pd.DataFrame:
        columns = ["point", "name_zh", "name_en", "street", "community", "x", "y"]
        frame = self.territory.points.iloc[self.existing[rows]][columns].reset_index(drop=True)
        return frame.assign(change="kept", from_x=np.nan, from_y=np.nan)

    def _new_rows(self, new: Ints, moves: dict[int, int]) -> pd.DataFrame:
        """A station that moves keeps its id, by which rosters name it."""
        frame = self.candidates.iloc[new].reset_index(drop=True)
        frame = frame.assign(change="new", from_x=np.nan, from_y=np.nan)
        old = self._kept(np.arange(len(self.existing)))
        for row, j in enumerate(new.tolist()):
            if j in moves:
                before = old.iloc[moves[j]]
                for name in ("point", "name_zh", "name_en"):
                    frame.at[row, name] = before[name]
                frame.at[row, "change"] = "moved"
                frame.at[row, "from_x"], frame.at[row, "from_y"] = before["x"], before["y"]
        return frame

    def _shared_out(self, new: Ints, free: Bools) -> list[Ints]:
        """Give new stations their grids: most residents in all, and then the shortest ways."""
        from scipy.optimize import linear_sum_assignment

        reach = [self.near[j][free[self.near[j]]] for j in new]
        room = np.full(len(new), self.grids_each, dtype=np.int64)
        if not len(new):
            return []
        problem = self._alone(reach, room)
        rows = np.unique(np.concatenate(reach))
        holder = problem.holders(np.ones(len(new), dtype=np.bool_))
        taken = np.flatnonzero(holder >= 0)
        if not len(taken):
            return [rows[:0] for _ in new]
        far = self._far(self.candidates[["x", "y"]].to_numpy(np.float64)[new], rows[taken])
        allowed = np.zeros(far.shape, dtype=np.bool_)
        for j, some in enumerate(reach):
            allowed[j] = np.isin(rows[taken], some)
        limit = min(self.grids_each, len(taken))
        cost = np.where(allowed, far, 1e9).repeat(limit, axis=0)
        slot, client = linear_sum_assignment(cost)
        return [rows[taken[np.sort(client[slot // limit == j])]] for j in range(len(new))]

    def _alone(self, reach: list[Ints], room: Ints) -> Location:
        """Lay out some options alone, with the limit that they have."""
        rows = np.unique(np.concatenate(reach))
        most = max(max(map(len, reach)), 1)
        clients = np.full((len(reach), most), len(rows), dtype=np.int64)
        values = np.zeros((len(reach), most))
        for j, some in enumerate(reach):
            clients[j, : len(some)] = np.searchsorted(rows, some)
            values[j, : len(some)] = self.residents[some]
        none = np.zeros(len(reach), dtype=np.bool_)
        return Location(clients, values, room, len(rows), none, none)

    # ------------------------------------------------------------------ what a design is

    def covered(self, design: Design) -> float:
        """Residents covered."""
        return float(self.residents[design.station >= 0].sum())

    def within(self, design: Design) -> float:
        """Residents of grids that could be covered, within reach of a station or covered by it."""
        found = design.station >= 0
        for some in self._near(design.standing[["x", "y"]].to_numpy(np.float64), self.counted):
            found[some] = True
        return float(self.residents[found & self.counted].sum())

    def distance(self, design: Design) -> float:
        """Mean way of those residents to the nearest station, m; NaN where there is none."""
        rows, at = np.flatnonzero(self.counted), design.standing[["x", "y"]].to_numpy(np.float64)
        people = self.residents[rows]
        if not len(at) or not people.sum():
            return float("nan")
        return float((self._far(at, rows).min(axis=0) * people).sum() / people.sum())
