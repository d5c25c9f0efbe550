"""Marks on axes that all figures share: bars and dots with their intervals, ticks, dates.

Called by `govsim.report.figures` and the figures of the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from govsim.measures.catalogue import Measure
from govsim.measures.statistics import Interval
from govsim.report import style
from govsim.report.wording import number, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def bars(
    axes: Axes,
    labels: Sequence[str],
    found: Sequence[Interval],
    shown: Measure | None = None,
    columns: int = 20,
) -> None:
    """Draw a bar for each mean, a whisker for its interval, and both in numbers."""
    y = np.arange(len(labels))
    axes.barh(y, _means(found), height=0.62, color=style.PALE, edgecolor=style.BLUE, linewidth=0.9)
    whiskers(axes, found)
    rows(axes, labels, [_in_numbers(one, shown) for one in found], columns)
    axes.set_xlim(0, max(_reach(found), 1e-9))


def dots(
    axes: Axes,
    labels: Sequence[str],
    found: Sequence[Interval],
    shown: Measure | None = None,
    columns: int = 20,
) -> None:
    """Draw a dot for each mean, a whisker for its interval, and both in numbers."""
    whiskers(axes, found)
    y = np.arange(len(labels))
    axes.plot(_means(found), y, "o", color=style.BLUE, markersize=5.5, zorder=5, clip_on=False)
    rows(axes, labels, [_in_numbers(one, shown) for one in found], columns)


def whiskers(axes: Axes, found: Sequence[Interval]) -> None:
    """Draw the interval of each row, where it has one."""
    known = [(row, one) for row, one in enumerate(found) if not isnan(one.half_width)]
    if known:
        axes.errorbar(
            [one.mean for _, one in known],
            [row for row, _ in known],
            xerr=np.transpose([(one.mean - one.low, one.high - one.mean) for _, one in known]),
            color=style.INK,
            linestyle="",
            elinewidth=1.4,
            capsize=3,
            capthick=1.4,
            zorder=4,
        )


def rows(axes: Axes, labels: Sequence[str], texts: Sequence[str], columns: int = 20) -> None:
    """Name the rows on the left, the first at the top, and write their numbers on the right.

    Names are broken into lines of so many `columns`, of which Chinese signs take two.
    """
    axes.set_yticks(np.arange(len(labels)), [broken(label, columns) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    for row, text in enumerate(texts):
        axes.annotate(
            text,
            (1.035, row),
            xycoords=("axes fraction", "data"),
            fontsize=8.5,
            va="center",
            annotation_clip=False,
        )
    style.bare(axes, "x")


def _in_numbers(found: Interval, shown: Measure | None) -> str:
    text = number(found.mean, shown)
    return text if isnan(found.half_width) else f"{text}  ({spread(found, shown)})"


def _means(found: Sequence[Interval]) -> list[float]:
    return [one.mean for one in found]


def _reach(found: Sequence[Interval]) -> float:
    """Right end of an axis that shows all means and intervals."""
    ends = [v for one in found for v in (one.mean, one.high) if not isnan(v)]
    return max(ends, default=1.0) * 1.05 or 1.0


def broken(label: str, columns: int = 20) -> str:
    """Break a long text into lines of so many columns; Chinese signs take two."""
    return "\n".join(wrap(label, columns if label.isascii() else columns // 2 + 1)) or label


def thousands(value: float, _: float) -> str:
    """Write the number at a tick; a formatter of matplotlib's axes."""
    return f"{value:,.10g}"


def percent(axes: Axes) -> None:
    """Write shares along the horizontal axis in percent."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:g}"))


def date_axis(axes: Axes, most: int = 5) -> None:
    """Months, or days where there are few, at most so many; written alike in both languages."""
    from matplotlib import dates

    make: Any = dates  # whose classes have no types
    first, last = axes.get_xlim()
    axes.xaxis.set_major_locator(make.AutoDateLocator(minticks=2, maxticks=most))
    axes.xaxis.set_major_formatter(make.DateFormatter("%Y-%m" if last - first > 150 else "%m-%d"))
