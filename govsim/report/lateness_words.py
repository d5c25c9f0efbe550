"""What the pieces of a demand's time, and the clocks, are called."""

from __future__ import annotations

from govsim.language import tr
from govsim.measures.lives import PIECES


def piece_name(piece: str) -> str:
    """Name a piece of a demand's time."""
    names = (
        tr("desk closed"),
        tr("waiting at the desk"),
        tr("intake"),
        tr("waiting to be passed on"),
        tr("nobody on duty"),
        tr("crews busy"),
        tr("turn-out"),
        tr("the way"),
        tr("access"),
        tr("work on the scene"),
        tr("waiting for another team"),
        tr("joint meeting"),
        tr("department"),
        tr("writing the reply"),
        tr("withdrawn or turned away"),
    )
    return names[PIECES.index(piece)]


def clock_name(clock: str) -> str:
    """Name a clock."""
    names = {
        "scene": tr("on the scene"),
        "solve": tr("solved"),
        "reply": tr("replied to"),
    }
    return names[clock]
