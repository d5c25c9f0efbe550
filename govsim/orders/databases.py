"""Work orders in a database that SQLAlchemy knows, by its address.

Used by `govsim.orders.sources`; needs the extra ``govsim[database]``, and the driver of the
database. It only ever selects, and only the columns that it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from govsim.language import tr
from govsim.orders.mapping import Mapping
from govsim.orders.sources import Raw, refuse, whole
from govsim.scenarios.units import nearest

try:
    import sqlalchemy
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
except ImportError:
    sqlalchemy = None  # type: ignore[assignment]

AT_A_TIME = 50_000
"""Rows fetched at a time."""


class Database:
    """A table or a query of a database.

    Parameters
    ----------
    address : as SQLAlchemy writes it.
    mapping : names the table or the query; not needed where there is one table only.
    shown : how to name it; the address without its password if not given.
    """

    def __init__(self, address: str, mapping: Mapping | None, shown: str = "") -> None:
        if sqlalchemy is None:
            message = tr("reading a database needs SQLAlchemy: pip install 'govsim[database]'")
            refuse(message, shown or address.partition("://")[0])
        try:
            url = sqlalchemy.make_url(address)
            self.name = shown or url.render_as_string(hide_password=True)
            self.engine = sqlalchemy.create_engine(url)
        except (ArgumentError, NoSuchModuleError):
            example = "postgresql+psycopg://reader@server/orders"
            refuse(
                tr("this is no address of a database; write it like {example}", example=example),
                shown or address.partition("://")[0],
            )
        except ImportError as error:
            refuse(
                tr("the driver of this database is missing: pip install {it}", it=error.name),
                self.name,
            )
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            refuse(tr("there is no file “{file}”", file=url.database), self.name)  # or it is made
        try:
            with self.engine.connect() as connection:
                self.relation = self._relation(connection, mapping)
                none = sqlalchemy.text(f"SELECT * FROM {self.relation} WHERE 1 = 0")
                self.header = list(connection.execute(none).keys())
        except SQLAlchemyError as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        refuse(tr("the database says: {reason}", reason=reason), self.name)

    def _relation(self, connection: Any, mapping: Mapping | None) -> str:
        """Write what to select from."""
        if mapping is not None and mapping.query is not None:
            return f"({mapping.query.strip().rstrip(';')}) the_orders"
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
        schema, _, table = wanted.rpartition(".")
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
        quote = self.engine.dialect.identifier_preparer.quote
        chosen = ", ".join(quote(name) for name in names)
        select = sqlalchemy.text(f"SELECT {chosen} FROM {self.relation}")
        chunks: list[list[pa.Array]] = [[] for _ in names]
        n = 0
        try:
            with self.engine.connect().execution_options(stream_results=True) as connection:
                for part in connection.execute(select).partitions(AT_A_TIME):
                    n += len(part)
                    for column, values in zip(chunks, zip(*part, strict=True), strict=True):
                        column.append(_array(values))
                    if most is not None and n >= most:
                        break
        except SQLAlchemyError as error:
            self._failed(error)
        columns = {name: _joined(c) for name, c in zip(names, chunks, strict=True)}
        return Raw(columns, np.arange(1, n + 1, dtype=np.int64))


def _array(values: Sequence[Any]) -> pa.Array:
    """Make an array of what a driver gives: times where all are times, else text."""
    try:
        made = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        made = pa.array([None if v is None else str(v) for v in values], pa.large_string())
    if pa.types.is_null(made.type):
        return made
    return whole(pa.chunked_array([made]))


def _joined(chunks: list[pa.Array]) -> pa.Array:
    kinds = {chunk.type for chunk in chunks if not pa.types.is_null(chunk.type)}
    kind = kinds.pop() if len(kinds) == 1 else pa.large_string()
    if not chunks:
        return pa.array([], kind)
    return pa.concat_arrays([chunk.cast(kind) for chunk in chunks])
