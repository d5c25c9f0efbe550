"""govsim: what a staffing plan will do to a community service.

>>> import govsim
>>> result = govsim.run("scenarios/tiandi.yaml", replications=10)
>>> result.summary()

The command line does the same; see ``govsim --help``. Names are imported when they are
used, so that ``import govsim`` takes no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govsim.experiment import run as run
    from govsim.results import Result as Result
    from govsim.scenarios.loading import load as load
    from govsim.scenarios.schema import Scenario as Scenario

_FROM = {
    "run": "govsim.experiment",
    "Result": "govsim.results",
    "load": "govsim.scenarios.loading",
    "Scenario": "govsim.scenarios.schema",
}

__all__ = ["Result", "Scenario", "load", "run"]


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module 'govsim' has no attribute {name!r}")
    return getattr(import_module(_FROM[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
