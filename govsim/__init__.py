"""govsim: what a staffing plan will do to a community service.

>>> import govsim
>>> result = govsim.run("scenarios/tiandi.yaml", replications=10)
>>> result.summary()
>>> govsim.compare(["scenarios/tiandi.yaml", "scenarios/tiandi-night.yaml"])

The command line does the same; see ``govsim --help``. Names are imported when they are
used, so that ``import govsim`` takes no time.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govsim.calibrate import calibrate as calibrate
    from govsim.calibration.result import Calibration as Calibration
    from govsim.calibration.result import open_calibration as open_calibration
    from govsim.compare import compare as compare
    from govsim.comparison.result import Comparison as Comparison
    from govsim.comparison.result import open_comparison as open_comparison
    from govsim.errors import InputError as InputError
    from govsim.errors import Problem as Problem
    from govsim.errors import RunError as RunError
    from govsim.evaluation.service import Service as Service
    from govsim.explain import explain as explain
    from govsim.explanation.result import Explanation as Explanation
    from govsim.explanation.result import open_explanation as open_explanation
    from govsim.lateness.result import Lateness as Lateness
    from govsim.lateness.result import open_lateness as open_lateness
    from govsim.optimisation.result import Optimum as Optimum
    from govsim.optimisation.result import open_optimum as open_optimum
    from govsim.optimise import optimise as optimise
    from govsim.rostering.result import Rota as Rota
    from govsim.rostering.result import open_rota as open_rota
    from govsim.rostering.roster import roster as roster
    from govsim.run import run as run
    from govsim.runs.results import Result as Result
    from govsim.runs.results import open_run as open_run
    from govsim.scenarios.loading import Loaded as Loaded
    from govsim.scenarios.loading import load as load
    from govsim.scenarios.schema import Scenario as Scenario
    from govsim.siting.door import site as site
    from govsim.siting.result import Siting as Siting
    from govsim.siting.result import open_siting as open_siting
    from govsim.why import why as why

_FROM = {
    "calibrate": "govsim.calibrate",
    "Calibration": "govsim.calibration.result",
    "compare": "govsim.compare",
    "Comparison": "govsim.comparison.result",
    "InputError": "govsim.errors",
    "Problem": "govsim.errors",
    "RunError": "govsim.errors",
    "explain": "govsim.explain",
    "Explanation": "govsim.explanation.result",
    "Lateness": "govsim.lateness.result",
    "Optimum": "govsim.optimisation.result",
    "open_optimum": "govsim.optimisation.result",
    "optimise": "govsim.optimise",
    "Rota": "govsim.rostering.result",
    "open_rota": "govsim.rostering.result",
    "roster": "govsim.rostering.roster",
    "run": "govsim.run",
    "Result": "govsim.runs.results",
    "Loaded": "govsim.scenarios.loading",
    "load": "govsim.scenarios.loading",
    "Scenario": "govsim.scenarios.schema",
    "Service": "govsim.evaluation.service",
    "open_calibration": "govsim.calibration.result",
    "open_comparison": "govsim.comparison.result",
    "open_explanation": "govsim.explanation.result",
    "open_lateness": "govsim.lateness.result",
    "open_run": "govsim.runs.results",
    "open_siting": "govsim.siting.result",
    "site": "govsim.siting.door",
    "Siting": "govsim.siting.result",
    "why": "govsim.why",
}

__all__ = [
    "Calibration",
    "Comparison",
    "Explanation",
    "InputError",
    "Lateness",
    "Loaded",
    "Optimum",
    "Problem",
    "Result",
    "Rota",
    "RunError",
    "Scenario",
    "Service",
    "Siting",
    "calibrate",
    "compare",
    "explain",
    "load",
    "open_calibration",
    "open_comparison",
    "open_explanation",
    "open_lateness",
    "open_optimum",
    "open_rota",
    "open_run",
    "open_siting",
    "optimise",
    "roster",
    "run",
    "site",
    "why",
]


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module 'govsim' has no attribute {name!r}")
    return getattr(import_module(_FROM[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]


class _Package(ModuleType):
    """Lets ``govsim.compare`` be the function, also once the module of that name is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _FROM and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
