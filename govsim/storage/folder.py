"""The folder of a run on disk: written so that it can be killed at any time and go on.

``<out>/<scenario>/<run>/`` holds ``manifest.json``, ``measures.parquet``, ``weekly.parquet``,
``hours.parquet``, ``late.parquet``, the places (``points``, ``grids``, ``outline`` and
``staff.parquet``) and, when asked for, ``orders.parquet``. While a run is under way, each
finished replication is in ``journal.bin``; `RunFolder.combine` joins them at the end. The manifest
records the checksum of every file, and its own. What is damaged is passed over as if it were not
there, so that the same run makes it anew, and a run that was killed and went on ends with
the same bytes as one that was not.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from govsim.errors import RunError
from govsim.language import tr
from govsim.storage import lock, tables
from govsim.storage.contents import JOURNAL, Contents, file_of, of
from govsim.storage.files import checksum, replacing, write_text, writing
from govsim.storage.journal import count
from govsim.storage.records import sha256_of
from govsim.storage.tables import MEASURES, OF_ALL, ORDERS, as_frame, as_table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MANIFEST, LATEST = "manifest.json", "latest"

WAIT, ATTEMPTS = 0.1, 50
"""Seconds between two looks at files that a run is just putting in place, and how many."""

log = logging.getLogger("govsim")


@dataclass
class RunFolder:
    """The folder of one run. Who writes in it holds it; who reads need not."""

    path: Path
    _lock: BinaryIO | None = field(default=None, init=False, repr=False, compare=False)
    _found: Contents | None = field(default=None, init=False, repr=False, compare=False)

    def hold(self) -> dict[str, Any]:
        """Hold the folder, making it if need be, so that no other run works there.

        Returns
        -------
        dict
            The manifest of an earlier run, to go on with; what a damaged one said is lost.

        Raises
        ------
        RunError
            Another run is at work there, or the folder can't be written to.
        """
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = lock.hold(self.path)
            try:
                before = self._manifest_to_go_on_with()
                self._found = Contents.look(self.path, before)
            except BaseException:
                self.release()
                raise
        return before

    def release(self) -> None:
        """Let other runs work in the folder again."""
        if self._found is not None:
            self._found.close()
        if self._lock is not None:
            self._lock.close()
        self._found = self._lock = None

    @property
    def is_held(self) -> bool:
        """Whether it is held by whoever has this object."""
        return self._lock is not None

    # ------------------------------------------------------------ manifest

    def manifest(self) -> dict[str, Any]:
        """Read what is recorded of the run; empty where there is no such run.

        Raises
        ------
        RunError
            It can't be read, or isn't what was written.
        """
        file = self.path / MANIFEST
        try:
            manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise RunError(tr("can't read {file}: {reason}", file=file, reason=error)) from error
        except (ValueError, RecursionError):
            manifest = {}
        if not isinstance(manifest, dict) or manifest.get("sha256") != sha256_of(manifest):
            raise RunError(
                tr("{file} is damaged, or was not written by this version of govsim", file=file)
            )
        return manifest

    def _manifest_to_go_on_with(self) -> dict[str, Any]:
        """Read the manifest, or what can be told of the run where it is damaged."""
        try:
            return self.manifest()
        except RunError as error:
            log.warning(str(error))
            return {"orders": file_of(self.path, ORDERS).exists()}

    def record(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, with the checksums of all files that are whole and its own."""
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        whole = manifest | {"files": dict(sorted(self._contents.files.items()))}
        whole["sha256"] = sha256_of(whole)
        text = json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)
        write_text(self.path / MANIFEST, text + "\n", alone=True)

    def point_latest(self) -> None:
        """Let ``latest`` beside the run's folder name this run, whose plan is that of its file."""
        latest = self.path.parent / LATEST
        write_text(latest, self.path.name + "\n")

    def state(self) -> str:
        """Tell how the run stands.

        Returns
        -------
        str
            As the manifest says, ``done``, ``failed``, ``stopped`` or ``running``; but
            ``killed`` if it runs no more, ``incomplete`` where a file is missing, and
            ``damaged`` where the manifest can't be read or a file is too short. Who reads a
            file looks at the rest of it.
        """
        try:
            manifest = self.manifest()
            files = manifest.get("files", {}).items()
            lengths = {name: (self.path / name).stat().st_size for name, _ in files}
        except (FileNotFoundError, NotADirectoryError):
            return "incomplete"
        except (RunError, OSError):
            return "damaged"
        state = str(manifest.get("state", ""))
        if state == "running":
            return "running" if lock.is_held(self.path) else "killed"
        whole = all(lengths[name] == recorded["bytes"] for name, recorded in files)
        return state if whole else "damaged"

    # ------------------------------------------------------------ replications

    @property
    def _contents(self) -> Contents:
        if self._found is None:
            self._found = Contents.look(self.path, self.manifest())
        return self._found

    def has(self, replication: int, orders: bool) -> bool:
        """Whether a replication is there, with its orders if they are wanted."""
        names = (*OF_ALL, *([ORDERS] if orders else []))
        return all(self._contents.has(name, replication) for name in names)

    def reach(self) -> int:
        """One more than the highest replication that is there; some below may be missing."""
        return max(self._contents.replications(MEASURES), default=-1) + 1

    def kept(self) -> int:
        """Count the replications that are there, without looking whether they are whole."""
        combined: Collection[int] = ()
        with suppress(Exception), closing(tables.Reader(file_of(self.path, MEASURES))) as reader:
            combined = range(len(reader))
        return len(count(self.path / JOURNAL, MEASURES).union(combined))

    def put(self, replication: int, packed: Mapping[str, bytes]) -> None:
        """Keep a finished replication.

        Parameters
        ----------
        replication : its number.
        packed : its tables by their names; see `govsim.storage.tables.pack`.
        """
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._contents.journal.append(replication, packed)

    def get(self, replication: int, name: str = MEASURES) -> pd.DataFrame:
        """Read one table of a replication that is there."""
        return as_frame([self._contents.get(name, replication)])

    def combine(self, replications: int, names: tuple[str, ...]) -> None:
        """Join all replications into one file a table, a row group each.

        Files get their names when all are written, so that they fit together but for a
        moment. The journal stays until `drop_journal`: if this is interrupted, nothing is
        lost.
        """
        found, recorded = self._contents, {}
        with writing(self.path), ExitStack() as renames:
            for name in names:
                if not found.is_complete(name, replications):
                    rows = (found.get(name, r) for r in range(replications))
                    file = renames.enter_context(replacing(file_of(self.path, name), alone=True))
                    recorded[name] = tables.write(file, rows, of(self.path, name))
            found.close()
        for name, of_file in recorded.items():
            found.renew(name, of_file, replications)

    def put_places(self, places: Mapping[str, pd.DataFrame]) -> None:
        """Keep the tables that all replications share, by their names."""
        for name, frame in places.items():
            with writing(self.path), replacing(file_of(self.path, name), alone=True) as file:
                recorded = tables.write(file, [as_table(frame)], of(self.path, name))
            self._contents.renew(name, recorded, 1)

    def drop_journal(self) -> None:
        """Remove the journal, once the manifest says that the files hold what it held."""
        with suppress(OSError):
            (self.path / JOURNAL).unlink(missing_ok=True)

    # ------------------------------------------------------------ reading

    def check(self, name: str) -> None:
        """Hold the file of a table against its checksum.

        Raises
        ------
        RunError
            It is missing, or damaged.
        """
        file = file_of(self.path, name)
        for _ in range(ATTEMPTS):
            recorded = self.manifest().get("files", {}).get(file.name)
            with suppress(OSError):
                if checksum(file) == recorded:
                    return
            if not lock.is_held(self.path):
                break
            time.sleep(WAIT)
        if not file.exists():
            raise RunError(tr("{file} is missing; the same “govsim run” makes it anew", file=file))
        raise RunError(tr("{file} is damaged; the same “govsim run” makes it anew", file=file))

    def read(self, name: str, replications: int | None = None) -> Iterator[pa.Table]:
        """Read a table, one replication after another.

        Parameters
        ----------
        name : of the table.
        replications : how many; all if not given.
        """
        self.check(name)
        with closing(tables.Reader(file_of(self.path, name))) as reader:
            for replication in range(len(reader) if replications is None else replications):
                yield reader[replication]

    def frame(self, name: str) -> pd.DataFrame:
        """Read a whole table; words come as categories, which take little memory."""
        return as_frame(self.read(name))
