"""Places point stations, grid workstations and community offices among the grids.

`govsim.scenarios.territory` calls these for the parts that the planner gave no table of,
and `cover` and `serve` for both. Points are rows ``point, name_zh, name_en, kind, street,
community, x, y``; a grid knows them by their row number. Nothing here is random.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.scenarios.layout import apportion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLUMNS = ("point", "name_zh", "name_en", "kind", "street", "community", "x", "y")

ESTATE_NAMES = {
    "large": ("大型小区", "large estate"),
    "old": ("老旧小区", "old estate"),
    "resettlement": ("安置小区", "resettlement estate"),
    "commercial": ("商品房小区", "commercial estate"),
    "rural": ("农村", "village"),
}

KNOWN = {
    ("东山街道", "邵圣社区"): ("天地新城点站", "Tiandi New City station"),
}
"""Real stations by street and community, placed first where the community has such estates."""


def place_stations(
    grids: pd.DataFrame,
    count: int,
    reach: float,
    grids_each: int,
    estates: Collection[str],
    english: Mapping[str, str],
) -> tuple[pd.DataFrame, Ints]:
    """Put stations where most residents of such estates have none within reach.

    Each in turn is placed in the grid from which it covers the most residents among those
    not yet covered: its nearest `grids_each` grids of these estates within `reach`.

    Parameters
    ----------
    grids : with ``street, community, residents, x, y, estate``.
    reach : m.
    estates : kinds of estate that stations stand in and cover.
    english : English name of a community.

    Returns
    -------
    points : a row for each station; fewer than `count` where no such grid is left.
    station : int64[grids], the station that covers each grid, or -1.
    """
    from scipy.spatial import cKDTree

    xy = grids[["x", "y"]].to_numpy(np.float64)
    residents = grids["residents"].to_numpy(np.float64)
    able = np.flatnonzero(grids["estate"].isin(list(estates)).to_numpy())
    station = np.full(len(grids), -1, dtype=np.int64)
    if not len(able) or not count:
        return _points([]), station
    tree = cKDTree(xy[able])
    around = zip(able.tolist(), _within(tree, xy[able], reach), strict=True)
    mates = {g: _by_distance(able[found], xy, g) for g, found in around}
    gain = dict.fromkeys(able.tolist(), 0.0)

    def covers(g: int) -> Ints:
        free = mates[g][station[mates[g]] < 0]
        return free[:grids_each]

    def weigh(which: Collection[int]) -> None:
        for g in which:
            gain[g] = float(residents[covers(g)].sum()) if station[g] < 0 else -1.0

    weigh(able.tolist())
    numbers: dict[tuple[str, str], int] = {}
    rows: list[dict[str, Any]] = []
    wanted = [_known_grids(grids, able, place) for place in KNOWN]
    wanted = [some for some in wanted if some]
    while len(rows) < count:
        pool = wanted.pop(0) if wanted else able.tolist()
        best = max(pool, key=lambda g: (gain[g], -g))
        if gain[best] < 0:
            break
        mine = covers(best)
        station[mine] = len(rows)
        weigh({int(m) for g in mine for m in mates[int(g)]})
        rows.append(_station(grids.iloc[best], numbers, english, len(rows) + 1))
    return _points(rows), station


def cover(
    grids: pd.DataFrame,
    points: pd.DataFrame,
    reach: float,
    grids_each: int,
    estates: Collection[str],
) -> Ints:
    """Share grids among given stations: nearest pairs first, up to `grids_each` a station.

    Returns
    -------
    int64[grids]
        Row of the covering station in `points`, or -1.
    """
    from scipy.spatial import cKDTree

    station = np.full(len(grids), -1, dtype=np.int64)
    able = np.flatnonzero(grids["estate"].isin(list(estates)).to_numpy())
    if not len(points) or not len(able):
        return station
    xy, at = grids[["x", "y"]].to_numpy(np.float64), points[["x", "y"]].to_numpy(np.float64)
    pairs = [
        (float(np.hypot(*(xy[g] - at[p]))), p, int(g))
        for p, found in enumerate(_within(cKDTree(xy[able]), at, reach))
        for g in able[found]
    ]
    room = [grids_each] * len(points)
    for _, p, g in sorted(pairs):
        if station[g] < 0 and room[p]:
            station[g] = p
            room[p] -= 1
    return station


def place_workstations(grids: pd.DataFrame, count: int, english: Mapping[str, str]) -> pd.DataFrame:
    """Spread workstations over communities by their grids, at least one each if they suffice.

    Within a community they stand in grids far from one another. A community has no more
    workstations than grids.
    """
    communities = list(dict.fromkeys(grids["community"]))
    index = grids["community"].map({c: i for i, c in enumerate(communities)}).to_numpy()
    size = np.bincount(index, minlength=len(communities))
    numbers = apportion(count, size.astype(np.float64), int(count >= len(communities)))
    while (numbers > size).any():  # rounding can ask for more than there are
        numbers = np.minimum(numbers, size)
        room = (size - numbers).astype(np.float64)
        numbers += apportion(count - int(numbers.sum()), room)
    xy = grids[["x", "y"]].to_numpy(np.float64)
    streets = grids["street"].tolist()
    rows: list[dict[str, Any]] = []
    for c, community in enumerate(communities):
        mine = np.flatnonzero(index == c)
        for n, g in enumerate(_apart(xy[mine], int(numbers[c])), start=1):
            x, y = xy[mine[g]].tolist()
            rows.append(
                {
                    "point": f"W{len(rows) + 1:03}",
                    "name_zh": f"{community}第{n}网格工作站",
                    "name_en": f"{english.get(community, community)} grid workstation {n}".strip(),
                    "kind": "workstation",
                    "street": streets[mine[g]],
                    "community": community,
                    "x": x,
                    "y": y,
                }
            )
    return _points(rows)


def place_offices(grids: pd.DataFrame, english: Mapping[str, str]) -> pd.DataFrame:
    """Put an office where the residents of each community have the shortest ways."""
    rows: list[dict[str, Any]] = []
    xy, residents = grids[["x", "y"]].to_numpy(), grids["residents"].to_numpy(np.float64)
    number = grids.groupby(["street", "community"], sort=False).ngroup().to_numpy()
    named = grids[["street", "community"]].drop_duplicates().itertuples(index=False, name=None)
    for c, (street, community) in enumerate(named):
        some = np.flatnonzero(number == c)
        weight = residents[some] + 1e-9
        middle = (xy[some] * weight[:, None]).sum(axis=0) / weight.sum()
        rows.append(
            {
                "point": f"C{len(rows) + 1:03}",
                "name_zh": f"{community or street}便民服务中心",
                "name_en": f"{english.get(community, community)} community office".strip(),
                "kind": "community_office",
                "street": street,
                "community": community,
                "x": float(middle[0].round(1)) + 0.0,
                "y": float(middle[1].round(1)) + 0.0,
            }
        )
    return _points(rows)


def serve(grids: pd.DataFrame, points: pd.DataFrame) -> Ints:
    """Find who serves each grid that has no point station.

    Its nearest workstation of the same community; else that community's office; else the
    nearest workstation or office at all.

    Returns
    -------
    int64[grids]
        Row in `points`; -1 where there are neither workstations nor offices.
    """
    from scipy.spatial import cKDTree

    found = np.full(len(grids), -1, dtype=np.int64)
    xy, at = grids[["x", "y"]].to_numpy(np.float64), points[["x", "y"]].to_numpy(np.float64)
    kind, theirs = points["kind"].to_numpy(), points["community"].to_numpy()
    fixed = np.flatnonzero(kind != "point_station")
    if not len(fixed):
        return found
    for community, some in grids.groupby("community", sort=False).indices.items():
        local = fixed[theirs[fixed] == community]
        desks = local[kind[local] == "workstation"]
        choose = desks if len(desks) else (local if len(local) else fixed)
        found[some] = choose[cKDTree(at[choose]).query(xy[some])[1]]
    return found


def _station(
    row: pd.Series, numbers: dict[tuple[str, str], int], english: Mapping[str, str], n: int
) -> dict[str, Any]:
    community, estate = str(row["community"]), str(row["estate"])
    number = numbers[community, estate] = numbers.get((community, estate), 0) + 1
    zh, en = ESTATE_NAMES[estate]
    known = KNOWN.get((str(row["street"]), community))
    if known and sum(k[0] == community for k in numbers) == 1 and number == 1:
        name_zh, name_en = known
    else:
        name_zh = f"{community}{zh}{number}号点站"
        name_en = f"{english.get(community, community)} {en} {number} station".strip()
    return {
        "point": f"S{n:02}",
        "name_zh": name_zh,
        "name_en": name_en,
        "kind": "point_station",
        **_place(row),
    }


def _place(row: pd.Series) -> dict[str, Any]:
    return {
        "street": row["street"],
        "community": row["community"],
        "x": float(row["x"]),
        "y": float(row["y"]),
    }


def _points(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({c: "float64" if c in "xy" else object for c in COLUMNS})


def _known_grids(grids: pd.DataFrame, able: Ints, place: tuple[str, str]) -> list[int]:
    there = (grids["street"] == place[0]) & (grids["community"] == place[1])
    return [int(g) for g in able if there.iloc[g]]


def _within(tree: Any, points: Floats, reach: float) -> list[Ints]:
    found = tree.query_ball_point(points, reach, return_sorted=True)
    return [np.asarray(some, dtype=np.int64) for some in found]


def _by_distance(some: Ints, xy: Floats, g: int) -> Ints:
    far = np.hypot(*(xy[some] - xy[g]).T)
    ordered: Ints = some[np.argsort(far, kind="stable")]
    return ordered


def _apart(xy: Floats, k: int) -> list[int]:
    """Pick k points far from one another: the most central, then ever the farthest."""
    if k == 0:
        return []
    picked = [int(np.argmin(((xy - xy.mean(axis=0)) ** 2).sum(axis=1)))]
    near = np.full(len(xy), np.inf)
    while len(picked) < k:
        near = np.minimum(near, ((xy - xy[picked[-1]]) ** 2).sum(axis=1))
        near[picked] = -1
        picked.append(int(near.argmax()))
    return picked
