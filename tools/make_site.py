"""Build the site of docs/ in both languages, and hold that it needs no network.

    pip install -c constraints.txt -e '.[docs]'
    python tools/make_site.py            # into site/; open site/index.html

Warnings are errors: a link to nowhere, a page that no list names. Afterwards each built page and
style is searched for what a browser would fetch from elsewhere (fonts, scripts, pictures).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

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


def main() -> None:
    """Build, and fail where a page needs a network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "site")
    out = parser.parse_args().out.resolve()
    build(out)
    elsewhere = fetched(out)
    print(*elsewhere, sep="\n")
    if elsewhere:
        sys.exit("the site would fetch these from a network")
    print(out / "index.html")


if __name__ == "__main__":
    main()
