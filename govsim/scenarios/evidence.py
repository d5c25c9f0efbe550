"""How a value of a scenario is known: evidence, source and plausible range, for each input."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd

from govsim.scenarios.parameters import Leaf, below, leaves, matches, schema_table, unit_of
from govsim.scenarios.schema import Known, Scenario


def known(scenario: Scenario, leaf: Leaf) -> tuple[Known | None, bool]:
    """Find what the scenario says of how a value is known: its most specific word.

    Returns
    -------
    Known or None
        A word on a whole part holds for the facts in it, not for a planner's choices.
    bool
        Whether it is on this input itself, and so its range is this input's.
    """
    field = len(leaf.path) - len(leaf.keys)
    found = [
        (len(pattern), -pattern.count("*"), key)
        for key, pattern in _by_top(tuple(scenario.evidence)).get(str(leaf.path[0]), ())
        if matches(pattern, leaf.path) and (len(pattern) >= field or leaf.input.evidence != "given")
    ]
    if not found:
        return None, False
    length, _, key = max(found)
    return scenario.evidence[key], length >= field


@lru_cache(maxsize=4)
def _by_top(evidence: tuple[str, ...]) -> dict[str, list[tuple[str, list[str]]]]:
    """Sort the keys of `Scenario.evidence` by the inputs at the top that they are of."""
    patterns = [(key, key.split(".")) for key in evidence]
    return {
        name: [(key, steps) for key, steps in patterns if steps[0] in ("*", name)]
        for name in Scenario.model_fields
    }


def plausible(scenario: Scenario, leaf: Leaf) -> tuple[Any, Any, str, str, bool]:
    """Find the plausible range of a value, and how it is known.

    Returns
    -------
    low, high, evidence, source
        As people write them; the ends are None where there is no range.
    bool
        Whether the scenario gives the range of this input itself; else it is the schema's.
    """
    one, keys = leaf.input, leaf.keys
    ends, evidence, source, own = (one.low, one.high), one.evidence, one.source, False
    word, its_own = known(scenario, leaf)
    if word is not None:
        evidence, source = word.evidence, word.source
        if its_own and word.low is not None:
            ends, own = (word.low, word.high), True
    elif not leaf.is_default:
        evidence, source, ends = "given", "", (None, None)
    low, high = (below(end, keys) if keys and isinstance(end, dict) else end for end in ends)
    return low, high, evidence, source, own


def parameters(scenario: Scenario | None = None) -> pd.DataFrame:
    """Tabulate every input of a scenario with how it is known.

    Parameters
    ----------
    scenario : None tabulates the schema's defaults instead; see `schema_table`.

    Returns
    -------
    pandas.DataFrame
        ``path, value, unit, low, high, evidence, source, description``; a row for each
        value, as people write it. The scenario's own word comes first, then the schema's
        where the value is its default; any other value is ``given``, without a range.
    """
    columns = ["path", "value", "unit", "low", "high", "evidence", "source", "description"]
    if scenario is None:
        return schema_table().rename(columns={"default": "value"})[columns]
    rows = []
    for leaf in leaves(scenario):
        one = leaf.input
        low, high, evidence, source, _ = plausible(scenario, leaf)
        path = ".".join(map(str, leaf.path))
        unit = unit_of(leaf.hint, one.path[-1])
        rows.append((path, leaf.written, unit, low, high, evidence, source, one.description))
    return pd.DataFrame(rows, columns=columns, dtype=object)
