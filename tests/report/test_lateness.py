"""The report of an answer to "why late": page, workbook and screen, in both languages."""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from places import SCENARIOS

import govsim
from govsim import language
from govsim.cli import cli
from govsim.lateness.result import PAIR, Lateness
from govsim.report import lateness_words as words
from govsim.report import page, workbook
from govsim.report.sections import late

SHORT = (("horizon", "6 weeks"), ("warm_up", "1 week"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Lateness:
    out = tmp_path_factory.mktemp("results")
    return govsim.why(SCENARIOS / "tiandi.yaml", settings=SHORT, replications=2, out=out)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_has_the_ceiling_the_changes_and_all_parts(found: Lateness, lang: str) -> None:
    language.use(lang)  # type: ignore[arg-type]
    text = page.html(found)
    assert all(words.clock_name(clock) in text for clock in ("scene", "solve", "reply"))
    for line in (words.share(found.at_most("reachable")), words.share(found.at_most("kept"))):
        assert line in text
    shown = found.to_frame().head(words.SHOWN)
    assert all(
        words.change_name(found.scenario, one) in text for one in shown["change"] if one != PAIR
    )
    groups = found.groups[(found.groups["level"] == "channel") & (found.groups["clock"] == "scene")]
    for key in groups["key"]:
        channel = found.scenario.channels[key]
        assert (channel.label.zh if lang == "zh" else channel.label.en) in text
    assert ("天地新城点站" if lang == "zh" else "Tiandi New City station") in text
    assert text.count("<svg") >= 2


def test_the_report_of_a_run_has_the_changes_once_they_were_asked_for(
    found: Lateness, tmp_path: Path
) -> None:
    assert found.folder is not None
    run = found.folder.parents[1] / "tiandi" / found.manifest["run"]
    alone = tmp_path / "tiandi" / run.name  # the same run where nobody has asked
    shutil.copytree(run, alone)
    for lang in ("en", "zh"):
        language.use(lang)  # type: ignore[arg-type]
        with_answer, without = ("".join(map(str, late_of(folder))) for folder in (run, alone))
        first = found.to_frame().query("change != @PAIR")["change"].iloc[0]
        for text in (words.change_name(found.scenario, first), *words.best(found)):
            assert text in with_answer and text not in without
        assert "govsim why" in without and "govsim why" not in with_answer


def late_of(folder: Path) -> list[object]:
    """Give what the section of a run's report says, but for its figure."""
    desk = Mock(plate=lambda *_: "")
    (section,) = late.sections(govsim.open_run(folder), desk)
    return list(section.blocks)


def test_one_replication_has_no_intervals_and_says_so() -> None:
    language.use("en")
    found = govsim.why(SCENARIOS / "tiandi.yaml", settings=(*SHORT, ("replications", "1")))
    assert found.to_frame()["low"].isna().all() or np.isinf(found.to_frame()["low"]).all()
    assert "no intervals" in words.how_meant(found)[0]


def test_a_workbook_has_every_change_and_every_part(found: Lateness, tmp_path: Path) -> None:
    language.use("en")
    book = openpyxl.load_workbook(workbook.write(found, tmp_path / "why.xlsx"))
    assert book["Changes"].max_row == 1 + len(found.changes)
    assert book["Pieces of the time"].max_row == 1 + len(found.pieces)
    assert book["Parts of the district"].max_row == 1 + len(found.groups)
    heads = [cell.value for cell in book["Changes"][1]]
    gains = [row[heads.index("more in time, points")].value for row in book["Changes"].iter_rows(2)]
    assert sorted(gains) == pytest.approx(sorted(100 * found.changes["gain"]))


def test_the_screen_parts_by_what_is_asked_and_the_report_is_written(tmp_path: Path) -> None:
    settings = [part for path, value in SHORT for part in ("--set", f"{path}={value}")]
    asked = ["why", str(SCENARIOS / "tiandi.yaml"), "-n", "2", *settings, "--out", str(tmp_path)]
    done = CliRunner().invoke(cli, [*asked, "--by", "station", "--by", "hour", "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "Tiandi New City station  " in done.output and "23–24" in done.output
    assert "Channel  " not in done.output
    assert len(list(tmp_path.glob("why/*/report.html"))) == 1
    again = CliRunner().invoke(cli, ["report", "why", "--out", str(tmp_path), "--format", "xlsx"])
    assert again.exit_code == 0, again.output
    assert Path(again.output.strip()).is_file()


@pytest.mark.parametrize("clock", ["scene", "solve", "reply"])
def test_the_sentences_of_each_clock_name_its_largest_piece(found: Lateness, clock: str) -> None:
    language.use("en")
    largest = words.largest_of(found.pieces, clock)
    (line,) = [
        one for one in words.sentences(found) if one.lower().startswith(words.clock_name(clock))
    ]
    if largest.max() > 0:
        assert words.piece_name(str(largest.idxmax())) in line
    else:
        assert "no demand is late" in line
