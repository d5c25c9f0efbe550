"""What was found is read back as it was written, or not at all."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from places import TEMPLATE

from govsim.errors import InputError, RunError
from govsim.runs import uncertainty
from govsim.runs.trials import FILE, Kept
from govsim.scenarios.loading import load
from govsim.storage import frames


@dataclass(frozen=True, eq=False)
class Found:
    """Something that was found."""

    manifest: dict[str, Any]
    one: pd.DataFrame
    other: pd.DataFrame
    folder: Path | None = None


RECORD = "found.json"


@pytest.fixture
def kept(tmp_path: Path) -> Found:
    one = pd.DataFrame({"name": ["天地", "b"], "value": [0.1, float("nan")]})
    found = Found({"label": "天地", "number": 0.1}, one, one.assign(value=[1.0, 2.0]))
    return frames.write(found, tmp_path / "found" / "id", RECORD)


def test_it_is_read_as_it_was_written(kept: Found) -> None:
    again = frames.read(Found, kept.folder, RECORD)
    assert again.manifest == kept.manifest
    pd.testing.assert_frame_equal(again.one, kept.one)


@pytest.mark.parametrize("name", [RECORD, "one.parquet", "other.parquet"])
def test_no_flipped_bit_is_passed_over(kept: Found, name: str) -> None:
    file, rng = kept.folder / name, random.Random(name)
    whole = file.read_bytes()
    for _ in range(60):
        content = bytearray(whole)
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        file.write_bytes(content)
        try:
            again = frames.read(Found, kept.folder, RECORD)
        except RunError as error:
            assert f"{name} is damaged" in str(error)
        else:  # a blank between two values of the record
            assert (name, again.manifest) == (RECORD, kept.manifest)


def test_no_file_of_an_incomplete_record_opens(kept: Found) -> None:
    """Another record's file, as a kill between two of them leaves it, or one that is gone."""
    other = frames.write(Found({}, kept.other, kept.other), kept.folder.with_name("other"), RECORD)
    file = kept.folder / "one.parquet"
    file.write_bytes((other.folder / "one.parquet").read_bytes())
    with pytest.raises(RunError, match=r"one\.parquet is damaged; the same command"):
        frames.read(Found, kept.folder, RECORD)
    file.unlink()
    with pytest.raises(RunError, match=r"one\.parquet is damaged"):
        frames.read(Found, kept.folder, RECORD)
    (kept.folder / RECORD).unlink()
    with pytest.raises(FileNotFoundError):
        frames.read(Found, kept.folder, RECORD)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"sha256": 1}', "\x00", "[" * 9000])
def test_a_record_of_something_else_is_said_to_be_none(kept: Found, text: str) -> None:
    (kept.folder / RECORD).write_text(text, "utf-8")
    with pytest.raises(RunError, match="is damaged, or was not written by this version"):
        frames.read(Found, kept.folder, RECORD)


def test_a_trial_that_is_not_as_it_was_kept_is_done_again(tmp_path: Path) -> None:
    """A digit that flips in a number would otherwise be another result, in silence."""
    kept, rng = Kept(tmp_path), random.Random(5)
    for i in range(3):
        kept.put(SimpleNamespace(key=f"key{i}"), np.array([[0.5 + i, np.nan]]))
    whole = (tmp_path / FILE).read_bytes()
    assert sorted(Kept(tmp_path).found) == ["key0", "key1", "key2"]
    for _ in range(100):
        content = bytearray(whole)
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        (tmp_path / FILE).write_bytes(content)
        for key, values in Kept(tmp_path).found.items():
            np.testing.assert_array_equal(values, kept.found[key])


class TestDraws:
    """Files of draws beside a scenario, of a calibration or of somebody else."""

    @pytest.fixture
    def scenario(self, tmp_path: Path) -> Path:
        file = tmp_path / "mine.yaml"
        file.write_text(TEMPLATE.read_text("utf-8"), "utf-8")
        return file

    def put(self, scenario: Path, sealed: bool, **columns: list[str]) -> Path:
        table = pa.table({name.replace("__", "."): values for name, values in columns.items()})
        file = scenario.with_name("mine" + uncertainty.SUFFIX)
        pq.write_table(uncertainty.sealed(table) if sealed else table, file)
        return file

    def refused(self, scenario: Path) -> str:
        with pytest.raises(InputError) as caught:
            uncertainty.find(load(scenario))
        text = "\n".join(map(str, caught.value.problems))
        assert len(text) < 600
        return text

    def test_those_of_a_calibration_are_read(self, scenario: Path) -> None:
        self.put(scenario, True, demand__level=["1.0", "1.1"])
        assert uncertainty.find(load(scenario)).values == (("1.0",), ("1.1",))

    def test_a_damaged_file_is_refused(self, scenario: Path) -> None:
        file = self.put(scenario, True, demand__level=["1.0", "1.1"] * 50)
        whole, rng, loaded = file.read_bytes(), random.Random(2), load(scenario)
        before = uncertainty.find(loaded).values
        for _ in range(60):
            content = bytearray(whole)
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            file.write_bytes(content)
            try:
                assert uncertainty.find(loaded).values == before
            except InputError as refused:
                assert refused.problems[0].file == str(file)
        file.write_bytes(whole[:-20])
        assert "can't read mine.posterior.parquet" in self.refused(scenario)

    @pytest.mark.parametrize(
        ("column", "values", "said"),
        [
            ("demand__nothing", ["1"], "demand.nothing: the scenario has no such input"),
            ("demand__level", ["1.0", "-1"], "draw 1 doesn't fit the scenario: demand.level"),
            ("demand__level", ["1.0", "x"], "draw 1 doesn't fit the scenario"),
            ("demand__level", ['"\\u001b[31m"'], "draw 0 doesn't fit the scenario"),
            ("seed", ["1.5"], "draw 0 doesn't fit the scenario: seed"),
        ],
    )
    def test_a_foreign_file_is_held_against_the_schema(
        self, scenario: Path, column: str, values: list[str], said: str
    ) -> None:
        self.put(scenario, False, **{column: values})
        found = self.refused(scenario)
        assert said in found
        assert "posterior.parquet" in found

    def test_a_record_of_a_run_is_json(self, scenario: Path) -> None:
        self.put(scenario, False, demand__level=["1.0"])
        assert json.dumps(uncertainty.find(load(scenario)).record())
