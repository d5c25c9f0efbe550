"""What a report says, section by section: of a run, a comparison and so on.

`of` is called by `govsim.report.page`. Each module writes its sections of words, tables and
figures (`govsim.report.parts`); every number comes from what was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from govsim.comparison.result import Comparison
from govsim.report.parts import Contents, Desk
from govsim.runs.results import Result

if TYPE_CHECKING:
    from govsim.calibration.result import Calibration
    from govsim.explanation.result import Explanation
    from govsim.lateness.result import Lateness
    from govsim.optimisation.result import Optimum
    from govsim.siting.result import Siting

Found: TypeAlias = "Result | Comparison | Explanation | Calibration | Lateness | Optimum | Siting"
"""What there are reports of."""


def of(found: Found, desk: Desk) -> Contents:
    """Say what was found.

    Each kind is imported when there is one: the report of a run needs no readers of records.
    """
    if isinstance(found, Result):
        from govsim.report.sections import run

        return run.contents(found, desk)
    if isinstance(found, Comparison):
        from govsim.report.sections import comparison, sweep

        return sweep.contents(found, desk) if found.grid else comparison.contents(found, desk)
    from govsim.explanation.result import Explanation

    if isinstance(found, Explanation):
        from govsim.report.sections import explanation

        return explanation.contents(found, desk)
    from govsim.lateness.result import Lateness

    if isinstance(found, Lateness):
        from govsim.report.sections import lateness

        return lateness.contents(found, desk)
    from govsim.optimisation.result import Optimum

    if isinstance(found, Optimum):
        from govsim.report.sections import optimum

        return optimum.contents(found, desk)
    from govsim.siting.result import Siting

    if isinstance(found, Siting):
        from govsim.report.sections import siting

        return siting.contents(found, desk)
    from govsim.report.sections import calibration

    return calibration.contents(found, desk)
