"""A figure as SVG and as PNG from one drawing.

matplotlib lays text and ticks out anew for each file, which takes longer than writing either. Here
a figure is drawn once, in points; each stroke goes to the renderer of SVG as it is, and to that of
PNG as much larger as its dots are smaller. Called by `govsim.report.style.save`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.transforms import Affine2D, Bbox, TransformedPath
from PIL import Image

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RENDERERS: tuple[Any, Any] = (RendererSVG, RendererAgg)
"""Of SVG and of PNG; matplotlib gives their methods no types."""

POINTS = 72
"""An inch; the dots of a drawing as SVG."""


def write(figure: Figure, files: Sequence[Path], dpi: int) -> None:
    """Draw a figure and write both of its files; the same figure gives the same bytes.

    Parameters
    ----------
    figure : laid out for good (`govsim.report.style.settle`).
    files : for the SVG and for the PNG.
    dpi : dots per inch of the second.

    Raises
    ------
    NotImplementedError
        There is an image in it, which is made for dots of one size.
    """
    svg, png = files
    before = figure.dpi
    wide, tall = (float(size) for size in figure.get_size_inches())
    # As whole as matplotlib makes it: 7.75 inches are 1239.9999 dots.
    size = int(round(wide * dpi, 6)), int(round(tall * dpi, 6))
    of_svg, of_png = RENDERERS
    dots = of_png(*size, dpi)
    try:
        figure.set_dpi(POINTS)
        with svg.open("w", encoding="utf-8", newline="\n") as file:
            drawn = of_svg(
                wide * POINTS, tall * POINTS, file, image_dpi=dpi, metadata={"Date": None}
            )
            figure.draw(_Both(drawn, dots))
            drawn.finalize()
    finally:
        figure.set_dpi(before)
    image = Image.fromarray(np.ascontiguousarray(np.asarray(dots.buffer_rgba())[..., :3]))
    image.save(png, compress_level=1, dpi=(dpi, dpi))


class _Both(RendererBase):
    """Hands each stroke to both renderers.

    Parameters
    ----------
    drawn : of SVG, which also says how wide a text is.
    dots : of PNG.
    """

    def __init__(self, drawn: Any, dots: Any) -> None:
        super().__init__()
        self._svg: Any = drawn
        self._drawn: list[Any] = [drawn]
        self._dots: list[Any] = [dots]
        self.width, self.height = drawn.width, drawn.height
        self._times = dots.dpi / POINTS
        self._larger = Affine2D().scale(self._times)

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Give the size of the paper, in points."""
        return self.width, self.height

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Begin with what belongs together in the SVG."""
        for drawn in self._drawn:
            drawn.open_group(s, gid)

    def close_group(self, s: str) -> None:
        """End it."""
        for drawn in self._drawn:
            drawn.close_group(s)

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:
        """Measure a text, in points."""
        return self._svg.get_text_width_height_descent(s, prop, ismath)

    def start_rasterizing(self) -> None:
        """Begin with what is an image in SVG too, such as the shades of a scale."""
        dots = self._dots[0]
        image = RENDERERS[1](dots.width, dots.height, dots.dpi)
        self._drawn, self._dots = [], [dots, image]

    def stop_rasterizing(self) -> None:
        """Put that image into the SVG, at the size that the PNG has it."""
        dots, image = self._dots
        self._drawn, self._dots = [self._svg], [dots]
        seen = np.asarray(image.buffer_rgba())
        rows, columns = (np.flatnonzero(seen[..., 3].any(axis=axis)) for axis in (1, 0))
        if len(rows):
            cut = seen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            below = self.height * self._times - rows[-1] - 1
            place = columns[0] / self._times, below / self._times
            self._svg.draw_image(self.new_gc(), *place, cut[::-1])

    def _on_dots(self, pen: GraphicsContextBase) -> GraphicsContextBase:
        """Make the same pen for larger paper; widths of lines are in points on both."""
        larger = GraphicsContextBase()
        larger.copy_properties(pen)
        around = pen.get_clip_rectangle()
        if around is not None:
            larger.set_clip_rectangle(Bbox(around.get_points() * self._times))
        path, transform = cast(Any, pen.get_clip_path())
        if path is not None and transform is not None:
            clip: Any = TransformedPath(path, transform + self._larger)
            larger.set_clip_path(clip)
        return larger

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803
        """Draw a line or an area."""
        for drawn in self._drawn:
            drawn.draw_path(gc, path, transform, rgbFace)
        pen, large = self._on_dots(gc), (transform + self._larger).frozen()
        for dots in self._dots:
            dots.draw_path(pen, path, large, rgbFace)

    def draw_markers(
        self, gc: Any, marker_path: Any, marker_trans: Any, path: Any, trans: Any,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:  # fmt: skip
        """Draw the same mark at several places."""
        for drawn in self._drawn:
            drawn.draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
        pen, mark, place = self._on_dots(gc), marker_trans + self._larger, trans + self._larger
        for dots in self._dots:
            dots.draw_markers(pen, marker_path, mark.frozen(), path, place.frozen(), rgbFace)

    def draw_path_collection(
        self, gc: Any, master_transform: Any, paths: Any, all_transforms: Any, offsets: Any,
        offset_trans: Any, *looks: Any, **further: Any,
    ) -> None:  # fmt: skip
        """Draw marks of several sizes and shades."""
        for drawn in self._drawn:
            drawn.draw_path_collection(
                gc,
                master_transform,
                paths,
                all_transforms,
                offsets,
                offset_trans,
                *looks,
                **further,
            )
        pen, larger = self._on_dots(gc), self._larger
        shape, place = (master_transform + larger).frozen(), (offset_trans + larger).frozen()
        for dots in self._dots:
            dots.draw_path_collection(
                pen, shape, paths, all_transforms, offsets, place, *looks, **further
            )

    def draw_quad_mesh(
        self, gc: Any, master_transform: Any, mesh_width: Any, mesh_height: Any, coordinates: Any,
        offsets: Any, offset_trans: Any, *looks: Any,
    ) -> None:  # fmt: skip
        """Draw the shades of a scale."""
        mesh = (mesh_width, mesh_height, coordinates, offsets)
        for drawn in self._drawn:
            drawn.draw_quad_mesh(gc, master_transform, *mesh, offset_trans, *looks)
        pen, larger = self._on_dots(gc), self._larger
        shape, place = (master_transform + larger).frozen(), (offset_trans + larger).frozen()
        for dots in self._dots:
            dots.draw_quad_mesh(pen, shape, *mesh, place, *looks)

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False,
        mtext: Any = None,
    ) -> None:  # fmt: skip
        """Write a text."""
        for drawn in self._drawn:
            drawn.draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        pen, across, down = self._on_dots(gc), x * self._times, y * self._times
        for dots in self._dots:
            dots.draw_text(pen, across, down, s, prop, angle, ismath, mtext)

    def draw_image(self, gc: Any, x: float, y: float, im: Any, transform: Any = None) -> None:
        """Refuse it: an image is as fine as the file that it is made for."""
        raise NotImplementedError("images are drawn for each file by itself")
