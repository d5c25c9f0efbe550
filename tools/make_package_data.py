"""Make govsim/scenarios/data/jiangning: the communities and the outline of the district.

Run once, by hand, from the project's root, where the folder of real data stands beside it:

    pip install pypinyin                   # only for this; not a dependency of govsim
    python tools/make_package_data.py ../shared/data/jiangning

Sources and licences are in the folder's README.txt.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from pathlib import Path

import shapely
from pypinyin import lazy_pinyin
from shapely.geometry import mapping, shape

# Where the office of each street stands, read off common maps to about 3 km, and the share
# of the district's residents: round guesses from the census of 2020. Both only shape the
# generated layout. The real boundaries of streets are not public.
STREETS = {
    "320115001": ("Dongshan", 118.85, 31.95, 0.25),
    "320115002": ("Moling", 118.82, 31.88, 0.31),
    "320115003": ("Tangshan", 119.04, 32.05, 0.05),
    "320115004": ("Chunhua", 118.94, 31.92, 0.11),
    "320115005": ("Lukou", 118.86, 31.78, 0.07),
    "320115006": ("Jiangning", 118.59, 31.85, 0.05),
    "320115007": ("Guli", 118.70, 31.87, 0.03),
    "320115008": ("Hushu", 118.99, 31.84, 0.04),
    "320115009": ("Hengxi", 118.75, 31.72, 0.04),
    "320115010": ("Qilin", 118.94, 32.05, 0.05),
}
READINGS = {"龙都": "Longdu", "长山": "Changshan"}  # where pypinyin picks the other reading
TOLERANCE = 0.0012  # degrees, some 120 m
SUFFIX = re.compile(r"(社区|村)?(居民委员会|村民委员会|居委会?|村?委会)$")


def pinyin(name: str) -> str:
    """Spell a community as place names are spelled: 东善桥社区 is Dongshanqiao."""
    stem = re.sub("(社区|村)$", "", name)
    stem = stem if len(stem) > 1 else name  # 秦村 is Qincun
    return READINGS.get(stem) or "".join(lazy_pinyin(stem, v_to_u=True)).capitalize()


def short(name: str) -> str:
    """Drop the committee from a name: 中前社区居委会 is 中前社区, 周里村委会 is 周里村."""
    found = SUFFIX.search(name)
    assert found, name
    kind = "社区" if "居" in found[0] else "村"
    return name[: found.start()] + kind


def communities(source: Path, out: Path) -> None:
    """Write communities.csv: the rows of the ten real streets."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["street_code"] in STREETS]
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["code", "name", "name_en", "street_code", "street", "street_en", "type", "committee"]
        )
        for row in rows:
            name = short(row["name"])
            writer.writerow(
                [
                    row["code"],
                    name,
                    pinyin(name),
                    row["street_code"],
                    row["street"],
                    STREETS[row["street_code"]][0],
                    "urban" if row["type"].startswith("社区") else "village",
                    row["name"],
                ]
            )
    print(f"{out}: {len(rows)} communities")


def streets(source: Path, out: Path) -> None:
    """Write streets.csv: where streets roughly lie, and how many live there."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        names = {row["street_code"]: row["street"] for row in csv.DictReader(file)}
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["street_code", "street", "lon", "lat", "share"])
        for code, row in STREETS.items():
            writer.writerow([code, names[code], *row[1:]])


def outline(source: Path, out: Path) -> None:
    """Write outline.geojson: the boundary with some hundreds of points, its area kept."""
    feature = json.loads(source.read_text("utf-8"))["features"][0]
    whole = shapely.make_valid(shape(feature["geometry"]))
    parts = [part for part in shapely.get_parts(whole) if part.geom_type.endswith("Polygon")]
    main = max(shapely.get_parts(shapely.union_all(parts)), key=lambda part: part.area)
    simple = shapely.set_precision(main.simplify(TOLERANCE), 1e-5)
    change = simple.area / whole.area - 1
    assert abs(change) < 0.005, change
    made = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "江宁区", "name_en": "Jiangning", "crs": "GCJ-02"},
                "geometry": mapping(simple),
            }
        ],
    }
    out.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    points = shapely.get_num_coordinates(simple)
    print(f"{out}: {points} points, {out.stat().st_size} bytes, area {change:+.2%}")


def main() -> None:
    """Read the command line and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="folder with the district's files")
    parser.add_argument("--out", type=Path, default=Path("govsim/scenarios/data/jiangning"))
    given = parser.parse_args()
    communities(given.source / "communities.csv", given.out / "communities.csv")
    streets(given.source / "communities.csv", given.out / "streets.csv")
    outline(given.source / "district-boundary.geojson", given.out / "outline.geojson")


if __name__ == "__main__":
    main()
