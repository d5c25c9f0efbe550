"""Numbers that can't be meant are refused where they stand, and unusual ones are asked about."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import SCENARIOS

from govsim.checks import sizes
from govsim.checks.offered_load import load_warnings
from govsim.errors import InputError, Problem
from govsim.scenarios.limits import LIMITS, limits_of
from govsim.scenarios.loading import Loaded, load
from govsim.scenarios.parameters import fields, leaves, matches
from govsim.scenarios.schema import Scenario
from govsim.service import network

TIANDI, BASE = SCENARIOS / "tiandi.yaml", SCENARIOS / "textbook" / "base.yaml"
BOUNDED = {
    *("seed", "territory.seed", "territory.grids.count", "territory.workstations.count"),
    *("territory.point_stations.count", "demand.categories.*.priority", "demand.trend"),
    *("demand.induced.elasticity", "residents.repeats.most", "travel.variation"),
    *("centre.most_calls", "policies.overdue_priority"),
}
"""Inputs that the schema itself bounds on both sides."""


def checked(file: Path, **settings: str) -> tuple[Problem, ...]:
    """Validate as the command does, and give the warnings."""
    pairs = [(path.replace("__", "."), value) for path, value in settings.items()]
    return _checked(load(file, settings=pairs))


def _checked(loaded: Loaded) -> tuple[Problem, ...]:
    service = network.build(loaded.scenario, loaded.folder)
    return (*loaded.warnings, *load_warnings(service, loaded.origins))


def refused(file: Path, *settings: tuple[str, str]) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        _checked(load(file, settings=settings))
    return caught.value.problems


def test_every_number_of_the_schema_has_a_lowest_and_highest_sane_value() -> None:
    quantities = [i for i in fields() if i.is_quantity and i.unit != "share, 0 to 1"]
    without = {".".join(i.path) for i in quantities if not limits_of(i.path)}
    assert without == BOUNDED
    for path in BOUNDED:
        name = path.split(".")[-1]
        (info,) = (i for i in quantities if ".".join(i.path) == path)
        bounds = _metadata(info.path, name)
        assert any("le=" in b or "lt=" in b for b in bounds), path
        assert any("ge=" in b for b in bounds), path


def _metadata(path: tuple[str, ...], name: str) -> list[str]:
    from govsim.scenarios import shape

    (part,) = (t for t in shape.at(Scenario, path[:-1]) if hasattr(t, "model_fields"))
    return [str(m).lower() for m in part.model_fields[name].metadata]


def test_every_limit_belongs_to_an_input() -> None:
    every = [i.path for i in fields()]
    for pattern in LIMITS:
        assert any(matches(pattern.split("."), path) for path in every), pattern


def _ten_times(text: str) -> str:
    number = re.match(r"[0-9.e]+", text)
    assert number
    return f"{float(number[0]) * 10:.17g}" + text[number.end() :]


def _beyond() -> Iterator[tuple[str, str]]:
    """Each number of the station's scenario that has limits, ten times the most."""
    done: set[tuple[str, ...]] = set()
    for leaf in leaves(load(TIANDI).scenario):
        limits = limits_of(leaf.path) if leaf.value is not None else ()
        kind = tuple(p for k, v in LIMITS.items() for p in k.split(".") if v is limits)
        if not limits or kind in done or isinstance(leaf.value, tuple):
            continue
        done.add(kind)
        most = limits[0].most or limits[0].high
        # A share is bounded by its type, which says so; so is a time beyond 1000 years.
        bounded = leaf.path == ("confidence",) or most in ("100 years", "1000 years")
        if limits[0].most is not None and not bounded:
            yield ".".join(map(str, leaf.path)), _ten_times(limits[0].most)


@pytest.mark.parametrize(("path", "value"), list(_beyond()))
def test_what_is_beyond_its_limit_is_refused_with_what_is_allowed(path: str, value: str) -> None:
    problems = refused(TIANDI, (path, value))
    assert path in {p.path for p in problems}
    assert any("allowed" in p.message for p in problems if p.path == path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("territory.outline.square", "0 m"),
        ("travel.speeds.walking", "0 km/h"),
        ("travel.speeds.car", "0 km/h"),  # that no team uses
        ("teams.volunteers.roster.day", "1e9"),
        ("teams.volunteers.roster.day", "-1"),
        ("desk.rosters.point_station.day", "1000000000"),
        ("centre.roster.day", "9" * 30),
        ("groups.safety.crew", "9" * 400),
        ("teams.volunteers.training", "1e-300"),
        ("demand.dispersion.k", "1e-300"),
        ("confidence", "1e-300"),
        ("horizon", "999 years"),
        ("demand.level", "1e30"),
        ("promises.scene", "999 years"),
        ("territory.residents", "1e12"),
    ],
)
def test_a_number_that_nobody_means_is_refused(path: str, value: str) -> None:
    assert path in {p.path for p in refused(TIANDI, (path, value))}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("travel.speeds.walking", "300 km/h"),
        ("teams.volunteers.roster.day", "5000"),
        ("promises.scene", "1 s"),
        ("costs.overtime_factor", "0.5"),
        ("demand.months", "[1, 1, 1, 1, 1, 30, 1, 1, 1, 1, 1, 1]"),
        ("helpers.cost", "20000 yuan/h"),
        ("demand.categories.noise.work", "{exponential: {mean: 30 days}}"),
        ("territory.household_size", "30"),
    ],
)
def test_an_unusual_number_is_asked_about_and_runs(path: str, value: str) -> None:
    (warning,) = (
        p for p in load(TIANDI, settings=[(path, value)]).warnings if p.path.startswith(path)
    )
    assert "is it meant so?" in warning.message


@pytest.mark.parametrize(
    "how",
    [
        "{lognormal: {median: 30 min, sigma: 1000}}",
        "{lognormal: {mean: 30 min, cv: 1e300}}",
        "{gamma: {mean: 30 min, cv: 1e-300}}",
        "{gamma: {mean: 30 min, cv: 1e300}}",
        "{weibull: {scale: 30 min, shape: 1e-300}}",
        "{weibull: {scale: 30 min, shape: 1e300}}",
        "{erlang: {mean: 30 min, k: 1000000000000}}",
        "{lognormal: {median: 900 years, sigma: 4}}",
        "{exponential: {mean: 1e15 working days}}",
        "{weibull: {scale: 900 years, shape: 0.2}}",
    ],
)
@pytest.mark.parametrize("where", ["demand.categories.noise.work", "residents.patience.time"])
def test_a_random_time_without_a_sane_mean_is_refused(where: str, how: str) -> None:
    problems = refused(TIANDI, (where, how))
    assert all(p.path.startswith(where) for p in problems)
    assert len(problems) == 1


def test_what_a_wild_number_leads_to_is_no_further_mistake_but_other_mistakes_are_told() -> None:
    settings = [("teams.volunteers.roster.day", "9" * 30), ("demand.categories.noise.group", "no")]
    paths = {p.path for p in refused(TIANDI, *settings)}
    assert paths == {"teams.volunteers.roster.day", "demand.categories.noise.group"}


class TestMemory:
    """A replication that can't be held is refused before it is drawn."""

    def test_demands_beyond_memory_are_refused_at_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sizes, "memory", lambda: 1 << 30)
        began = time.process_time()
        # 1440 a day for ten days, a thousandfold: 14.4 million demands of 2 kB are 27 GiB.
        (problem,) = refused(BASE, ("demand.level", "1000"))
        assert time.process_time() - began < 5
        assert problem.path == "demand"
        assert "1.44e+07 demands" in problem.message
        assert "this machine has 1 GB" in problem.message

    def test_what_fits_runs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sizes, "memory", lambda: 1 << 30)
        assert not [p for p in checked(BASE, demand__level="10") if "GB" in p.message]

    @pytest.mark.parametrize("residents", ["1000000000", "1e30", "1e12"])
    def test_residents_by_the_thousand_million_are_refused(self, residents: str) -> None:
        rate = ("demand.categories.demand.rate", "250 per 1000 per year")
        settings = [rate, ("territory.residents", residents), ("horizon", "100 years")]
        assert refused(BASE, *settings)

    def test_a_cell_beyond_its_identities_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sizes, "memory", lambda: 1 << 50)
        (problem,) = refused(BASE, ("demand.level", "2000"))
        assert problem.path == "territory.grids"

    def test_surges_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sizes, "memory", lambda: 1 << 30)
        surge = (
            "[{label: {zh: 雨, en: rain}, begins: 2025-01-02 00:00, lasts: 5 days, factor: 900}]"
        )
        (problem,) = refused(BASE, ("demand.surges", surge))
        assert "demands" in problem.message

    def test_work_that_goes_round_for_ever_is_refused(self) -> None:
        assert "handed on" in str(refused(BASE, ("groups.group.handover", "{group: 0.9999999}"))[0])


def test_tables_in_which_nobody_lives_are_refused(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE.read_text("utf-8"), "utf-8")
    (tmp_path / "grids.csv").write_text(
        "网格,常住人口,经度,纬度,点站\nG1,0,118.80,31.90,S1\nG2,0,118.81,31.91,S1\n", "utf-8"
    )
    (tmp_path / "stations.csv").write_text("点站,经度,纬度\nS1,118.80,31.90\n", "utf-8")
    (tmp_path / "mine.yaml").write_text(
        "extends: base.yaml\n"
        "territory:\n"
        "  grids: {table: grids.csv, count: null, layout: null}\n"
        "  point_stations: {table: stations.csv, count: null}\n"
        "  residents: null\n",
        "utf-8",
    )
    (problem,) = refused(tmp_path / "mine.yaml")
    assert (problem.path, problem.line) == ("territory.grids.table", 3)
    assert "nobody lives" in problem.message
