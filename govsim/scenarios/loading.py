"""From a scenario file to a `Scenario`, and back: the door through which all input comes.

Called by the command line and by `govsim.run`. Reads the file and what it extends
(`documents`, `merging`), applies overrides and ``--set``, validates the result with the
schema, and reports everything that is wrong at once, each with file and line (`explaining`).
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.scenarios.changes import Change, asked_for, between
from govsim.scenarios.documents import Key, Node, Origin
from govsim.scenarios.explaining import explain, origin_of
from govsim.scenarios.merging import COMMAND_LINE, TABLE_KEYS, Assembly, FileRead, dotted, root_of
from govsim.scenarios.names import Names

if TYPE_CHECKING:
    from govsim.scenarios.schema import Scenario

Settings = Mapping[str, str] | Sequence[tuple[str, str]]
Origins = Mapping[tuple[Key, ...], Origin]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class LoadedAs(Generic[M]):
    """What was read, and from where.

    Attributes
    ----------
    scenario : the validated value.
    tree : the same as plain mappings and lists, after all merging, as people write it.
    origins : where each entry of `tree` was written, by its path.
    folder : folder of the scenario file.
    files : every file that was read, with the SHA-256 of its bytes.
    warnings : suspicions that don't forbid a run.
    changes : what ``--set`` and overrides change in what the file says.
    """

    scenario: M
    tree: dict[str, Any]
    origins: Origins
    folder: Path
    files: tuple[FileRead, ...]
    warnings: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()


if TYPE_CHECKING:
    Loaded = LoadedAs[Scenario]
else:
    Loaded = LoadedAs


def load(path: str | Path, *, overrides: Sequence[str] = (), settings: Settings = ()) -> Loaded:
    """Read a scenario.

    Parameters
    ----------
    path : the scenario file (YAML).
    overrides : names of blocks under ``overrides:`` to lay over it, in this order.
    settings : ``(path, value)`` pairs of ``--set``, applied last; the value is YAML.

    Raises
    ------
    InputError
        With everything that is wrong, in the order of files and lines.
    """
    from govsim.scenarios.checks import check
    from govsim.scenarios.schema import Scenario

    folder = Path(path).resolve().parent

    def errors_of(scenario: Scenario, tree: Node, left_out: set[tuple[Key, ...]]) -> list[Problem]:
        return [
            problem_at(tree, where, message, suggestion)
            for where, severity, message, suggestion in check(scenario, folder)
            if severity == "error" and not any(_touch(where, out) for out in left_out)
        ]

    loaded, tree = _read(Path(path), Scenario, overrides, settings, errors_of)
    findings = [
        (severity, problem_at(tree, where, message, suggestion))
        for where, severity, message, suggestion in check(loaded.scenario, folder)
    ]
    if errors := [problem for severity, problem in findings if severity == "error"]:
        raise InputError(_in_order(errors))
    return LoadedAs(
        scenario=loaded.scenario,
        tree=loaded.tree,
        origins=loaded.origins,
        folder=loaded.folder,
        files=loaded.files,
        warnings=tuple(_in_order(problem for _, problem in findings)),
        changes=loaded.changes,
    )


def load_as(
    path: str | Path, model: type[M], *, overrides: Sequence[str] = (), settings: Settings = ()
) -> LoadedAs[M]:
    """Read a file by another schema than `Scenario`; otherwise like `load`, without its checks."""
    return _read(Path(path), model, overrides, settings)[0]


def _read(
    path: Path,
    model: type[M],
    overrides: Sequence[str],
    settings: Settings,
    further: Callable[[M, Node, set[tuple[Key, ...]]], list[Problem]] | None = None,
) -> tuple[LoadedAs[M], Node]:
    """Read by a schema; `further` finds what else is wrong where only some entries can't be."""
    build = Assembly(model, root_of(path))
    tree = build.read(path, None)
    if build.problems:
        # What was not read can't be judged: everything further would be noise.
        raise InputError(_in_order(build.problems))
    command, in_file = Origin(COMMAND_LINE, 0, Path.cwd()), tree
    tree = build.apply(
        tree, [Node(name, Origin("--override", 0, command.folder)) for name in overrides]
    )
    build.check_unapplied(tree, set(overrides))
    tree = _without_overrides(tree)
    pairs = tuple(settings.items() if isinstance(settings, Mapping) else settings)
    for where, text in pairs:
        tree = build.assign(tree, where, text)
    tree = build.find_tables(build.in_keys(tree, Names.of(tree)))
    plain = tree.plain()
    try:
        scenario = model.model_validate(plain)
    except ValidationError as error:
        problems = [*build.problems, *explain(error, tree, model)]
        rest, left_out = _without(plain, [tuple(e["loc"]) for e in error.errors()])
        if further is not None:
            with suppress(ValidationError):
                problems += further(model.model_validate(rest), tree, left_out)
        raise InputError(_in_order(problems)) from None
    if build.problems:
        raise InputError(_in_order(build.problems))
    loaded = LoadedAs(
        scenario=scenario,
        tree=plain,
        origins={path: node.origin for path, node in tree.walk()},
        folder=path.resolve().parent,
        files=tuple(build.files),
        changes=_changes(in_file, scenario, build, pairs) if overrides or pairs else (),
    )
    return loaded, tree


def _without_overrides(tree: Node) -> Node:
    entries = {k: v for k, v in (tree.mapping or {}).items() if k != "overrides"}
    return Node(entries, tree.origin)


def _changes(
    in_file: Node, scenario: BaseModel, build: Assembly, settings: Sequence[tuple[str, str]]
) -> tuple[Change, ...]:
    """Find what differs from the file alone; what was asked for where that is no scenario."""
    alone = Assembly(build.model, build.root).find_tables(_without_overrides(in_file))
    try:
        before = build.model.model_validate(alone.plain())
    except ValidationError:
        return asked_for(settings)
    return between(before, scenario, build.root)


def _without(
    plain: dict[str, Any], wrong: Iterable[tuple[Key, ...]]
) -> tuple[dict[Key, Any], set[tuple[Key, ...]]]:
    """Leave out what can't be read, so that the rest can be checked in the same go.

    Returns
    -------
    rest, left_out : the tree without the entries, and the paths of these.
    """
    rest: dict[Key, Any] = deepcopy(plain)  # type: ignore[arg-type]  # keys are texts
    left_out: set[tuple[Key, ...]] = set()
    for loc in wrong:
        block = rest
        for depth, key in enumerate(loc, 1):
            if key not in block:
                break
            if not isinstance(block[key], dict) or depth == len(loc):
                del block[key]
                left_out.add(loc[:depth])
                break
            block = block[key]
    return rest, left_out


def _touch(one: Sequence[Key], other: Sequence[Key]) -> bool:
    """Say whether one path leads to the other, or past it."""
    shared = min(len(one), len(other))
    return tuple(one[:shared]) == tuple(other[:shared])


def problem_at(tree: Node, where: Sequence[Key], message: str, suggestion: str = "") -> Problem:
    """Make a problem of the entry at `where`; its line is that of the nearest entry written."""
    at = origin_of(tree, where)
    return Problem(message, dotted(where), at.file, at.line, suggestion)


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.line, p.path))


def locate(origins: Origins, path: Sequence[Key]) -> tuple[str, int]:
    """File and line where the entry at `path`, or the nearest above it, was written."""
    for length in range(len(path), -1, -1):
        if origin := origins.get(tuple(path[:length])):
            return origin.file, origin.line
    return "", 0


def split_setting(text: str) -> tuple[str, str]:
    """Split ``path=value`` as given to ``--set``.

    Raises
    ------
    InputError
        There is no ``=``, or nothing before it.
    """
    where, equals, value = text.replace("＝", "=", 1 if "=" not in text else 0).partition("=")
    if not equals or not where.strip():
        message = tr("“{text}” is not of the form path=value", text=text)
        raise InputError([Problem(message, file=COMMAND_LINE)])
    return where.strip(), value.strip()


# ---------------------------------------------------------------- writing


def to_yaml(scenario: BaseModel, folder: Path | None = None) -> str:
    """Write a scenario as YAML, with every default spelled out; `load` reads it to the same.

    Parameters
    ----------
    scenario : the scenario.
    folder : where the text will stand; file names of tables are written relative to it.
        Without it they stay absolute.
    """
    yaml = YAML(typ="rt", pure=True)
    yaml.Representer = _Representer
    yaml.width = 160
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(_laid_out(scenario.model_dump(mode="json"), folder), out)
    return out.getvalue()


class _Representer(RoundTripRepresenter):
    """Writes "null" where ruamel would leave the place empty."""


_Representer.add_representer(
    type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null")
)


def _laid_out(value: object, folder: Path | None, key: str = "") -> object:
    """Write lists of plain values on one line, all else as blocks."""
    if isinstance(value, dict):
        return CommentedMap((k, _laid_out(v, folder, k)) for k, v in value.items())
    if isinstance(value, list):
        items = CommentedSeq(_laid_out(item, folder) for item in value)
        if not any(isinstance(item, dict) for item in value):
            items.fa.set_flow_style()
        return items
    if folder and key in TABLE_KEYS and isinstance(value, str) and Path(value).is_absolute():
        try:
            return Path(os.path.relpath(value, folder.resolve())).as_posix()
        except ValueError:  # another drive
            return value
    return value


def dump(scenario: BaseModel, path: str | Path) -> None:
    """Write `to_yaml` of a scenario to a file, in UTF-8."""
    text = to_yaml(scenario, Path(path).parent)
    Path(path).write_text(text, encoding="utf-8", newline="\n")
