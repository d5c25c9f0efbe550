"""Bring the Chinese catalogue up to date with what the code says, and compile it.

Run it from the project's root after any change of a text in ``tr("...")`` or of a translation:

    python tools/make_catalogue.py            # --check only says what is out of date

It extracts the messages of ``govsim/`` with Babel, adds new ones to ``govsim.po`` (empty: then
translate them and run it again), drops those that are gone, and compiles the .mo files. The words
of click itself (Usage, Options, ...) stand in ``click.po``, which is written by hand.
"""

from __future__ import annotations

import argparse
import io
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "govsim" / "locale" / "zh" / "LC_MESSAGES"
OURS, CLICK = FOLDER / "govsim.po", FOLDER / "click.po"

HEADER = {
    "govsim": """\
# Chinese for what govsim says. Translations are edited here; tools/make_catalogue.py
# adds new messages, drops old ones and compiles.""",
    "click": """\
# Chinese for the words of click, which says them through gettext: those that a planner
# can meet at the command line of govsim. Written by hand; tools/make_catalogue.py compiles it.""",
}


def template() -> Catalog:
    """Collect what the code says: the first arguments of ``tr``."""
    found = Catalog(domain="govsim")
    package = ROOT / "govsim"
    messages = extract_from_dir(
        package, [("**.py", "python")], keywords={"tr": None}, comment_tags=()
    )
    for file, line, text, comments, context in messages:
        found.add(text, None, [(f"govsim/{file}", line)], auto_comments=comments, context=context)
    return found


def read(file: Path) -> Catalog:
    """Read a .po file; a new catalogue if there is none."""
    if not file.exists():
        return Catalog("zh", domain=file.stem, fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale="zh", domain=file.stem)


def sign(catalogue: Catalog) -> None:
    """Fill in the header, which Babel takes from a form; a new date if something was changed."""
    catalogue.header_comment = HEADER[catalogue.domain]
    catalogue.project, catalogue.version = "govsim", catalogue.domain
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    if spoken(catalogue) != compiled(FOLDER / f"{catalogue.domain}.mo"):
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        catalogue.creation_date = catalogue.revision_date = now


def bring_up_to_date(catalogue: Catalog, wanted: Catalog) -> None:
    """Add what is new to a catalogue, drop what is gone, guess nothing."""
    catalogue.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    for message in catalogue:
        # A percent sign makes Babel take "5% or" for a field in the manner of printf.
        message.flags.discard("python-format")


def spoken(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Give what is translated, message by message, without the header."""
    return {_forms(m.id): _forms(m.string) for m in catalogue if m.id and _translated(m)}


def compiled(file: Path) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Read a .mo file likewise; empty if there is none."""
    if not file.exists():
        return {}
    with file.open("rb") as stream:
        return spoken(read_mo(stream))


def fields(text: str) -> set[tuple[str, str, str]]:
    """Named fields of a template, with conversion and format: ``("days", "", ".1f")``."""
    parts = string.Formatter().parse(text)
    return {(name, turn or "", how or "") for _, name, how, turn in parts if name is not None}


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Singular and plural of a message; most have one form, new ones none that says anything."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _translated(message: Message) -> bool:
    return all(_forms(message.string))


def problems(catalogue: Catalog, wanted: Catalog | None) -> Iterator[str]:
    """Say what is wrong with a catalogue, given what the code says if that is known."""
    if wanted is not None:
        for message in wanted:
            if message.id and message.id not in catalogue:
                yield f"missing: {message.id}"
        for message in catalogue:
            if message.id and message.id not in wanted:
                yield f"no longer said: {message.id}"
        yield from (f"obsolete: {key}" for key in catalogue.obsolete)
    for message in catalogue:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"fuzzy: {message.id}"
        if not _translated(message):
            yield f"not translated: {message.id}"
            continue
        wants = fields(_forms(message.id)[-1])
        if any(fields(text) != wants for text in _forms(message.string)):
            yield f"other fields than the English: {message.id}"


def check() -> list[str]:
    """Say all that is out of date or wrong in the catalogues."""
    found = []
    for file, wanted in ((OURS, template()), (CLICK, None)):
        catalogue = read(file)
        found += [f"{file.name}: {text}" for text in problems(catalogue, wanted)]
        if compiled(file.with_suffix(".mo")) != spoken(catalogue):
            found.append(f"{file.with_suffix('.mo').name} is older than {file.name}")
    return found


def make() -> None:
    """Write both catalogues and compile them."""
    for file, wanted in ((OURS, template()), (CLICK, None)):
        catalogue = read(file)
        if wanted is not None:
            bring_up_to_date(catalogue, wanted)
        sign(catalogue)
        text, code = io.BytesIO(), io.BytesIO()
        write_po(text, catalogue, width=96, sort_by_file=True, include_lineno=False)
        write_mo(code, catalogue)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.getvalue())
        file.with_suffix(".mo").write_bytes(code.getvalue())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say what is out of date")
    if not parser.parse_args().check:
        make()
    if found := check():
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
