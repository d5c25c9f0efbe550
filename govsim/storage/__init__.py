"""Runs on disk: written so that they can be killed at any time and go on.

`RunFolder` is the folder of one run; `runs` and `find` look for them. Below it lie
`files` (written whole or not at all), `tables` (parquet with checksums), `journal`
(finished replications, while a run is under way) and `lock` (one run at a time). Called
by `govsim.runs.replications`; read by `govsim.runs.results`.
"""

from govsim.storage.contents import GRIDS, OUTLINE, POINTS, STAFF
from govsim.storage.files import write_text, writing
from govsim.storage.finding import find, runs, what_ifs
from govsim.storage.folder import LATEST, MANIFEST, RunFolder
from govsim.storage.tables import HOURS, MEASURES, ORDERS, WEEKLY, as_frame, pack, unpack

__all__ = [
    "GRIDS",
    "HOURS",
    "LATEST",
    "MANIFEST",
    "MEASURES",
    "ORDERS",
    "OUTLINE",
    "POINTS",
    "STAFF",
    "WEEKLY",
    "RunFolder",
    "as_frame",
    "find",
    "pack",
    "runs",
    "unpack",
    "what_ifs",
    "write_text",
    "writing",
]
