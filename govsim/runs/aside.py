"""What a run can make while its replications run, on a core that would be idle.

A single replication of a district leaves the other cores nothing to do for a second, and what is
written beside it takes half as long. Called by `govsim.runs.replications`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Aside(Generic[T]):
    """The promise to make something, in a thread of its own or when it is asked for.

    Parameters
    ----------
    make : makes it; the same whenever it is called.
    now : begin at once, in a thread.
    """

    def __init__(self, make: Callable[[], T], now: bool) -> None:
        self._make, self._made = make, list[T]()
        self._thread = Thread(target=copy_context().run, args=[self._try], daemon=True)
        if now:
            self._thread.start()

    def value(self) -> T:
        """Wait for it; make it here, if it was not made there."""
        if self._thread.ident is not None:
            self._thread.join()
        return self._made[0] if self._made else self._make()

    def _try(self) -> None:
        try:
            self._made.append(self._make())
        except Exception:  # whoever asks for it meets the same, where it can be told
            return
