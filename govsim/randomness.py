"""Chance as a function: the same question always gets the same random number.

`Streams` answers "what is the patience of demand 4711 in replication 3 under seed 42?"
without a state that other questions could have advanced. So one more resident, station
or rule changes nobody else's luck, and a table may be drawn in any order or in parts.
`quantile` and its companions turn the uniform numbers into times, counts and factors.
Called by `govsim.demand` only: engines draw nothing.

The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as
easy as 1, 2, 3", SC 2011). All that decides a bit is integer arithmetic on words of
fixed width, so compiled code can produce the same bits:

- key: 8 bytes of BLAKE2b of ``"{seed}|{stream}"``, read as a little-endian number;
- counter: (id, low 32 bits; id, high 32 bits; draw; replication);
- result: words w0 to w3, taken in pairs as the 64-bit numbers ``w0 << 32 | w1`` and
  ``w2 << 32 | w3``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
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

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Integers = NDArray[np.int64]
Ids = NDArray[np.uint64]
Words = NDArray[np.uint32]

LONGEST_DRAW = NEVER // 4
"""Milliseconds, 36 million years: no drawn duration is longer, however heavy its tail."""

WORD = 2**32

_WORD_BITS = np.uint64(32)
_LOW_WORD = np.uint64(WORD - 1)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10

# Six rows of this many 64-bit numbers, 384 kB, stay in a core's L2 cache. Chunks of 2048
# took twice the time per number; larger ones gain little, and outgrow small caches.
_CHUNK = 8192

# A number in [1, 2) from 52 random bits, less this, is (bits + 1/2) / 2**52, exactly.
_ONE_AS_BITS = np.uint64(0x3FF0000000000000)
_TO_OPEN = 1.0 - 2.0**-53
_ONE_AS_BITS_32 = np.uint32(0x3F800000)
_TO_OPEN_32 = np.float32(1.0 - 2.0**-24)


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
        numbers: Floats = self._doubles(1, stream, ids, draw)[0]
        return numbers

    def pair(
        self, stream: str, ids: NDArray[np.integer[Any]], draw: int = 0
    ) -> tuple[Floats, Floats]:
        """Draw two independent uniform numbers for each id, for the price of one.

        Parameters and values are those of `uniform`.
        """
        first, second = self._doubles(2, stream, ids, draw)
        return first, second

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
        words = out.view(np.uint32)
        for part, blocks in _blocks(ids, draw, self.replication, self.key(stream)):
            _split_words(blocks, words[:, part])
            words[:, part] >>= np.uint32(9)
            words[:, part] |= _ONE_AS_BITS_32
            out[:, part] -= _TO_OPEN_32
        return out

    def key(self, stream: str) -> int:
        """Give the 64-bit key under which Philox draws a stream."""
        digest = blake2b(f"{self.seed}|{stream}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "little")

    def _doubles(self, rows: int, stream: str, ids: NDArray[np.integer[Any]], draw: int) -> Floats:
        ids = _as_ids(ids)
        out = np.empty((rows, len(ids)))
        bits = out.view(np.uint64)
        for part, blocks in _blocks(ids, draw, self.replication, self.key(stream), rows):
            np.right_shift(blocks, np.uint64(12), out=bits[:, part])
            bits[:, part] |= _ONE_AS_BITS
            out[:, part] -= _TO_OPEN
        return out


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
    ids = _as_ids(ids)
    words = np.empty((4, len(ids)), np.uint32)
    for part, blocks in _blocks(ids, draw, replication, key):
        _split_words(blocks, words[:, part])
    return words


def _check_word(name: str, value: int) -> None:
    if not 0 <= value < WORD:
        raise ValueError(f"{name} must be from 0 to 2**32 - 1, but is {value}")


def _as_ids(ids: NDArray[np.integer[Any]]) -> Ids:
    ids = np.asarray(ids)
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise TypeError(f"ids must be one row of integers, not {ids.dtype} of shape {ids.shape}")
    return ids.astype(np.uint64, copy=False)


def _split_words(blocks: Ids, words: Words) -> None:
    # Assigning a 64-bit number to a 32-bit word keeps its low half.
    words[0::2] = blocks >> _WORD_BITS
    words[1::2] = blocks & _LOW_WORD


def _blocks(
    ids: Ids, draw: int, replication: int, key: int, rows: int = 2
) -> Iterator[tuple[slice, Ids]]:
    """Yield (which ids, their blocks uint64[rows, m]); a block is overwritten by the next.

    Row 0 holds ``w0 << 32 | w1``, row 1, left out if `rows` is 1, ``w2 << 32 | w3``.

    With the counter (x0, x1, x2, x3), one round is, M being the multipliers, k the key::

        x0, x1, x2, x3 = high(M1 x2) ^ x1 ^ k0,  low(M1 x2),  high(M0 x0) ^ x3 ^ k1,  low(M0 x0)

    x1 and x3 are therefore kept as the whole products (`made0`, `made2`) of the round
    before, whose low halves they are. Every operation writes into a buffer that is there.
    """
    _check_word("draw", draw)
    _check_word("replication", replication)
    m0, m1 = _MULTIPLIERS
    keys = [
        tuple(
            np.uint64((half + turn * step) % WORD)
            for half, step in zip((key % WORD, key >> 32), _KEY_STEPS, strict=True)
        )
        for turn in range(_ROUNDS)
    ]
    buffers = np.empty((6, min(len(ids), _CHUNK)), np.uint64)
    for start in range(0, len(ids), _CHUNK):
        part = slice(start, min(start + _CHUNK, len(ids)))
        x0, x2, made0, made2, next0, next2 = buffers[:, : part.stop - start]
        np.bitwise_and(ids[part], _LOW_WORD, out=x0)
        np.right_shift(ids[part], _WORD_BITS, out=made0)
        x2[:] = draw
        made2[:] = replication
        for k0, k1 in keys[:-1]:
            np.multiply(x2, m1, out=next0)
            np.multiply(x0, m0, out=next2)
            _mix(next0, made0, k0, x0)
            _mix(next2, made2, k1, x2)
            made0, next0 = next0, made0
            made2, next2 = next2, made2
        # The last round leaves both words together, as the halves of one number.
        k0, k1 = keys[-1]
        np.multiply(x2, m1, out=x2)
        _join(x2, made0, k0)
        if rows == 2:
            np.multiply(x0, m0, out=x0)
            _join(x0, made2, k1)
        # x2 lies next to x0 in the buffers: rows in the order 1, 0.
        yield part, buffers[1::-1, : part.stop - start][:rows]


def _mix(product: Ids, before: Ids, key: np.uint64, out: Ids) -> None:
    """Set `out` to high(product) ^ low(before) ^ key; `before` is used up."""
    np.right_shift(product, _WORD_BITS, out=out)
    np.bitwise_and(before, _LOW_WORD, out=before)
    np.bitwise_xor(out, before, out=out)
    np.bitwise_xor(out, key, out=out)


def _join(product: Ids, before: Ids, key: np.uint64) -> None:
    """Mix as `_mix` does, in the high half of `product`; its low half is the second word."""
    np.bitwise_xor(before, key, out=before)
    np.left_shift(before, _WORD_BITS, out=before)
    np.bitwise_xor(product, before, out=product)


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
    counts = np.asarray(np.divide(amounts_ms, tick))
    np.rint(counts, out=counts)
    np.clip(counts, at_least, None, out=counts)
    if np.isnan(counts).any():
        raise ValueError("a duration is not a number")
    # Capped as a whole number: as a float the cap might be the next multiple up.
    most = LONGEST_DRAW // tick
    whole: Integers = np.minimum(counts, float(most)).astype(np.int64)
    np.minimum(whole, most, out=whole)
    whole *= tick
    return whole


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
