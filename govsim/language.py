"""The two languages of what a planner reads.

English text stands in the code as ``tr("unknown key {key}", key=...)``; the Chinese
catalogue is ``locale/zh/LC_MESSAGES/govsim.po`` (gettext; compiled with Babel).
Used by everything that speaks to the planner; uses nothing of govsim.
"""

from __future__ import annotations

import gettext
import locale
import os
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

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


def tr(message: str, /, **values: object) -> str:
    """Say `message`, a template with named fields, in the current language."""
    text = _catalogue(current()).gettext(message)
    return text.format(**values) if values else text


def name(label: Label) -> str:
    """Pick the current language's form of a label."""
    return label.zh if current() == "zh" else label.en
