"""What became of each demand, as a table for a spreadsheet: CSV, or an Excel workbook.

`write` reads the orders that a run has kept, one replication after another. Names are those that
the scenario gives, heads are in the reader's language. Called by the command line.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from govsim.errors import RunError
from govsim.language import current, name, tr
from govsim.measures.clocks import CLOCKS, PIECES
from govsim.report.lateness_words import clock_name, piece_name
from govsim.report.spreadsheet import harmless
from govsim.report.wording import category_name, cause_name
from govsim.runs.results import Result
from govsim.scenarios.units import MINUTE
from govsim.storage.files import replacing, writing
from govsim.storage.tables import ORDERS

Form = Literal["csv", "xlsx"]

MOST_ROWS = 1_048_575
"""Rows below the head that a sheet of Excel can hold."""


def write(result: Result, folder: Path, form: Form) -> Path:
    """Write the orders that a run has kept.

    Parameters
    ----------
    result : of a run.
    folder : for ``orders.csv`` or ``orders.xlsx``.
    form : which of them.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    RunError
        The run kept no orders, they are more than a sheet can hold, or the file can't be written.
    """
    if result.folder is None or not (result.folder / f"{ORDERS}.parquet").is_file():
        raise RunError(
            tr(
                "this run kept no orders; run it again with --orders (“govsim run {scenario} "
                "--orders”), then ask again",
                scenario=result.manifest["scenario_name"],
            )
        )
    file = folder / f"orders.{form}"
    with writing(file):
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(file) as sink:
            if form == "csv":
                # The mark at the start tells Excel that Chinese follows in UTF-8.
                text = TextIOWrapper(sink, "utf-8-sig", newline="")
                csv.writer(text).writerows(_rows(result))
                text.detach()  # the file is settled by whoever opened it
            else:
                sink.write(_workbook(result))
    return file


def _workbook(result: Result) -> bytes:
    from openpyxl import Workbook

    kept = sum(len(table) for table in result.tables(ORDERS))
    if kept > MOST_ROWS:
        raise RunError(
            tr(
                "{n:,} demands are more than a sheet of Excel holds ({most:,}); write them as "
                "orders.csv",
                n=kept,
                most=MOST_ROWS,
            )
        )
    book = Workbook(write_only=True)
    page = book.create_sheet(tr("Orders"))
    page.freeze_panes = "A2"
    for row in _rows(result):
        page.append(row)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _rows(result: Result) -> Iterator[list[Any]]:
    """Give the head, and a row for each demand."""
    first = True
    for table in result.tables(ORDERS):
        frame = table.to_pandas()
        heads = _heads(frame.columns)
        spent = list(_pieces(frame.columns))
        frame[spent] = (frame[spent] / MINUTE).round(2)
        if first:
            yield list(heads.values())
        first = False
        words = _words(result)
        columns = [_column(frame[one], words.get(one)) for one in heads]
        yield from map(list, zip(*columns, strict=True))


def _column(values: pd.Series, said: Callable[[str], str] | None) -> Sequence[Any]:
    if values.dtype.kind == "M":
        whole = values.dt.round("s")
        return [None if pd.isna(one) else _moment(one) for one in whole]
    if values.dtype.kind in "biuf":
        found: list[Any] = values.tolist()
        return [_yes(one) if isinstance(one, bool) else one for one in found]
    texts = values.astype(str)
    known = {text: harmless(said(text) if said and text else text) for text in texts.unique()}
    return [known[text] for text in texts]


def _moment(one: pd.Timestamp) -> datetime:
    found: datetime = one.to_pydatetime()
    return found


def _yes(value: bool) -> str:
    return tr("yes") if value else tr("no")


def _words(result: Result) -> dict[str, Callable[[str], str]]:
    """Say the names in each column as the reader knows them."""
    scenario = result.scenario
    points = result.points.astype({"point": str, "name_zh": str, "name_en": str})
    column = "name_zh" if current() == "zh" else "name_en"
    named = dict(zip(points["point"], points[column], strict=True))

    sources = {
        "reported": tr("reported by a resident"),
        "patrol": tr("found on patrol"),
        "home visit": tr("found on a home visit"),
    }
    states = {
        "latent": tr("not yet reported"),
        "open": tr("open"),
        "closed": tr("closed"),
        "turned away": tr("turned away"),
        "withdrawn": tr("withdrawn"),
    }

    def of(part: Any) -> Callable[[str], str]:
        return lambda key: name(part[key].label) if key in part else key

    return {
        "category": lambda key: category_name(result, key),
        "point": lambda key: named.get(key) or key,
        "channel": of(scenario.channels),
        "team": of(scenario.teams),
        "first_cause": cause_name,
        "source": lambda key: sources.get(key, key),
        "state": lambda key: states.get(key, key),
    }


def _pieces(columns: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Find the columns of what a demand's time went to: of which clock, and what."""
    parts = {column: column.partition("_") for column in columns}
    return {
        column: (clock, piece)
        for column, (clock, _, piece) in parts.items()
        if clock in CLOCKS and piece in PIECES
    }


def _heads(columns: Sequence[str]) -> dict[str, str]:
    """Head the columns; those that a later version adds keep their own names."""
    known = {
        "replication": tr("replication"),
        "demand": tr("demand"),
        "category": tr("Category"),
        "grid": tr("grid"),
        "point": tr("service point"),
        "channel": tr("Channel"),
        "team": tr("Team"),
        "source": tr("how it came"),
        "state": tr("state"),
        "complex": tr("complex"),
        "onset": tr("arose at"),
        "reported": tr("reported at"),
        "clock_start": tr("clocks begin"),
        "accepted": tr("accepted at"),
        "dispatched": tr("dispatched at"),
        "scene": tr("on the scene at"),
        "resolved": tr("resolved at"),
        "replied": tr("replied at"),
        "closed": tr("closed at"),
        "ended": tr("ended at"),
        "patience_ended": tr("patience ended at"),
        "satisfied": tr("satisfied (1, 0; -1: never closed)"),
        "orders": tr("12345 orders"),
        "first_cause": tr("first cause of an order"),
        "repeats": tr("repeated reports"),
        "reopened": tr("times opened again"),
    }
    known |= {
        column: tr(
            "{clock}: {piece}, min",
            clock=clock_name(clock),
            piece=piece_name(piece),
        )
        for column, (clock, piece) in _pieces(columns).items()
    }
    return {column: known.get(column, column) for column in columns}
