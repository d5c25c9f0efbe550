"""One run at a time in a folder: a lock that the system lets go when its process ends.

Readers need no lock. A network disk that knows no locks is used without.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from govsim.errors import RunError
from govsim.language import tr

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAME = ".lock"

PATIENCE = 1.0
"""Seconds to wait for a lock: `is_held` takes it for a moment."""

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}

log = logging.getLogger("govsim")


def hold(folder: Path) -> BinaryIO:
    """Hold a folder until the file that is given is closed, so that no other run works there.

    Raises
    ------
    RunError
        Another run is at work there.
    OSError
        The folder can't be written to.
    """
    file = (folder / NAME).open("a+b")
    try:
        until = time.monotonic() + PATIENCE
        while not _taken(file):
            if time.monotonic() > until:
                raise RunError(_occupied(folder, file))
            time.sleep(0.05)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            file.close()
            raise
        log.warning(
            tr(
                "the disk of {folder} can't be locked: take care that no other run works there",
                folder=folder,
            )
        )
    except BaseException:
        file.close()
        raise
    with suppress(OSError):  # a full disk has no room for the number of a process
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
    return file


def is_held(folder: Path) -> bool:
    """Whether a run is at work in a folder, or may be: some disks don't tell."""
    try:
        with (folder / NAME).open("rb") as file:
            return not _taken(file, shared=True)
    except OSError as error:
        return error.errno in _NO_LOCKS


def _taken(file: BinaryIO, shared: bool = False) -> bool:
    """Take the lock if nobody has it; it is let go when the file is closed.

    Parameters
    ----------
    file : the lock.
    shared : with others who only look; for this a file that can only be read will do.
    """
    if sys.platform == "win32":
        file.seek(1 << 30)  # a locked byte can't be read, and the process's number must be
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
    else:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _occupied(folder: Path, file: BinaryIO) -> str:
    process = ""
    with suppress(OSError):
        file.seek(0)
        process = file.read(20).decode(errors="replace")
    return tr(
        "another run is at work in {folder} (process {process}); wait until it is done, or stop it",
        folder=folder,
        process=process or "?",
    )
