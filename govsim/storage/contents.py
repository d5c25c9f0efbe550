"""What is whole in the folder of a run, as whoever goes on with the run may build upon it.

Every file is held against the checksum that the manifest records of it. Of a file that
is another than was recorded, those replications count whose own checksums are right.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.language import tr
from govsim.storage import tables
from govsim.storage.files import checksum
from govsim.storage.journal import Journal
from govsim.storage.tables import OF_ALL, ORDERS

if TYPE_CHECKING:
    import pyarrow as pa

POINTS, GRIDS, OUTLINE, STAFF = "points", "grids", "outline", "staff"
PLACES = (POINTS, GRIDS, OUTLINE, STAFF)
"""Names of the tables that all replications share: where they take place, and who is there."""

JOURNAL = "journal.bin"

log = logging.getLogger("govsim")


def of(folder: Path, table: str) -> str:
    """Say of which run and which table a file is, whatever it is called."""
    return f"{folder.name}/{table}"


def file_of(folder: Path, table: str) -> Path:
    """Name the file of a table."""
    return folder / f"{table}.parquet"


@dataclass
class Contents:
    """What is whole in a folder.

    Attributes
    ----------
    folder : where it lies.
    journal : replications that are not yet in the files.
    files : checksums, by name, of the files that are as they were recorded.
    whole : by table, the replications in its file that are whole.
    """

    folder: Path
    journal: Journal
    files: dict[str, dict[str, int | str]] = field(default_factory=dict)
    whole: dict[str, Collection[int]] = field(default_factory=dict)
    _readers: dict[str, tables.Reader] = field(default_factory=dict)

    @classmethod
    def look(cls, folder: Path, manifest: Mapping[str, Any]) -> Contents:
        """Look what is whole, and say what is damaged.

        Parameters
        ----------
        folder : of the run.
        manifest : what is recorded of the run; empty where it can't be read.
        """
        found = cls(folder, Journal.read(folder / JOURNAL))
        done = manifest.get("state") == "done"
        for name in (*OF_ALL, ORDERS, *PLACES):
            file = file_of(folder, name)
            recorded = manifest.get("files", {}).get(file.name)
            if not file.exists():
                if recorded:
                    log.warning(tr("{file} is missing; what it held is made anew", file=file))
            elif recorded and _is(file, recorded):
                found.files[file.name] = recorded
                found.whole[name] = range(len(found._reader(name)))
            else:
                found.whole[name], complete = tables.whole_replications(file, of(folder, name))
                if done or not complete:  # else a run was killed before it could record it
                    log.warning(tr("{file} is damaged; what it held is made anew", file=file))
        return found

    def has(self, table: str, replication: int) -> bool:
        """Whether a table of a replication is there."""
        return (table, replication) in self.journal or replication in self.whole.get(table, ())

    def replications(self, table: str) -> set[int]:
        """Name the replications of a table."""
        return self.journal.replications(table).union(self.whole.get(table, ()))

    def get(self, table: str, replication: int) -> pa.Table:
        """Read a table of a replication that is there."""
        if (table, replication) in self.journal:
            return self.journal.get(table, replication)
        return self._reader(table)[replication]

    def is_complete(self, table: str, replications: int) -> bool:
        """Whether a table's file is as recorded and holds so many replications."""
        name = file_of(self.folder, table).name
        return name in self.files and len(self.whole[table]) == replications

    def renew(self, table: str, recorded: dict[str, int | str], replications: int) -> None:
        """Know that a table's file was replaced."""
        self.files[file_of(self.folder, table).name] = recorded
        self.whole[table] = range(replications)

    def _reader(self, table: str) -> tables.Reader:
        if table not in self._readers:
            self._readers[table] = tables.Reader(file_of(self.folder, table))
        return self._readers[table]

    def close(self) -> None:
        """Close the files that were read, which some systems want before one is replaced."""
        while self._readers:
            self._readers.popitem()[1].close()


def _is(file: Path, recorded: Mapping[str, int | str]) -> bool:
    try:
        return checksum(file) == recorded
    except OSError:  # bytes that the disk doesn't give back are damaged too
        return False
