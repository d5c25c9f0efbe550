"""A figure's two files come from one drawing, and each is what matplotlib alone would write."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from PIL import Image

from govsim.report import style


def drawing() -> Figure:
    """Draw one of all that figures use: texts, marks, dashes, a hatch, clips, a scale of shades."""
    figure = Figure(figsize=(4.21, 3.07))
    axes, beside = figure.subplots(1, 2)
    axes.plot([0, 1, 2], [0, 3, 1], "o--", color=style.BLUE, linewidth=2)
    axes.bar([0.5, 1.5], [1, 2], hatch="////", facecolor="white", edgecolor=style.GREY)
    axes.set_xlim(0, 1.7)
    axes.set_xlabel("按小时 minutes", rotation=3)
    axes.annotate("A", (1, 3), path_effects=[withStroke(linewidth=2, foreground="white")])
    dots = beside.scatter([1, 2, 3], [3, 1, 2], s=[20, 90, 200], c=[1, 2, 3], cmap=style.shades())
    figure.colorbar(dots, ax=beside)
    return figure


def dots(file: Path | BytesIO) -> NDArray[np.int64]:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")).astype(np.int64)


def test_both_files_are_what_each_would_be_alone(tmp_path: Path):
    with style.drawing():
        figure = drawing()
        svg, png = style.save(figure, tmp_path, "one")
        alone = BytesIO(), BytesIO()
        figure.savefig(alone[0], format="svg", metadata={"Date": None})
        figure.savefig(alone[1], format="png", dpi=style.DPI)
    assert svg.read_bytes() == alone[0].getvalue()
    ours, theirs = dots(png), dots(alone[1])
    assert ours.shape == theirs.shape
    # Texts are measured in points, not in dots, and may stand a dot apart; lines do not.
    assert np.abs(ours - theirs).mean() < 2.5
    assert (np.abs(ours - theirs).max(axis=2) > 100).mean() < 0.01


def test_a_png_says_how_large_it_is_in_print_and_is_the_same_each_time(tmp_path: Path):
    with style.drawing():
        first = style.save(drawing(), tmp_path, "one")[1]
        again = style.save(drawing(), tmp_path, "two")[1]
    assert first.read_bytes() == again.read_bytes()
    with Image.open(first) as image:
        image.verify()
        assert round(image.info["dpi"][0]) == style.DPI


def test_a_figure_with_an_image_is_drawn_for_each_file(tmp_path: Path):
    with style.drawing():
        figure = Figure(figsize=(2, 2))
        figure.subplots().imshow(np.eye(3))
        svg, png = style.save(figure, tmp_path, "one")
    assert "<image" in svg.read_text(encoding="utf-8")
    assert dots(png).shape == (320, 320, 3)
