"""A few examples of each fuzzer, and that what they look for would be found."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from places import SUPPORT

FUZZING = SUPPORT / "fuzzing"


@pytest.fixture(autouse=True)
def _beside(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resource", reason="this system has no limits to be set")
    monkeypatch.syspath_prepend(str(FUZZING))


@pytest.mark.parametrize(
    ("kind", "examples"), [("scenarios", 4), ("orders", 6), ("extremes", 2), ("kills", 1)]
)
def test_a_few_examples_of_each_kind_end_in_words(kind: str, examples: int) -> None:
    import watched

    examine = watched.import_module(kind).examine
    for number in range(examples):
        assert watched.examined(examine, kind, 8, number) == []


def test_examples_are_made_by_their_seed_and_number() -> None:
    import mutations

    def made(seed: int) -> list[object]:
        rng = random.Random(seed)
        return [mutations.text(rng, "a: 1\nb: 2"), mutations.data(rng, b"abc")]

    assert made(1) == made(1)
    assert made(1) != made(2)


@pytest.mark.parametrize(
    ("does", "found"),
    [
        (lambda: 1 / 0, "traceback: ZeroDivisionError"),
        (lambda: sys.exit(1), "fails in silence"),
        (lambda: sys.exit(7), "ends with 7"),
        (lambda: click.echo("\x1b[31m", color=True), "sends control characters"),
        (lambda: click.echo("this is a mistake in govsim"), "mistake in govsim"),
    ],
)
def test_what_may_not_be_is_found(does, found: str) -> None:
    import commands

    said = CliRunner().invoke(click.command("x")(does), [])
    assert found in "".join(commands.faults(said, "x"))


def test_the_workbook_of_a_quick_explanation_is_written() -> None:
    import works
    from commands import typed

    at = works.place()
    at.begin(at.whole("explain"))
    with at.entered():
        assert typed("report", "explanations", "--format", "xlsx").exit_code == 0


def test_another_byte_in_what_is_left_is_found() -> None:
    import works

    at = works.place()
    at.begin(at.whole("explain"))
    assert at.unlike("explain") == []
    (file,) = at.folder.glob("results/explanations/*/causes.parquet")
    file.write_bytes(file.read_bytes() + b"x")
    (file.parent / "left.tmp").touch()
    assert [Path(name).name for name in at.unlike("explain")] == [file.name, "left.tmp"]


def test_an_example_that_fails_is_a_finding_and_stops_no_other() -> None:
    import watched

    def fails(rng: random.Random, place: Path, number: int) -> Iterator[str]:
        yield "first"
        raise KeyError(number)

    first, found = watched.examined(fails, "x", 1, 3)
    assert first == "first"
    assert found.startswith("traceback: KeyError: 3")
