"""The outline of a district in local metres: a square, or a polygon from GeoJSON.

Used by `govsim.scenarios.territory`; the layout is generated inside it, and maps draw it.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.storage.plain_files import MOST_TABLE_BYTES, read_plain

Floats = NDArray[np.float64]
Ring = list[tuple[float, float]]

SEMI_MAJOR, FLATTENING = 6_378_137.0, 1 / 298.257223563
"""The WGS-84 ellipsoid; that of GCJ-02 differs by parts in a million."""


@dataclass(frozen=True)
class Projection:
    """Degrees to metres east and north of a centre (equirectangular, on the ellipsoid).

    Distances within 50 km of the centre are true to about 0.5%.
    """

    lon: float
    lat: float

    def metres(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Project degrees (any shape) to x and y in metres."""
        e2 = FLATTENING * (2 - FLATTENING)
        sin = math.sin(math.radians(self.lat))
        normal = SEMI_MAJOR / math.sqrt(1 - e2 * sin**2)
        meridian = normal * (1 - e2) / (1 - e2 * sin**2)
        x = np.radians(lon - self.lon) * normal * math.cos(math.radians(self.lat))
        return x, np.radians(lat - self.lat) * meridian

    def degrees(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Turn metres back into longitude and latitude."""
        east, north = self.metres(np.array(self.lon + 1.0), np.array(self.lat + 1.0))
        return self.lon + x / float(east), self.lat + y / float(north)


@dataclass(frozen=True)
class Outline:
    """A district's outline.

    Attributes
    ----------
    shape : shapely polygon or multipolygon, metres.
    projection : how degrees become its metres; None where the outline has none.
    crs : system of its degrees as the file names it ("GCJ-02"), or "".
    """

    shape: Any
    projection: Projection | None = None
    crs: str = ""

    def rings(self) -> list[Ring]:
        """Outer and inner rings, each closed."""
        import shapely

        polygons = shapely.get_parts(self.shape)
        rings = [r for p in polygons for r in (p.exterior, *p.interiors)]
        return [[(float(x), float(y)) for x, y in ring.coords] for ring in rings]


def square(side: float) -> Outline:
    """Make a square around the origin."""
    import shapely

    return Outline(shapely.box(-side / 2, -side / 2, side / 2, side / 2))


_NOT_POLYGONS = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
"""What reading fails with where a file is no GeoJSON, or one of another kind; beside shapely's."""


def read_outline(path: Path, setting: str = "territory.outline") -> Outline:
    """Read the polygons of a GeoJSON file, in degrees.

    Raises
    ------
    InputError
        When the file can't be read or holds no polygon in degrees.
    """
    import shapely

    try:
        data = json.loads(read_plain(path, MOST_TABLE_BYTES).decode("utf-8-sig"))
        shape = _polygons(data)
    except FileNotFoundError:
        raise _wrong(tr("there is no such file"), path, setting) from None
    except OSError as error:
        reason = error.strerror or str(error)
        text = tr("“{file}” can't be read: {reason}", file=path.name, reason=reason)
        raise _wrong(text, path, setting) from None
    except (*_NOT_POLYGONS, shapely.errors.ShapelyError):
        raise _wrong(tr("this is no GeoJSON file with a polygon"), path, setting) from None
    if shape.is_empty or shape.area == 0:
        raise _wrong(tr("this is no GeoJSON file with a polygon"), path, setting)
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise _wrong(tr("GeoJSON holds longitude and latitude in degrees"), path, setting)
    projection = Projection((west + east) / 2, (south + north) / 2)
    metres = shapely.transform(
        shape, lambda p: np.column_stack(projection.metres(p[:, 0], p[:, 1]))
    )
    return Outline(metres, projection, _crs(data))


def around(x: Floats, y: Floats, margin: float) -> Outline:
    """Make an outline for points that have none: their hull with a margin, metres."""
    import shapely

    hull = shapely.MultiPoint(np.column_stack([x, y])).convex_hull
    return Outline(hull.buffer(max(margin, 1.0), quad_segs=4))


def _polygons(data: Any) -> Any:
    import shapely

    features = data["features"] if data.get("type") == "FeatureCollection" else [data]
    geometries = [f["geometry"] if f.get("type") == "Feature" else f for f in features]
    shapes = [shapely.make_valid(shapely.from_geojson(json.dumps(g))) for g in geometries]
    parts = [p for s in shapes for p in shapely.get_parts(s)]
    flat = [q for p in parts for q in shapely.get_parts(p) if q.geom_type == "Polygon"]
    return shapely.union_all(flat)


def _crs(data: Any) -> str:
    features = data.get("features") or [data]
    properties = features[0].get("properties") or {}
    return str(properties.get("crs", ""))


def _wrong(message: str, path: Path, setting: str) -> InputError:
    return InputError([Problem(message, setting, str(path))])
