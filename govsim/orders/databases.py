"""Work orders in a database that SQLAlchemy knows, by its address.

Used by `govsim.orders.sources`; needs the extra ``govsim[database]``, and the driver of the
database. It only ever selects, in a transaction that may not write, and only the columns that
it is asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote as quoted

import numpy as np
import pyarrow as pa

from govsim.errors import InputError
from govsim.language import tr
from govsim.orders.addresses import Address
from govsim.orders.mapping import Mapping
from govsim.orders.queries import only_reads
from govsim.orders.raw import AT_A_TIME, Raw, joined, places, refuse, whole, written
from govsim.scenarios.units import nearest

try:
    import sqlalchemy
except ImportError:
    sqlalchemy = None  # type: ignore[assignment]

EXAMPLE = "postgresql+psycopg://reader@server/orders"

READ_ONLY = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
    # Here it is said of those to come; the first has not begun yet.
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
"""What makes a transaction one that may not write; other databases have only `only_reads`."""


class Database:
    """A table or a query of a database.

    Parameters
    ----------
    address : as SQLAlchemy writes it, or the path of an SQLite file.
    mapping : names the table or the query; not needed where there is one table only.
    """

    def __init__(self, address: str | Path, mapping: Mapping | None) -> None:
        self.address = Address(str(address) if isinstance(address, str) else "")
        self.name = self.address.shown if isinstance(address, str) else str(address)
        if sqlalchemy is None:
            message = tr("reading a database needs SQLAlchemy: pip install 'govsim[database]'")
            refuse(message, self.name)
        self.encoding = "utf-8" if mapping is None else mapping.encoding or "utf-8"
        query = self._query(mapping)
        self.engine = self._engine(address)
        with self._connected() as connection:
            self.relation = query or self._relation(connection, mapping)
            none = f"SELECT * FROM {self.relation} WHERE 1 = 0"
            self.header = list(map(str, connection.exec_driver_sql(none).keys()))

    def _query(self, mapping: Mapping | None) -> str:
        """Write the query of a mapping as what to select from; nothing if it has none."""
        if mapping is None or mapping.query is None:
            return ""
        try:
            # On lines of its own, or a comment at its end would swallow what follows.
            return f"(\n{only_reads(mapping.query)}\n) the_orders"
        except ValueError as error:
            refuse(str(error), self.name)

    def _engine(self, address: str | Path) -> Any:
        try:
            url = (
                sqlalchemy.make_url(address)
                if isinstance(address, str)
                else sqlalchemy.URL.create("sqlite", database=str(address))
            )
            if url.get_backend_name() == "sqlite" and url.get_driver_name() == "pysqlite":
                return self._sqlite(str(url.database or ""))
            return sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
        except InputError:
            raise
        except ImportError as error:
            refuse(
                tr("the driver of this database is missing: pip install {it}", it=error.name),
                self.name,
            )
        except Exception:  # what a wrong address leads to depends on the driver
            refuse(
                tr("this is no address of a database; write it like {example}", example=EXAMPLE),
                self.name,
            )

    def _sqlite(self, database: str) -> Any:
        """Open an SQLite file so that it can't be written, and a wrong character not stop it."""
        path = Path(database.removeprefix("file:").partition("?")[0])
        if not path.is_file():
            refuse(tr("there is no file “{file}”", file=path), self.name)  # or it is made

        def text(value: bytes) -> str:
            try:
                return value.decode()
            except UnicodeDecodeError:
                return value.decode(self.encoding, "replace")

        def connect() -> sqlite3.Connection:
            name = f"file:{quoted(str(path.absolute()))}?mode=ro"
            try:
                made = sqlite3.connect(name, uri=True)
                made.execute("SELECT 1 FROM sqlite_master").close()
            except (sqlite3.Error, UnicodeError):
                # One with a journal of its own, in a folder where nothing can be written.
                made = sqlite3.connect(name + "&immutable=1", uri=True)
            made.text_factory = text
            return made

        return sqlalchemy.create_engine(
            "sqlite://", creator=connect, poolclass=sqlalchemy.pool.NullPool
        )

    @contextmanager
    def _connected(self, **options: Any) -> Iterator[Any]:
        """Begin a transaction that may not write, and take it back in the end."""
        try:
            with self.engine.connect() as connection:
                # Signs such as % and :word in a query are its own.
                connection.execution_options(no_parameters=True)
                if begin := READ_ONLY.get(connection.dialect.name):
                    connection.exec_driver_sql(begin)
                yield connection.execution_options(**options)
                with suppress(Exception):
                    connection.rollback()
        except (InputError, MemoryError):
            raise
        except Exception as error:  # drivers raise what they like
            self._failed(error)

    def _failed(self, error: Exception) -> NoReturn:
        cause = getattr(error, "orig", None) or error
        if isinstance(cause, UnicodeDecodeError):  # SQLite's message quotes a damaged name
            said = bytes(cause.object).decode("utf-8", "replace")
        else:
            said = str(cause)
        reason = (said.strip() or type(cause).__name__).splitlines()[0]
        refuse(tr("the database says: {reason}", reason=self.address.hide(reason)), self.name)

    def _relation(self, connection: Any, mapping: Mapping | None) -> str:
        """Write what to select from."""
        there = sqlalchemy.inspect(connection)
        names = [*there.get_table_names(), *there.get_view_names()]
        wanted = mapping.table_name if mapping is not None else None
        if wanted is None and len(names) == 1:
            wanted = names[0]
        if wanted is None:
            message = tr(
                "the database has {n} tables; name one, or a query, of: {names}",
                n=len(names),
                names=", ".join(names[:20]),
            )
            refuse(message, self.name)
        schema, _, table = ("", "", wanted) if wanted in names else wanted.rpartition(".")
        known = (
            names if not schema else there.get_table_names(schema) + there.get_view_names(schema)
        )
        if table not in known:
            message = tr(
                "there is no table “{table}”; there are: {names}",
                table=wanted,
                names=", ".join(known[:20]),
            )
            refuse(message, self.name, nearest(table, known))
        quote = self.engine.dialect.identifier_preparer.quote
        return ".".join(quote(part) for part in (schema, table) if part)

    def read(self, names: Sequence[str], most: int | None = None) -> Raw:
        """Read columns; see `Source`."""
        places(self.header, names, self.name)
        quote = self.engine.dialect.identifier_preparer.quote
        chosen = ", ".join(quote(name) for name in names)
        select = f"SELECT {chosen} FROM {self.relation}"
        chunks: list[list[pa.Array]] = [[] for _ in names]
        n = 0
        with self._connected(stream_results=True) as connection:
            for part in connection.exec_driver_sql(select).partitions(AT_A_TIME):
                n += len(part)
                for column, values in zip(chunks, zip(*part, strict=True), strict=True):
                    column.append(_array(values))
                if most is not None and n >= most:
                    break
        columns = joined(list(map(_of_one_kind, chunks)))
        return Raw(dict(zip(names, columns, strict=True)), np.arange(1, n + 1, dtype=np.int64))


def _array(values: Sequence[Any]) -> pa.Array:
    """Make an array of what a driver gives: times where all are times, else text."""
    try:
        made = pa.array(values)
    except Exception:  # of mixed kinds, or of one that Arrow doesn't have
        made = pa.array([written(value) for value in values], pa.large_string())
    if pa.types.is_null(made.type):
        return made
    return whole(pa.chunked_array([made]))


def _of_one_kind(chunks: list[pa.Array]) -> list[pa.Array]:
    """Make text of the parts of a column, if they are not all of one kind."""
    kinds = {chunk.type for chunk in chunks if not pa.types.is_null(chunk.type)}
    kind = kinds.pop() if len(kinds) == 1 else pa.large_string()
    return [chunk.cast(kind) for chunk in chunks]
