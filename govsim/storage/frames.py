"""What was found, as a folder of a record in JSON and a parquet file for each frame.

Used for what is a frozen dataclass of ``manifest``, frames, and ``folder``: calibrations and
explanations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import pandas as pd

from govsim.errors import RunError
from govsim.language import tr
from govsim.storage import records
from govsim.storage.files import replacing, write_text, writing
from govsim.storage.folder import LATEST


class Found(Protocol):
    """A frozen dataclass; all fields but these are frames."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def manifest(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def folder(self) -> Path | None: ...  # noqa: D102


F = TypeVar("F", bound=Found)


def names(kind: type[Found]) -> tuple[str, ...]:
    """Name the frames of such a class."""
    return tuple(f.name for f in fields(kind) if f.name not in ("manifest", "folder"))


def write(found: F, folder: Path, record: str) -> F:
    """Keep it, and call it the newest of its kind; what was in the folder is replaced.

    Raises
    ------
    RunError
        It can't be written.
    """
    files = [f"{name}.parquet" for name in names(type(found))]
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in names(type(found)):
            with replacing(folder / f"{name}.parquet") as file:
                getattr(found, name).to_parquet(file, index=False, compression="zstd")
        records.write(folder / record, found.manifest, files)
    write_text(folder.parent / LATEST, folder.name + "\n")
    return replace(found, folder=folder)


def read(kind: type[F], folder: Path, record: str) -> F:
    """Read it back.

    Raises
    ------
    FileNotFoundError
        There is none in the folder, or it isn't finished.
    RunError
        A file can't be read, is missing, or is other than was written.
    """
    manifest = records.read(folder / record)
    try:
        frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in names(kind)}
    except (OSError, ValueError) as error:
        raise RunError(tr("can't read {file}: {reason}", file=folder, reason=error)) from error
    make: Callable[..., F] = kind  # which says of each field what the protocol doesn't
    return make(manifest=manifest, **frames, folder=folder)
