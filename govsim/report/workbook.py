"""What was found as an Excel workbook, a sheet for each table.

`write` is the door for the command line and for Python. Values are numbers that can be
reckoned with: shares from 0 to 1 in the format of percent, counts and hours a year, money in
yuan a year.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from govsim.report import sheets, spreadsheet

if TYPE_CHECKING:
    from govsim.report.sections import Found


def write(found: Found, path: Path) -> Path:
    """Write the tables of what was found, in the current language.

    Parameters
    ----------
    found : what was found.
    path : the file, whose name ends with ``.xlsx``.

    Returns
    -------
    Path
        The file. The same results give the same bytes.

    Raises
    ------
    RunError
        The file can't be written.
    """
    spreadsheet.save([sheet for sheet in sheets.of(found) if sheet.columns[0].values], path)
    return path
