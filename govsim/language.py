"""The two languages of what a planner reads.

English text stands in the code as ``tr("unknown key {key}", key=...)``; the Chinese
catalogue is ``locale/zh/LC_MESSAGES/govsim.po`` (gettext; compiled with Babel).
Used by everything that speaks to the planner; uses nothing of govsim.
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol, Self

Language = Literal["zh", "en"]


class Label(Protocol):
    """A name in both languages."""

    @property
    def zh(self) -> str: ...  # noqa: D102
    @property
    def en(self) -> str: ...  # noqa: D102


def of_locale() -> Language:
    """Language of the user's locale: Chinese where it is Chinese, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        if value := os.environ.get(variable):
            return "zh" if value.lower().startswith(("zh", "chinese")) else "en"
    found = (locale.getlocale()[0] or "").lower()  # Windows has no such variables
    return "zh" if found.startswith(("zh", "chinese")) else "en"


_current: ContextVar[Language | None] = ContextVar("govsim_language", default=None)


def current() -> Language:
    """Language in force: as set by `use`, else that of the locale."""
    return _current.get() or of_locale()


def use(lang: Language) -> None:
    """Speak `lang` from here on in this context."""
    _current.set(lang)


@cache
def _catalogue(lang: Language) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation("govsim", Path(__file__).parent / "locale", ["zh"], fallback=True)


class Said(str):
    """A text that can be said again in the other language, even after it was written to disk.

    Attributes
    ----------
    again : how it was put together, as plain values for JSON; see `retold`.
    """

    __slots__ = ("again",)
    again: dict[str, Any]

    def __new__(cls, text: str, again: dict[str, Any]) -> Self:  # noqa: D102
        made = super().__new__(cls, text)
        made.again = again
        return made

    def __reduce__(self) -> tuple[type[Said], tuple[str, dict[str, Any]]]:
        """Let it be pickled."""
        return Said, (str.__str__(self), self.again)


def tr(message: str, /, **values: object) -> str:
    """Say `message`, a template with named fields, in the current language."""
    text = _catalogue(current()).gettext(message)
    if not values:
        return Said(text, {"say": message})
    again = {key: kept(value) for key, value in values.items()}
    return Said(text.format(**values), {"say": message, "with": again})


_say = tr  # for templates that stand in no line of the code, so that nobody looks for them


def name(label: Label) -> str:
    """Pick the current language's form of a label."""
    return Said(label.zh if current() == "zh" else label.en, {"zh": label.zh, "en": label.en})


def joined(parts: Iterable[str], zh: str = "", en: str = "") -> str:
    """Join texts by what stands between them in each language, so that each can be said again."""
    parts = list(parts)
    again = {"join": [kept(part) for part in parts], "zh": zh, "en": en}
    return Said((zh if current() == "zh" else en).join(parts), again)


def kept(value: object) -> Any:
    """Turn a text, or a value in one, into what JSON can keep and `retold` can say."""
    if isinstance(value, Said):
        return value.again
    return value if isinstance(value, bool | int | float) else str(value)


def retold(again: Any) -> Any:
    """Say what `kept` has kept in the current language."""
    if not isinstance(again, dict):
        return again
    if "join" in again:
        parts = map(retold, again["join"])
        # A text stays one that can be said again; str() would make a plain one of it.
        plain = [one if isinstance(one, str) else str(one) for one in parts]
        return joined(plain, again["zh"], again["en"])
    if "say" in again:
        values = again.get("with", {})
        return _say(again["say"], **{key: retold(value) for key, value in values.items()})
    return Said(again[current()], again)
