"""A Dask cluster as an executor: ``--cluster tls://host:port``, with ``govsim[cluster]``.

Scheduler and workers need govsim and its libraries in the same versions, and none of the
caller's files: tasks carry what is simulated, and results come back to be written here. What
a lost worker had in hand, another does again. Whoever reaches a scheduler can run code on its
workers, so ``tls://``, where each shows its certificate, is what the documentation recommends.
Called by `govsim.runs.workers.choose`.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from importlib import import_module
from typing import Any, TypeVar

from govsim import language
from govsim.errors import InputError, Problem, RunError
from govsim.language import tr
from govsim.runs import provenance
from govsim.runs.executors import Pooled, lost

T = TypeVar("T")
R = TypeVar("R")

ADDRESS = re.compile(r"(tls|tcp)://[^\s@/?#]+:\d+")

PATIENCE = 10.0
"""Seconds to wait for the scheduler, and for its first worker."""

WORKERLESS = 60.0
"""Seconds to wait for another worker where all are lost."""

COUNTED_EVERY = 2.0
"""Seconds between two times that workers are counted: they come and go."""

LOGGERS = ("distributed", "distributed.client")
"""Dask's own accounts of what goes wrong, which a `RunError` tells more briefly."""


class Cluster(Pooled):
    """Workers of a Dask cluster.

    Parameters
    ----------
    address : of its scheduler.

    Raises
    ------
    InputError
        The address is none.
    RunError
        Dask is not installed, nobody answers there, there is no worker, or one has another
        version of govsim.
    """

    here = False

    def __init__(self, address: str) -> None:
        if not ADDRESS.fullmatch(address):
            # Not what was given: it may be an address of something else, with a password in it.
            message = tr(
                "expected an address such as tls://host:8786 or tcp://host:8786, without a user, "
                "a password or a path"
            )
            raise InputError([Problem(message, file="--cluster")])
        try:
            distributed: Any = import_module("distributed")
        except ImportError as error:
            message = tr("--cluster needs Dask: pip install 'govsim[cluster]'")
            raise RunError(message) from error
        self.address = address
        self.levels = {name: logging.getLogger(name).level for name in LOGGERS}
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            _see_certificates(distributed, address)
            self.client = _client(distributed, address)
        except RunError:
            self._let_dask_speak()
            raise
        except Exception as error:  # Dask fails in many ways where it is not Dask that answers
            self._let_dask_speak()
            message = tr("no Dask scheduler answers at {address}", address=address)
            raise RunError(message) from error
        try:
            self.client.wait_for_workers(1, timeout=PATIENCE)
            self._check()
        except TimeoutError as error:
            self.close()
            raise RunError(self._no_workers()) from error
        except BaseException:
            self.close()
            raise
        self.pool = self.client.get_executor(pure=False)
        self.workers, self.seen, self.counted = 1, time.monotonic(), 0.0

    def _check(self) -> None:
        """See that all have the caller's program; a worker that can't read a task would die."""

        # Functions within functions travel as code: no govsim is needed to receive this one.
        def program() -> object:
            return import_module("govsim.runs.provenance").program()

        try:
            there = [self.client.run_on_scheduler(program), *self.client.run(program).values()]
        except (ImportError, AttributeError) as error:
            message = tr(
                "the scheduler or a worker at {address} lacks this version of govsim ({reason})",
                address=self.address,
                reason=error,
            )
            raise RunError(message) from error
        for theirs in there:
            if differs := provenance.difference(provenance.program(), theirs):
                raise RunError(differs)

    def _no_workers(self) -> str:
        return tr("the Dask cluster at {address} has no workers", address=self.address)

    @property
    def slots(self) -> int:  # type: ignore[override]
        """Threads of all workers there are now, at least one."""
        now = time.monotonic()
        if now - self.counted >= COUNTED_EVERY:
            self.counted = now
            threads = sum(self.client.nthreads().values())
            if threads:
                self.seen = now
            elif now - self.seen > WORKERLESS:
                raise RunError(self._no_workers())
            self.workers = max(1, threads)
        return self.workers

    def _submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        future: Future[R] = self.pool.submit(_on_cluster, function, task, language.current())
        return future

    def _result(self, future: Future[R]) -> R:
        from distributed.scheduler import KilledWorker

        try:
            return future.result()
        except KilledWorker as error:
            raise RunError(lost()) from error
        except CancelledError as error:
            message = tr(
                "the connection to the Dask cluster at {address} is lost", address=self.address
            )
            raise RunError(message) from error

    def close(self) -> None:
        """Leave the cluster; what is under way there comes to its end, unheard."""
        self.client.close()
        self._let_dask_speak()

    def _let_dask_speak(self) -> None:
        for name, level in self.levels.items():
            logging.getLogger(name).setLevel(level)


def _see_certificates(distributed: Any, address: str) -> None:
    """See that Dask's settings name the certificate that ``tls://`` needs."""
    if not address.startswith("tls://"):
        return
    reason = ""
    try:
        there = distributed.Security().get_connection_args("client").get("ssl_context")
    except (OSError, ValueError, TypeError) as error:  # one is missing, or is none
        there, reason = None, f" ({error})"
    if there is None:
        message = tr(
            "tls:// needs certificates, which Dask's settings distributed.comm.tls name: "
            "ca-file, client.cert and client.key{reason}",
            reason=reason,
        )
        raise RunError(message)


def _client(distributed: Any, address: str) -> Any:
    """Join a cluster; if that fails, leave nothing behind that complains of it later."""
    client = distributed.Client.__new__(distributed.Client)
    try:
        client.__init__(address, timeout=PATIENCE, set_as_default=False)
    except BaseException:
        client.close = lambda: None  # it would wait for half a minute, for nobody
        raise
    return client


def _on_cluster(function: Callable[[T], R], task: T, lang: language.Language) -> R:
    """Do a task on a worker, which says what is wrong in the caller's language."""
    language.use(lang)
    return function(task)
