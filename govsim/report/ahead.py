"""A copy of this process that gets ready to draw while replications run, and then draws.

What a report takes to be imported, and the first figure, last as long as a replication of a
station. `govsim run` copies itself as soon as its scenario is read; the copy gets ready on another
core and waits for word that the run is finished, whose files it reads like ``govsim report``.
Whatever goes wrong there, the caller draws itself after all (`Ahead.done` says so).
"""

from __future__ import annotations

import gc
import json
import os
import signal
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from govsim.report import hands

PATIENCE = 600.0
"""Seconds after which the copy is given up; far more than any report takes."""


class Ahead:
    """A context manager; on leaving it, nothing of the copy is left."""

    def __init__(self) -> None:
        self._process, self._word = 0, -1
        if hands.can_copy():
            reads, self._word = os.pipe()
            self._process = os.fork()
            if not self._process:
                os.close(self._word)
                hands.do_and_end(lambda: _draw_when_told(reads))
            os.close(reads)

    def begin(self, folder: Path, report: bool) -> None:
        """Let the overview of a finished run be drawn, and its report.

        Parameters
        ----------
        folder : of the run.
        report : whether its report is wanted too.
        """
        if self._process:
            word = json.dumps({"folder": str(folder), "report": report}).encode()
            with suppress(BrokenPipeError):  # it is no more, which `done` tells
                os.write(self._word, word)
            os.close(self._word)
            self._word = -1

    def done(self) -> bool:
        """Wait until all is drawn; False if it was not, and is still to do."""
        drawn = bool(self._process) and hands.well_done(self._process, PATIENCE)
        self._process = 0
        return drawn

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._word >= 0:
            os.close(self._word)
        if self._process:  # the run did not come to its end
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)


def _draw_when_told(reads: int) -> None:
    """Get ready; read what is to be drawn, and draw it. Without a word, whoever asked is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # which the one that asked is sent too
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.disable()  # it ends soon, and so do copies of it, which share all that it doesn't touch
    _get_ready()
    with os.fdopen(reads, encoding="utf-8") as said:
        told: dict[str, Any] = json.loads(said.read())
    from govsim.report import figures, page
    from govsim.runs.results import open_run

    folder = Path(told["folder"])
    result = open_run(folder)
    result.get_ready()  # once, for all who draw
    overview = figures.begin_overview(result, folder / page.FIGURES)
    if told["report"]:
        page.write(result, folder)
    overview.wait()


def _get_ready() -> None:
    """Import what a report of a run takes, and draw a figure that nobody sees."""
    from tempfile import TemporaryDirectory

    import jinja2  # noqa: F401
    import pyarrow.parquet  # noqa: F401
    from scipy.special import stdtrit  # noqa: F401

    from govsim.measures.catalogue import CATALOGUE
    from govsim.measures.statistics import Interval
    from govsim.report import figures, page, plates, style  # noqa: F401
    from govsim.report.sections import run  # noqa: F401

    style.get_ready()
    rows = [("0123456789", Interval(0.5, 0.4, 0.6, 2))]
    with style.drawing():
        drawn = plates.shares(rows, CATALOGUE["utilisation"], "%")
        style.settle(drawn)
        with TemporaryDirectory() as folder:
            style.save(drawn, Path(folder), "nobody")
