"""The cells of a week by hour, drawn so that a page is small and soon drawn.

Called by `govsim.report.heatmaps`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.path import Path
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

GAP = 0.5
"""Points: width of the white line around a cell."""

SQUARE = (Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY)


class Cells(QuadMesh):
    """A mesh that draws all cells of one shade at once.

    matplotlib's own draws one by one, of which a figure can have a thousand and more.

    Parameters
    ----------
    week : float[days, hours]; NaN leaves a cell out.
    above : where the first day begins.
    shades : the colours; those of a scale of some fifty can't be told from more.
    top : the value of the last one; the first is 0.
    """

    def __init__(self, week: NDArray[np.float64], above: float, shades: Colormap, top: float):
        days, hours = week.shape
        across, down = np.meshgrid(np.arange(hours + 1), above + np.arange(days + 1.0))
        super().__init__(np.dstack([across, down]), antialiased=True)
        self.set(array=np.ma.masked_invalid(week), cmap=shades.resampled(48), clim=(0, top))
        self._values = np.ravel(week)
        corners = np.dstack([across, down])
        around = (corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1])
        self._squares = np.stack([*around, around[0]], axis=2).reshape(-1, len(SQUARE), 2)

    def draw(self, renderer: Any) -> None:
        """Draw the cells, shade by shade."""
        self.update_scalarmappable()
        colours = np.asarray(self.get_facecolor())
        known = np.isfinite(self._values)
        shades, which = np.unique(colours[known], axis=0, return_inverse=True)
        squares, which = self._squares[known], which.ravel()
        pen = renderer.new_gc()
        pen.set_foreground("white")
        pen.set_linewidth(renderer.points_to_pixels(GAP))
        transform = self.get_transform()
        for shade, colour in enumerate(shades):
            mine = squares[which == shade]
            outline = Path(mine.reshape(-1, 2), np.tile(SQUARE, len(mine)))
            renderer.draw_path(pen, outline, transform, tuple(colour))
        pen.restore()
        self.stale = False
