"""What was calibrated: the posterior against the prior, checks, and weeks that were not seen.

`govsim.calibrate.calibrate` returns a `Calibration`; it is kept below the results, in
``calibrations/<id>/``, and `open_calibration` reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from govsim.errors import RunError
from govsim.language import retold, tr
from govsim.storage import frames

CALIBRATIONS, RECORD = "calibrations", "calibration.json"


@dataclass(frozen=True, eq=False)
class Calibration:
    """A scenario fitted to records.

    Attributes
    ----------
    manifest : what was fitted to what: scenario, span, points, warnings, where it was written.
    direct : what the record tells by itself, a row for each ``part`` (``category``, ``time``,
        ``weekday``, ``month``, ``holiday``, ``dispersion``, ``hour``, ``channel``) and ``name``:
        the ``ratio`` of what it has there to what the scenario, as it was given, makes of the
        same total; ``low`` and ``high``, the ends of its 90% interval.
    times : how long orders of a ``category`` take, from the record alone: ``orders``, how many of
        them are ``fitted``, the share of these that is ``open``; the ``family`` with the smallest
        BIC, its ``gain`` in log likelihood on the next; whether it is of ``working`` time;
        ``median`` and 90% quantile ``q90`` in hours, each with ``_low`` and ``_high``; NaN where
        the record ends before so many have.
    curves : of the same, at times in ``hours``: the share that has ended as ``fitted``, and in
        the ``record`` (Kaplan and Meier) with the ends of its 90% interval, ``low`` and ``high``.
    fitted : a row for each input: ``input``; ``low``, ``value``, ``high``, what was plausible;
        ``q05``, ``median``, ``q95`` of the posterior; ``at_05``, ``at_25``, ``at_50``, ``at_75``,
        ``at_95``, the same and the quartiles as positions in the plausible range (0 to 1);
        ``contraction``, the share of the prior's variance that is gone.
    checks : a row for each summary that was fitted: ``summary, observed``; ``median, low, high``
        of fresh runs, the ends those of a 90% interval; ``tail``, the chance of being as far
        out; and ``inside``.
    fit : a row for each category and place: ``kind, name``, and the same of its number of orders.
    days : a row for each day that was held out and each ``series`` (``daily`` orders, ``backlog``
        at the end of the day): ``date, observed``, the ``naive`` forecast, and of the forecast
        ``mean``, ``q05``, ``q25``, ``q75``, ``q95`` and ``pit``.
    shares : of all days held out, a row for each ``kind`` (``hour``, ``category``, ``on_time``)
        and ``name``, and the same of its share.
    scores : a row for each ``quantity``, a series or a kind of share: ``n`` forecasts, ``crps,
        crps_naive, mase, coverage_50, coverage_90``; none without a holdout.
    folder : where it is kept; None where nothing was written.
    """

    manifest: Mapping[str, Any]
    direct: pd.DataFrame
    times: pd.DataFrame
    curves: pd.DataFrame
    fitted: pd.DataFrame
    checks: pd.DataFrame
    fit: pd.DataFrame
    days: pd.DataFrame
    shares: pd.DataFrame
    scores: pd.DataFrame
    folder: Path | None = None

    @property
    def scenario(self) -> Path:
        """The scenario file that was written."""
        return Path(self.manifest["written"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may make it wrong."""
        said = self.manifest.get("said", self.manifest)
        return tuple(map(retold, said["warnings"]))

    def to_frame(self) -> pd.DataFrame:
        """Copy what was fitted."""
        return self.fitted.copy()

    def __repr__(self) -> str:
        """Say what was fitted, as `print` of a calibration should."""
        lines = [str(self.scenario)]
        for row in self.fitted.itertuples():
            lines.append(f"  {row.input}: {row.median} ({row.q05} – {row.q95})")
        return "\n".join(lines)


FRAMES = frames.names(Calibration)


def write_calibration(calibration: Calibration, folder: Path) -> Calibration:
    """Keep a calibration.

    Raises
    ------
    RunError
        It can't be written.
    """
    return frames.write(calibration, folder, RECORD)


def open_calibration(folder: str | Path) -> Calibration:
    """Read a calibration back.

    Raises
    ------
    RunError
        There is none in the folder, or a file can't be read.
    """
    try:
        return frames.read(Calibration, Path(folder), RECORD)
    except FileNotFoundError:
        raise RunError(tr("there is no calibration in {folder}", folder=folder)) from None
