"""The site of this folder, in two languages, to be read without a network.

``tools/make_site.py`` builds both. A page that planners read stands twice, ``page.md`` and
``page.zh.md``; the Chinese site has the English page where there is no Chinese one.
"""

import re
from pathlib import Path

from docutils import nodes

HERE = Path(__file__).parent
TWICE = sorted(
    page.relative_to(HERE).as_posix().removesuffix(".zh.md") for page in HERE.rglob("*.zh.md")
)
CHINESE = tags.has("zh")  # type: ignore[name-defined]  # noqa: F821  # Sphinx gives it

project = author = "govsim"
html_title = "govsim"
language = "zh_CN" if CHINESE else "en"
root_doc = "index.zh" if CHINESE else "index"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = [f"{page}.md" for page in TWICE] if CHINESE else ["**/*.zh.md", "*.zh.md"]

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.header", "misc.highlighting_failure"]

html_theme = "furo"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_search_language = "zh" if CHINESE else "en"
html_show_search_summary = False  # it fetches pages, which a browser refuses of files on a disk
templates_path = ["site/templates"]
html_static_path = ["site/static"]
html_js_files = [("words.js", {"priority": 100})]
html_css_files = ["tables.css"]
html_context = {"twice": TWICE, "chinese": CHINESE}
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}

CHINESE_SIGN = re.compile(r"[\u2e80-\u9fff\uff00-\uffef“”…]")


def _join_lines(app, tree):
    """Leave out the break of a line that ends or begins with Chinese: browsers show a blank."""
    for text in list(tree.findall(nodes.Text)):
        if text.strip(" ") == "\n":
            beside = [each.astext() for each in text.parent.children]
            at = text.parent.index(text)
            before, after = beside[at - 1][-1:] if at else "", "".join(beside[at + 1 : at + 2])[:1]
            if CHINESE_SIGN.match(before) or CHINESE_SIGN.match(after):
                text.parent.replace(text, nodes.Text(""))


def setup(app):
    """Let Chinese be written in short lines."""
    app.connect("doctree-read", _join_lines)
