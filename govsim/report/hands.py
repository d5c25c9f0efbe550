"""Several figures drawn at once, each in a copy of this process.

A figure takes as long as a small replication, and matplotlib draws one at a time. Where the system
can copy a process, each is drawn in one of its own, which writes its files and ends; whatever
goes wrong there, the figure is drawn here after all. Called by `govsim.report.parts` and
`govsim.report.figures`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NoReturn

from govsim.runs.workers import cores

Draw = Callable[[], object]

PATIENCE = 60.0
"""Seconds after which a copy is given up."""

_at_work: deque[Copy] = deque()


class Copy:
    """A copy of this process that does one thing, or the promise to do it here."""

    def __init__(self, draw: Draw) -> None:
        self._draw: Draw | None = draw
        self._process = 0
        if can_copy():
            while len(_at_work) >= cores():
                _at_work.popleft().wait()
            self._process = os.fork()
            if not self._process:
                do_and_end(draw)
            _at_work.append(self)

    def wait(self) -> None:
        """Wait until it is done; do it here, if it was not done there."""
        if self in _at_work:
            _at_work.remove(self)
        if self._process:
            done, self._process = well_done(self._process, PATIENCE), 0
            self._draw = None if done else self._draw
        if self._draw is not None:
            draw, self._draw = self._draw, None
            draw()


def well_done(process: int, patience: float) -> bool:
    """Wait for a copy to end, but not for ever; say whether it did what it was to do."""
    end = time.monotonic() + patience
    while True:
        ended, state = os.waitpid(process, os.WNOHANG)
        if ended:
            return state == 0
        if time.monotonic() > end:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return False
        time.sleep(0.005)


def do_and_end(draw: Draw) -> NoReturn:
    """Do it and end, without what a process does at its end: that is for the one it is of."""
    state = 1
    try:
        draw()
        state = 0
    finally:
        os._exit(state)


def can_copy() -> bool:
    """Whether a copy of this process is sound: no thread of it holds what nobody lets go."""
    return sys.platform == "linux" and cores() > 1 and threading.active_count() == 1
