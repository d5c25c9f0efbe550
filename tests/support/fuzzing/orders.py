"""Mutated files of orders: ``govsim inspect`` reads each, row by row, or refuses it in words."""

from __future__ import annotations

import io
import json
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mutations
import pandas as pd
from commands import faults, typed

HEADERS = (
    ("工单号", "诉求类型", "街道", "来电时间", "办结时间", "状态", "满意度"),
    ("ticket_id", "request_type", "district", "created_at", "closed_at", "status", "rating"),
    ("Fall-Nr.", "Art", "Ort", "Eingang", "Erledigt", "Stand", "Note"),
    ("id", "a", "b", "c", "d", "e", "f"),
)
CELLS = (
    *(
        "",
        "NA",
        "(null)",
        "-",
        "无",
        "NULL",
        "nan",
        "None",
        "0001-01-01",
        "1970-01-01 08:00",
        "9999",
    ),
    *(
        "2025/3/1 下午3:05:00",
        "2025年3月1日 14时05分",
        "31-MAR-25 01.05.00 PM",
        "13:05 PM",
        "25/03/04",
    ),
    *("2025-02-30", "24:00:00", "45688.42", "1738288800", "1738288800000", "1e400", "-5", "=NOW()"),
    *(
        "2052-01-01",
        "01.02.2025",
        "3 มี.ค. 2568",
        "2025-03-30T02:30:00+01:00",
        "0/0",
        "31,88",
        "x" * 70_000,
    ),
    *(
        "Unresolved",
        "已结案未评价",
        "To be closed",
        "\x1b[31m",
        "\0",
        "\u202e",
        "a,b",
        'a"b',
        "a\nb",
        "💥",
    ),
)
FORMS = (
    "csv",
    "tsv",
    "semicolons",
    "gbk",
    "utf-16",
    "bom",
    "xlsx",
    "parquet",
    "json",
    "geojson",
    "db",
)


def examine(rng: random.Random, place: Path, number: int) -> Iterator[str]:
    """Make an export, change its cells, its header or its bytes, and inspect it."""
    frame = _frame(rng)
    for _ in range(rng.choice((0, 1, 3, 10))):
        frame.iat[rng.randrange(len(frame)), rng.randrange(frame.shape[1])] = rng.choice(CELLS)
    if rng.random() < 0.2:
        columns = list(frame.columns)
        columns[rng.randrange(len(columns))] = rng.choice((*CELLS[:20], columns[0]))
        frame.columns = columns
    form = rng.choice(FORMS)
    file = _written(frame, form, place, rng)
    if rng.random() < 0.5:
        file.write_bytes(mutations.data(rng, file.read_bytes()))
    before = file.read_bytes()
    asked = ["--out", place / "aside"] if rng.random() < 0.5 else []
    said = typed("inspect", file, "--json", *asked)
    yield from (f"{form}: {fault}" for fault in faults(said, "inspect"))
    if file.read_bytes() != before:
        yield f"{form}: the file was changed"
    if said.exit_code or said.exception:
        return
    found = json.loads(said.stdout)
    rest = found["rows"] - found["orders"] - sum(found["set_aside"].values())
    if rest and not found.get("merged"):
        yield f"{form}: {rest} of {found['rows']} rows gone in silence: {found['set_aside']}"
    if rng.random() < 0.2:
        yield from (f"{form}: {fault}" for fault in faults(typed("inspect", file), "tables"))


def _frame(rng: random.Random) -> pd.DataFrame:
    n = rng.choice((1, 3, 12, 60))
    created = pd.Timestamp("2025-03-01 08:00") + pd.to_timedelta(
        sorted(rng.uniform(0, 30) for _ in range(n)), unit="D"
    )
    closed = created + pd.to_timedelta([rng.expovariate(1) for _ in range(n)], unit="D")
    style = rng.choice(
        ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S")
    )
    kept = rng.choice((1.0, 0.7))
    values: list[list[Any]] = [
        [str(1000 + i) for i in range(n)],
        [rng.choice(("噪声", "停车", "noise", "parking")) for _ in range(n)],
        [rng.choice(("东山", "秣陵")) for _ in range(n)],
        [t.strftime(style) for t in created],
        [t.strftime(style) if rng.random() < kept else "" for t in closed],
        [rng.choice(("已结案", "处理中", "Closed")) for _ in range(n)],
        [rng.choice(("1", "5", "")) for _ in range(n)],
    ]
    return pd.DataFrame(dict(enumerate(values))).set_axis(list(rng.choice(HEADERS)), axis=1)


def _written(frame: pd.DataFrame, form: str, place: Path, rng: random.Random) -> Path:
    """Write a frame in a form; where the form can't hold a cell, without it."""
    plain = frame.astype(object)
    if form in ("csv", "tsv", "semicolons", "gbk", "utf-16", "bom"):
        sign = {"tsv": "\t", "semicolons": ";"}.get(form, ",")
        text = plain.to_csv(index=False, sep=sign)
        encoding = {"gbk": "gb18030", "bom": "utf-8-sig"}.get(form, form)
        encoding = encoding if encoding in ("gb18030", "utf-8-sig", "utf-16") else "utf-8"
        file = place / "orders.csv"
        file.write_bytes(text.encode(encoding, "replace"))
        return file
    if form == "xlsx":
        from openpyxl import Workbook

        book = Workbook()
        sheet = book.active
        rows = [list(plain.columns), *plain.to_numpy().tolist()]
        for row in rows:
            sheet.append([_cell(x) for x in row])
        file = place / "orders.xlsx"
        book.save(file)
        return file
    if form == "parquet":
        file = place / "orders.parquet"
        named = plain.astype(str).set_axis([f"{c}" for c in _apart(plain.columns)], axis=1)
        named.to_parquet(file)
        return file
    if form == "db":
        file = place / "orders.db"
        named = plain.astype(str).set_axis(_apart(plain.columns), axis=1)
        with sqlite3.connect(file) as base:
            named.to_sql("orders", base, index=False)
        base.close()
        return file
    records = [dict(zip(map(str, plain.columns), row, strict=True)) for row in plain.to_numpy()]
    told: Any = records
    if form == "geojson":
        told = {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "geometry": None, "properties": r} for r in records],
        }
    file = place / f"orders.{form}"
    out = io.StringIO()
    json.dump(told, out, ensure_ascii=rng.random() < 0.5)
    file.write_text(out.getvalue(), "utf-8", "replace")
    return file


def _cell(value: Any) -> Any:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("", str(value))[:32_000]


def _apart(columns: Any) -> list[str]:
    """Names that differ also without regard to case, as databases want them."""
    seen: dict[str, int] = {}
    found = []
    for column in map(str, columns):
        key = column.strip().lower()
        seen[key] = seen.get(key, 0) + 1
        text = (column.replace("\0", "") or "x")[:60]
        found.append(text if seen[key] == 1 else f"{text}{seen[key]}")
    return found
