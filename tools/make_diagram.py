"""Draw docs/images/flow.svg, the diagram of docs/model.md, from docs/images/flow.mmd.

    npm install mermaid@11            # anywhere; nothing of it is kept
    python tools/make_diagram.py node_modules/mermaid/dist/mermaid.min.js

Chromium draws it with the file that is named. The picture needs no script and no network, so that
the site shows it and a page can be printed.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

IMAGES = Path(__file__).parents[1] / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

PAGE = """<!doctype html><meta charset="utf-8"><pre id="made"></pre><script src="{script}"></script>
<script>
mermaid.initialize({{startOnLoad: false, theme: "neutral", htmlLabels: false,
  fontFamily: "Helvetica, Arial, sans-serif", flowchart: {{htmlLabels: false}}}});
mermaid.render("flow", {text}).then(({{svg}}) => {{
  document.getElementById("made").textContent = svg;
}});
</script>"""


def main() -> None:
    """Draw it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mermaid", type=Path, help="mermaid.min.js")
    script = parser.parse_args().mermaid.resolve()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("needs Chromium")
    text = (IMAGES / "flow.mmd").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "flow.html"
        page.write_text(PAGE.format(script=script.as_uri(), text=ascii(text)), encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
        wait = ["--virtual-time-budget=20000", "--dump-dom", page.as_uri()]
        seen = subprocess.run(
            [browser, *options, *wait], check=True, capture_output=True, text=True
        )
    found = re.search(r'<pre id="made">(.*?)</pre>', seen.stdout, re.DOTALL)
    drawn = html.unescape(found[1]) if found else ""
    if not drawn.startswith("<svg"):
        sys.exit("the browser has drawn nothing")
    white = drawn.replace('style="', 'style="background: white; ', 1)
    short = re.sub(r"\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}", white)
    (IMAGES / "flow.svg").write_text(short + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
