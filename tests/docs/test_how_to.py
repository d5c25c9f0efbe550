"""The pages that planners read first: in step in both languages, and notebooks that run."""

import re
import shutil
from pathlib import Path

import pytest
from places import DOCS

TWICE = [Path(str(page).replace(".zh.md", ".md")) for page in DOCS.rglob("*.zh.md")]
PAGES = sorted(
    page.relative_to(DOCS).as_posix().removesuffix(".md")
    for page in {DOCS / "index.md", *(DOCS / "how-to").glob("*.md"), *TWICE}
    if not page.name.endswith(".zh.md")
)
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.py"))

SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```.*?^```\n", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
PICTURE = re.compile(r"!\[[^]]+\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^]]+\]\(([^)#]+)")
A_NAME = re.compile(r"""(?<=")[^":]+(?=[:"])""")


def text(page: str) -> str:
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


def commands(page: str) -> list[str]:
    """Give the commands of a page, each on one line."""
    blocks = "".join(SHELL.findall(text(page))).replace("\\\n", " ")
    return [" ".join(line.split()) for line in blocks.splitlines() if line.strip()]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_the_same_in_both_languages(page: str):
    english, chinese = page, f"{page}.zh"
    assert HEADING.findall(CODE.sub("", text(english))) == HEADING.findall(
        CODE.sub("", text(chinese))
    )
    pictures = [PICTURE.findall(text(each)) for each in (english, chinese)]
    assert [name.replace("-zh.", "-en.") for name in pictures[1]] == pictures[0]
    links = [LINK.findall(text(each)) for each in (english, chinese)]
    assert [name.replace(".zh.md", ".md") for name in links[1]] == links[0]
    named = [A_NAME.sub("NAME", " ; ".join(commands(each))) for each in (english, chinese)]
    assert named[1] == named[0]


@pytest.mark.parametrize("page", [each for page in PAGES for each in (page, f"{page}.zh")])
def test_what_a_page_points_to_is_there(page: str):
    for target in (*PICTURE.findall(text(page)), *LINK.findall(text(page))):
        if not target.startswith("http"):
            assert ((DOCS / page).parent / target).exists(), target
    assert page.startswith("index") or PICTURE.search(text(page)), "a page has its picture"


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs_from_top_to_bottom(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    shutil.copytree(DOCS.parent / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    cells = notebook.read_text(encoding="utf-8")
    assert cells.count("# %%") >= 4
    exec(compile(cells.replace("replications=4", "replications=2"), notebook.name, "exec"), {})


def test_each_notebook_is_named_on_its_page():
    assert len(NOTEBOOKS) == 3
    for notebook in NOTEBOOKS:
        assert f"python docs/notebooks/{notebook.name}" in commands("how-to/notebook")
