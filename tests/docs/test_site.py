"""What readers meet before the program: the page of the API, the site, the citation."""

import importlib.util
from types import ModuleType

from places import DOCS, ROOT
from ruamel.yaml import YAML

import govsim


def tool(name: str) -> ModuleType:
    """Load a tool, which is no part of the package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_the_api_is_current():
    committed = (DOCS / "api.md").read_text(encoding="utf-8")
    assert committed == tool("make_api").page(), "run: python tools/make_api.py"


def test_the_page_of_the_api_tells_of_each_name_and_what_it_takes():
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    for name in govsim.__all__:
        assert f"### govsim.{name}\n" in page, name
    assert "engine: Engine = 'compiled'" in page
    assert "- `RunError`: The results can't be written." in page


def test_the_citation_names_the_version_that_is_installed():
    cited = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{cited["version"]}"' in project
    assert f'license = "{cited["license"]}"' in project
    assert cited["authors"], "a citation needs somebody to name"


def test_what_a_browser_would_fetch_is_told_from_a_link(tmp_path):
    page = tmp_path / "page.html"
    for harmless in ('<a href="https://example.org">', '<img src="a.png">', "url(data:x)"):
        page.write_text(harmless, encoding="utf-8")
        assert not tool("make_site").fetched(tmp_path), harmless
    for fetched in (
        '<script async src="https://example.org/x.js">',
        '<link rel="stylesheet" href="//example.org/x.css">',
        "@font-face { src: url('https://example.org/x.woff2') }",
    ):
        page.write_text(fetched, encoding="utf-8")
        assert tool("make_site").fetched(tmp_path), fetched
