"""Cells of a column as text. Used by whatever reads a column, and by what proposes a mapping."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from govsim.orders.nothing import nothing
from govsim.orders.shapes import Bools

ZEROS = r"^[{(]?0[0-]*[)}]?$"
"""An identity of zeros only."""


def text_of(cells: pa.Array) -> pa.Array:
    """Give cells as text without spaces around it; "" where there is none."""
    return pc.utf8_trim_whitespace(pc.fill_null(cells.cast(pa.large_string()), ""))


def something(cells: pa.Array) -> pa.Array:
    """Give cells as text; "" where there is nothing, or a word for nothing."""
    text = text_of(cells)
    return pc.if_else(nothing(text), "", text)


def only_zeros(text: pa.Array) -> pa.Array:
    """Say which cells are zeros, and nothing else."""
    return pc.match_substring_regex(text, ZEROS)


def as_numpy(mask: pa.Array) -> Bools:
    """Give a column of yes and no as bool[n]."""
    found: Bools = mask.to_numpy(zero_copy_only=False).astype(bool)
    return found
