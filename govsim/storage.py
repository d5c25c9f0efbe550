"""The folder of a run on disk: written so that it can be killed at any time and go on.

``<out>/<scenario>/<run>/`` holds ``manifest.json``, ``measures.parquet``,
``weekly.parquet`` and, when asked for, ``orders.parquet``. While a run is under way,
each finished replication lies in ``parts/000003/``; `RunFolder.combine` joins them at the
end. Whatever is written gets a temporary name first and is then renamed, so what bears
its name is whole. A run that was killed and went on ends with the same bytes as one that
was not. Called by `govsim.experiment`; read by `govsim.results`.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.errors import RunError
from govsim.language import tr

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MANIFEST, LATEST, PARTS = "manifest.json", "latest", "parts"
MEASURES, WEEKLY, ORDERS = "measures", "weekly", "orders"
"""Names of the tables by replication, each in ``<name>.parquet``."""
POINTS = "points"
"""Name of the table of service points, which all replications share."""

WORDS = ("level", "key", "measure")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what an operating system says about a failed write into a `RunError`."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}:
            reason = tr("the disk is full")
        elif isinstance(error, PermissionError) or error.errno == errno.EROFS:
            reason = tr("writing there is not allowed")
        else:
            reason = error.strerror or str(error)
        raise RunError(
            tr("can't write to {folder}: {reason}", folder=path, reason=reason)
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all, in UTF-8 with plain line ends."""
    temporary = _temporary(path)
    with writing(path.parent):
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    # ------------------------------------------------------------ manifest

    def manifest(self) -> dict[str, Any]:
        """Read what is recorded of the run; empty where there is no such run."""
        try:
            text = (self.path / MANIFEST).read_text(encoding="utf-8")
            manifest: dict[str, Any] = json.loads(text)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError) as error:
            raise RunError(
                tr("can't read {file}: {reason}", file=self.path / MANIFEST, reason=error)
            ) from error
        return manifest

    def record(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, making the folder if need be."""
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
        write_text(self.path / MANIFEST, text + "\n")

    def point_latest(self) -> None:
        """Let ``latest`` beside the run's folder name this run."""
        write_text(self.path.parent / LATEST, self.path.name + "\n")

    # ------------------------------------------------------------ replications

    def has(self, replication: int, orders: bool) -> bool:
        """Whether a replication is there, with its orders if they are wanted."""
        part = self._part(replication)
        if part.is_dir() and (not orders or (part / f"{ORDERS}.parquet").exists()):
            return True
        return replication < self._combined(ORDERS if orders else MEASURES)

    def kept(self) -> int:
        """Count the replications that are there, in parts or combined."""
        parts = {p.name for p in (self.path / PARTS).glob("[0-9]*")}
        combined = self._combined(MEASURES)
        return combined + sum(int(name) >= combined for name in parts)

    def reach(self) -> int:
        """One more than the highest replication that is there; some below may be missing."""
        parts = (int(p.name) + 1 for p in (self.path / PARTS).glob("[0-9]*"))
        return max(self._combined(MEASURES), *parts, 0)

    def put(self, replication: int, tables: dict[str, pd.DataFrame]) -> None:
        """Keep a finished replication.

        Parameters
        ----------
        replication : its number.
        tables : frames by the names above, without a column ``replication``.
        """
        import pyarrow.parquet as pq

        part = self._part(replication)
        temporary = _temporary(part)
        with writing(self.path):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            for name, frame in tables.items():
                table = _table(frame, replication)
                pq.write_table(table, temporary / f"{name}.parquet", compression="zstd")
            shutil.rmtree(part, ignore_errors=True)
            temporary.rename(part)

    def get(self, replication: int, name: str = MEASURES) -> pd.DataFrame:
        """Read one table of a replication that is there."""
        return _frame(self._read(replication, name))

    def combine(self, replications: int, names: tuple[str, ...]) -> None:
        """Join the parts of all replications into one file a table, a row group each.

        The parts stay until `drop_parts`: if this is interrupted, nothing is lost.
        """
        import pyarrow.parquet as pq

        for name in names:
            target = self.path / f"{name}.parquet"
            temporary = _temporary(target)
            total = max(replications, self._combined(name))
            if not any(self._part(r).is_dir() for r in range(total)):
                continue
            with writing(self.path):
                tables = (self._read(r, name) for r in range(total))
                first = next(tables)
                with pq.ParquetWriter(temporary, first.schema, compression="zstd") as writer:
                    for table in chain([first], tables):
                        writer.write_table(table, row_group_size=max(1, len(table)))
                temporary.replace(target)

    def drop_parts(self) -> None:
        """Remove the parts, and what a killed run left, once the manifest says it is done."""
        shutil.rmtree(self.path / PARTS, ignore_errors=True)
        for left in self.path.glob(".*.tmp"):
            with suppress(OSError):
                left.unlink()

    def put_points(self, points: pd.DataFrame) -> None:
        """Keep the service points: ids, names, kinds, places."""
        import pyarrow.parquet as pq

        target = self.path / f"{POINTS}.parquet"
        with writing(self.path):
            pq.write_table(_table(points), _temporary(target), compression="zstd")
            _temporary(target).replace(target)

    def frame(self, name: str) -> pd.DataFrame:
        """Read a combined table; words come as categories, which take little memory."""
        import pyarrow.parquet as pq

        file = self.path / f"{name}.parquet"
        try:
            columns = pq.read_schema(file).names
            words = [word for word in WORDS if word in columns]
            return _frame(pq.read_table(file, read_dictionary=words))
        except (OSError, ValueError) as error:
            raise RunError(tr("can't read {file}: {reason}", file=file, reason=error)) from error

    def _part(self, replication: int) -> Path:
        return self.path / PARTS / f"{replication:06d}"

    def _combined(self, name: str) -> int:
        """Count the replications in a combined file: row group r is replication r."""
        import pyarrow.parquet as pq

        file = self.path / f"{name}.parquet"
        return int(pq.read_metadata(file).num_row_groups) if file.exists() else 0

    def _read(self, replication: int, name: str) -> pa.Table:
        import pyarrow.parquet as pq

        part = self._part(replication) / f"{name}.parquet"
        if part.exists():
            return pq.read_table(part, partitioning=None)
        with pq.ParquetFile(self.path / f"{name}.parquet") as reader:
            return reader.read_row_group(replication)


def _table(frame: pd.DataFrame, replication: int | None = None) -> pa.Table:
    """Turn a frame into a table of stated types: pandas' own choice may change."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    if replication is not None:
        columns["replication"] = pa.array([replication] * len(frame), pa.int32())
    for name in frame.columns:
        column = frame[name]
        if name in WORDS or column.dtype.kind not in "biufM":
            columns[name] = pa.array(column.astype(str).tolist(), pa.string())
        else:
            columns[name] = pa.array(column.to_numpy(), from_pandas=False)
    return pa.table(columns)


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame


def runs(out: Path) -> list[RunFolder]:
    """List the runs under a results folder, by scenario, the newest first."""
    found = [RunFolder(file.parent) for file in out.glob(f"*/*/{MANIFEST}")]

    def newest(run: RunFolder) -> tuple[str, float]:
        return run.path.parent.name, -(run.path / MANIFEST).stat().st_mtime

    return sorted(found, key=newest)


def find(out: Path, name: str) -> RunFolder | None:
    """Find a run by its folder, by ``scenario/run``, by the run's id, or by its scenario.

    A scenario's name stands for its latest run.
    """
    for place in (Path(name), out / name):
        if (place / MANIFEST).is_file():
            return RunFolder(place)
        with suppress(OSError):
            latest = (place / LATEST).read_text(encoding="utf-8").strip()
            if latest and (place / latest / MANIFEST).is_file():
                return RunFolder(place / latest)
    matches = [run for run in runs(out) if len(name) >= 4 and run.path.name.startswith(name)]
    return matches[0] if len(matches) == 1 else None
