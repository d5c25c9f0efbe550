"""Finished replications while a run is under way: one file, appended to as they come.

A record is a header and the table of one replication, each with its checksum. Whatever is
not such a record is passed over: the end of one that was being written when the process
was killed, or bytes that were damaged since.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from govsim.errors import RunError
from govsim.language import tr
from govsim.storage.files import sync
from govsim.storage.tables import unpack

if TYPE_CHECKING:
    import pyarrow as pa

MARK = b"\x93GOVSIM\n"
HEADER = struct.Struct("<8s16sIQ32s")
"""Mark, name of the table, replication, length of the content, SHA-256 of the content."""
CHECK = struct.Struct("<I")
"""CRC-32 of the header, which it follows."""

CHUNK = 1 << 20


class _Record(NamedTuple):
    table: str
    replication: int
    start: int
    """Where the content begins."""
    length: int
    sha256: bytes

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True)
class Journal:
    """The file of finished replications, which need not exist.

    Attributes
    ----------
    path : the file.
    records : by table and replication, where the whole records are.
    """

    path: Path
    records: dict[tuple[str, int], _Record]

    @classmethod
    def read(cls, path: Path) -> Journal:
        """Find what is whole in a journal."""
        with suppress(FileNotFoundError), path.open("rb") as file:
            found = _records(file, lambda record: _content(file, record) is not None)
            return cls(path, {(r.table, r.replication): r for r in found})
        return cls(path, {})

    def __contains__(self, place: tuple[str, int]) -> bool:
        return place in self.records

    def replications(self, table: str) -> set[int]:
        """Name the replications of a table."""
        return {replication for name, replication in self.records if name == table}

    def append(self, replication: int, tables: Mapping[str, bytes]) -> None:
        """Add the packed tables of a replication; they are on the disk afterwards.

        Raises
        ------
        OSError
            They can't be written; the journal is then as it was.
        """
        begin = max((record.end for record in self.records.values()), default=0)
        is_new = not self.path.exists()
        with self.path.open("wb" if is_new else "r+b", buffering=0) as file:
            file.seek(begin)  # over what a killed run left half written
            try:
                written = [_write(file, name, replication, t) for name, t in tables.items()]
                file.truncate()
                os.fsync(file.fileno())
            except BaseException:
                with suppress(OSError):
                    file.truncate(begin)
                raise
        if is_new:
            sync(self.path.parent)
        self.records.update({(r.table, r.replication): r for r in written})

    def get(self, table: str, replication: int) -> pa.Table:
        """Read a table that is there.

        Raises
        ------
        RunError
            It was damaged since the journal was read.
        """
        with self.path.open("rb") as file:
            content = _content(file, self.records[table, replication])
        if content is None:
            raise RunError(
                tr("{file} is damaged; the same “govsim run” makes it anew", file=self.path)
            )
        return unpack(content)


def count(path: Path, table: str) -> set[int]:
    """Name the replications of a table in a journal, without looking whether they are whole."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        return {r.replication for r in _records(file, lambda _: True) if r.table == table}
    return set()


def _records(file: IO[bytes], is_whole: Callable[[_Record], bool]) -> Iterator[_Record]:
    size = os.fstat(file.fileno()).st_size
    position = _mark(file, 0)
    while position is not None:
        record = _record(file, position)
        if record is not None and record.end <= size and is_whole(record):
            yield record
            position = _mark(file, record.end)
        else:
            position = _mark(file, position + 1)


def _mark(file: IO[bytes], position: int) -> int | None:
    """Find the next mark; where nothing is damaged it is there at once."""
    file.seek(position)
    before = b""
    size = len(MARK)
    while chunk := file.read(size):
        if (place := (before + chunk).find(MARK)) >= 0:
            return position - len(before) + place
        position += len(chunk)
        before = (before + chunk)[1 - len(MARK) :]
        size = CHUNK
    return None


def _record(file: IO[bytes], position: int) -> _Record | None:
    file.seek(position)
    header, check = file.read(HEADER.size), file.read(CHECK.size)
    if len(check) < CHECK.size or CHECK.unpack(check)[0] != zlib.crc32(header):
        return None
    _, table, replication, length, sha256 = HEADER.unpack(header)
    start = position + HEADER.size + CHECK.size
    return _Record(table.rstrip(b"\0").decode(), replication, start, length, sha256)


def _content(file: IO[bytes], record: _Record) -> bytes | None:
    """Read what a record holds; None where it is damaged."""
    file.seek(record.start)
    content = file.read(record.length)
    return content if hashlib.sha256(content).digest() == record.sha256 else None


def _write(file: IO[bytes], table: str, replication: int, packed: bytes) -> _Record:
    sha256 = hashlib.sha256(packed).digest()
    header = HEADER.pack(MARK, table.encode(), replication, len(packed), sha256)
    for part in (header + CHECK.pack(zlib.crc32(header)), packed):
        left = memoryview(part)
        while left:
            left = left[file.write(left) :]
    return _Record(table, replication, file.tell() - len(packed), len(packed), sha256)
