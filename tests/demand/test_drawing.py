"""Compiled passes give, to the last bit, what the same steps give in NumPy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from govsim.demand.drawing import Profiles, chosen, find_on_patrol, find_on_visits, happens
from govsim.demand.randomness import LONGEST_DRAW, NEVER, Streams
from govsim.scenarios.quantities import DAY, HOUR, MINUTE

N = 2000
IDS = np.arange(N, dtype=np.uint64)
WEIGHTS = [np.array([0.0, 3, 0, 1, 2]), np.ones(24), np.array([1.0])]
CATEGORY = np.arange(N) % len(WEIGHTS)
BELOW_1 = np.nextafter(1.0, 0.0)


def moments(share: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Moments of the day by which shares of its demands have come: the profile inverted."""
    edges = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
    bins = len(weights)
    at = np.clip(np.searchsorted(edges, share, side="right") - 1, 0, bins - 1)
    width = edges[at + 1] - edges[at]
    inside = np.where(width > 0, (share - edges[at]) / np.where(width > 0, width, 1.0), 0.0)
    return np.minimum((at + inside) / bins, BELOW_1)


def test_a_coin_below_its_category_s_chance_says_yes() -> None:
    coin = Streams(1, 0).coins("coin", IDS)[0]
    chance = np.array([0.0, 0.3, 1.0])
    expected = coin.astype(np.float64) < chance[CATEGORY]
    assert np.array_equal(happens(coin, CATEGORY, chance), expected)


@given(st.lists(st.floats(0, 1), max_size=5), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_one_of_many_is_chosen_by_the_edges_it_has_reached(
    edges: list[float], draws: list[float]
) -> None:
    row, u = np.sort(np.array(edges, dtype=float)), np.array(draws)
    table = np.stack([np.ones(len(row)), row])
    found = chosen(u, np.ones(len(u), dtype=np.int64), table)
    assert np.array_equal(found, np.searchsorted(row, u, side="right"))


def test_onsets_invert_days_and_hours() -> None:
    u = Streams(2, 0).uniform("onset", IDS)
    u[:4] = 2.0**-53, 0.25, 0.5, 1 - 2.0**-53  # ends, and edges of days
    area = np.arange(N) % 2
    days = np.array([[1.0, 0, 1, 2, 0, 0, 4], [3.0, 3, 3, 0, 3, 3, 3]])
    found = Profiles(WEIGHTS).onsets(u, CATEGORY, area, days, 1000)
    for a in range(2):
        for c, weights in enumerate(WEIGHTS):
            mine = (area == a) & (c == CATEGORY)
            share = np.cumsum(days[a]) / days[a].sum()
            day = np.searchsorted(share, u[mine])
            before = np.concatenate([[0.0], share])[day]
            rest = np.clip((u[mine] - before) / (share[day] - before), 0, BELOW_1)
            ms = np.floor(moments(rest, weights) * DAY).astype(np.int64)
            assert np.array_equal(found[mine], (day * DAY + ms) // 1000 * 1000)


def test_reports_follow_lags_by_the_clock_of_residents_activity() -> None:
    u, v = Streams(3, 0).pair("onset and lag", IDS)
    onset = (u * 30 * DAY).astype(np.int64)
    lag = (-np.log(v) * 6 * HOUR).astype(np.int64)
    lag[:50] = 0
    lag[50] = LONGEST_DRAW
    found = Profiles(WEIGHTS).reports(onset, lag, CATEGORY, LONGEST_DRAW, MINUTE)
    for c, weights in enumerate(WEIGHTS):
        mine = c == CATEGORY
        day, ms = np.divmod(onset[mine], DAY)
        shares = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
        active = np.interp(ms / DAY, np.linspace(0, 1, len(shares)), shares)
        clock = day + active + lag[mine] / DAY
        whole = np.floor(clock)
        time = np.minimum((whole + moments(clock - whole, weights)) * DAY, LONGEST_DRAW)
        later = np.maximum(time.astype(np.int64) // MINUTE * MINUTE, onset[mine] + MINUTE)
        assert np.array_equal(found[mine], np.where(lag[mine] > 0, later, onset[mine]))


@given(
    st.integers(0, 4 * DAY - 1),
    st.integers(1, 7),
    st.lists(st.integers(0, DAY - 1), max_size=3, unique=True),
    st.sets(st.integers(0, 3)),
)
def test_a_patrol_finds_at_its_nth_pass(
    onset: int, nth: int, rounds: list[int], patrol_days: set[int]
) -> None:
    days = np.array(sorted(patrol_days), dtype=np.int64)
    found = np.full(1, NEVER)
    find_on_patrol(
        np.array([onset]),
        np.zeros(1, dtype=np.int64),
        np.array([float(nth)]),
        np.array([sorted(rounds)], dtype=np.int64).reshape(1, -1),
        days,
        np.searchsorted(days, np.arange(5)),
        MINUTE,
        found,
    )
    passes = [d * DAY + r for d in sorted(patrol_days) for r in sorted(rounds)]
    later = [time for time in passes if time > onset]
    expected = -(-later[nth - 1] // MINUTE) * MINUTE if len(later) >= nth else NEVER
    assert found[0] == expected


@given(st.integers(0, 3 * DAY - 1), st.floats(0, 3))
def test_a_visit_finds_after_its_wait_in_visiting_hours(onset: int, wait: float) -> None:
    start, end = 17 * HOUR, 20 * HOUR
    found, visited = np.full(1, NEVER), np.zeros(1, dtype=bool)
    find_on_visits(np.array([onset]), np.array([wait]), start, end, 1, found, visited)
    day, moment = divmod(onset, DAY)
    windows = day + min(max((moment - start) / (end - start), 0), 1) + wait
    expected = int(windows) * DAY + start + int(windows % 1 * (end - start))
    assert visited[0] and abs(found[0] - max(expected, onset)) <= 1


def test_what_nobody_visits_is_never_found_on_a_visit() -> None:
    found, visited = np.full(1, NEVER), np.zeros(1, dtype=bool)
    find_on_visits(np.array([0]), np.array([np.inf]), 0, HOUR, 1, found, visited)
    assert found[0] == NEVER and not visited[0]
