"""Build the site of docs/ in both languages, and hold that it needs no network.

    pip install -c constraints.txt -e '.[docs]'
    python tools/make_site.py            # into site/; open site/index.html

Warnings are errors: a link to nowhere, a page that no list names. Afterwards each built page and
style is searched for what a browser would fetch from elsewhere (fonts, scripts, pictures).
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[1]

START = """\
<!doctype html>
<meta charset="utf-8">
<title>govsim</title>
<script>
  location.replace(navigator.language.startsWith("zh") ? "zh/index.html" : "en/index.html");
</script>
<p><a href="zh/index.html" lang="zh">中文</a> · <a href="en/index.html">English</a></p>
"""

FETCHED = re.compile(
    r"""(?:<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc|<link\b[^>]*?\bhref)"""
    r"""\s*=\s*["']?\s*(?:https?:)?//[^"'\s>]+|url\(\s*["']?(?:https?:)?//[^)]+|"""
    r"""@import\s+["'](?:https?:)?//[^"']+""",
    re.IGNORECASE,
)
"""What a browser fetches by itself; a link that a reader may follow is none of it."""


def build(out: Path) -> None:
    """Write both languages below a folder; raise where Sphinx warns."""
    for lang in ("en", "zh"):
        told = ["-t", "zh"] if lang == "zh" else []
        asked = ["-q", "-W", "--keep-going", "-b", "html", "-d", str(out / f".{lang}")]
        whole = [sys.executable, "-m", "sphinx", *asked, *told, str(ROOT / "docs"), str(out / lang)]
        subprocess.run(whole, check=True)
    chinese = START.replace('navigator.language.startsWith("zh") ? "zh/index.html" : ', "")
    start = chinese.replace('en/index.html");', 'index.zh.html");')
    (out / "zh" / "index.html").write_text(start, encoding="utf-8")
    (out / "index.html").write_text(START, encoding="utf-8")


def fetched(out: Path) -> list[str]:
    """List what pages, styles and scripts would fetch from elsewhere."""
    return [
        f"{file.relative_to(out)}: {found[0]}"
        for file in sorted(out.rglob("*"))
        if file.suffix in (".html", ".css", ".svg")
        for found in FETCHED.finditer(file.read_text(encoding="utf-8"))
    ]


SEARCHED = {"en": "roster", "zh": "夜间排班"}
"""What is looked up in the built site: several pages have it; in Chinese two words in one."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def found(out: Path, lang: str, browser: str) -> int:
    """Search the site from the disk, as a reader's browser does, and count the pages found."""
    page = (out / lang / "search.html").as_uri() + "?q=" + quote(SEARCHED[lang])
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=15000"]
    seen = subprocess.run(
        [browser, *options, "--dump-dom", page], check=True, capture_output=True, text=True
    )
    results = re.search(r'<ul[^>]*class="search"[^>]*>(.*?)</ul>', seen.stdout, re.DOTALL)
    return results[1].count("<li") if results else 0


def main() -> None:
    """Build, and fail where a page needs a network or the search finds nothing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "site")
    out = parser.parse_args().out.resolve()
    build(out)
    elsewhere = fetched(out)
    print(*elsewhere, sep="\n")
    if elsewhere:
        sys.exit("the site would fetch these from a network")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("no Chromium: the search was not tried")
    for lang in SEARCHED if browser else ():
        number = found(out, lang, str(browser))
        print(f"{lang}: {number} pages with {SEARCHED[lang]}")
        if number < 2:
            sys.exit(f"the search of the {lang} site does not find what is there")
    print(out / "index.html")


if __name__ == "__main__":
    main()
