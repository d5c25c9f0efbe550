"""The report that a planner hands on: one HTML file that needs no network.

`write` is the door for the command line and for Python. It takes what was found (a
`Result`, a `Comparison` or an `Explanation`), lets `govsim.report.sections` say it, and lays it
out by ``templates/report.html``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import copy_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim import language
from govsim.language import Language, tr
from govsim.report import fonts
from govsim.report.parts import Desk
from govsim.report.sections import Found, of

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from govsim.report.parts import Contents
    from govsim.runs.results import Result

REPORT, FIGURES = "report.html", "figures"
"""Name of the page, and of the folder for its figures."""

STATIONS = "stations.html"
"""Name of the page with the sheets of several stations."""

FONT = "<!-- font -->"
"""Where the rule of the font that is embedded comes to stand; no text of a planner's reads so."""

_INNER_DOT = re.compile(r"(?<=\w)\.(?=[a-z_])")

TEMPLATES = Path(__file__).parent / "templates"


def write(found: Found, folder: Path, lang: Language | None = None) -> Path:
    """Write the report of a run or a comparison.

    Parameters
    ----------
    found : what was found.
    folder : for ``report.html``, and for ``figures/`` as SVG and PNG.
    lang : language of the report; the current one if not given.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    RunError
        The folder can't be written to.
    """

    def made() -> str:
        if lang is not None:
            language.use(lang)
        return html(found, folder / FIGURES)

    from govsim.storage.files import write_text

    page = folder / REPORT
    text = copy_context().run(made)
    write_text(page, text)
    return page


def write_stations(result: Result, points: Sequence[str], folder: Path) -> Path:
    """Write the sheets of service points, a page each, in the current language.

    Parameters
    ----------
    result : of a run.
    points : their ids, names, or ``all``; see `govsim.report.sections.stations.find`.
    folder : for ``station-<id>.html``, or ``stations.html`` where there are several.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        There is no such point.
    RunError
        The folder can't be written to.
    """
    from govsim.report.sections import stations
    from govsim.storage.files import write_text

    found = stations.find(result, points)
    page = folder / (f"station-{_as_file(found[0])}.html" if len(found) == 1 else STATIONS)
    write_text(page, _page(stations.contents(result, found, Desk(None))))
    return page


def _as_file(key: str) -> str:
    """Write an id so that any system takes it as part of a file's name."""
    return re.sub(r"[^\w.-]", "_", key)


def html(found: Found, figures: Path | None = None) -> str:
    """Make the page in the current language; figures are kept below `figures` if it is given."""
    return _page(of(found, Desk(figures)))


def _page(contents: Contents) -> str:
    text = _filled(contents)
    return text.replace(FONT, fonts.face_css(text), 1)


def _filled(contents: Contents) -> str:
    """Fill the template, but for the font: which characters it is to have, the rest shows."""
    template = _environment().get_template("report.html")
    lang = "zh-CN" if language.current() == "zh" else "en"
    made = template.render(
        contents=contents,
        lang=lang,
        font=FONT,
        family=fonts.FAMILY,
        said={
            "answer": tr("The answer"),
            "contents": tr("Contents"),
            "figure": tr("Figure"),
            "table": tr("Table"),
        },
    )
    return made.lstrip()  # the definitions before the page leave empty lines


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    filters: dict[str, Any] = {"position": _position, "breakable": _breakable}
    found.filters.update(filters)
    return found


def _position(share: float) -> str:
    """Where a share stands on a scale of 100, cut off at its ends."""
    return f"{100 * min(1.0, max(0.0, share)):.1f}"


def _breakable(text: str) -> Markup:
    """Let a path be broken before its dots: ``demand.categories.noise``."""
    from markupsafe import Markup, escape

    return Markup(_INNER_DOT.sub("<wbr>.", str(escape(text))))
