"""The sheets of a workbook: of a run, a comparison, an explanation, a calibration and so on.

`of` is called by `govsim.report.workbook`. Each module lays its tables out in typed columns
(`govsim.report.spreadsheet`).
"""

from __future__ import annotations

from collections.abc import Iterator

from govsim.calibration.result import Calibration
from govsim.comparison.result import Comparison
from govsim.explanation.result import Explanation
from govsim.lateness.result import Lateness
from govsim.optimisation.result import Optimum
from govsim.report.sections import Found
from govsim.report.sheets.calibration import of_calibration
from govsim.report.sheets.comparison import of_comparison
from govsim.report.sheets.explanation import of_explanation
from govsim.report.sheets.lateness import of_lateness
from govsim.report.sheets.optimum import of_optimum
from govsim.report.sheets.run import of_run
from govsim.report.sheets.siting import of_siting
from govsim.report.spreadsheet import Sheet
from govsim.siting.result import Siting


def of(found: Found) -> Iterator[Sheet]:
    """Lay out what was found."""
    if isinstance(found, Comparison):
        return of_comparison(found)
    if isinstance(found, Explanation):
        return of_explanation(found)
    if isinstance(found, Calibration):
        return of_calibration(found)
    if isinstance(found, Lateness):
        return of_lateness(found)
    if isinstance(found, Optimum):
        return of_optimum(found)
    if isinstance(found, Siting):
        return of_siting(found)
    return of_run(found)
