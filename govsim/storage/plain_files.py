"""Reads files that people name: plain files of a sane size, never a pipe or a device.

A pipe that nobody writes to never ends, and neither does ``/dev/zero``. Called by all who
read what a planner gives: scenarios, tables, outlines, mappings.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from govsim.language import tr

MEGABYTE = 1 << 20

MOST_TABLE_BYTES = 200 * MEGABYTE
"""A table of the most grids that there may be has a tenth of that."""


def read_plain(path: Path, most: int) -> bytes:
    """Read a file whole.

    Parameters
    ----------
    path : the file.
    most : bytes that it may have.

    Raises
    ------
    OSError
        There is none, it may not be read, it is a folder, a pipe or a device, or it is larger.
    """
    # Without waiting: to open a pipe would otherwise wait until somebody writes to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        _refuse_others(os.fstat(descriptor).st_mode, path)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(most + 1)  # the size that a system tells of a file may be 0
    finally:
        os.close(descriptor)
    if len(data) > most:
        size = tr("it is larger than {n} MB", n=most // MEGABYTE)
        raise OSError(errno.EFBIG, size, str(path))
    return data


def _refuse_others(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, tr("it is a pipe or a device, not a file"), str(path))
