"""A record of what was found, with its own checksum and those of the files beside it.

It is written last: files of a record that isn't there, or that says other than they are, were
cut off by a kill or changed since, and none of them is read. Used by `govsim.storage.frames` for
calibrations and explanations, and by `govsim.comparison`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from govsim.errors import RunError
from govsim.language import tr
from govsim.storage.files import checksum, write_text

OWN, FILES = "sha256", "files"


def sha256_of(record: Mapping[str, Any]) -> str:
    """Compute the checksum of a record: of all in it but the checksum."""
    rest = {key: value for key, value in record.items() if key != OWN}
    as_read = json.loads(json.dumps(rest))
    return sha256(json.dumps(as_read, sort_keys=True).encode()).hexdigest()


def write(file: Path, record: Mapping[str, Any], beside: Iterable[str] = ()) -> None:
    """Write a record of the files of these names beside it, which are written already.

    Raises
    ------
    RunError
        It can't be written.
    """
    whole = {**record, FILES: {name: checksum(file.with_name(name)) for name in beside}}
    whole[OWN] = sha256_of(whole)
    write_text(file, json.dumps(whole, indent=2, ensure_ascii=False) + "\n")


def read(file: Path) -> dict[str, Any]:
    """Read a record, and hold it and the files that it is of against their checksums.

    Raises
    ------
    FileNotFoundError
        There is none.
    RunError
        It, or a file, can't be read, is missing or is other than was written.
    """
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise RunError(tr("can't read {file}: {reason}", file=file, reason=error)) from error
    except (ValueError, RecursionError):
        record = {}
    if not isinstance(record, dict) or record.pop(OWN, None) != sha256_of(record):
        raise RunError(
            tr("{file} is damaged, or was not written by this version of govsim", file=file)
        )
    for name, recorded in record.pop(FILES).items():
        _check(file.with_name(name), recorded)
    return record


def _check(file: Path, recorded: Mapping[str, int | str]) -> None:
    try:
        is_whole = checksum(file) == recorded
    except OSError:  # gone, or bytes that the disk doesn't give back
        is_whole = False
    if not is_whole:
        raise RunError(tr("{file} is damaged; the same command makes it anew", file=file))
