"""Generates grids inside a district's outline, from counts and a seed.

Street boundaries and real grids are seldom public. What is made here has a district's
shape: dense cores with small grids, villages with large ones, and numbers of residents
that add up exactly. `govsim.scenarios.territory` calls `generate` and labels the outcome
as generated. The same arguments give the same grids, on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ESTATES = ("large", "old", "resettlement", "commercial", "rural")

CELLS_PER_GRID, LEAST_CELLS, MOST_CELLS = 40, 4_000, 160_000
"""The outline is laid out in so many small cells, which grids then share."""

SIZE_SIGMA = 0.35
"""Sigma of the lognormal spread of residents between grids of a community."""


@dataclass(frozen=True)
class Streets:
    """What is roughly known of the streets.

    Attributes
    ----------
    names : as in the communities' table.
    x, y : float[streets], m, where their centres lie.
    share : float[streets], share of the district's residents.
    """

    names: tuple[str, ...]
    x: Floats
    y: Floats
    share: Floats


@dataclass
class _Cells:
    """Small squares that fill the outline; each ends up in one community and one grid."""

    x: Floats
    y: Floats
    area: Floats
    """m²; the areas add up to that of the outline."""
    density: Floats
    """Residents of each cell, relative."""


def generate(
    shape: Any,
    count: int,
    residents: int,
    communities: pd.DataFrame,
    estates: dict[str, float],
    rng: np.random.Generator,
    streets: Streets | None = None,
) -> pd.DataFrame:
    """Divide the outline among communities and these among grids.

    Parameters
    ----------
    shape : polygon in metres.
    count : number of grids, at least that of communities.
    residents : residents in all; shared out exactly.
    communities : columns ``community``, ``street``, ``type`` ("urban", "village" or "")
        and, where the planner knows them, ``residents``.
    estates : share of grids by kind of estate, adding up to 1.
    streets : where streets lie, if that is known.

    Returns
    -------
    pandas.DataFrame
        A row for each grid, in the order of communities: ``street``, ``community``,
        ``residents``, ``area_km2``, ``x``, ``y``, ``side_m``, ``estate``.
    """
    cells = _cells(shape, count)
    community = _place_communities(cells, communities, rng, streets)
    number = len(communities)
    mass: Floats = np.bincount(community, cells.density, number).astype(np.float64)
    known = communities.get("residents")
    people = mass if known is None else known.to_numpy(np.float64)
    rows = []
    k: int
    for c, k in enumerate(apportion(count, people, least=1).tolist()):
        mine = np.flatnonzero(community == c)
        x, y, area, weight = _split(cells, mine, k)
        label = _clusters(np.column_stack([x, y]), weight**0.75, k, rng)
        spread = np.exp(SIZE_SIGMA * rng.standard_normal(k))
        for g in range(k):
            own = label == g
            place = _middle(x[own], y[own], shape)
            rows.append((c, people[c] * spread[g] / spread.sum(), area[own].sum(), *place))
    made = pd.DataFrame(rows, columns=["c", "weight", "area", "x", "y"])
    of = made["c"].to_numpy()
    made["residents"] = apportion(residents, made["weight"].to_numpy(), int(residents >= count))
    made["street"] = communities["street"].to_numpy()[of]
    made["community"] = communities["community"].to_numpy()[of]
    made["area_km2"] = (made["area"] / 1e6).round(6)
    made["side_m"] = np.sqrt(made["area"]).round(1)
    village = (communities["type"].to_numpy() == "village")[of]
    made["estate"] = _estates(made, village, estates, rng)
    if count == 1:
        made["x"], made["y"] = shape.centroid.x, shape.centroid.y
    made[["x", "y"]] = made[["x", "y"]].round(1) + 0.0  # no -0.0
    return made[
        ["street", "community", "residents", "area_km2", "x", "y", "side_m", "estate"]
    ].copy()


def lattice(
    side: float,
    count: int,
    residents: int,
    communities: pd.DataFrame,
    estates: dict[str, float],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Divide a square around the origin into k * k equal grids, south-west to north-east.

    Residents are spread evenly. Arguments and columns are those of `generate`; `count` is
    a square number.
    """
    k = round(sqrt(count))
    assert k * k == count
    step = side / k
    middle = (np.arange(k) + 0.5) * step - side / 2
    y, x = (a.ravel() for a in np.meshgrid(middle, middle, indexing="ij"))
    label = _clusters(np.column_stack([x, y]), np.ones(count), len(communities), rng)
    made = pd.DataFrame(
        {
            "street": communities["street"].to_numpy()[label],
            "community": communities["community"].to_numpy()[label],
            "residents": apportion(residents, np.ones(count)),
            "area_km2": step**2 / 1e6,
            "x": x.round(1) + 0.0,
            "y": y.round(1) + 0.0,
            "side_m": step,
        }
    )
    made["estate"] = _estates(made, np.zeros(count, dtype=bool), estates, rng)
    return made


def apportion(total: int, weights: Floats, least: int = 0) -> Ints:
    """Share out whole units by weight (largest remainders), at least `least` to each.

    Parameters
    ----------
    total : units; at least ``least * len(weights)``.
    weights : float[n], not negative.

    Returns
    -------
    int64[n]
        Adds up to `total` exactly; ties go to the first.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if weights.sum() <= 0:
        weights = np.ones(len(weights))
    quota = weights / weights.sum() * total
    given = np.maximum(np.floor(quota + 1e-9), least).astype(np.int64)
    while (over := int(given.sum()) - total) > 0:  # those above their quota give back
        excess = np.where(given > least, given - quota, -np.inf)
        given[np.argsort(-excess, kind="stable")[: min(over, int((given > least).sum()))]] -= 1
    rest = total - int(given.sum())
    order = np.argsort(-(quota - given), kind="stable")
    given += rest // len(given)
    given[order[: rest % len(given)]] += 1
    return np.asarray(given, dtype=np.int64)


def _cells(shape: Any, count: int) -> _Cells:
    import shapely

    wanted = min(max(CELLS_PER_GRID * count, LEAST_CELLS), MOST_CELLS)
    pitch = sqrt(shape.area / wanted)
    west, south, east, north = shape.bounds
    across, up = (max(1, round((b - a) / pitch)) for a, b in ((west, east), (south, north)))
    xs = west + (np.arange(across) + 0.5) * (east - west) / across
    ys = south + (np.arange(up) + 0.5) * (north - south) / up
    y, x = (a.ravel() for a in np.meshgrid(ys, xs, indexing="ij"))
    shapely.prepare(shape)
    inside = shapely.contains_xy(shape, x, y)
    x, y = x[inside], y[inside]
    # The edge cuts through cells; let those inside stand for the whole.
    area = np.full(len(x), shape.area / len(x))
    return _Cells(x, y, area, np.full(len(x), 1 / len(x)))


def _place_communities(
    cells: _Cells, communities: pd.DataFrame, rng: np.random.Generator, streets: Streets | None
) -> Ints:
    """Give each cell its community (row of the table), and each its density."""
    from scipy.spatial import cKDTree

    names = list(dict.fromkeys(communities["street"]))
    points = np.column_stack([cells.x, cells.y])
    size = communities["street"].map({n: i for i, n in enumerate(names)}).to_numpy()
    numbers = np.bincount(size, minlength=len(names)).astype(np.float64)
    if streets is not None and set(names) <= set(streets.names):
        pick = [streets.names.index(n) for n in names]
        centres = np.column_stack([streets.x[pick], streets.y[pick]])
        share = streets.share[pick] / streets.share[pick].sum()
        street = cKDTree(centres).query(points)[1]
    else:
        street = _clusters(points, np.ones(len(points)), len(names), rng)
        centres = np.array([points[street == s].mean(axis=0) for s in range(len(names))])
        share = numbers / numbers.sum()
    if "residents" in communities:
        share = np.bincount(size, communities["residents"].to_numpy(np.float64), len(names))
        share = share / max(share.sum(), 1)
    found = np.zeros(len(points), dtype=np.int64)
    for s in range(len(names)):
        mine = np.flatnonzero(street == s)
        rows = np.flatnonzero(size == s)
        if len(communities) > 1:
            ground = len(mine) / len(points)
            density = _density(points[mine], centres[s], share[s] / ground)
            cells.density[mine] = density / density.sum() * max(share[s], 1e-9)
        weight = cells.density[mine]
        label = _clusters(points[mine], weight**0.75, len(rows), rng)
        found[mine] = _named(label, weight, communities.iloc[rows], rows, rng)[label]
    return found


def _density(points: Floats, centre: Floats, relative: float) -> Floats:
    """Density of residents in a street: a core around its centre, and the countryside.

    `relative` is the street's density over the district's: the denser, the more of its
    people live in the core, and the wider that is.
    """
    far = np.hypot(*(points - centre).T)
    radius = sqrt(float(np.mean(far**2))) or 1.0
    core = min(max(0.60 + 0.12 * np.log(max(relative, 1e-6)), 0.35), 0.92)
    wide = radius * (0.28 + 0.30 * core**2)
    bell = np.exp(-0.5 * (far / wide) ** 2)
    made: Floats = core * bell / bell.sum() + (1 - core) / len(far)
    return made


def _named(
    label: Ints, weight: Floats, table: pd.DataFrame, rows: Ints, rng: np.random.Generator
) -> Ints:
    """Say which community each cluster is: villages where it is thin, by chance otherwise."""
    number = len(rows)
    thin = np.bincount(label, minlength=number) / np.maximum(
        np.bincount(label, weight, number), 1e-300
    )
    if "residents" in table:  # the larger, the more of the weight
        size = -table["residents"].to_numpy(np.float64)
        places = np.argsort(-np.bincount(label, weight, number), kind="stable")
    else:
        size = (table["type"] == "village").to_numpy() + rng.random(number) * 0.99
        places = np.argsort(thin, kind="stable")
    found = np.empty(number, dtype=np.int64)
    found[places] = rows[np.argsort(size, kind="stable")]
    return found


def _split(cells: _Cells, mine: Ints, least: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Give a community's cells, cut into quarters until there are at least `least`."""
    x, y, area, weight = (a[mine] for a in (cells.x, cells.y, cells.area, cells.density))
    while len(x) < least:
        step = np.sqrt(area) / 4
        x = np.concatenate([x - step, x + step, x - step, x + step])
        y = np.concatenate([y - step, y - step, y + step, y + step])
        area, weight = np.tile(area / 4, 4), np.tile(weight / 4, 4)
    return x, y, area, weight


def _clusters(
    points: Floats, weight: Floats, k: int, rng: np.random.Generator, rounds: int = 12
) -> Ints:
    """Divide points into k compact groups, none empty (k-means by Lloyd, seeded apart).

    Returns
    -------
    int64[n]
        Group of each point, 0 to k - 1.
    """
    n = len(points)
    if k == 1:
        return np.zeros(n, dtype=np.int64)
    assert n >= k
    x, y = np.ascontiguousarray(points.T)
    chosen = np.empty(k, dtype=np.int64)
    near = np.full(n, np.inf)
    chance = weight / weight.sum()
    for j in range(k):
        chosen[j] = min(np.searchsorted(np.cumsum(chance), rng.random() * chance.sum()), n - 1)
        near = np.minimum(near, (x - x[chosen[j]]) ** 2 + (y - y[chosen[j]]) ** 2)
        chance = weight * near
        if chance.sum() <= 0:  # all the weight is taken: go on with any other point
            chance = near + (near > 0)
    centres = points[chosen]
    label = _nearest(points, centres)
    for _ in range(rounds):
        total = np.bincount(label, weight, k)
        moved = np.column_stack([np.bincount(label, weight * a, k) / total for a in (x, y)])
        fresh = _nearest(points, moved.round(3))
        if (np.bincount(fresh, minlength=k) == 0).any() or (fresh == label).all():
            break
        label = fresh
    return label


def _nearest(points: Floats, centres: Floats) -> Ints:
    from scipy.spatial import cKDTree

    if len(points) * len(centres) > 20_000:
        return np.asarray(cKDTree(centres).query(points)[1], dtype=np.int64)
    (x, y), (to_x, to_y) = points.T[:, :, None], centres.T
    far = (x - to_x) ** 2 + (y - to_y) ** 2
    return np.asarray(far.argmin(axis=1), dtype=np.int64)


def _middle(x: Floats, y: Floats, shape: Any) -> tuple[float, float]:
    """Middle of a grid's cells; the cell nearest to it where it falls out of the outline."""
    import shapely

    mx, my = float(x.mean()), float(y.mean())
    if shapely.contains_xy(shape, mx, my):
        return mx, my
    i = int(np.argmin((x - mx) ** 2 + (y - my) ** 2))
    return float(x[i]), float(y[i])


def _estates(
    grids: pd.DataFrame, village: NDArray[np.bool_], shares: dict[str, float], rng: Any
) -> NDArray[np.object_]:
    """Give each grid its kind of estate: exact numbers, in patches of a community.

    Rural are the thin ones, villages first; old ones are the densest of the rest; the
    largest are large; resettlement estates stand where town and country meet.
    """
    n = len(grids)
    wanted = np.array([shares.get(estate, 0.0) for estate in ESTATES])
    numbers = dict(zip(ESTATES, apportion(n, wanted), strict=True))
    codes, community = np.unique(
        (grids["street"] + "/" + grids["community"]).to_numpy(str), return_inverse=True
    )
    density = grids["residents"].to_numpy() / np.maximum(grids["area_km2"].to_numpy(), 1e-9)
    town = np.argsort(np.argsort(density, kind="stable")) / n
    size = np.argsort(np.argsort(grids["residents"].to_numpy(), kind="stable")) / n

    def patches() -> Floats:
        made: Floats = 0.5 * rng.random(len(codes))[community] + 0.25 * rng.random(n)
        return made

    kind = np.full(n, "commercial", dtype=object)
    free = np.ones(n, dtype=bool)
    ranks = {
        "rural": 0.5 * village - town + 0.2 * patches(),
        "large": size + patches(),
        "old": town + patches(),
        "resettlement": -town + patches(),
    }
    for estate, rank in ranks.items():
        best = np.argsort(np.where(free, -rank, np.inf), kind="stable")[: numbers[estate]]
        kind[best] = estate
        free[best] = False
    return kind
