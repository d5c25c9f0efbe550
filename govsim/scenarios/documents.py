"""A YAML file as a tree of `Node`: every value with the file and line where it was written.

Reads the encodings that office PCs produce and explains in plain words what isn't YAML.
Used by `govsim.scenarios.merging`; knows nothing of what a scenario is.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from govsim.errors import Problem, has_controls
from govsim.language import tr
from govsim.scenarios.colons import narrowed
from govsim.scenarios.units import describe
from govsim.storage.plain_files import MEGABYTE, read_plain

Key = str | int
_WIDE_COLON = re.compile(r"[\s-]*[\w-]+：")
MOST_VALUES = 20_000
"""More values than any scenario has: aliases of aliases, or a table, not a plan."""

MOST_TOLD = 100
"""So many mistakes of one file are told; nobody reads more at once."""

MOST_BYTES = 4 * MEGABYTE
"""A larger file is none that anyone wrote; the district with all defaults has 60 kB."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something was written.

    Attributes
    ----------
    file : as shown to the planner; ``--set`` for a value from the command line.
    line : counted from 1; 0 where there is none.
    folder : that relative file names in it start from.
    """

    file: str
    line: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its origin; entries of mappings and lists are nodes again.

    The origin of a mapping's entry is the line of its key.
    """

    value: dict[str, Node] | list[Node] | object
    origin: Origin

    @property
    def mapping(self) -> dict[str, Node] | None:
        """Entries, if this is a mapping."""
        return self.value if isinstance(self.value, dict) else None

    @property
    def sequence(self) -> list[Node] | None:
        """Items, if this is a list."""
        return self.value if isinstance(self.value, list) else None

    def plain(self) -> Any:
        """Strip the origins."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def walk(self, path: tuple[Key, ...] = ()) -> Iterator[tuple[tuple[Key, ...], Node]]:
        """Go through this node and all below it, each with its path."""
        yield path, self
        if isinstance(self.value, dict):
            for key, node in self.value.items():
                yield from node.walk((*path, key))
        elif isinstance(self.value, list):
            for index, node in enumerate(self.value):
                yield from node.walk((*path, index))


def wrap(value: object, origin: Origin) -> Node:
    """Make nodes of a plain value, all of the same origin."""
    if isinstance(value, dict):
        return Node({str(key): wrap(item, origin) for key, item in value.items()}, origin)
    if isinstance(value, list | tuple):
        return Node([wrap(item, origin) for item in value], origin)
    return Node(value, origin)


class Unreadable(Exception):  # noqa: N818 - it isn't an error of the program
    """A file or text can't be made into a tree."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*map(str, problems))
        self.problems = problems


# ---------------------------------------------------------------- files


def fetch(path: Path, shown: str, asked_at: Origin | None = None, most: int = MOST_BYTES) -> bytes:
    """Read a file's bytes.

    Parameters
    ----------
    path : the file.
    shown : how to name it to the planner.
    asked_at : where it is referred to, if in a file.
    most : bytes that it may have.

    Raises
    ------
    Unreadable
        There is no such file (with names like it), it is a folder, a pipe or a device, it is
        larger than that, or it may not be read.
    """
    suggestion = ""
    try:
        return read_plain(path, most)
    except (FileNotFoundError, NotADirectoryError):
        message = tr("there is no file “{file}”", file=shown)
        suggestion = similar_file(path)
        if not path.parent.is_dir():
            message = tr("there is no file “{file}”; its folder doesn't exist either", file=shown)
    except (IsADirectoryError, PermissionError) as error:
        if path.is_dir():  # Windows reports a folder as one that may not be read
            message = tr("“{file}” is a folder, not a file", file=shown)
        else:
            message = tr(
                "“{file}” can't be read: {reason}", file=shown, reason=error.strerror or ""
            )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = tr("“{file}” can't be read: {reason}", file=shown, reason=reason)
    at = asked_at or Origin(shown, 0, path.parent)
    raise Unreadable(Problem(message, file=at.file, line=at.line, suggestion=suggestion))


def similar_file(path: Path) -> str:
    """Find a file in the same folder with a name like that of `path`, or ``""``."""
    try:
        names = sorted(p.name for p in path.parent.iterdir() if p.is_file())
    except OSError:
        return ""
    by_stem = [n for n in names if Path(n).stem.lower() == path.stem.lower()]
    kin = [n for n in names if Path(n).suffix.lower() == path.suffix.lower()] or names
    return next(iter([*by_stem, *difflib.get_close_matches(path.name, kin, n=1)]), "")


def decode(data: bytes, shown: str) -> str:
    """Decode a text file: UTF-8, UTF-16 with its mark, or GB18030 (and so GBK, GB2312)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:
        encodings = []
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        Problem(
            tr("this is not a text file in UTF-8, UTF-16 or GB18030; save it as UTF-8"),
            file=shown,
        )
    )


# ---------------------------------------------------------------- YAML


@lru_cache(maxsize=16)
def parse(text: str, shown: str, folder: Path, *, first_line: int = 1) -> Node:
    """Parse YAML 1.2; what was parsed lately is at hand, as plans extend the same files.

    Parameters
    ----------
    text : the YAML.
    shown, folder : go into the origins.
    first_line : 0 leaves every line at 0, for text that isn't from a file.

    Returns
    -------
    Node
        The tree; its value is None for an empty text.

    Raises
    ------
    Unreadable
        The text isn't YAML, or it repeats keys (all of them are reported).
    """
    if (meant := narrowed(text)) != text:
        try:
            return _parsed(meant, shown, folder, first_line)
        except Unreadable:
            with suppress(Unreadable):  # a text that has such a colon
                return _parsed(text, shown, folder, first_line)
            raise
    return _parsed(text, shown, folder, first_line)


def _parsed(text: str, shown: str, folder: Path, first_line: int) -> Node:
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Composer
    try:
        root = yaml.compose(text)
        if root is None:
            return Node(None, Origin(shown, 0, folder))
        builder = _Builder(yaml, shown, folder, first_line)
        tree = builder.build(root, Origin(shown, first_line, folder))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if first_line else 0
        message = tr("there is a character that a text can't hold; retype this line")
        raise Unreadable(Problem(message, file=shown, line=line)) from None
    except MarkedYAMLError as error:
        raise Unreadable(_explain(error, text, shown, first_line)) from None
    except RecursionError:
        raise Unreadable(Problem(tr("this is nested too deeply"), file=shown)) from None
    except _TooManyError:
        message = tr("this has over {n} values, more than any scenario", n=MOST_VALUES)
        raise Unreadable(Problem(message, file=shown)) from None
    except YAMLError:
        raise Unreadable(Problem(tr("this is not YAML"), file=shown)) from None
    if builder.problems:
        raise Unreadable(*builder.problems)
    return tree


class _TooManyError(Exception):
    """There are more than `MOST_VALUES`."""


class _Composer(Composer):
    """Stops where a text goes on and on, before all of it was read."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False
        self.left = 2 * MOST_VALUES  # keys are nodes too

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise _TooManyError
        return super().compose_node(parent, index)


class _Builder:
    """Makes nodes of ruamel's nodes, and collects what is wrong with them."""

    def __init__(self, yaml: YAML, shown: str, folder: Path, first_line: int) -> None:
        self.yaml, self.shown, self.folder, self.first_line = yaml, shown, folder, first_line
        self.problems: list[Problem] = []
        self.path: list[Key] = []
        self.left = MOST_VALUES

    def origin(self, node: Any) -> Origin:
        line = node.start_mark.line + 1 if self.first_line else 0
        return Origin(self.shown, line, self.folder)

    def report(self, message: str, node: Any) -> None:
        at, path = self.origin(node), ".".join(map(str, self.path))
        if len(self.problems) < MOST_TOLD:
            self.problems.append(Problem(message, path, at.file, at.line))

    def count(self) -> None:
        """Count a value, or a block that is merged into another: aliases can double both."""
        self.left -= 1
        if self.left < 0:
            raise _TooManyError

    def build(self, node: Any, origin: Origin) -> Node:
        self.count()
        if isinstance(node, MappingNode):
            return Node(self.entries(node), origin)
        if isinstance(node, SequenceNode):
            if node.flow_style:
                node.value = [part for item in node.value for part in _apart(item)]
            return Node([self.under(i, item, item) for i, item in enumerate(node.value)], origin)
        return Node(self.scalar(node), origin)

    def under(self, key: Key, node: Any, at: Any) -> Node:
        """Build what stands under a key; its origin is where `at` begins."""
        self.path.append(key)
        found = self.build(node, self.origin(at))
        self.path.pop()
        return found

    def scalar(self, node: ScalarNode) -> object:
        if node.style is None and (folded := _narrow(node.value)) != node.value:
            # ２ and ８：００ are typed with a Chinese keyboard; what is in quotes stays as it is.
            node = self.yaml.compose(folded) if folded else node
        if not str(node.tag).startswith("tag:yaml.org,2002:") or str(node.tag).endswith("binary"):
            self.report(tr("the tag “{tag}” is not allowed here", tag=node.tag), node)
            return None
        if has_controls(node.value):
            self.report(_unseen(node.value), node)
            return None
        try:
            return cast(object, self.yaml.constructor.construct_object(node, deep=True))
        except Exception:  # ruamel's constructors fail in many ways on what they can't read
            wanted = {"bool": tr("true or false"), "int": tr("a whole number")}
            wanted |= {"float": tr("a number"), "timestamp": tr("a date, such as 2025-01-31")}
            kind = wanted.get(str(node.tag).rpartition(":")[2], "")
            found = describe(node.value)
            if kind:
                text = tr("expected {wanted}, but found {found}", wanted=kind, found=found)
            else:
                text = tr("{found} is not allowed here", found=found)
            self.report(text, node)
            return None

    def _pairs(self, node: MappingNode) -> Iterator[tuple[Any, Any]]:
        """Give keys and values; {白班：2，夜班：1} with full-width signs has two of each."""
        for key, value in node.value:
            empty = isinstance(value, ScalarNode) and value.style is None and not value.value
            if not (
                node.flow_style and isinstance(key, ScalarNode) and key.style is None and empty
            ):
                yield key, value
                continue
            parts = [re.split("[：:]", one.value, maxsplit=1) for one in _apart(key)]
            if all(len(part) == 2 and part[1].strip() for part in parts):
                for word, said in parts:
                    yield _like(key, word.strip()), _like(key, said.strip())
            else:
                yield key, value

    def entries(self, node: MappingNode) -> dict[str, Node]:
        found: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        for key, value in self._pairs(node):
            if not isinstance(key, ScalarNode):
                self.report(tr("a key must be a word, not a list or a block"), key)
                continue
            if str(key.tag).endswith(":merge"):
                for source in value.value if isinstance(value, SequenceNode) else [value]:
                    if isinstance(source, MappingNode):
                        self.count()
                        merged = self.entries(source) | merged
                    else:
                        self.report(tr("“<<” must be followed by a block or an alias of one"), key)
                continue
            # Keys stay as written: `12345:` is the name of a channel, not a number.
            name = str(key.value)
            if has_controls(name):
                self.path.append(name)
                self.report(_unseen(name), key)
                self.path.pop()
                continue
            if name in found:
                self.report(
                    tr(
                        "the key “{key}” stands here a second time; it is already in line {line}",
                        key=name,
                        line=found[name].origin.line,
                    ),
                    key,
                )
                continue
            found[name] = self.under(name, value, key)
        return merged | found


def _unseen(text: str) -> str:
    """Say that a text has what no planner types, and no screen, figure or workbook can show."""
    return tr("{found} has a control character; retype it", found=describe(text))


_WIDE_AMOUNT = re.compile(r"[\d\s.,:%~/+*-]*\d[\d\s.,:%~/+*-]*")


def _narrow(text: str) -> str:
    """Give a number, a time or a date in full-width signs its plain ones; other text stays."""
    folded = unicodedata.normalize("NFKC", text)
    return folded if folded != text and _WIDE_AMOUNT.fullmatch(folded) else text


def _apart(item: Any) -> list[Any]:
    """Split an unquoted item of a list in brackets at full-width commas."""
    if not isinstance(item, ScalarNode) or item.style is not None:
        return [item]
    parts = [part.strip() for part in re.split("[，、]", item.value)]
    return [_like(item, part) for part in parts if part] if len(parts) > 1 else [item]


def _like(node: Any, text: str) -> Any:
    """Make a scalar of a text where another stands, with the type that it has by itself."""
    resolved = YAML(typ="safe", pure=True).compose(text)
    tag = resolved.tag if isinstance(resolved, ScalarNode) else "tag:yaml.org,2002:str"
    return ScalarNode(tag, text, node.start_mark, node.end_mark, style=None)


def _explain(error: MarkedYAMLError, text: str, shown: str, first_line: int) -> Problem:
    """Say in plain words why a text isn't YAML."""
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    opened = error.context_mark
    lines = text.splitlines()
    row, column = (mark.line, mark.column) if mark else (0, 0)
    here = lines[row] if row < len(lines) else ""
    before = lines[row - 1] if 0 < row <= len(lines) else ""
    if "'\\t'" in problem:
        message = tr("there is a tab in the indentation; use spaces")
    elif wide := _WIDE_COLON.match(here) or ("mapping" in problem and _WIDE_COLON.match(before)):
        row, column = row - (wide.string is not here), wide.end() - 1
        message = tr("“：” is a full-width colon; after a key write “:” and a space")
    elif "mapping values are not allowed" in problem:
        message = tr(
            "a colon is not expected here; check the indentation and the line before, "
            "and put text that contains a colon in quotes"
        )
    elif "quoted scalar" in (error.context or "") and opened and "end of stream" in problem:
        row, column = opened.line, opened.column
        message = tr("a quotation mark that opens here is not closed")
    elif "escape" in problem:
        column = here.index("\\") if "\\" in here else column
        message = tr("there is a backslash in double quotes; use single quotes or no quotes")
    elif "flow" in (error.context or "") and opened:
        row, column = opened.line, opened.column
        message = tr("a bracket that opens here is not closed, or a comma is missing in it")
    elif "could not find expected ':'" in problem:
        row, column = (opened.line, opened.column) if opened else (row, column)
        message = tr("there is no colon after this key")
    elif "undefined alias" in problem:
        message = tr("text that begins with “*” must be in quotes")
    elif "cannot start any token" in problem:
        sign = here[column : column + 1]
        message = tr("text that begins with “{sign}” must be in quotes", sign=sign)
    elif "another document" in problem:
        message = tr("“---” begins a second document; a file holds one")
    elif "expected <block end>" in problem:
        message = tr("the indentation doesn't fit the lines above")
    else:
        message = tr("this is not YAML")
    if not first_line:
        return Problem(message, file=shown)
    place = tr("{message} (column {column})", message=message, column=column + 1)
    return Problem(place, file=shown, line=row + 1)
