"""Where tasks are done: in this process, in threads or processes of this machine, on a cluster.

All executors give the same results for the same tasks, in any number of workers; they differ
in time only. A task is a value that travels to a worker, and a function that can be imported
there. Few are under way at once, so memory does not grow with their number::

    with workers.choose(workers=4) as executor:
        for result in executor.map(perform, tasks):
            ...

Called by `govsim.runs.replications` and whatever else runs replications; the command line chooses
one by ``--workers`` and ``--cluster``.
"""

from __future__ import annotations

import os
import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import closing, contextmanager
from itertools import count, islice
from multiprocessing import get_context, parent_process
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar

from govsim import language
from govsim.errors import RunError
from govsim.language import tr

T = TypeVar("T")
R = TypeVar("R")

OnShare = Callable[[float], None]
"""Told how much of the tasks that are under way is done, as a number of tasks."""

TOLD_EVERY = 0.2
"""Seconds between two times that a caller who waits is told how far the tasks are."""


ATTEMPTS = 3
"""Workers that may die with the same task in hand, before the run fails."""


class GivenUpError(Exception):
    """A task is given up, since nobody waits for its result any more."""


# ------------------------------------------------------------------ in a worker

_worker = threading.local()


def report(share: float) -> None:
    """Say how far the task in hand is; a long task calls this now and then.

    Parameters
    ----------
    share : how much of it is done, 0 to 1.

    Raises
    ------
    GivenUpError
        The executor is being closed.
    """
    told: OnShare | None = getattr(_worker, "told", None)
    if told is not None:
        told(share)


class _Board:
    """Where workers write how far they are, and read whether to go on.

    Parameters
    ----------
    shares : a cell for each worker.
    free : gives a worker the number of its cell.
    stopped : an event, set when the results are not wanted any more.
    """

    def __init__(self, shares: Any, free: Callable[[], int], stopped: Any) -> None:
        self.shares, self.free, self.stopped = shares, free, stopped
        self.lang = language.current()

    def begin(self) -> None:
        """Take a cell, and speak the caller's language; called once in each worker."""
        language.use(self.lang)
        cell = self.free()

        def told(share: float) -> None:
            if self.stopped.is_set():
                raise GivenUpError
            self.shares[cell] = share

        _worker.told = told


def _in_hand(function: Callable[[T], R], task: T) -> R:
    """Do a task in a worker; what is done is no longer under way."""
    report(0.0)
    try:
        return function(task)
    finally:
        report(0.0)


# ------------------------------------------------------------------ executors


class Executor(ABC):
    """Does tasks; a context manager, which waits for nothing when it is left.

    Attributes
    ----------
    slots : tasks that are done at once.
    here : whether workers find what this machine keeps for them, such as compiled code.
    """

    slots: int = 1
    here: bool = True

    def map(
        self, function: Callable[[T], R], tasks: Iterable[T], on_share: OnShare | None = None
    ) -> Generator[R]:
        """Give the results in the order of the tasks.

        Parameters
        ----------
        function : does a task; importable by its name.
        tasks : taken one by one, as there is room for them. No more than twice `slots` are
            taken and not yet given back.
        on_share : told, in the caller's thread, how much of the tasks under way is done.

        Raises
        ------
        Exception
            Whatever a task raises.
        """
        with closing(self._results(function, tasks, True, on_share)) as results:
            for _, result in results:
                yield result

    def as_completed(
        self, function: Callable[[T], R], tasks: Iterable[T], on_share: OnShare | None = None
    ) -> Generator[tuple[T, R]]:
        """Give each task with its result as soon as it is done; otherwise like `map`."""
        return self._results(function, tasks, False, on_share)

    @abstractmethod
    def _results(
        self,
        function: Callable[[T], R],
        tasks: Iterable[T],
        in_order: bool,
        on_share: OnShare | None,
    ) -> Generator[tuple[T, R]]: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:  # noqa: B027  # there may be none
        """Let go of the workers; a task that is under way is given up."""


class Serial(Executor):
    """One task after another, in the caller's own thread."""

    def _results(
        self,
        function: Callable[[T], R],
        tasks: Iterable[T],
        in_order: bool,
        on_share: OnShare | None,
    ) -> Generator[tuple[T, R]]:
        for task in tasks:
            before = getattr(_worker, "told", None)
            _worker.told = on_share
            try:
                result = function(task)
            finally:
                _worker.told = before
            yield task, result


class Pooled(Executor):
    """Workers that take tasks from a queue; what threads, processes and clusters share."""

    @abstractmethod
    def _submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        """Hand a task to the workers."""

    def _result(self, future: Future[R]) -> R:
        """Get the result of a task that is done, or raise what it has raised."""
        return future.result()

    def _under_way(self) -> float:
        """Sum the shares of the tasks under way."""
        return 0.0

    def _results(
        self,
        function: Callable[[T], R],
        tasks: Iterable[T],
        in_order: bool,
        on_share: OnShare | None,
    ) -> Generator[tuple[T, R]]:
        numbered = enumerate(tasks)
        flying: dict[Future[R], tuple[int, T, int]] = {}
        landed: SimpleQueue[Future[R]] = SimpleQueue()
        early: dict[int, tuple[T, R]] = {}
        given = 0

        def start(number: int, task: T, attempt: int = 1) -> None:
            future = self._submit(function, task)
            flying[future] = number, task, attempt
            future.add_done_callback(landed.put)

        try:
            while True:
                room = 2 * self.slots - len(flying) - len(early)
                for number, task in islice(numbered, max(0, room)):
                    start(number, task)
                if not flying:
                    return
                try:
                    future = landed.get(timeout=TOLD_EVERY)
                except Empty:
                    if on_share is not None:
                        on_share(self._under_way())
                    continue
                number, task, attempt = flying.pop(future)
                try:
                    result = self._result(future)
                except BrokenExecutor as error:
                    if attempt == ATTEMPTS:
                        raise RunError(lost()) from error
                    start(number, task, attempt + 1)
                    continue
                if not in_order:
                    yield task, result
                    continue
                early[number] = task, result
                while given in early:
                    yield early.pop(given)
                    given += 1
        finally:
            for future in flying:
                future.cancel()


def lost() -> str:
    """Say that a task is given up, since whoever does it dies."""
    return tr(
        "the same replication has ended {n} worker processes; if memory is short, "
        "fewer --workers help",
        n=ATTEMPTS,
    )


class Threads(Pooled):
    """Threads of this process: for tasks that let go of Python's lock, as the engine does.

    Parameters
    ----------
    slots : number of threads.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        cells = count()
        self.board = _Board([0.0] * slots, lambda: next(cells), threading.Event())
        self.pool = ThreadPoolExecutor(slots, "govsim", self.board.begin)

    def _submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        return self.pool.submit(_in_hand, function, task)

    def _under_way(self) -> float:
        return float(sum(self.board.shares))

    def close(self) -> None:
        """Stop the threads; each gives up its task when it next reports."""
        self.board.stopped.set()
        self.pool.shutdown(cancel_futures=True)


class Processes(Pooled):
    """Processes of this machine: for tasks that hold Python's lock, as the SimPy model does.

    A worker that dies is replaced, and what it had in hand is done again.

    Parameters
    ----------
    slots : number of processes.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        # Forking a process that has threads can hang; other systems can't fork at all.
        self.context = get_context("spawn")
        self.shares = self.context.RawArray("d", slots)
        self.cells = self.context.Value("i", 0)
        self.stopped = self.context.Event()
        self.pool = self._begun()

    def _begun(self) -> ProcessPoolExecutor:
        shared = (self.shares, self.cells, self.stopped, language.current())
        return ProcessPoolExecutor(self.slots, self.context, _begin_process, shared)

    def _submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        with _unheard():
            try:
                return self.pool.submit(_in_hand, function, task)
            except BrokenExecutor:  # all its processes end when one of them dies
                self.pool = self._begun()
                return self.pool.submit(_in_hand, function, task)

    def _under_way(self) -> float:
        return float(sum(self.shares))

    def close(self) -> None:
        """End the processes; each gives up its task when it next reports."""
        self.stopped.set()
        self.pool.shutdown(cancel_futures=True)


@contextmanager
def _unheard() -> Iterator[None]:
    """Begin processes that from their first moment leave it to their parent to be stopped."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_process(shares: Any, cells: Any, stopped: Any, lang: language.Language) -> None:
    """Make a new process a worker: it ends with its parent, which alone is stopped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    language.use(lang)
    with cells:
        cell = cells.value % len(shares)
        cells.value += 1
    _Board(shares, lambda: cell, stopped).begin()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
