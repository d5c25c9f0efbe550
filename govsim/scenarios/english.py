"""English names of streets and communities, which are keyed by their Chinese ones.

A table of communities may give them (``name_en``, ``street_en``); those of Jiangning are shipped,
and stand for a planner's own table of grids too, which names the same places.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

SHIPPED = Path(__file__).parent / "data" / "jiangning" / "communities.csv"


def of_table(frame: pd.DataFrame) -> dict[str, str]:
    """Give the English names that a table of communities holds.

    Parameters
    ----------
    frame : columns community, street and, where known, name_en, street_en.

    Returns
    -------
    dict
        Name of a street, or ``street/community``, to its English name.
    """
    found = {}
    for row in frame.to_dict("records"):
        street, community = str(row.get("street", "")), str(row["community"])
        if named := str(row.get("street_en") or ""):
            found[street] = named
        if named := str(row.get("name_en") or ""):
            found[f"{street}/{community}"] = named
    return found


@cache
def of_jiangning() -> dict[str, str]:
    """Give the English names of Jiangning's streets and communities."""
    from govsim.scenarios.tables import apart

    frame = pd.read_csv(SHIPPED, dtype=str, keep_default_na=False)
    frame = frame.rename(columns={"name": "community"})
    both = [of_table(frame)]
    frame["community"] = apart(frame["street"], frame["community"])
    both.append(of_table(frame))
    return both[0] | both[1]
