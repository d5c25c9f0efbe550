"""A number of chance depends on what it is for, and on nothing else."""

from __future__ import annotations

import math
from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govsim.demand import randomness
from govsim.demand.randomness import (
    LONGEST_DRAW,
    Streams,
    gamma_factor,
    philox,
    poisson_counts,
    quantile,
    ticks,
)
from govsim.scenarios.quantities import MINUTE, Distribution

N = 100_000
IDS = np.arange(N, dtype=np.uint64)
GRID = np.array([1e-12, 1e-6, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 - 1e-9])


def philox_by_the_paper(counter: list[int], key: list[int]) -> list[int]:
    """Philox4x32-10 in whole numbers, straight from Salmon et al. (2011), section 4.3."""
    x, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [p1 >> 32 ^ x[1] ^ k[0], p1 % 2**32, p0 >> 32 ^ x[3] ^ k[1], p0 % 2**32]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return x


def uniform_by_hand(high: int, low: int) -> float:
    return ((high << 32 | low) // 2**12 + 0.5) / 2**52


# Random123, file kat_vectors of its tests, lines "philox4x32 10".
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def words_of(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


# ---------------------------------------------------------------- the generator


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_the_generator_gives_the_published_answers(counter: str, key: str, answer: str) -> None:
    c, k = words_of(counter), words_of(key)
    ids = np.array([c[1] << 32 | c[0]], np.uint64)
    words = philox(ids, c[2], c[3], k[1] << 32 | k[0])
    assert words[:, 0].tolist() == words_of(answer) == philox_by_the_paper(c, k)


@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
)
def test_the_generator_agrees_with_the_paper(
    ids: list[int], draw: int, replication: int, key: int
) -> None:
    words = philox(np.array(ids, np.uint64), draw, replication, key)
    expected = [
        philox_by_the_paper([i % 2**32, i >> 32, draw, replication], [key % 2**32, key >> 32])
        for i in ids
    ]
    assert words.T.tolist() == expected


def test_uniform_numbers_follow_from_the_published_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Key 0, counter 0: the first line of KNOWN_ANSWERS.
    monkeypatch.setattr(Streams, "key", lambda self, stream: 0)
    streams, zero = Streams(0, 0), np.zeros(1, np.uint64)
    first, second = streams.pair("any", zero)
    assert first[0] == uniform_by_hand(0x6627E8D5, 0xE169C58D) == streams.uniform("any", zero)[0]
    assert second[0] == uniform_by_hand(0xBC57AC4C, 0x9B00DBD8)
    coins = streams.coins("any", zero)[:, 0].tolist()
    assert coins == [(w // 2**9 + 0.5) / 2**23 for w in words_of(KNOWN_ANSWERS[0][2])]


def test_luck_stays_the_same_from_version_to_version() -> None:
    """Numbers by `philox_by_the_paper`; a change of them changes every result ever stored."""
    digest = blake2b(b"42|patience", digest_size=8).digest()
    key = [int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")]
    words = [philox_by_the_paper([i, 0, 1, 3], key) for i in range(4)]
    u = Streams(42, 3).uniform("patience", np.arange(4, dtype=np.uint64), draw=1)
    assert u.tolist() == [uniform_by_hand(w[0], w[1]) for w in words]
    assert u.tolist() == [
        0.6427057404012121,
        0.30444466756489497,
        0.8725540073771673,
        0.15238734725998693,
    ]


# ------------------------------------------------- nobody's luck depends on anyone else


@given(st.permutations(range(40)), st.integers(1, 39))
def test_luck_depends_neither_on_the_order_nor_on_the_company(order: list[int], n: int) -> None:
    streams = Streams(7, 2)
    together = streams.uniform("channel", IDS[:40])
    chosen = np.array(order[:n], np.uint64)
    assert (streams.uniform("channel", chosen) == together[order[:n]]).all()


def test_one_more_demand_changes_nobody_elses_luck() -> None:
    streams = Streams(7, 2)
    more = np.concatenate([IDS[:500], np.array([2**63 + 5], np.uint64), IDS[500:1000]])
    for before, after in zip(
        [*streams.pair("travel", IDS[:1000]), *streams.coins("travel", IDS[:1000])],
        [*streams.pair("travel", more), *streams.coins("travel", more)],
        strict=True,
    ):
        assert (np.delete(after, 500) == before).all()


@pytest.mark.parametrize("cut", [1, 7, 500, 999])
def test_luck_does_not_depend_on_how_the_work_is_cut(cut: int) -> None:
    streams, ids = Streams(1, 0), IDS[:1000]

    def numbers(ids: np.ndarray) -> np.ndarray:
        drawn = [streams.uniform("a", ids), *streams.pair("a", ids), *streams.coins("a", ids)]
        return np.array(drawn)

    parts = [numbers(ids[:cut]), numbers(ids[cut:])]
    assert (numbers(ids) == np.concatenate(parts, axis=1)).all()


def test_the_first_of_a_pair_is_the_single_number() -> None:
    streams = Streams(1, 0)
    assert (streams.pair("a", IDS)[0] == streams.uniform("a", IDS)).all()


def test_no_demands_need_no_luck() -> None:
    none = np.empty(0, np.uint64)
    streams = Streams(1, 0)
    assert streams.uniform("a", none).shape == (0,)
    assert streams.coins("a", none).shape == (4, 0)


def test_signed_and_sliced_ids_name_the_same_demands() -> None:
    streams = Streams(1, 0)
    assert (streams.uniform("a", np.arange(0, 900, 9)) == streams.uniform("a", IDS[:900:9])).all()


@pytest.mark.parametrize("ids", [np.array([1.0, 2.0]), np.array([[1, 2]]), np.array([True])])
def test_ids_that_are_not_a_row_of_whole_numbers_are_refused(ids: np.ndarray) -> None:
    with pytest.raises(TypeError, match="integers"):
        Streams(1, 0).uniform("a", ids)


def test_draws_and_replications_beyond_a_word_are_refused() -> None:
    with pytest.raises(ValueError, match="replication"):
        Streams(1, 2**32)
    with pytest.raises(ValueError, match="draw"):
        Streams(1, 0).uniform("a", IDS[:1], draw=-1)


# ---------------------------------------------------------------- quality


@pytest.mark.parametrize(
    ("bit", "double", "coin"),
    [(0, 2.0**-53, 2.0**-24), (1, 1 - 2.0**-53, 1 - 2.0**-24)],
)
def test_uniform_numbers_are_never_0_or_1(bit: int, double: float, coin: float) -> None:
    assert randomness.to_double(np.uint64(bit * (2**64 - 1))) == double
    assert randomness.to_coin(np.uint64(bit * (2**32 - 1))) == coin
    assert 0 < double < 1 and 0 < np.float32(coin) < 1


def columns() -> dict[str, np.ndarray]:
    """Numbers whose names are neighbours of each other."""
    streams = Streams(20240101, 5)
    first, second = streams.pair("patience", IDS)
    coins = streams.coins("coin", IDS).astype(np.float64)
    return {
        "first": first,
        "second": second,
        "next id": streams.uniform("patience", IDS + np.uint64(1)),
        "id in the high word": streams.uniform("patience", IDS << np.uint64(32)),
        "next draw": streams.uniform("patience", IDS, draw=1),
        "next replication": Streams(20240101, 6).uniform("patience", IDS),
        "next seed": Streams(20240102, 5).uniform("patience", IDS),
        "another stream": streams.uniform("patience2", IDS),
        **{f"coin {i}": row for i, row in enumerate(coins)},
    }


COLUMNS = columns()


@pytest.mark.parametrize("name", COLUMNS)
def test_numbers_are_uniform(name: str) -> None:
    u = COLUMNS[name]
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    counts = np.bincount((u * 1000).astype(int), minlength=1000)
    assert stats.chisquare(counts).pvalue > 1e-4


def test_numbers_of_neighbouring_names_are_independent() -> None:
    correlations = np.corrcoef(np.array(list(COLUMNS.values())))
    off_diagonal = correlations[np.triu_indices(len(COLUMNS), 1)]
    assert np.abs(off_diagonal).max() * math.sqrt(N) < 4.5
    for name, u in COLUMNS.items():
        if name != "first":
            table = np.histogram2d(COLUMNS["first"], u, bins=16, range=[[0, 1], [0, 1]])[0]
            # "next id" is "first" moved by one: as pairs of neighbours it is tested too.
            assert stats.chisquare(table.ravel()).pvalue > 1e-4, name


# ---------------------------------------------------------------- times


def a(family: str, **parameters: object) -> Distribution:
    return Distribution.model_validate({family: parameters})


SIGMA = math.sqrt(math.log(1 + 0.5**2))
CASES = [
    (a("exponential", mean="30 min"), stats.expon(scale=30 * MINUTE)),
    (a("lognormal", median="30 min", sigma=0.7), stats.lognorm(0.7, scale=30 * MINUTE)),
    (
        a("lognormal", mean="4 working days", cv=0.5),
        stats.lognorm(SIGMA, scale=4 / math.exp(SIGMA**2 / 2)),
    ),
    (a("gamma", mean="20 min", cv=0.8), stats.gamma(1 / 0.64, scale=20 * MINUTE * 0.64)),
    (a("gamma", mean="20 min", cv=2), stats.gamma(0.25, scale=80 * MINUTE)),
    (a("erlang", mean="6 working hours", k=3), stats.gamma(3, scale=2)),
    (a("weibull", scale="2 days", shape=0.7), stats.weibull_min(0.7, scale=2880 * MINUTE)),
]


@pytest.mark.parametrize(("ours", "theirs"), CASES, ids=[str(ours) for ours, _ in CASES])
def test_drawn_times_follow_the_family_the_scenario_names(
    ours: Distribution, theirs: stats.rv_continuous
) -> None:
    np.testing.assert_allclose(quantile(ours, GRID), theirs.ppf(GRID), rtol=1e-9)
    assert quantile(ours, np.array([0.5]))[0] == pytest.approx(theirs.median(), rel=1e-9)
    assert ours.mean() == pytest.approx(theirs.mean(), rel=1e-9)


@pytest.mark.parametrize("ours", [ours for ours, _ in CASES], ids=str)
def test_drawn_times_have_the_mean_the_scenario_names(ours: Distribution) -> None:
    times = quantile(ours, Streams(3, 0).uniform("time", IDS))
    assert abs(times.mean() - ours.mean()) < 4.5 * times.std() / math.sqrt(N)


@pytest.mark.parametrize("ours", [ours for ours, _ in CASES], ids=str)
def test_a_time_does_not_depend_on_the_times_drawn_with_it(ours: Distribution) -> None:
    u = Streams(3, 0).uniform("time", IDS[:1003])
    together = quantile(ours, u)
    one_by_one = np.concatenate([quantile(ours, u[i : i + 1]) for i in range(len(u))])
    assert (together == one_by_one).all()


def test_a_fixed_time_is_always_the_same() -> None:
    assert (quantile(Distribution.fixed("10 min"), GRID) == 10 * MINUTE).all()


def test_between_observed_quantiles_times_lie_on_a_line() -> None:
    ours = a("empirical", quantiles=[[0, "0 min"], [0.5, "10 min"], [1, "60 min"]])
    minutes = quantile(ours, np.array([0.25, 0.5, 0.75, 0.9])) / MINUTE
    np.testing.assert_allclose(minutes, [5, 10, 35, 50], rtol=1e-12)


def test_each_observed_time_is_drawn_equally_often() -> None:
    ours = a("empirical", values=["9 min", "3 min", "5 min"])
    u = np.array([2.0**-53, 0.333, 1 / 3, 0.334, 0.666, 0.667, 1 - 2.0**-53])
    assert (quantile(ours, u) / MINUTE).tolist() == [3, 3, 3, 5, 5, 9, 9]


def test_a_tail_beyond_all_numbers_becomes_the_longest_time_there_is() -> None:
    ours = a("weibull", scale="1 s", shape=0.1)
    times = quantile(ours, np.array([0.1, 1 - 2.0**-53]))
    assert times[1] > LONGEST_DRAW
    assert ticks(np.array([math.inf]), 1000).tolist() == [LONGEST_DRAW // 1000 * 1000]
    assert ticks(times, 1000).tolist() == [1000, LONGEST_DRAW // 1000 * 1000]


# ---------------------------------------------------------------- ticks


def test_times_are_whole_ticks_and_at_least_one() -> None:
    amounts = np.array([0.0, 1.0, 499.0, 1499.9, 1500.1, 60_000.0])
    assert ticks(amounts, 1000).tolist() == [1000, 1000, 1000, 1000, 2000, 60_000]
    assert ticks(amounts, 1000, at_least=0).tolist() == [0, 0, 0, 1000, 2000, 60_000]
    assert ticks(amounts, 1).tolist() == [1, 1, 499, 1500, 1500, 60_000]


@given(st.floats(min_value=0), st.integers(1, 10**8))
def test_a_rounded_time_is_near_or_at_a_limit(amount: float, tick: int) -> None:
    got = int(ticks(np.array([amount]), tick)[0])
    assert got % tick == 0 and tick <= got <= LONGEST_DRAW
    if tick <= amount <= LONGEST_DRAW - tick:
        assert abs(got - amount) <= tick / 2 + amount * 1e-15


def test_a_time_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        ticks(np.array([math.nan]), 1)
    with pytest.raises(ValueError, match="at least 1 ms"):
        ticks(np.array([1.0]), 0)


# ---------------------------------------------------------------- counts and factors

PROBABILITIES = st.integers(0, 2**52 - 1).map(lambda i: (i + 0.5) / 2**52) | st.sampled_from(
    [2.0**-53, 1e-9, 0.5, 1 - 1e-9, 1 - 2.0**-53]
)
MEANS = st.floats(-6, 7).map(lambda x: 10.0**x)


@settings(max_examples=300)
@given(PROBABILITIES, MEANS, st.floats(1e-9, 10.0))
def test_one_more_resident_only_adds_demands(u: float, mean: float, more: float) -> None:
    few, many = poisson_counts(np.array([u]), np.array([mean, mean * (1 + more)]))
    assert few <= many


@settings(max_examples=300)
@given(PROBABILITIES, MEANS)
def test_a_count_is_the_smallest_that_reaches_its_probability(u: float, mean: float) -> None:
    k = int(poisson_counts(np.array([u]), np.array([mean]))[0])
    slack = 1e-10  # relative accuracy of scipy's distribution functions at means of 1e7
    if u <= 0.5:
        assert stats.poisson.cdf(k, mean) >= u * (1 - slack)
        assert k == 0 or stats.poisson.cdf(k - 1, mean) <= u * (1 + slack)
    else:
        assert stats.poisson.sf(k, mean) <= (1 - u) * (1 + slack)
        assert k == 0 or stats.poisson.sf(k - 1, mean) >= (1 - u) * (1 - slack)


@pytest.mark.parametrize("mean", [1e-6, 0.01, 0.7, 3.0, 30.0, 1e3, 1e5, 1e7])
def test_counts_are_poisson(mean: float) -> None:
    u = Streams(11, 0).uniform("count", IDS[:20_000])
    counts = poisson_counts(u, np.array(mean))
    assert counts.dtype == np.int64
    assert (counts == stats.poisson.ppf(u, mean)).all()


def test_where_nobody_lives_nobody_complains() -> None:
    assert poisson_counts(GRID, np.zeros(len(GRID))).tolist() == [0] * len(GRID)
    assert poisson_counts(np.array(0.5), np.array(2.0)).shape == ()


@pytest.mark.parametrize("mean", [-1.0, math.nan, math.inf])
def test_an_impossible_mean_is_refused(mean: float) -> None:
    with pytest.raises(ValueError, match="mean"):
        poisson_counts(np.array([0.5]), np.array([mean]))


@pytest.mark.parametrize("k", [0.5, 5.0, 80.0])
def test_bad_days_vary_around_1_with_the_stated_dispersion(k: float) -> None:
    np.testing.assert_allclose(
        gamma_factor(GRID, k), stats.gamma.ppf(GRID, k, scale=1 / k), rtol=1e-9
    )
    factors = gamma_factor(Streams(5, 0).uniform("day", IDS), k)
    assert factors.mean() == pytest.approx(1, abs=4.5 / math.sqrt(k * N))
    assert factors.var() == pytest.approx(1 / k, rel=0.05)


def test_without_dispersion_every_day_is_like_another() -> None:
    assert (gamma_factor(GRID, math.inf) == 1).all()
    with pytest.raises(ValueError, match="above 0"):
        gamma_factor(GRID, 0.0)
