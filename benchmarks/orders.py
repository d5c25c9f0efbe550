"""How long a million work orders take to read, and how much memory, beside pandas.read_csv.

    python benchmarks/orders.py [--rows 1000000] [--folder FOLDER]

Writes an export as a grid centre's (15 columns, six of them times, people's names and telephone
numbers among the rest), in UTF-8, in GB18030, and as xlsx and parquet, and reads each in a process
of its own: `govsim.orders.reading.read_orders` with all its checks, and plain `pandas.read_csv`,
which reads every column as it comes and checks nothing. Prints seconds and peak memory (Linux).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

MAPPING = """\
columns:
  order: 案件号
  created: 上报时间
  accepted: 立案时间
  dispatched: 派遣时间
  resolved: 处置结束时间
  closed: 结案时间
  due: 处置截止时间
  channel: 问题来源
  category: 大类名称
  place: 网格
  status: 案件状态
"""


def export(rows: int) -> pd.DataFrame:
    """Make an export of so many orders over three years."""
    rng = np.random.default_rng(20250101)
    created = np.sort(rng.integers(0, 3 * 365 * 86_400, rows))

    def moment(seconds: np.ndarray) -> pd.Series:
        when = pd.Series(np.datetime64("2022-01-01", "s") + seconds.astype("timedelta64[s]"))
        return when.dt.strftime("%Y-%m-%d %H:%M:%S")

    closed = created + rng.lognormal(11, 1.5, rows).astype(int)
    words = {
        "问题来源": ["12345热线", "微信", "网格员上报", "巡查发现", "窗口"],
        "大类名称": [f"大类{i}" for i in range(12)],
        "街道": [f"街道{i}" for i in range(10)],
        "网格": [f"网格{i:04d}" for i in range(1938)],
    }
    frame = pd.DataFrame({"案件号": [f"320115{i:09d}" for i in range(rows)]})
    for name, choices in words.items():
        frame[name] = np.array(choices, dtype=object)[rng.integers(0, len(choices), rows)]
    frame["上报人"] = "居民甲"
    frame["联系电话"] = [f"139{i:08d}" for i in range(rows)]
    frame["问题描述"] = "小区楼道内堆放杂物，影响通行，请有关部门尽快处理。"
    frame["上报时间"] = moment(created)
    frame["立案时间"] = moment(created + 120)
    frame["派遣时间"] = moment(created + 400)
    frame["处置截止时间"] = moment(created + 5 * 86_400)
    still_open = rng.random(rows) < 0.1
    frame["处置结束时间"] = moment(closed).where(~still_open, "")
    frame["结案时间"] = moment(closed + 3600).where(~still_open, "")
    frame["案件状态"] = np.where(still_open, "处置中", "已结案")
    return frame


def measure(how: str, file: str, mapping: str) -> None:
    """Read once, in this process, and print seconds and peak memory."""
    began = time.perf_counter()
    if how == "govsim":
        from govsim.orders.reading import read_orders

        rows = read_orders(file, mapping).rows
    else:
        rows = len(pd.read_csv(file, encoding="gb18030" if "gb18030" in file else "utf-8"))
    seconds = time.perf_counter() - began
    peak = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) / 2**20
    print(f"{rows:>9,} rows  {seconds:6.1f} s  {peak:5.2f} GiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        measure(*chosen.measure)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        mapping = folder / "mapping.yaml"
        mapping.write_text(MAPPING, "utf-8")
        files = [folder / f"orders.{kind}" for kind in ("csv", "gb18030.csv", "parquet", "xlsx")]
        if not all(file.exists() for file in files):
            frame = export(chosen.rows)
            frame.to_csv(files[0], index=False)
            frame.to_csv(files[1], index=False, encoding="gb18030")
            frame.to_parquet(files[2])
            frame.to_excel(files[3], index=False)
        for file in files:
            for how in ("govsim", "pandas") if file.suffix == ".csv" else ("govsim",):
                size = file.stat().st_size / 1e6
                print(f"{file.name:<20} {size:4.0f} MB  {how:<7}", end="", flush=True)
                here = [sys.executable, __file__, "--measure", how, str(file), str(mapping)]
                subprocess.run(here, check=True)


if __name__ == "__main__":
    main()
