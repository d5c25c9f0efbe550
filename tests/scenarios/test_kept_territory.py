"""A territory that was laid out before is taken from this machine's cache, if it is the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
from places import SCENARIOS

from govsim import language
from govsim.scenarios import kept_territory
from govsim.scenarios.kept_territory import FRAMES, MOST_FILES, laid_out
from govsim.scenarios.loading import load
from govsim.scenarios.territory import Section, Territory, build
from govsim.storage import cache

DISTRICT = SCENARIOS / "jiangning.yaml"
SMALL = (
    ("territory.grids.count", "240"),
    ("territory.workstations.count", "40"),
    ("territory.point_stations.count", "5"),
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache."""
    monkeypatch.setenv("GOVSIM_CACHE_DIR", str(tmp_path / "cache"))
    cache.folder.cache_clear()
    yield tmp_path / "cache" / "govsim" / kept_territory.FOLDER
    cache.folder.cache_clear()


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was laid out anew."""
    found: list[object] = []

    def noted(section: object, folder: Path) -> Territory:
        found.append(section)
        return build(section, folder)  # type: ignore[arg-type]

    monkeypatch.setattr(kept_territory, "build", noted)
    return found


def district(seed: int = 1938) -> Section:
    """A district small enough for a test, and large enough to be kept."""
    return load(DISTRICT, settings=(*SMALL, ("territory.seed", str(seed)))).scenario.territory


def same(one: Territory, other: Territory) -> None:
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.content_hash() == other.content_hash()
    assert (one.outline, one.generated) == (other.outline, other.generated)
    assert (one.notes, dict(one.english)) == (other.notes, dict(other.english))


def test_every_part_of_a_territory_is_kept():
    """Whoever gives it another part must keep that too."""
    known = {*FRAMES, "outline", "notes", "generated", "english"}
    assert {part.name for part in fields(Territory)} == known


def test_what_is_kept_is_what_was_laid_out(place: Path, built: list[object], tmp_path: Path):
    section = district()
    first, second = laid_out(section, tmp_path), laid_out(section, tmp_path)
    assert len(built) == 1 and len(list(place.iterdir())) == 1
    same(first, build(section, tmp_path))
    same(second, first)


def test_its_notes_are_in_the_language_of_who_reads_it(place: Path, tmp_path: Path):
    section = district()
    laid_out(section, tmp_path)
    language.use("zh")
    assert laid_out(section, tmp_path).notes == build(section, tmp_path).notes
    assert "种子" in "".join(laid_out(section, tmp_path).notes)


def test_another_seed_and_another_table_are_laid_out_anew(
    place: Path, built: list[object], tmp_path: Path
):
    table = tmp_path / "stations.csv"
    first = laid_out(district(), tmp_path)
    other = laid_out(district(7), tmp_path)
    assert first.content_hash() != other.content_hash()
    grid = first.grids["grid"].iloc[3]
    head = "id,name,x,y,grids\n"
    at = first.grids.iloc[3]
    table.write_text(f"{head}S1,一号,{at['x']},{at['y']},{grid}\n", "utf-8")
    tree = district().model_dump(mode="json") | {"point_stations": {"table": "stations.csv"}}
    named = type(district()).model_validate(tree)
    one = laid_out(named, tmp_path)
    assert len(built) == 3
    laid_out(named, tmp_path)
    assert len(built) == 3
    table.write_text(f"{head}S1,二号,{at['x']},{at['y']},{grid}\n", "utf-8")
    two = laid_out(named, tmp_path)
    assert len(built) == 4
    assert set(one.points["name_zh"]) ^ set(two.points["name_zh"]) == {"一号", "二号"}


@pytest.mark.parametrize("harm", ["flipped", "cut off", "emptied", "a folder", "no text"])
def test_a_damaged_file_is_laid_out_anew_and_mended(
    place: Path, built: list[object], tmp_path: Path, harm: str
):
    section = district()
    known = laid_out(section, tmp_path)
    (file,) = place.iterdir()
    whole = file.read_bytes()
    if harm == "flipped":
        middle = len(whole) // 2
        file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    elif harm == "cut off":
        file.write_bytes(whole[:-1])
    elif harm == "emptied":
        file.write_bytes(b"")
    elif harm == "no text":
        file.write_bytes(b"\xff\xfe\x00")
    else:
        file.unlink()
        file.mkdir()
    same(laid_out(section, tmp_path), known)
    assert len(built) == 2
    if harm != "a folder":
        assert file.read_bytes() == whole


def test_so_many_are_kept_and_those_used_last(place: Path, tmp_path: Path):
    section = district()
    laid_out(section, tmp_path)
    (mine,) = place.iterdir()
    for number in range(MOST_FILES + 3):
        (place / f"{number}.json").write_text("other", "utf-8")
    laid_out(section, tmp_path)  # used again, so one of the newest
    laid_out(district(8), tmp_path)
    assert len(list(place.iterdir())) == MOST_FILES
    assert mine.exists()


def test_without_a_place_to_write_all_goes_on(
    built: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cache, "folder", lambda *_: None)
    section = district()
    same(laid_out(section, tmp_path), laid_out(section, tmp_path))
    assert len(built) == 2
