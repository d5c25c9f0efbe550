"""One tree from several: files that extend others, named overrides, and ``--set``.

Mappings merge key by key; everything else replaces what it overrides; a key set to null
takes the inherited entry out. Used by `govsim.scenarios.loading`, which validates the result.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from govsim.errors import Problem
from govsim.language import tr
from govsim.scenarios import names as called
from govsim.scenarios import shape
from govsim.scenarios.distributions import Distribution
from govsim.scenarios.documents import (
    MOST_TOLD,
    Key,
    Node,
    Origin,
    Unreadable,
    decode,
    fetch,
    parse,
    wrap,
)
from govsim.scenarios.schema.base import Label
from govsim.scenarios.units import nearest
from govsim.storage.plain_files import MOST_TABLE_BYTES

FAMILIES = frozenset(Distribution.model_fields)
RESERVED = ("extends", "overrides", "apply")
"""Keys at the top of a file that speak to the loader, not to the schema."""

TABLE_KEYS = ("table", "communities", "outline")
"""Keys whose value names a file, if it has a suffix; else it is the name of a shipped one."""

COMMAND_LINE = "--set"

MOST_NAMES = 100
"""Files that one may extend, overrides that it may apply, and files one upon another."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that a scenario was made from, and the SHA-256 of its bytes."""

    path: Path
    sha256: str


def merge(below: Node, above: Node, places: shape.Types) -> Node:
    """Lay `above` over `below`.

    Parameters
    ----------
    below, above : inherited and own; neither is changed.
    places : what the schema has here. A distribution of another family, or described by
        other parameters, replaces the inherited one whole: half of each would mean nothing.
    """
    old, new = below.mapping, above.mapping
    if old is None or new is None or _other_distribution(old, new, places):
        return above
    if Label in places:  # the English name of another plan would be none of this one
        return above
    entries = dict(old)
    for key, node in new.items():
        if key not in old:
            entries[key] = node
        elif node.value is None:
            del entries[key]
        else:
            entries[key] = merge(old[key], node, shape.below(places, key))
    return Node(entries, above.origin)


def _other_distribution(old: dict[str, Node], new: dict[str, Node], places: shape.Types) -> bool:
    if Distribution not in places or len(old) != 1 or len(new) != 1:
        return False
    (family, before), (other, after) = *old.items(), *new.items()
    return family != other or not (after.mapping or {}).keys() <= (before.mapping or {}).keys()


@dataclass
class Assembly:
    """Builds the tree of one scenario; problems are collected, not raised.

    Attributes
    ----------
    model : the schema, for what merges and which paths exist.
    root : folder that no file may be outside of.
    files : what was read, in the order of reading.
    problems : what was wrong on the way.
    """

    model: type[BaseModel]
    root: Path
    files: list[FileRead] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _known: dict[Path, Node] = field(default_factory=dict)

    def report(self, message: str, at: Origin, path: Sequence[Key] = (), hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(
            Problem(message, path=dotted(path), file=at.file, line=at.line, suggestion=hint)
        )

    # ------------------------------------------------------------ files

    def read(self, path: Path, asked_at: Origin | None, chain: tuple[Path, ...] = ()) -> Node:
        """Read a file and all that it extends, with what it applies.

        Returns
        -------
        Node
            A mapping that still holds ``overrides``; empty where nothing could be read.
            A file that was read already is not read again.
        """
        real, name = path.resolve(), shown(path)
        nothing = Node({}, asked_at or Origin(name, 0, path.parent))
        if real in chain:
            circle = " → ".join(shown(p) for p in (*chain[chain.index(real) :], real))
            self.report(
                tr("these files extend each other in a circle: {circle}", circle=circle),
                nothing.origin,
                ("extends",),
            )
            return nothing
        if real in self._known:  # each file once: files that extend two others each would double
            return self._known[real]
        if len(chain) >= MOST_NAMES:
            text = tr("more than {n} files extend one another", n=MOST_NAMES)
            self.report(text, nothing.origin, ("extends",))
            return nothing
        try:
            data = fetch(path, name, asked_at)
            own = parse(decode(data, name), name, path.parent)
        except Unreadable as error:
            self.problems += error.problems
            return nothing
        digest = FileRead(real, hashlib.sha256(data).hexdigest())
        if digest not in self.files:
            self.files.append(digest)
        entries = own.mapping
        if entries is None:
            message = (
                tr("the file is empty")
                if own.value is None
                else tr("a scenario is a block of keys, such as “label:”, but this is not one")
            )
            self.report(message, own.origin)
            return nothing
        tree = nothing
        for parent in self.names(entries.get("extends"), "extends"):
            if file := self.inside(str(parent.value), parent.origin, ("extends",)):
                inherited = self.read(file, parent.origin, (*chain, real))
                tree = self.overlay(tree, inherited)
        tree = self.overlay(tree, own)
        self._known[real] = self.apply(tree, self.names(entries.get("apply"), "apply"))
        return self._known[real]

    def names(self, node: Node | None, key: str) -> list[Node]:
        """Take a word, or a list of words."""
        items = [] if node is None or node.value is None else node.sequence
        items = [node] if items is None and node is not None else items or []
        if len(items) > MOST_NAMES:
            text = tr("{n} names; at most {most} are allowed", n=len(items), most=MOST_NAMES)
            self.report(text, items[0].origin, (key,))
            return []
        for item in items:
            if not isinstance(item.value, str):
                self.report(
                    tr("expected a name or a list of names, but found something else"),
                    item.origin,
                    (key,),
                )
        return [item for item in items if isinstance(item.value, str)]

    def inside(self, name: str, at: Origin, path: Sequence[Key]) -> Path | None:
        """Resolve a file name relative to the file that mentions it; None if it leads out."""
        if at.file == COMMAND_LINE:  # the planner's own word, not that of a file they were sent
            return at.folder / name
        windows = PureWindowsPath(name)
        if windows.is_absolute() or windows.drive or PurePosixPath(name).is_absolute():
            message = tr("“{file}” is an absolute path; write it relative to this file", file=name)
        else:
            # A plan written on Windows must also be read elsewhere.
            file = Path(os.path.normpath(at.folder / name.replace("\\", "/")))
            try:
                if file.resolve().is_relative_to(self.root):
                    return file
                message = tr(
                    "“{file}” is outside of the folder “{root}”", file=name, root=shown(self.root)
                )
            except (OSError, RuntimeError, ValueError):
                message = tr("“{file}” is not a file name", file=name)
        self.report(message, at, path)
        return None

    def overlay(self, tree: Node, above: Node) -> Node:
        """Merge a file over what it inherits; an override of the same name is replaced."""
        above = self.in_keys(above, called.Names.of(tree, above))
        new = above.mapping or {}
        old = tree.mapping or {}
        merged = merge(
            Node({k: v for k, v in old.items() if k not in RESERVED}, tree.origin),
            Node({k: v for k, v in new.items() if k not in RESERVED}, above.origin),
            (self.model,),
        )
        blocks: dict[str, Node] = {}
        for holder in (old.get("overrides"), new.get("overrides")):
            if holder is None or holder.value is None:
                continue
            if holder.mapping is None:
                self.report(
                    tr("“overrides” needs named blocks of keys"), holder.origin, ("overrides",)
                )
                continue
            for name, block in holder.mapping.items():
                if block.mapping is None:
                    path = ("overrides", name)
                    self.report(tr("an override is a block of keys"), block.origin, path)
                else:
                    blocks[name] = block
        entries = dict(merged.mapping or {})
        if blocks:
            entries["overrides"] = Node(blocks, above.origin)
        return Node(entries, above.origin)

    def in_keys(self, node: Node, names: called.Names) -> Node:
        """Bring labels and Chinese words of a tree to the keys that they mean."""
        canonical = called.Canonical(names, (self.model,))
        found = canonical.tree(node, canonical.top)
        self.problems += canonical.problems
        return found

    # ------------------------------------------------------------ overrides

    def apply(self, tree: Node, names: Iterable[Node]) -> Node:
        """Lay the overrides of the given names over `tree`, in their order."""
        for asked in names:
            entries = tree.mapping or {}
            blocks = entries["overrides"].mapping or {} if "overrides" in entries else {}
            name = str(asked.value)
            if name not in blocks:
                known = ", ".join(blocks) or tr("none")
                self.report(
                    tr("there is no override “{name}”; there are: {known}", name=name, known=known),
                    asked.origin,
                    ("overrides",),
                    nearest(name, blocks),
                )
                continue
            block = self.in_keys(blocks[name], called.Names.of(tree, blocks[name])).mapping or {}
            for key in RESERVED:
                if key in block:
                    self.report(
                        tr("“{key}” can't stand in an override", key=key),
                        block[key].origin,
                        ("overrides", name, key),
                    )
            tree = merge(
                tree,
                Node({k: v for k, v in block.items() if k not in RESERVED}, tree.origin),
                (self.model,),
            )
        return tree

    def check_unapplied(self, tree: Node, applied: set[str]) -> None:
        """Find misspelt keys in overrides that this run doesn't apply, and so doesn't validate."""
        blocks = (tree.mapping or {}).get("overrides")
        for name, block in ((blocks.mapping if blocks else None) or {}).items():
            if name not in applied:
                self._check_keys(block, (self.model,), ("overrides", name))

    def _check_keys(self, node: Node, places: shape.Types, path: tuple[Key, ...]) -> None:
        known = shape.keys(places)
        for key, entry in (node.mapping or {}).items():
            if len(self.problems) > MOST_TOLD:
                return
            inner = shape.below(places, key)
            if known and not inner and not shape.any_key(places):
                self.report(*unknown_key(key, places, self.model, entry.origin, (*path, key)))
            elif inner:
                self._check_keys(entry, inner, (*path, key))

    # ------------------------------------------------------------ --set

    def assign(self, tree: Node, where: str, text: str) -> Node:
        """Carry out ``--set where=text``; the text is YAML."""
        origin = Origin(COMMAND_LINE, 0, Path.cwd())
        try:
            value = parse(text, COMMAND_LINE, origin.folder, first_line=0)
        except Unreadable as error:
            self.problems += (Problem(p.message, where, p.file, p.line) for p in error.problems)
            return tree
        before = len(self.problems)
        keys, value = self._in_keys(tree, called.split(where), value)
        if len(self.problems) > before:
            return tree
        changed = self._assign(tree, keys, value, (self.model,), ())
        return tree if len(self.problems) > before else changed

    def _in_keys(self, tree: Node, words: Sequence[str], value: Node) -> tuple[list[str], Node]:
        """Bring a path as a planner writes it, and its value, to keys."""
        names = called.Names.of(tree)
        canonical = called.Canonical(names, (self.model,))
        keys: list[str] = []
        places = canonical.top
        for word in words:
            key = called.key_here(word, places, tuple(keys), names)
            kind = called.kind_at((*keys, word), called.KEYS)
            inner = shape.below(places, key)
            if key == word and not word.isascii() and (kind or not inner):
                if kind and key not in names.keys.get(kind, []):
                    text, near = called.unknown(word, names, kind), names.near(kind, word)
                    self.report(text, value.origin, (*keys, word), near)
                elif not kind:
                    allowed = [
                        w for w, meant in called.FIELDS.items() if {*meant} & {*shape.keys(places)}
                    ]
                    hint = called.near_chinese(word, allowed)
                    text = tr("unknown key “{key}”", key=word)
                    self.report(text, value.origin, (*keys, word), hint)
                break
            keys.append(key)
            places = inner
        else:
            value = canonical.tree(value, places, tuple(keys))
            self.problems += canonical.problems
        return keys, value

    def _assign(
        self,
        node: Node,
        keys: Sequence[str],
        value: Node,
        places: shape.Types,
        path: tuple[Key, ...],
    ) -> Node:
        key, rest = keys[0], keys[1:]
        inner = shape.below(places, key)
        here = (*path, key)
        if node.sequence is not None:
            items = list(node.sequence)
            if not key.isdecimal() or int(key) >= len(items):
                self.report(
                    tr(
                        "“{key}” is not an item of this list; its items are 0 to {last}",
                        key=key,
                        last=len(items) - 1,
                    ),
                    value.origin,
                    here,
                )
                return node
            index = int(key)
            items[index] = self._next(items[index], rest, value, inner, (*path, index))
            return Node(items, value.origin)
        entries = dict(node.mapping or {})
        single = node.mapping is None and not shape.has_keys(places)
        if (
            single
            or not inner
            or (key not in entries and not shape.keys(places) and nearest(key, entries))
        ):
            self.report(*unknown_key(key, places, self.model, value.origin, here, others=entries))
            return node
        if Distribution in places and key in FAMILIES and key not in entries:
            entries = {}
        if not rest and value.value is None and key in entries:
            del entries[key]
            return Node(entries, node.origin)
        under = entries.get(key) or wrap(_default(places, key), value.origin)
        entries[key] = self._next(under, rest, value, inner, here)
        return Node(entries, node.origin)

    def _next(
        self,
        node: Node,
        rest: Sequence[str],
        value: Node,
        places: shape.Types,
        path: tuple[Key, ...],
    ) -> Node:
        return self._assign(node, rest, value, places, path) if rest else value

    # ------------------------------------------------------------ tables

    def find_tables(self, tree: Node) -> Node:
        """Make file names of tables absolute, and see that the files are there."""
        return self._tables(tree, ())

    def _tables(self, node: Node, path: tuple[Key, ...]) -> Node:
        if node.mapping is not None:
            entries = {k: self._tables(v, (*path, k)) for k, v in node.mapping.items()}
            return Node(entries, node.origin)
        if node.sequence is not None:
            items = [self._tables(v, (*path, i)) for i, v in enumerate(node.sequence)]
            return Node(items, node.origin)
        name = node.value
        if not (path and path[-1] in TABLE_KEYS and isinstance(name, str) and Path(name).suffix):
            return node
        file = self.inside(name, node.origin, path)
        if file is None:
            return node
        try:
            digest = FileRead(
                file.resolve(),
                hashlib.sha256(fetch(file, name, node.origin, MOST_TABLE_BYTES)).hexdigest(),
            )
        except Unreadable as error:
            self.problems += (
                Problem(p.message, dotted(path), p.file, p.line, p.suggestion)
                for p in error.problems
            )
            return node
        if digest not in self.files:
            self.files.append(digest)
        return Node(str(file.resolve()), node.origin)


def _default(places: shape.Types, key: str) -> object:
    """Take the default of a mapping or list, so that ``--set`` can change one entry of it."""
    for kind in places:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and key in kind.model_fields:
            default = kind.model_fields[key].default
            if default is not PydanticUndefined and isinstance(default, dict | list | tuple):
                return default
    return {}


def unknown_key(
    key: str,
    places: shape.Types,
    model: type[BaseModel],
    at: Origin,
    path: Sequence[Key],
    others: Iterable[str] = (),
) -> tuple[str, Origin, Sequence[Key], str]:
    """Say that a key isn't known here, for `Assembly.report`."""
    others = list(others)
    allowed = shape.keys(places) or others
    hint = shape.suggest(key, places, model, others) if allowed else ""
    if not allowed:
        message = tr("there is no key “{key}” here: this is a single value", key=key)
    elif hint or len(allowed) > 12:
        message = tr("unknown key “{key}”", key=key)
    else:
        message = tr(
            "unknown key “{key}”; the keys here are {keys}", key=key, keys=", ".join(allowed)
        )
    return message, at, path, hint


def dotted(path: Sequence[Key]) -> str:
    """Write a path as ``--set`` spells it."""
    return ".".join(map(str, path))


def shown(path: Path) -> str:
    """Name a file as briefly as is clear: from the current folder, if it is in there."""
    try:
        return Path(os.path.abspath(path)).relative_to(Path.cwd()).as_posix()  # noqa: PTH100
    except ValueError:
        return path.as_posix()


def root_of(path: Path) -> Path:
    """Folder that a scenario and all it refers to must be in.

    It is the nearest folder above that is called ``scenarios``, else the file's own.
    """
    folder = path.parent.resolve()
    return next((f for f in (folder, *folder.parents) if f.name == "scenarios"), folder)
