"""Write docs/api.md from `govsim.__all__` and its docstrings.

Run it from the project's root after any change of what Python users call; a test compares the
page with what this makes:

    python tools/make_api.py            # --check only says whether it is out of date
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import govsim

PAGE = Path(__file__).parents[1] / "docs" / "api.md"

PARTS = {
    "Do": ("run", "compare", "explain", "why", "optimise", "roster", "site", "calibrate", "load"),
    "Ask again and again": ("Service",),
    "Read back": (
        "open_run",
        "open_comparison",
        "open_explanation",
        "open_lateness",
        "open_optimum",
        "open_rota",
        "open_siting",
        "open_calibration",
    ),
    "What comes out": (
        "Result",
        "Comparison",
        "Explanation",
        "Lateness",
        "Optimum",
        "Rota",
        "Siting",
        "Calibration",
    ),
    "What goes in": ("Loaded", "Scenario"),
    "Errors": ("InputError", "RunError", "Problem"),
}
"""Every name of `govsim.__all__`, in the order in which a reader needs them."""

HEAD = """\
# From Python

<!-- Written by tools/make_api.py from the docstrings: change those, not this. -->

`import govsim` gives what stands on this page, and that is what versions keep: other modules may
change without notice. Nothing is loaded before it is used. Texts are in English, or in Chinese
after `from govsim.language import use; use("zh")`.

```python
import govsim

result = govsim.run("scenarios/tiandi.yaml", replications=10)
print(result.summary("team"))
```
"""

SECTION = re.compile(r"\n(\w[\w ]*)\n-{3,}\n")
ITEM = re.compile(r"^(\S[^:\n]*?) : (.*(?:\n(?:[ ]+.*|$))*)", re.MULTILINE)


def page() -> str:
    """Make the page."""
    named = [name for names in PARTS.values() for name in names]
    assert sorted(named) == sorted(govsim.__all__), "PARTS must name what govsim.__all__ does"
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    for part, names in PARTS.items():
        yield f"## {part}\n"
        for name in names:
            yield f"### govsim.{name}\n"
            it = getattr(govsim, name)
            if not inspect.isclass(it):
                yield f"```python\n{_signature(f'govsim.{name}', it)}\n```\n"
            yield from _described(inspect.getdoc(it) or "")
            if name == "Scenario":
                yield "Its fields are the inputs, which [Inputs](parameters.md) lists.\n"
            elif inspect.isclass(it):
                yield from _members(it)


def _signature(name: str, it: Any) -> str:
    """Write a call on one line where that fits, else with a line for each argument."""
    given = inspect.signature(it)
    parts, seen = [], False
    for argument in given.parameters.values():
        if argument.name == "self":
            continue
        if argument.kind is argument.KEYWORD_ONLY and not seen:
            parts, seen = [*parts, "*"], True
        parts.append(_argument(argument))
    back = str(given.return_annotation).strip("'")
    end = "" if given.return_annotation is given.empty else f" -> {back}"
    whole = f"{name}({', '.join(parts)}){end}"
    if len(whole) <= 88:
        return whole
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){end}"


def _argument(it: inspect.Parameter) -> str:
    said = it.name if it.annotation is it.empty else f"{it.name}: {it.annotation}"
    return said if it.default is it.empty else f"{said} = {it.default!r}"


def _described(text: str) -> Iterator[str]:
    """Turn a docstring of NumPy's form into Markdown: sections as lists of what they name."""
    first, *rest = SECTION.split(f"\n{text}\n")
    yield first.strip() + "\n"
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        yield f"**{title}**\n"
        yield from _items(title, body.strip("\n"))


def _items(title: str, body: str) -> Iterator[str]:
    if title in ("Returns", "Yields", "Raises"):
        for name, said in re.findall(r"^(\S.*)\n((?:[ ]+.*\n?|\n)*)", body + "\n", re.MULTILINE):
            yield _item(f"`{name}`", said)
    else:
        for names, said in ITEM.findall(body):
            named = ", ".join(f"`{name}`" for name in names.split(", "))
            yield _item(named, said)
    yield ""


def _members(it: type) -> Iterator[str]:
    for name, member in vars(it).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property | cached_property):
            yield f"#### {it.__name__}.{name}\n"
        elif inspect.isfunction(member):
            yield f"#### {it.__name__}.{name}()\n"
            yield f"```python\n{_signature(name, member)}\n```\n"
        else:
            continue
        yield from _described(inspect.getdoc(member) or "")


def _item(named: str, said: str) -> str:
    words = " ".join(f"- {named}: {said}".split())
    return textwrap.fill(words, 100, subsequent_indent="  ", break_on_hyphens=False)


def main() -> None:
    """Write the page, or only say whether it is out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if it is stale")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
        print("docs/api.md")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        print("docs/api.md is out of date: run python tools/make_api.py")
        sys.exit(1)


if __name__ == "__main__":
    main()
