"""Files that are written whole or not at all, and what is said when that fails.

Whatever is written gets a temporary name, reaches the disk, and is renamed: what bears
its name is whole, also after a power cut.
"""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import platform
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

from govsim.errors import RunError
from govsim.language import tr

LEFT_BEHIND = 60.0
"""Seconds without a change after which a temporary file of another machine belongs to nobody."""

_numbers = count()
_here = re.sub(r"\W+", "_", platform.node())[:16]


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what an operating system says about a failed write into a `RunError`."""
    try:
        yield
    except OSError as error:
        raise RunError(
            tr("can't write to {folder}: {reason}", folder=path, reason=reason_of(error))
        ) from error


def reason_of(error: OSError) -> str:
    """Say in plain words why the system did not do it."""
    if error.errno == errno.ENOSPC:
        return tr("the disk is full")
    if error.errno == getattr(errno, "EDQUOT", errno.ENOSPC):
        return tr("your share of the disk is used up")
    if error.errno == errno.EFBIG:
        return tr("a file would become larger than is allowed here")
    if error.errno == errno.EROFS:
        return tr("the disk can only be read")
    if isinstance(error, PermissionError):
        return tr("writing there is not allowed")
    return error.strerror or str(error)


@contextmanager
def replacing(path: Path, alone: bool = False) -> Iterator[BinaryIO]:
    """Write a file under a temporary name that becomes its name when it is whole.

    Parameters
    ----------
    path : the file.
    alone : nobody else writes this file at the same time, so that the temporary name
        can be the same each time, and what a killed run left is written over.
    """
    owner = "" if alone else f".{_here}-{os.getpid()}-{next(_numbers)}"
    temporary = path.with_name(f".{path.name}{owner}.tmp")
    if not alone:
        _sweep(path)
    try:
        with temporary.open("wb") as file:
            yield file
            settle(file)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):  # what went wrong first is what matters
            temporary.unlink()
        raise
    sync(path.parent)


def write_text(path: Path, text: str, alone: bool = False) -> None:
    """Write a file whole or not at all, in UTF-8 with plain line ends; see `replacing`."""
    with writing(path.parent), replacing(path, alone) as file:
        file.write(text.encode("utf-8"))


def _sweep(path: Path) -> None:
    """Remove what killed processes left of attempts to write a file that many write."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        with suppress(OSError):
            if _is_dead(left) or time.time() - left.stat().st_mtime > LEFT_BEHIND:
                left.unlink()


def _is_dead(temporary: Path) -> bool:
    """Whether the process that wrote a temporary file was one of this machine and is no more."""
    owner = re.search(rf"\.{re.escape(_here)}-([0-9]+)-[0-9]+\.tmp$", temporary.name)
    if owner is None or sys.platform == "win32":  # where a signal of 0 is Ctrl-C
        return False
    try:
        os.kill(int(owner[1]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def settle(file: BinaryIO) -> None:
    """Let what was written to a file reach the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Let names in a folder reach the disk, where the system has a way to ask for it."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Summing:
    """A file that is written from its beginning to its end, and its checksum on the way.

    Parameters
    ----------
    file : what is written to; None to keep nothing but the checksum.
    """

    closed = False

    def __init__(self, file: BinaryIO | None = None) -> None:
        self._file, self._digest, self._bytes = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        """Write, and go on with the checksum."""
        if self._file is not None:
            self._file.write(data)
        self._digest.update(data)
        self._bytes += len(data)
        return len(data)

    def tell(self) -> int:
        """Count the bytes that were written."""
        return self._bytes

    def flush(self) -> None:
        """Do nothing: who opened the file flushes it."""

    def checksum(self) -> dict[str, int | str]:
        """Length and SHA-256 of what was written."""
        return {"bytes": self._bytes, "sha256": self._digest.hexdigest()}


def checksum(path: Path) -> dict[str, int | str]:
    """Length and SHA-256 of a file, as they are recorded of it.

    Raises
    ------
    OSError
        The file is not there, or can't be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"bytes": file.tell(), "sha256": digest}
