"""Where work orders come from: a file of any kind that offices have, or a database.

`open_source` looks at what a file is, not at what it is called (an ``.xls`` is often a text
file). A `Source` tells its columns, and reads those that it is asked for, and no others, so that
names and telephone numbers beside them are never read. Used by `govsim.orders.reading`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from govsim.errors import InputError
from govsim.language import tr
from govsim.orders import html_tables
from govsim.orders.mapping import Mapping
from govsim.orders.raw import (
    AT_A_TIME,
    PEEK,
    Raw,
    Source,
    damaged,
    joined,
    places,
    reason,
    refuse,
    whole,
)
from govsim.scenarios.documents import Unreadable, fetch

_ADDRESS = re.compile(r"^[a-z][a-z0-9+]{2,}:|\b(pwd|password)=", re.IGNORECASE)
"""What looks like the address of a database, but isn't written like one."""


def open_source(address: str | Path, mapping: Mapping | None = None) -> Source:
    """Open a file, or a database by its SQLAlchemy address.

    Parameters
    ----------
    address : of a file, or such as ``postgresql+psycopg://reader@host/name``.
    mapping : which sheet, table, query or encoding, where that must be told.

    Raises
    ------
    InputError
        There is no such table, or it is none that can be read.
    """
    if "://" in str(address):
        from govsim.orders.databases import Database

        return Database(str(address), mapping)
    path = Path(address)
    if _ADDRESS.search(str(address)) and not path.exists():
        # Not shown, since it may hold a password.
        from govsim.orders.databases import EXAMPLE

        refuse(
            tr("this is no address of a database; write it like {example}", example=EXAMPLE),
            tr("the database"),
        )
    beginning = _beginning(path)
    if beginning.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from govsim.orders.workbooks import Workbook

        return Workbook(path, mapping)
    if beginning.startswith(b"PAR1"):
        return Parquet(path)
    if beginning.startswith(b"SQLite format 3\0"):
        from govsim.orders.databases import Database

        return Database(path, mapping)
    if not beginning.strip():
        refuse(tr("the file is empty"), str(path))
    if b"urn:schemas-microsoft-com:office:spreadsheet" in beginning[:2000]:
        message = tr(
            "this is a workbook in the XML of Excel 2003; open it in Excel and save it as xlsx "
            "or CSV"
        )
        refuse(message, str(path))
    if (
        beginning[:1000]
        .removeprefix(codecs.BOM_UTF8)
        .lower()
        .lstrip()
        .startswith(html_tables.BEGINS)
    ):
        from govsim.orders.workbooks import Workbook

        if tables := html_tables.sheets(path, None if mapping is None else mapping.encoding):
            return Workbook(path, mapping, tables)
        refuse(tr("this is a web page without a table; export the orders again"), str(path))
    from govsim.orders.characters import Characters
    from govsim.orders.json_files import JsonFile, is_json
    from govsim.orders.text_files import TextFile

    text = Characters(path, None if mapping is None else mapping.encoding)
    return JsonFile(text) if is_json(text.sample()) else TextFile(text)


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(PEEK)
    except OSError:
        try:
            fetch(path, str(path))  # says in plain words what the matter is
        except Unreadable as error:
            raise InputError(error.problems) from None
        raise


class Parquet:
    """A parquet file."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self.name = str(path)
        try:
            self.file = pq.ParquetFile(path)
            self.header = list(self.file.schema_arrow.names)
        except MemoryError:
            raise
        except Exception as error:  # of a damaged file anything may be wrong, names included
            damaged(self.name, reason(error))

    def read(self, names: Sequence[str], most: int | None = None) -> Raw:
        """Read columns; see `Source`."""
        places(self.header, names, self.name)
        wanted = list(names)
        chunks: list[list[pa.Array]] = [[] for _ in names]
        n = 0
        try:
            for batch in self.file.iter_batches(AT_A_TIME, columns=wanted):
                n += len(batch)
                for column, cells in zip(chunks, wanted, strict=True):
                    column.append(whole(pa.chunked_array([batch.column(cells)])))
                if most is not None and n >= most:
                    break
        except MemoryError:
            raise
        except Exception as error:
            damaged(self.name, reason(error))
        return Raw(dict(zip(wanted, joined(chunks), strict=True)), np.arange(1, n + 1))
