"""Several figures drawn at once, by this process and copies of it.

A figure takes as long as a small replication, and matplotlib draws one at a time. Where the system
can copy a process, there are as many at it as there are cores, and each takes the next figure when
it is done with one; what a copy does not do, whatever goes wrong there, is done here after all.
Copies are few, since each pays for the memory that it changes and learns all letters anew. Called
by `govsim.report.parts` and `govsim.report.figures`.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

from govsim.runs.workers import cores

Draw = Callable[[], object]

PATIENCE = 60.0
"""Seconds after which a copy is given up."""

NUMBER = 2
"""Bytes of a number on its way between processes."""


class Copy:
    """A copy of this process that does one thing, or the promise to do it here."""

    def __init__(self, draw: Draw) -> None:
        self._draw: Draw | None = draw
        self._process = 0
        if can_copy():
            self._process = _copied(draw)

    def wait(self) -> None:
        """Wait until it is done; do it here, if it was not done there."""
        if self._process:
            done, self._process = well_done(self._process, PATIENCE), 0
            self._draw = None if done else self._draw
        if self._draw is not None:
            draw, self._draw = self._draw, None
            draw()


def share_out(work: Sequence[Draw]) -> None:
    """Do all of it, in this process and in as many copies of it as there are further cores."""
    copies = min(cores(), len(work)) - 1
    if copies < 1 or not can_copy():
        for draw in work:
            draw()
        return
    todo, given = os.pipe()
    told, done = os.pipe()
    os.write(given, b"".join(n.to_bytes(NUMBER, "big") for n in range(len(work))))
    os.close(given)
    helpers = [_copied(lambda: _take(work, todo, done)) for _ in range(copies)]
    try:
        _take(work, todo, done)
        while helpers:
            well_done(helpers.pop(), PATIENCE)
    finally:
        os.close(todo)
        os.close(done)
        for helper in helpers:  # it failed here, and would there
            os.kill(helper, signal.SIGKILL)
            os.waitpid(helper, 0)
        with os.fdopen(told, "rb") as numbers:
            finished = {
                int.from_bytes(number, "big") for number in iter(partial(numbers.read, NUMBER), b"")
            }
    for n, draw in enumerate(work):
        if n not in finished:
            draw()


def _take(work: Sequence[Draw], todo: int, done: int) -> None:
    """Do what nobody else has taken, and say so; a pipe gives each number to one reader."""
    while number := os.read(todo, NUMBER):
        work[int.from_bytes(number, "big")]()
        os.write(done, number)


def _copied(draw: Draw) -> int:
    """Copy this process; the copy does it and ends. Gives the copy's number."""
    process = os.fork()
    if not process:
        do_and_end(draw)
    return process


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
    gc.disable()  # it ends soon, and looking for what could be let go would copy all memory
    try:
        draw()
        state = 0
    finally:
        os._exit(state)


def can_copy() -> bool:
    """Whether a copy of this process is sound: no thread of it holds what nobody lets go."""
    return sys.platform == "linux" and cores() > 1 and threading.active_count() == 1
