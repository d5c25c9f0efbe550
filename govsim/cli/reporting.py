"""``govsim report``: what was found, as one file to hand on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from govsim.cli.options import WRONG_INPUT, command, fail, out
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.report.sections import Found

WORKBOOK = "report.xlsx"
"""Name of the workbook beside the page."""

F = TypeVar("F", bound=Callable[..., Any])


def no_report() -> Callable[[F], F]:
    """Make the option that leaves the report out."""
    return click.option(
        "--no-report", is_flag=True, help=tr("Write no report; govsim report can do it later.")
    )


def report_at_the_end(found: Found, quiet: bool) -> None:
    """Write the report of what was just found; if that fails, nothing of it is lost."""
    from govsim.report import page

    assert found.folder is not None
    try:
        written = page.write(found, found.folder)
    except Exception as error:  # whatever it is, the results are whole
        text = tr(
            "the report could not be written ({kind}: {error}); the results are kept, and "
            "“govsim report {folder}” tries again",
            kind=type(error).__name__,
            error=error,
            folder=found.folder,
        )
        click.echo(text, err=True)
        return
    if not quiet:
        say_where(written.parent)


def say_where(folder: Path) -> None:
    """Say where the report is that was written into a folder."""
    from govsim.report import page

    click.echo(tr("report: {file}", file=folder / page.REPORT), err=True)


@command(
    "report",
    tr(
        "Write the report of a run (its id, or the scenario that was run), of a comparison, an "
        "explanation, a calibration, an answer to “why late” or a plan that was sought (its folder "
        "or id): one HTML file, or a workbook."
    ),
)
@click.argument("what", metavar=tr("RUN_OR_FOLDER"))
@click.option(
    "--folder",
    "to",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=tr("Where to write it; into the folder of what was found if not given."),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "xlsx", "orders.csv", "orders.xlsx"]),
    default="html",
    show_default=True,
    help=tr(
        "Form of the report: a page, or a workbook of its tables; or the orders of a run that kept "
        "them (run --orders), a row each."
    ),
)
@click.option(
    "--point",
    "points",
    multiple=True,
    metavar=tr("STATION"),
    help=tr(
        "Write the sheet of a station of a run instead, one page: its hours of the week, teams and "
        "worst times. Name it in Chinese or English, or by its id; repeatable; “all”: a page each."
    ),
)
@out(tr("Folder of results."))
def report(what: str, to: Path | None, form: str, points: tuple[str, ...], out: Path) -> None:
    """Find what is named, and write its report."""
    from govsim.storage.files import writing

    found = _found(what, out)
    assert found.folder is not None
    folder = to or found.folder
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if form.startswith("orders."):
        _orders(found, form, folder)
        return
    if points:
        _stations(found, points, folder)
        return
    if form == "xlsx":
        from govsim.report import workbook

        click.echo(str(workbook.write(found, folder / WORKBOOK)))
        return
    from govsim.report import page

    click.echo(str(page.write(found, folder)))


def _orders(found: Found, form: str, folder: Path) -> None:
    from govsim.report import orders_file
    from govsim.runs.results import Result

    if not isinstance(found, Result):
        fail(tr("--format {form} needs a run", form=form), WRONG_INPUT)
    kind: orders_file.Form = "csv" if form == "orders.csv" else "xlsx"
    click.echo(str(orders_file.write(found, folder, kind)))


def _stations(found: Found, points: tuple[str, ...], folder: Path) -> None:
    from govsim.report import page
    from govsim.runs.results import Result

    if not isinstance(found, Result):
        fail(tr("--point needs a run: a comparison or an explanation has no stations"), WRONG_INPUT)
    click.echo(str(page.write_stations(found, points, folder)))


def _found(what: str, out: Path) -> Found:
    """Open what was found; ``comparisons``, ``why`` and so on: the newest of its kind."""
    from govsim.calibration import result as calibration
    from govsim.cli.finding import run_named
    from govsim.comparison import result as comparison
    from govsim.explanation import result as explanation
    from govsim.lateness import result as lateness
    from govsim.optimisation import result as optimum
    from govsim.runs.results import open_run
    from govsim.siting import result as siting

    below = (
        comparison.COMPARISONS,
        explanation.EXPLANATIONS,
        calibration.CALIBRATIONS,
        lateness.WHY,
        optimum.OPTIMISE,
        siting.SITE,
    )
    for place in _places(what, out, *below):
        if (place / comparison.RECORD).is_file():
            return comparison.open_comparison(place)
        if (place / explanation.RECORD).is_file():
            return explanation.open_explanation(place)
        if (place / calibration.RECORD).is_file():
            return calibration.open_calibration(place)
        if (place / lateness.RECORD).is_file():
            return lateness.open_lateness(place)
        if (place / optimum.RECORD).is_file():
            return optimum.open_optimum(place)
        if (place / siting.RECORD).is_file():
            return siting.open_siting(place)
    run = run_named(what, out)
    if run is None:
        text = tr("nothing was found under “{what}” in {out}", what=what, out=out)
        fail(text, WRONG_INPUT)
    return open_run(run)


def _places(what: str, out: Path, *below: str) -> list[Path]:
    """Name where something may lie: as given, below the results, or the newest of its kind."""
    from govsim.storage.folder import LATEST

    places = [Path(what), out / what, *(out / folder / what for folder in below)]
    for place in places[:2]:
        with suppress(OSError, ValueError):
            places.append(place / (place / LATEST).read_text(encoding="utf-8").strip())
    return places
