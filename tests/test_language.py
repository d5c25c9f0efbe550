"""What a planner reads is there in Chinese, whole and current; which language is spoken."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import json
import os
import pickle
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from contextvars import copy_context
from types import ModuleType

import pytest
from places import PACKAGE

from govsim import language
from govsim.cli import helping
from govsim.scenarios.schema import Label

CATALOGUES = PACKAGE / "locale" / "zh" / "LC_MESSAGES"
ROOT = PACKAGE.parent

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Give each call of `tr` in the package, with its place."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else ""
                name = called.id if isinstance(called, ast.Name) else name
                if name == "tr":
                    yield f"{file.relative_to(PACKAGE).as_posix()}:{node.lineno}", node


def literal(call: ast.Call) -> str | None:
    """Give the message of a call, or None if it isn't written out there."""
    first = call.args[0] if call.args else None
    written = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return first.value if written else None  # type: ignore[union-attr, return-value]


def compiled(file: str) -> dict[str, str]:
    """Read a .mo as the program does; plurals under their singular."""
    with (CATALOGUES / file).open("rb") as stream:
        entries = gettext.GNUTranslations(stream)._catalog.items()  # type: ignore[attr-defined]
    return {key if isinstance(key, str) else key[0]: text for key, text in entries if key}


def written(file: str) -> dict[str, str]:
    """Read a .po likewise, without Babel."""
    found: dict[str, str] = {}
    parts: dict[str, str] = {}
    keyword = ""
    lines = (CATALOGUES / file).read_text(encoding="utf-8").splitlines()
    for line in [*lines, ""]:
        if not line.strip():
            if parts.get("msgid"):
                found[parts["msgid"]] = parts.get("msgstr", parts.get("msgstr[0]", ""))
            parts = {}
        elif not line.startswith("#"):
            if not line.startswith('"'):
                keyword, _, line = line.partition(" ")
            parts[keyword] = parts.get(keyword, "") + ast.literal_eval(line)
    return found


def fields(text: str) -> set[tuple[str, str, str]]:
    """Give the fields of a template: name, conversion, format."""
    parts = string.Formatter().parse(text)
    return {(name, turn or "", how or "") for _, name, how, turn in parts if name is not None}


OURS = compiled("govsim.mo")
MESSAGES = sorted({text for _, call in calls() if (text := literal(call)) is not None})


def test_each_message_is_written_out_where_it_is_said() -> None:
    assert not [place for place, call in calls() if literal(call) is None]


def test_each_message_gets_the_values_that_it_names() -> None:
    wrong = []
    for place, call in calls():
        given = {keyword.arg for keyword in call.keywords}
        named = {name for name, _, _ in fields(literal(call) or "")} if given else set()
        if None not in given and not named <= given:
            wrong.append(f"{place}: {sorted(named - given)}")
    assert not wrong


def test_each_message_is_there_in_chinese() -> None:
    assert len(MESSAGES) > 300
    assert not [text for text in MESSAGES if not OURS.get(text)]


def test_the_catalogue_holds_nothing_that_is_no_longer_said() -> None:
    assert set(OURS) <= set(MESSAGES)


def test_chinese_messages_have_the_fields_of_the_english_ones() -> None:
    # A message that is said without values is no template: its braces stand for themselves.
    templates = {text for _, c in calls() if c.keywords and (text := literal(c)) is not None}
    assert not [text for text in templates if fields(OURS.get(text, "")) != fields(text)]


def test_chinese_messages_are_chinese() -> None:
    def wide(text: str) -> bool:
        return any("\u2e80" <= sign <= "\uffff" for sign in text)

    with_words = [text for text in OURS.values() if re.search(r"\w", re.sub(r"{.*?}", "", text))]
    assert not [text for text in with_words if not wide(text)]


@pytest.mark.parametrize("name", ["govsim", "click"])
def test_compiled_catalogues_are_as_new_as_the_written_ones(name: str) -> None:
    assert compiled(f"{name}.mo") == written(f"{name}.po")
    assert "fuzzy" not in (CATALOGUES / f"{name}.po").read_text(encoding="utf-8")


def tool() -> ModuleType:
    """Load tools/make_catalogue.py, which needs Babel."""
    pytest.importorskip("babel")
    spec = importlib.util.spec_from_file_location(
        "make_catalogue", ROOT / "tools" / "make_catalogue.py"
    )
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.skipif(not (ROOT / "tools").is_dir(), reason="an installed package has no tools")
def test_the_tool_finds_the_catalogues_current() -> None:
    assert tool().check() == []


@pytest.mark.skipif(not (ROOT / "tools").is_dir(), reason="an installed package has no tools")
def test_the_tool_tells_what_is_wrong_with_a_catalogue() -> None:
    make = tool()
    wanted, had = make.Catalog(), make.Catalog("zh")
    for text in ("new", "open since {n} days", "guessed", "not yet"):
        wanted.add(text)
    had.add("open since {n} days", "已有{m}天未结")
    had.add("guessed", "猜的", flags=("fuzzy",))
    had.add("not yet", "")
    had.add("gone", "没有了")
    assert sorted(make.problems(had, wanted)) == [
        "fuzzy: guessed",
        "missing: new",
        "no longer said: gone",
        "not translated: not yet",
        "other fields than the English: open since {n} days",
    ]


# ---------------------------------------------------------------- which language


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "xx_XX"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], wanted: str
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language.of_locale() == wanted


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ("Chinese (Simplified)_China", "zh"),
        ("zh_CN", "zh"),
        ("English_United States", "en"),
        (None, "en"),
    ],
)
def test_windows_names_its_language_without_variables(
    monkeypatch: pytest.MonkeyPatch, found: str | None, wanted: str
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(language.locale, "getlocale", lambda: (found, "cp936"))
    assert language.of_locale() == wanted


def in_language(lang: language.Language, message: str, **values: object) -> str:
    """Say a message in a language without changing that of the test."""

    def said() -> str:
        language.use(lang)
        return language.tr(message, **values)

    return copy_context().run(said)


def test_a_message_is_said_in_the_language_in_force() -> None:
    assert in_language("en", "there is no team “{found}”", found="x") == "there is no team “x”"
    assert in_language("zh", "there is no team “{found}”", found="x") == "没有名为“x”的队伍"


def test_what_no_catalogue_knows_is_said_in_english() -> None:
    assert in_language("zh", "nobody says {this}", this="that") == "nobody says that"


# ---------------------------------------------------------------- the command line


def govsim(*arguments: str, lang: str) -> subprocess.CompletedProcess[str]:
    """Run the command in its own process, as its words are chosen when it starts."""
    rest = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    return subprocess.run(
        [sys.executable, "-c", "from govsim.cli import main; main()", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**rest, "LANG": lang, "COLUMNS": "80"},
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "lang"),
    [
        (("run", "--help"), "zh_CN.UTF-8"),
        (("run", "--help", "--lang", "zh"), "C.UTF-8"),
        (("--lang=zh", "--help"), "C.UTF-8"),
        (("--help",), "zh_CN.UTF-8"),
    ],
)
def test_help_is_chinese_for_who_reads_chinese(arguments: tuple[str, ...], lang: str) -> None:
    shown = govsim(*arguments, lang=lang).stdout
    assert shown.startswith("用法：")
    assert "选项：" in shown
    assert "显示本说明。" in shown
    assert not [line for line in shown.splitlines() if helping.columns(line) > 80]


def test_help_is_english_for_who_asks_for_english() -> None:
    shown = govsim("run", "--help", "--lang", "en", lang="zh_CN.UTF-8").stdout
    assert shown.isascii()
    assert shown.startswith("Usage:")


def test_a_wrong_option_is_refused_in_chinese() -> None:
    done = govsim("run", "x", "--nosuch", lang="zh_CN.UTF-8")
    assert done.returncode == 2
    assert "错误：" in done.stderr
    assert "--nosuch" in done.stderr


def test_a_line_of_chinese_does_not_begin_with_punctuation() -> None:
    text = "显示一次运行的汇总（写运行编号或方案名），或显示方案文件 scenario.yaml 的内容。"
    for width in range(12, 60):
        broken = helping.lines(text, width)
        assert all(helping.columns(line) <= max(width, 16) for line in broken)
        assert not [line for line in broken if line[0] in "，。）"]
        assert "".join(broken).replace(" ", "") == text.replace(" ", "")


def test_a_text_can_be_said_again_in_the_other_language():
    language.use("zh")
    label = Label(zh="物业人员", en="Property managers")
    one = language.tr("{team} at {point}", team=language.name(label), point="P1")
    both = language.joined([one, language.tr("overdue {n}", n=2)], "；", "; ")
    kept = json.loads(json.dumps(language.kept(both)))
    assert "物业人员" in both
    language.use("en")
    assert language.retold(kept) == "Property managers at P1; overdue 2"
    assert language.retold(language.kept("plain")) == "plain"
    assert pickle.loads(pickle.dumps(both)).again == both.again  # as workers send it
