"""What was done to a record beyond reading it as written: nothing of that is silent.

Made by `govsim.orders.reading`; put into words by `govsim.report.order_tables`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = (
    Literal["zone", "swapped", "year first", "day first", "buddhist", "far", "endless", "nowhere"]
    | Literal["words", "marks", "sheets", "other sheets", "missing in sheet"]
    | Literal["events", "states", "again", "page", "duration", "clock", "exchanged"]
)


@dataclass(frozen=True)
class Remark:
    """Something that was done to cells of a column, or to the whole table.

    Attributes
    ----------
    kind : ``zone``, times of another zone moved to the place's; ``swapped``, days and months
        that a spreadsheet had swapped, put right; ``year first``, two-digit years found at the
        beginning; ``day first``, dates that leave
        day and month open, read as their writing or the language of the header suggests;
        ``buddhist``, years of the Buddhist era; ``far``, times so far from all
        others that they must be slips, their rows set aside; ``endless``, such times that occur
        again and again, taken for none; ``nowhere``, positions such as 0/0 taken for none;
        ``words``, words that are neither yes nor no, taken for no answer; ``marks``, marks taken
        for yes and no; ``sheets``, several of a workbook that were read as one table; ``other
        sheets``, those that were not read; ``missing in sheet``, columns that one of them
        doesn't have; ``events``, rows of a log that became one for each order; ``states``, orders
        of which several rows tell, the last of which counts; ``again``, those with several times
        of creation, the first of which counts; ``duration``, a column that says how long it was
        from another time; ``clock``, another column that has the time of day;
        ``exchanged``, longitudes and latitudes in each other's columns.
    field : of the mapping; empty for remarks on the whole table.
    cells : how many; how many sheets for remarks on these.
    detail : the other column, the zone, the times or words in question, which marks are good,
        unit and start of durations, names of sheets, or what the steps of a log are.
    """

    kind: Kind
    field: str
    cells: int
    detail: str = ""
