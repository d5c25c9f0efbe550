"""Chance as a function: the same question always gets the same random number.

`Streams` answers "what is the patience of demand 4711 in replication 3 under seed 42?"
without a state that other questions could have advanced. So one more resident, station
or rule changes nobody else's luck, and a table may be drawn in any order or in parts.
`quantile` and its companions turn the uniform numbers into times, counts and factors.
Called by `govsim.demand` only: engines draw nothing.

The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as
easy as 1, 2, 3", SC 2011), compiled. All that decides a bit is integer arithmetic on
words of fixed width, so every machine draws the same bits:

- key: 8 bytes of BLAKE2b of ``"{seed}|{stream}"``, read as a little-endian number;
- counter: (id, low 32 bits; id, high 32 bits; draw; replication);
- result: words w0 to w3, taken in pairs as the 64-bit numbers ``w0 << 32 | w1`` and
  ``w2 << 32 | w3``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from govsim.scenarios.calendar import NEVER as NEVER
from govsim.scenarios.quantities import (
    Deterministic,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Weibull,
)
from govsim.service.compiling import compiled, inlined, kept

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Integers = NDArray[np.int64]
Ids = NDArray[np.uint64]
Words = NDArray[np.uint32]
FourWords = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

LONGEST_DRAW = NEVER // 4
"""Milliseconds, 36 million years: no drawn duration is longer, however heavy its tail."""

WORD = 2**32

# Typed, as Numba makes a float of a signed and an unsigned number together.
_WORD_BITS = np.uint64(32)
_LOW_WORD = np.uint64(WORD - 1)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_STEP0, _STEP1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_ROUNDS = 10
_ONE, _EIGHT, _ELEVEN = np.uint64(1), np.uint64(8), np.uint64(11)
_PER_COIN = np.float32(2.0**-24)


# ------------------------------------------------------------------ uniform numbers


@dataclass(frozen=True, slots=True)
class Streams:
    """All the luck of one replication, by named stream, identity and draw.

    Parameters
    ----------
    seed : any whole number; replications of one experiment share it.
    replication : number of the replication, from 0 to 2**32 - 1.

    Notes
    -----
    A stream is named for its one purpose ("patience", "channel"); its name decides its
    numbers, so renaming a stream changes results. `ids` are identities that stay with
    what they name (a demand, a cell), never positions in an array. `draw` counts further
    numbers of the same purpose for the same identity, from 0 to 2**32 - 1.
    """

    seed: int
    replication: int

    def __post_init__(self) -> None:
        _check_word("replication", self.replication)

    def uniform(self, stream: str, ids: NDArray[np.integer[Any]], draw: int = 0) -> Floats:
        """Draw one uniform number for each id.

        Parameters
        ----------
        stream : name of the purpose.
        ids : identities, integers of shape (n,); negative ones count modulo 2**64.
        draw : which of the numbers of this purpose.

        Returns
        -------
        numpy.ndarray
            float64 of shape (n,), in the open interval (0, 1): the odd multiples of
            2**-53, symmetric about 1/2, so that no logarithm meets a 0. (With 53 random
            bits and a half, the largest would round to 1.) It is the first of `pair`.
        """
        ids = _as_ids(ids)
        out = np.empty(len(ids))
        _fill_uniform(out, ids, self._counter_and_key(stream, draw))
        return out

    def pair(
        self, stream: str, ids: NDArray[np.integer[Any]], draw: int = 0
    ) -> tuple[Floats, Floats]:
        """Draw two independent uniform numbers for each id, for the price of one.

        Parameters and values are those of `uniform`.
        """
        ids = _as_ids(ids)
        out = np.empty((2, len(ids)))
        _fill_pair(out, ids, self._counter_and_key(stream, draw))
        return out[0], out[1]

    def coins(self, stream: str, ids: NDArray[np.integer[Any]], draw: int = 0) -> Float32s:
        """Draw four independent coarse uniform numbers for each id, for yes or no.

        Parameters are those of `uniform`; the numbers are not independent of those that
        `uniform` and `pair` give for the same stream, ids and draw.

        Returns
        -------
        numpy.ndarray
            float32 of shape (4, n), in the open interval (0, 1): the odd multiples of
            2**-24. ``coin < p`` is true with probability p to within 2**-24; a p below
            that never happens, and 0 and 1 are exact.
        """
        ids = _as_ids(ids)
        out = np.empty((4, len(ids)), np.float32)
        _fill_coins(out, ids, self._counter_and_key(stream, draw))
        return out

    def key(self, stream: str) -> int:
        """Give the 64-bit key under which Philox draws a stream."""
        digest = blake2b(f"{self.seed}|{stream}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "little")

    def _counter_and_key(self, stream: str, draw: int) -> FourWords:
        return _counter_and_key(draw, self.replication, self.key(stream))


def philox(ids: NDArray[np.integer[Any]], draw: int, replication: int, key: int) -> Words:
    """Encrypt counters with Philox4x32-10.

    Parameters
    ----------
    ids : words 0 (low) and 1 (high) of each counter, integers of shape (n,).
    draw, replication : words 2 and 3 of all counters.
    key : both words of the key, word 0 in the low half.

    Returns
    -------
    numpy.ndarray
        uint32 of shape (4, n), the words w0 to w3.
    """
    words = np.empty((4, len(ids)), np.uint32)
    _fill_words(words, _as_ids(ids), _counter_and_key(draw, replication, key))
    return words


def _check_word(name: str, value: int) -> None:
    if not 0 <= value < WORD:
        raise ValueError(f"{name} must be from 0 to 2**32 - 1, but is {value}")


def _as_ids(ids: NDArray[np.integer[Any]]) -> Ids:
    ids = np.asarray(ids)
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise TypeError(f"ids must be one row of integers, not {ids.dtype} of shape {ids.shape}")
    return np.ascontiguousarray(ids, np.uint64)


def _counter_and_key(draw: int, replication: int, key: int) -> FourWords:
    """Give all words but those of the id, as `_encrypted` takes them."""
    _check_word("draw", draw)
    _check_word("replication", replication)
    return np.uint64(draw), np.uint64(replication), np.uint64(key % WORD), np.uint64(key // WORD)


@inlined
def _encrypted(
    id_: np.uint64, x2: np.uint64, x3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Encrypt one counter; gives ``w0 << 32 | w1`` and ``w2 << 32 | w3``.

    All words are kept in 64 bits: that is how processors multiply words side by side.
    """
    x0, x1 = id_ & _LOW_WORD, id_ >> _WORD_BITS
    for _ in range(_ROUNDS):
        made0, made2 = _M0 * x0, _M1 * x2
        x0, x1 = (made2 >> _WORD_BITS) ^ x1 ^ k0, made2 & _LOW_WORD
        x2, x3 = (made0 >> _WORD_BITS) ^ x3 ^ k1, made0 & _LOW_WORD
        k0, k1 = (k0 + _STEP0) & _LOW_WORD, (k1 + _STEP1) & _LOW_WORD
    return x0 << _WORD_BITS | x1, x2 << _WORD_BITS | x3


@inlined
def to_double(bits: np.uint64) -> np.float64:
    """Make an odd multiple of 2**-53 of the first 52 of 64 random bits."""
    return np.float64(np.int64(bits >> _ELEVEN | _ONE)) * 2.0**-53


@inlined
def to_coin(word: np.uint64) -> np.float32:
    """Make an odd multiple of 2**-24 of the first 23 of 32 random bits."""
    return np.float32(np.int32(word >> _EIGHT | _ONE)) * _PER_COIN


@compiled
def _fill_words(out: Words, ids: Ids, counter_and_key: FourWords) -> None:
    for i in range(len(ids)):
        first, second = _encrypted(ids[i], *counter_and_key)
        out[0, i], out[1, i] = first >> _WORD_BITS, first & _LOW_WORD
        out[2, i], out[3, i] = second >> _WORD_BITS, second & _LOW_WORD


@kept
def _fill_uniform(out: Floats, ids: Ids, counter_and_key: FourWords) -> None:
    for i in range(len(ids)):
        out[i] = to_double(_encrypted(ids[i], *counter_and_key)[0])


@kept
def _fill_pair(out: Floats, ids: Ids, counter_and_key: FourWords) -> None:
    for i in range(len(ids)):
        first, second = _encrypted(ids[i], *counter_and_key)
        out[0, i], out[1, i] = to_double(first), to_double(second)


@kept
def _fill_coins(out: Float32s, ids: Ids, counter_and_key: FourWords) -> None:
    for i in range(len(ids)):
        first, second = _encrypted(ids[i], *counter_and_key)
        out[0, i], out[1, i] = to_coin(first >> _WORD_BITS), to_coin(first & _LOW_WORD)
        out[2, i], out[3, i] = to_coin(second >> _WORD_BITS), to_coin(second & _LOW_WORD)


# ------------------------------------------------------- times, counts, factors from them


def quantile(distribution: Distribution, u: Floats) -> Floats:
    """Find the times below which a distribution stays with probability `u`.

    Parameters
    ----------
    distribution : a length of time, as the scenario says it.
    u : probabilities, float64 in the open interval (0, 1), of any shape.

    Returns
    -------
    numpy.ndarray
        float64 of the shape of `u`, in the distribution's own unit: milliseconds by the
        calendar, else the number of working hours or days. Never falls as `u` rises.
        Infinite where a tail leaves the range of float64.
    """
    family = distribution.parameters
    with np.errstate(over="ignore"):
        match family:
            case Deterministic():
                return np.full(np.shape(u), family.value.amount)
            case Exponential():
                return _exponential(u) * family.mean.amount
            case Lognormal():
                return np.exp(special.ndtri(u) * family.log_sd) * family.median_amount
            case Gamma():
                return gamma_factor(u, 1 / family.cv**2) * family.mean.amount
            case Erlang():
                return gamma_factor(u, family.k) * family.mean.amount
            case Weibull():
                return _exponential(u) ** (1 / family.shape) * family.scale.amount
            case Empirical():
                return _empirical(family, u)


def _exponential(u: Floats) -> Floats:
    out = np.negative(u)
    np.log1p(out, out=out)
    np.negative(out, out=out)
    return out


def _empirical(family: Empirical, u: Floats) -> Floats:
    if family.quantiles is not None:
        shares, spans = zip(*family.quantiles, strict=True)
        between: Floats = np.interp(u, shares, [span.amount for span in spans])
        return between
    values = np.sort([span.amount for span in family.spans()])
    # The smallest value that at least a share u of the values doesn't exceed.
    chosen: Floats = values[np.ceil(u * len(values)).astype(np.intp) - 1]
    return chosen


def gamma_factor(u: Floats, k: float) -> Floats:
    """Draw gamma factors of mean 1 and variance 1/k.

    A Poisson count whose mean is multiplied by it is negative binomial with dispersion k.

    Parameters
    ----------
    u : uniform numbers, float64 in the open interval (0, 1), of any shape.
    k : shape, above 0; infinite for no dispersion.

    Returns
    -------
    numpy.ndarray
        float64 of the shape of `u`, at least 0. Exact, at some 0.3 microseconds each.
    """
    if not k > 0:
        raise ValueError(f"the shape of a gamma factor must be above 0, but is {k}")
    if math.isinf(k):
        return np.ones(np.shape(u))
    return np.asarray(special.gammaincinv(k, u) / k, np.float64)


def ticks(amounts_ms: Floats, tick: int, at_least: int = 1) -> Integers:
    """Round times to whole multiples of the tick.

    Every duration is at least one tick, one of exactly 0 too: what takes no time at all
    would otherwise have to be ordered among the events of its instant.

    Parameters
    ----------
    amounts_ms : milliseconds, float64 of any shape; infinite is allowed.
    tick : milliseconds, at least 1.
    at_least : fewest ticks; 0 where a time may be nothing, such as the lag of a report.

    Returns
    -------
    numpy.ndarray
        int64 of the same shape, milliseconds: the nearest multiple (the even one of two
        as near), from `at_least` ticks to the last within `LONGEST_DRAW`.

    Raises
    ------
    ValueError
        If an amount is not a number, or the tick is below 1.
    """
    if tick < 1:
        raise ValueError(f"a tick is at least 1 ms, but is {tick}")
    amounts = np.ascontiguousarray(amounts_ms, np.float64)
    whole = np.empty(amounts.shape, np.int64)
    if not _fill_ticks(amounts.reshape(-1), tick, at_least, whole.reshape(-1)):
        raise ValueError("a duration is not a number")
    return whole


@kept
def _fill_ticks(amounts: Floats, tick: int, at_least: int, whole: Integers) -> bool:
    most = LONGEST_DRAW // tick
    good = True
    for i in range(len(amounts)):
        count = np.rint(amounts[i] / tick)
        good &= count == count
        # Capped as a whole number: as a float the cap might be the next multiple up.
        capped = min(max(count, float(at_least)), float(most))
        whole[i] = min(int(capped), most) * tick
    return good


def poisson_counts(u: Floats, mean: Floats) -> Integers:
    """Draw Poisson counts by inversion: the smallest count with cdf(count) >= u.

    For the same `u`, a larger mean never gives a smaller count, so that one more resident
    only adds demands. (Means that differ by a relative 1e-9 or more; closer ones may be
    within the accuracy of the distribution function.)

    Parameters
    ----------
    u : uniform numbers, float64 in the open interval (0, 1).
    mean : means, float64, from 0 to about 1e9; broadcast against `u`.

    Returns
    -------
    numpy.ndarray
        int64 of the common shape.

    Raises
    ------
    ValueError
        If a mean is negative, infinite or not a number.
    """
    u, mean = np.broadcast_arrays(np.asarray(u, np.float64), np.asarray(mean, np.float64))
    if not (np.isfinite(mean) & (mean >= 0)).all():
        raise ValueError("the mean of a Poisson count must be a finite number, 0 or more")
    counts = np.zeros(u.shape, np.int64)
    # Most cells of a day have no demand at all, which costs one exponential to see.
    some = np.where(u <= 0.5, np.exp(-mean) < u, -np.expm1(-mean) > 1 - u)
    counts[some] = _positive_counts(u[some], mean[some])
    return counts


def _positive_counts(u: Floats, mean: Floats) -> Integers:
    """Invert where the count is at least 1: guess, then step until exact."""
    z = special.ndtri(u)
    # Cornish and Fisher's expansion to its second term: mostly right, and near elsewhere.
    guess = np.floor(mean + z * np.sqrt(mean) + (z * z - 1) / 6 + 0.5)
    k = np.maximum(guess, 1.0)
    enough = _reaches(u, k, mean)

    too_high = np.flatnonzero(enough)
    while len(too_high):
        too_high = too_high[k[too_high] > 1]
        too_high = too_high[_reaches(u[too_high], k[too_high] - 1, mean[too_high])]
        k[too_high] -= 1

    too_low = np.flatnonzero(~enough)
    while len(too_low):
        k[too_low] += 1
        too_low = too_low[~_reaches(u[too_low], k[too_low], mean[too_low])]
    return k.astype(np.int64)


def _reaches(u: Floats, k: Floats, mean: Floats) -> NDArray[np.bool_]:
    """Tell where cdf(k) >= u, by the smaller tail: near 1 the cdf has no digits left."""
    out = np.empty(u.shape, np.bool_)
    low = u <= 0.5
    out[low] = special.pdtr(k[low], mean[low]) >= u[low]
    high = ~low
    out[high] = special.pdtrc(k[high], mean[high]) <= 1 - u[high]
    return out
