"""How figures look: one font that has Chinese, few lines, colours that all eyes tell apart.

Called by all that draws: `govsim.report.figures`, `govsim.report.plates`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.report import fonts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

Rect = tuple[float, float, float, float]

BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#8A8F94", "#22272B"
"""Okabe and Ito's blue and vermilion: apart in print and for colour-blind eyes."""
PALE = "#C9DFEE"
"""Blue, for bands and bars behind lines; light enough to print under ink."""

DPI = 160
"""Dots per inch of a figure as PNG, and when it is laid out: its letters are measured once."""

SIZE = 9.6
"""Points: size of letters where nothing else is said."""

PAD = 0.03
"""Inches around a figure."""

_SETTINGS = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.linewidth": 1.0,
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.titlesize": 10.5,
    "axes.titley": 1.0,  # no ticks are above: where a title stands need not be found by measuring
    "axes.unicode_minus": False,  # the shipped font has the hyphen, not the minus
    "figure.autolayout": False,  # as is the next: `settle` leaves a figure without any layout
    "figure.constrained_layout.use": False,
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "font.size": SIZE,
    "grid.color": "#E4E7EA",
    "grid.linewidth": 0.8,
    "legend.fontsize": 8.8,
    "legend.title_fontsize": 9.6,
    "lines.linewidth": 1.2,
    "lines.markersize": 4.8,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "patch.linewidth": 0.8,
    "savefig.facecolor": "white",
    "svg.hashsalt": "govsim",  # the same figure gives the same file
    "text.color": INK,
    "text.parse_math": False,  # a $ in a planner's name is a $
    "xtick.color": INK,
    "xtick.labelsize": 8.5,
    "xtick.major.size": 4.8,
    "xtick.major.width": 1.0,
    "ytick.color": INK,
    "ytick.labelsize": 9,
    "ytick.major.size": 4.8,
    "ytick.major.width": 1.0,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with this style; the settings of whoever calls stay as they were."""
    import matplotlib as mpl

    with mpl.rc_context():
        fonts.register()
        settings: Any = mpl.rcParams  # typed by key, which a table of keys is not
        settings.update(_SETTINGS)
        yield


def bare(axes: Axes, grid: str) -> None:
    """Leave only what carries meaning: an axis, and a light grid along it (``x`` or ``y``)."""
    for side in ("top", "right", *(["left"] if grid == "x" else [])):
        axes.spines[side].set_visible(False)
    axes.grid(axis="x" if grid == "x" else "y")
    axes.set_axisbelow(True)
    axes.tick_params(length=0 if grid == "x" else 3, axis="y")


def shades(dark_is_low: bool = False) -> Colormap:
    """Shades of blue from pale to dark, whose order shows in black and white too."""
    from matplotlib.colors import LinearSegmentedColormap

    ends = ["#F2F7FA", BLUE, "#002B45"]
    return LinearSegmentedColormap.from_list("blend", ends[::-1] if dark_is_low else ends)


def fitted(figure: Figure, rect: Rect = (0, 0, 1, 1), between: float = 2 * PAD) -> None:
    """Let `settle` fit the axes of a figure, with what is written around them, into its bounds.

    Each axes is measured once; the solver of matplotlib's "constrained" layout, which does more
    than these figures need, takes as long as all the drawing.

    Parameters
    ----------
    figure : whose axes form a grid.
    rect : left, bottom, right, top of the room for them, in shares of the figure.
    between : inches between what belongs to two axes.
    """
    from matplotlib.layout_engine import TightLayoutEngine

    size = SIZE / 72  # what the engine measures in
    pads = {"pad": PAD / size, "h_pad": between / size, "w_pad": between / size}
    figure.set_layout_engine(TightLayoutEngine(rect=rect, **pads))


def settle(figure: Figure) -> None:
    """Lay a figure out for good: each file of it is then drawn without any measuring."""
    engine = figure.get_layout_engine()
    if engine is None:
        return
    before = [axes.bbox.frozen() for axes in figure.axes]
    engine.execute(figure)
    if any(axes.get_ylabel() for axes in figure.axes):
        # Axes of another height have other ticks, with wider or narrower numbers beside them.
        before = [axes.bbox.frozen() for axes in figure.axes]
        engine.execute(figure)
    # Nothing is left to lay out: with "none", each file would be drawn once more before it is.
    figure.set_layout_engine(None)
    for axes, was in zip(figure.axes, before, strict=True):
        bounds = tuple(round(edge, 5) for edge in axes.get_position().bounds)
        axes.set_position((bounds[0], bounds[1], bounds[2], bounds[3]))
        _pin_labels(axes, was)


def _pin_labels(axes: Axes, was: Bbox) -> None:
    """Keep the labels of axes where the layout has put them; `was` is where the axes were."""
    if axes.get_xlabel():
        below = was.y0 - axes.xaxis.label.get_position()[1]
        axes.xaxis.set_label_coords(axes.xaxis.label.get_position()[0], -below / axes.bbox.height)
    if axes.get_ylabel():
        beside = was.x0 - axes.yaxis.label.get_position()[0]
        axes.yaxis.set_label_coords(-beside / axes.bbox.width, axes.yaxis.label.get_position()[1])


def get_ready() -> None:
    """Import what drawing takes, once for all copies of this process."""
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg
    import matplotlib.collections
    import matplotlib.dates
    import matplotlib.figure  # noqa: F401

    fonts.known()


def files_of(folder: Path, name: str) -> list[Path]:
    """Name the files of a figure."""
    return [folder / f"{name}.svg", folder / f"{name}.png"]


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a figure as SVG and PNG; the same figure gives the same bytes."""
    from govsim.report import both
    from govsim.storage.files import writing

    files = files_of(folder, name)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            both.write(figure, files, DPI)
        except NotImplementedError:  # with an image in it
            figure.savefig(files[0], metadata={"Date": None})
            figure.savefig(files[1], dpi=DPI, metadata={"Software": None})
    return files
