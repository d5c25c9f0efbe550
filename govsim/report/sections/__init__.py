"""What a report says, section by section: of a run, a comparison and so on.

`of` is called by `govsim.report.page`. Each module writes its sections of words, tables and
figures (`govsim.report.parts`); every number comes from what was found.
"""

from __future__ import annotations

from govsim.calibration import Calibration
from govsim.comparison import Comparison
from govsim.explanation import Explanation
from govsim.report.parts import Contents, Desk
from govsim.report.sections import calibration, comparison, explanation, run
from govsim.results import Result

Found = Result | Comparison | Explanation | Calibration
"""What there are reports of."""


def of(found: Found, desk: Desk) -> Contents:
    """Say what was found."""
    if isinstance(found, Comparison):
        return comparison.contents(found, desk)
    if isinstance(found, Explanation):
        return explanation.contents(found, desk)
    if isinstance(found, Calibration):
        return calibration.contents(found, desk)
    return run.contents(found, desk)
