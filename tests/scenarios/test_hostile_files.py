"""Files that no planner writes: each ends in a message that names it, at once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from places import SCENARIOS

from govsim.errors import InputError, Problem
from govsim.scenarios import documents, outline, tables
from govsim.scenarios.loading import load

BASE = SCENARIOS / "textbook" / "base.yaml"
SOON = 8.0
"""Seconds of this process's own time, however busy the machine is; each takes two at most."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE.read_text("utf-8"), "utf-8")
    return tmp_path


def refused(file: Path) -> tuple[Problem, ...]:
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        load(file)
    assert time.process_time() - began < SOON
    return caught.value.problems


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def said(file: Path) -> str:
    return "\n".join(map(str, refused(file)))


@pytest.mark.parametrize(
    ("line", "path", "allowed"),
    [
        ("seed: !!bool maybe", "seed", "true or false"),
        ("replications: !!int ''", "replications", "a whole number"),
        ("replications: !!int x", "replications", "a whole number"),
        ("confidence: !!float x", "confidence", "a number"),
        ("start: !!timestamp soon", "start", "a date"),
        ("demand: {hours: [1, !!bool maybe]}", "demand.hours.1", "true or false"),
        (f"replications: {'9' * 5000}", "replications", "a whole number"),
    ],
)
def test_a_tag_that_does_not_fit_is_named_with_its_place(
    folder: Path, line: str, path: str, allowed: str
) -> None:
    (problem,) = refused(written(folder, f"extends: base.yaml\n{line}\n"))
    assert (problem.path, problem.line, Path(problem.file).name) == (path, 2, "mine.yaml")
    assert f"expected {allowed}" in problem.message
    assert len(problem.message) < 300


@pytest.mark.parametrize(
    "text",
    [
        f"seed: {'9' * 30}",
        f"replications: {'9' * 30}",
        f"demand: {{level: {'9' * 400}}}",
        "demand: {level: '1e999999999'}",
        "confidence: '1e-999999999'",
        f"horizon: {'9' * 30}",
        f"horizon: {'9' * 30} days",
        "horizon: 1e999 days",
        f"demand: {{categories: {{demand: {{rate: 1 per {'9' * 30} days}}}}}}",
        f"demand: {{trend: {'9' * 400}}}",
        f"demand: {{months: [{', '.join(['9' * 400] * 12)}]}}",
    ],
)
def test_a_number_beyond_all_measure_is_a_mistake_in_its_line(folder: Path, text: str) -> None:
    problems = refused(written(folder, f"extends: base.yaml\n{text}\n"))
    assert {p.line for p in problems} == {2}


def test_a_file_that_is_extended_twice_is_read_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(23):
        written(folder, f"extends: [d{i + 1}.yaml, d{i + 1}.yaml]\n", f"d{i}.yaml")
    written(folder, "extends: base.yaml\nseed: 7\n", "d23.yaml")
    parsed: list[str] = []
    parse = documents.parse
    monkeypatch.setattr(
        "govsim.scenarios.merging.parse",
        lambda text, shown, *rest: parsed.append(shown) or parse(text, shown, *rest),
    )
    assert load(folder / "d0.yaml").scenario.seed == 7
    assert len(parsed) == len(set(parsed)) == 25


def test_files_upon_files_end_in_a_message(folder: Path) -> None:
    for i in range(400):
        written(folder, f"extends: e{i + 1}.yaml\n", f"e{i}.yaml")
    written(folder, "extends: base.yaml\n", "e400.yaml")
    assert "more than 100 files extend one another" in said(folder / "e0.yaml")


def test_a_crowd_of_names_to_extend_is_counted_not_sought(folder: Path) -> None:
    names = ", ".join(f"none{i}.yaml" for i in range(5000))
    assert "5000 names; at most 100" in said(written(folder, f"extends: [{names}]\n"))


def test_unknown_keys_are_told_up_to_a_hundred_and_the_rest_counted(folder: Path) -> None:
    keys = "".join(f"key{i}: 1\n" for i in range(3000))
    problems = refused(written(folder, f"extends: base.yaml\n{keys}"))
    assert len(problems) == 101
    assert (problems[-1].message, problems[-1].line) == ("and 2900 more mistakes from here on", 102)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"key{i}: 1\n" for i in range(50_000)),
        "[" + "1, " * 50_000 + "1]",
        "\n".join(
            ["a0: &a0 {x: 1}"]
            + [f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}" for i in range(1, 60)]
        ),
        "\n".join(["a0: &a0 [1]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60)]),
    ],
    ids=["keys", "list", "merges that double", "aliases that double"],
)
def test_more_values_than_any_scenario_has_are_refused_in_one_line(folder: Path, text: str) -> None:
    (problem,) = refused(written(folder, text))
    assert "more than any scenario" in problem.message


def test_a_file_larger_than_any_scenario_is_not_read(folder: Path) -> None:
    assert "larger than 4 MB" in said(written(folder, "# " + "x" * (5 << 20)))


def test_brackets_without_end_are_nested_too_deeply(folder: Path) -> None:
    assert "nested too deeply" in said(written(folder, "[" * 20_000))


def test_a_long_value_is_shown_in_part(folder: Path) -> None:
    (problem,) = refused(written(folder, f"extends: base.yaml\nhorizon: {'x' * 9000}\n"))
    assert len(str(problem)) < 400


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
class TestPipesAndDevices:
    @pytest.fixture(params=["pipe", "device"])
    def endless(self, request: pytest.FixtureRequest, folder: Path) -> Path:
        if request.param == "device":
            (folder / "endless.csv").symlink_to("/dev/zero")
        else:
            os.mkfifo(folder / "endless.csv")
        return folder / "endless.csv"

    def test_none_is_read_as_a_scenario(self, endless: Path) -> None:
        assert "a pipe or a device" in said(endless)

    @pytest.mark.parametrize("name", ["grids: {table: endless.csv}", "outline: endless.csv"])
    def test_none_is_read_as_a_table_or_outline(self, endless: Path, name: str) -> None:
        text = f"extends: base.yaml\nterritory: {{{name}}}\n"
        found = [str(p) for p in refused(written(endless.parent, text))]
        # A device stands outside of the folder, which is refused before it is looked at.
        assert any("a pipe or a device" in p or "outside of the folder" in p for p in found)

    def test_none_is_read_behind_the_loader(self, endless: Path) -> None:
        (problem,) = tables.read_table(endless, tables.GRIDS).problems
        assert "a pipe or a device" in problem.message
        with pytest.raises(InputError, match="a pipe or a device"):
            outline.read_outline(endless)
        endless.rename(endless.with_suffix(".xlsx"))
        (problem,) = tables.read_table(endless.with_suffix(".xlsx"), tables.GRIDS).problems
        assert "a pipe or a device" in problem.message


@pytest.mark.parametrize(
    "content", ["[" * 50_000, '{"type": "Polygon", "coordinates": [[[1e400,', "[]"]
)
def test_an_outline_that_is_none_says_so(folder: Path, content: str) -> None:
    with pytest.raises(InputError, match="no GeoJSON"):
        outline.read_outline(written(folder, content, "shape.geojson"))
