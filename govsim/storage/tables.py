"""Tables in parquet files, a row group a replication, each with its checksum.

A file that is found damaged can so be made anew from the replications in it that are
whole. Replications are read and written one at a time, so their number takes no memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from govsim.storage.files import Summing, settle

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

MEASURES, WEEKLY, HOURS, LATE, ORDERS = "measures", "weekly", "hours", "late", "orders"
"""Names of the tables by replication, each in ``<name>.parquet``."""

OF_ALL = (MEASURES, WEEKLY, HOURS, LATE)
"""Those that every replication has; `ORDERS` only where they are asked for."""

WORDS = ("level", "key", "measure", "per", "clock", "piece")

CHECKSUMS = "govsim.checksums"
"""Where a file's footer holds the checksums of its row groups."""

WHOSE = "govsim.of"
"""Where it says of which run the file is, and which table: a whole file in another's place is as
wrong as a damaged one."""


def as_table(frame: pd.DataFrame, replication: int | None = None) -> pa.Table:
    """Turn a frame into a table of stated types: pandas' own choice may change.

    Parameters
    ----------
    frame : rows of one replication, or of what all share.
    replication : becomes the first column if it is given.
    """
    import pyarrow as pa

    stated = {"week": pa.int64(), "value": pa.float64()}  # also where there is no row
    columns: dict[str, Any] = {}
    if replication is not None:
        columns["replication"] = pa.array([replication] * len(frame), pa.int32())
    for name in frame.columns:
        column = frame[name]
        if name in stated:
            columns[name] = pa.array(column.to_numpy(), stated[name], from_pandas=False)
        elif name in WORDS or column.dtype.kind not in "biufM":
            columns[name] = pa.array(column.astype(str), pa.string())
        else:
            columns[name] = pa.array(column.to_numpy(), from_pandas=False)
    return pa.table(columns)


def pack(frame: pd.DataFrame, replication: int) -> bytes:
    """Pack a table of one replication, for the way from a worker and for the journal."""
    import pyarrow as pa

    table, sink = as_table(frame, replication), pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def unpack(packed: bytes) -> pa.Table:
    """Unpack what `pack` has made."""
    import pyarrow as pa

    return pa.ipc.open_stream(packed).read_all()


def as_frame(tables: Iterable[pa.Table]) -> pd.DataFrame:
    """Join tables into a frame; words become categories, which take little memory."""
    import pyarrow as pa

    whole = pa.concat_tables(map(_with_categories, tables)).unify_dictionaries()
    frame: pd.DataFrame = whole.to_pandas()
    return frame


def _with_categories(table: pa.Table) -> pa.Table:
    for place, name in enumerate(table.column_names):
        if name in WORDS:
            table = table.set_column(place, name, table[name].dictionary_encode())
    return table


def write(file: BinaryIO, tables: Iterable[pa.Table], of: str) -> dict[str, int | str]:
    """Write tables of one kind as the row groups of a parquet file; give its checksum.

    Parameters
    ----------
    of : run and table, such as ``2f0c31b6a8d4/measures``.
    """
    import pyarrow.parquet as pq

    sink, rest = Summing(file), iter(tables)
    first = next(rest)
    with pq.ParquetWriter(sink, first.schema, compression="zstd") as writer:
        sums = [_add(writer, first), *(_add(writer, table) for table in rest)]
        writer.add_key_value_metadata({CHECKSUMS: " ".join(sums), WHOSE: of})
    settle(file)
    return sink.checksum()


def _add(writer: pq.ParquetWriter, table: pa.Table) -> str:
    writer.write_table(table, row_group_size=max(1, len(table)))
    return checksum(table)


def checksum(table: pa.Table) -> str:
    """Compute a checksum of what a table holds, however it is stored."""
    import pyarrow as pa

    sink, whole = Summing(), _without_nulls(table.combine_chunks())
    with pa.ipc.new_stream(pa.PythonFile(sink, "w"), whole.schema) as writer:
        writer.write_table(whole)
    return str(sink.checksum()["sha256"])[:32]


def _without_nulls(table: pa.Table) -> pa.Table:
    """Tell of times where there are none in a column of its own: what stands there is chance."""
    import pyarrow as pa

    for place, name in enumerate(table.column_names):
        column = table[name]
        if column.null_count:
            filled = column.fill_null(pa.scalar(0, column.type))
            table = table.set_column(place, name, filled)
            table = table.append_column(f"{name} is null", column.is_null())
    return table


class Reader:
    """A parquet file whose row group r is replication r."""

    def __init__(self, file: Path) -> None:
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(file, memory_map=False)

    def __len__(self) -> int:
        return int(self._file.metadata.num_row_groups)

    def __getitem__(self, replication: int) -> pa.Table:
        table = self._file.read_row_group(replication, use_threads=False)
        return table.replace_schema_metadata()  # else what is told of the file goes with it

    def __iter__(self) -> Iterator[pa.Table]:
        return map(self.__getitem__, range(len(self)))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def whole(self, of: str) -> set[int]:
        """Find the replications whose checksums are right; none in the file of another table."""
        metadata = self._file.metadata.metadata or {}
        if metadata.get(WHOSE.encode(), b"").decode(errors="replace") != of:
            return set()
        sums = metadata.get(CHECKSUMS.encode(), b"").decode(errors="replace").split()
        return {r for r, known in enumerate(sums[: len(self)]) if self._is(r, known)}

    def _is(self, replication: int, known: str) -> bool:
        try:
            return checksum(self[replication]) == known
        except Exception:  # whatever the reader makes of damaged bytes
            return False


def whole_replications(file: Path, of: str) -> tuple[set[int], bool]:
    """Find the replications in a file that may be damaged whose checksums are right.

    Parameters
    ----------
    of : run and table that the file should be of, as in `write`.

    Returns
    -------
    set of int, bool
        The replications, and whether they are all that the file should hold.
    """
    try:
        with closing(Reader(file)) as reader:
            whole = reader.whole(of)
            return whole, len(whole) == len(reader)
    except Exception:  # whatever the reader makes of damaged bytes
        return set(), False
