"""Writes simulated work orders as a CSV file, with the faults of real exports on demand.

Each fault is drawn from its own stream by the order's place in the table, so that one fault more
leaves the others where they are. Called by ``govsim synth``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from govsim.demand.randomness import Streams
from govsim.errors import InputError, Problem
from govsim.language import current, tr
from govsim.orders.mapping import CLOSED, OPEN, TIMES
from govsim.scenarios.units import nearest

HEADERS = {
    "order": ("案件号", "Order ID"),
    "demand": ("诉求编号", "Demand ID"),
    "parent": ("父案件号", "Parent ID"),
    "channel": ("问题来源", "Channel"),
    "category": ("大类名称", "Category"),
    "street": ("街道", "Street"),
    "community": ("社区", "Community"),
    "grid": ("网格", "Grid"),
    "created": ("上报时间", "Created"),
    "accepted": ("立案时间", "Accepted"),
    "dispatched": ("派遣时间", "Dispatched"),
    "scene": ("到场时间", "On scene"),
    "due": ("处置截止时间", "Due"),
    "resolved": ("处置结束时间", "Resolved"),
    "replied": ("回复时间", "Replied"),
    "closed": ("结案时间", "Closed"),
    "status": ("案件状态", "Status"),
    "satisfied": ("是否满意", "Satisfied"),
}
"""Headers in Chinese and English."""

STATES = {OPEN: ("处置中", "Open"), CLOSED: ("已结案", "Closed")}
ANSWERS = {1: ("满意", "Satisfied"), 0: ("不满意", "Not satisfied"), -1: ("", "")}
NOWHERE = ("未知", "Unknown")

STEPS = {"second": "s", "minute": "min", "hour": "h", "day": "D"}
EXCEL_EPOCH = np.datetime64("1899-12-30", "s")


@dataclass(frozen=True)
class Faults:
    """What is wrong with an export; shares of its rows, all independent of each other.

    Attributes
    ----------
    rounding : step that all times are rounded down to: second, minute, hour or day.
    missing : orders without a time of dispatch; as many, of others, without one of resolution.
    open : closed orders whose closing nobody entered.
    reversed : closed orders that close up to an hour before they were created.
    nowhere : orders without a known place.
    placeholder : empty times that are written as 1900-01-01.
    formats : rows with times in the Chinese manner, 2025年1月31日 10:05:00.
    halfway : share of the rows after which times are numbers, as Excel keeps them; 1: none.
    duplicates : orders that occur a second time.
    cut : share of the file, by bytes, after which it ends; 1: it is whole.
    encoding : of the file.
    """

    rounding: str = "second"
    missing: float = 0.0
    open: float = 0.0
    reversed: float = 0.0
    nowhere: float = 0.0
    placeholder: float = 0.0
    formats: float = 0.0
    halfway: float = 1.0
    duplicates: float = 0.0
    cut: float = 1.0
    encoding: str = "utf-8-sig"


def read_faults(settings: Sequence[tuple[str, str]]) -> Faults:
    """Read ``NAME=VALUE`` pairs of ``--fault``.

    Raises
    ------
    InputError
        With all that can't be understood.
    """
    known = [field.name for field in fields(Faults)]
    chosen: dict[str, Any] = {}
    problems = []
    for key, text in settings:
        try:
            if key not in known:
                message = tr(
                    "unknown fault “{name}”; there are {known}", name=key, known=", ".join(known)
                )
                problems.append(Problem(message, file="--fault", suggestion=nearest(key, known)))
            else:
                chosen[key] = _READERS.get(key, _share)(text)
        except (ValueError, LookupError):
            message = tr("{name}: “{text}” can't be understood", name=key, text=text)
            hint = nearest(text, STEPS) if key == "rounding" else ""
            problems.append(Problem(message, file="--fault", suggestion=hint))
    if problems:
        raise InputError(problems)
    return Faults(**chosen)


def _share(text: str) -> float:
    value = float(text.rstrip("%％")) / (100 if text.endswith(("%", "％")) else 1)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def _step(text: str) -> str:
    if text not in STEPS:
        raise ValueError(text)
    return text


def _encoding(text: str) -> str:
    "".encode(text)
    return text


_READERS: Mapping[str, Callable[[str], Any]] = {"rounding": _step, "encoding": _encoding}


def write_export(frame: pd.DataFrame, file: Path, faults: Faults, streams: Streams) -> int:
    """Write orders, or a ledger, with faults; headers and words in the current language.

    Parameters
    ----------
    frame : as `govsim.orders.synthetic` gives it.
    streams : the luck of the faults; the same faults come back with it.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    RunError
        The file can't be written.
    """
    from govsim.storage.files import replacing, writing

    worn = _Worn(frame, faults, streams).table()
    text = io.StringIO()
    worn.to_csv(text, index=False, lineterminator="\r\n")
    data = text.getvalue().encode(faults.encoding, "replace")
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as stream:
            stream.write(data[: round(faults.cut * len(data))])
    return len(worn)


class _Worn:
    """A table on its way through the hands of an office."""

    def __init__(self, frame: pd.DataFrame, faults: Faults, streams: Streams) -> None:
        self.frame, self.faults, self.streams = frame.copy(), faults, streams
        self.ids = np.arange(len(frame))
        self.times = [name for name in TIMES if name in frame]

    def hits(self, fault: str, share: float) -> Any:
        """Choose rows for a fault."""
        return self.streams.uniform(f"fault: {fault}", self.ids) < share

    def table(self) -> pd.DataFrame:
        frame, faults = self.frame, self.faults
        ends = [name for name in ("resolved", "replied", "closed") if name in frame]
        forgotten = self.hits("open", faults.open) & (frame["status"] == CLOSED).to_numpy()
        frame.loc[forgotten, ends] = np.datetime64("NaT")
        frame.loc[forgotten, "status"] = OPEN
        frame.loc[forgotten, "satisfied"] = -1
        early = self.hits("reversed", faults.reversed) & frame["closed"].notna().to_numpy()
        before = 1 + np.floor(3600 * self.streams.uniform("fault: how early", self.ids))
        moment = frame["created"] - pd.to_timedelta(before, unit="s").floor("s")
        frame.loc[early, "closed"] = moment[early]
        for name in ("dispatched", "resolved"):
            if name in frame:
                frame.loc[self.hits(f"missing {name}", faults.missing), name] = np.datetime64("NaT")
        for name in self.times:
            frame[name] = self._written(name)
        language = 0 if current() == "zh" else 1
        lost = self.hits("nowhere", faults.nowhere)
        frame.loc[lost, ["street", "community", "grid"]] = NOWHERE[language]
        for name, words in (("status", STATES), ("satisfied", ANSWERS)):
            frame[name] = frame[name].map({key: word[language] for key, word in words.items()})
        again = np.repeat(self.ids, 1 + self.hits("duplicates", faults.duplicates).astype(int))
        headers = {name: header[language] for name, header in HEADERS.items()}
        return frame.iloc[again].rename(columns=headers)

    def _written(self, name: str) -> Any:
        """Write a column of times."""
        times = self.frame[name].dt.floor(STEPS[self.faults.rounding])
        daily = self.faults.rounding == "day"
        text = times.dt.strftime("%Y-%m-%d" if daily else "%Y-%m-%d %H:%M:%S")
        chinese = times.dt.strftime("%Y年%m月%d日" if daily else "%Y年%m月%d日 %H:%M:%S")
        text = text.where(~self.hits("formats", self.faults.formats), chinese).fillna("")
        late = self.ids >= round(self.faults.halfway * len(self.ids))
        days = ((times - EXCEL_EPOCH) / np.timedelta64(1, "D")).map(
            lambda day: "" if np.isnan(day) else f"{day:.10f}"
        )
        text = text.where(~late, days)
        none = times.isna() & self.hits(f"placeholder {name}", self.faults.placeholder)
        return text.where(~none, "1900-01-01 00:00:00")
