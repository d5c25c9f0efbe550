"""How far work is, as it is told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; given to `on_progress` about once a simulated day.

    Attributes
    ----------
    phase : ``compiling`` before the engine is compiled; ``warm-up`` while pilot replications
        look for it, else ``replications``.
    done : replications that are finished.
    total : replications in all; with a precision, so many as are now expected.
    within : how much of the replications under way is done, in replications.
    began_with : replications that were there when the run began.
    """

    phase: str
    done: int
    total: int
    within: float = 0.0
    began_with: int = 0


OnProgress = Callable[[Progress], None]
