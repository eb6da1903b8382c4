"""Draws docs/pull-request.png: the body of the demo's pull request, the way GitHub shows it.

The body is the real one, rendered by GitHub's own Markdown renderer (cmark-gfm); the style sheet imitates
GitHub's page. Run it by `make picture`; it needs Chromium.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import tempfile
from pathlib import Path

import cmarkgfm
from cmarkgfm.cmark import Options

from arxiv_watch.cli.context import Context
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.cli.poll import poll
from arxiv_watch.demo.cycle import FIRST_DAY, open_world
from browser_support import Browser, find_browser

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pull-request.png"
WIDTH = 960  # pixels
SHOWN = 2  # papers: what fits on a screen; the first whose heading is likelier than not
LARGEST = 250_000  # bytes

PAGE = """\
<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 24px; color: #1f2328; background: #fff;
  font: 16px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 28px; font-weight: 400; margin: 0 0 8px; } h1 span { color: #59636e; font-weight: 300; }
.state { background: #1f883d; color: #fff; border-radius: 2em; padding: 5px 12px; font-size: 14px; }
.meta { color: #59636e; font-size: 14px; margin-bottom: 20px; } .meta b { color: #1f2328; }
.meta code { color: #0969da; background: #ddf4ff; }
.box { border: 1px solid #d1d9e0; border-radius: 6px; }
.head { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; padding: 8px 16px;
  font-size: 14px; color: #59636e; }
.text { padding: 8px 16px; font-size: 14px; }
.text h3 { font-size: 17.5px; margin: 20px 0 12px; } .text p { margin: 0 0 12px; }
.text ul { padding-left: 26px; } .text li { list-style: none; margin-bottom: 12px; }
.text input { float: left; margin: 4px 0 0 -22px; } .text a { color: #0969da; text-decoration: none; }
.text details { margin: 4px 0; } summary { cursor: pointer; }
code { font: 85% ui-monospace, "DejaVu Sans Mono", monospace; background: #818b981f; padding: .2em .4em;
  border-radius: 6px; }
</style>
<h1>{title} <span>#{number}</span></h1>
<div class="meta"><span class="state">Open</span> &nbsp;<b>github-actions</b> bot wants to merge 1 commit
into <code>{base}</code> from <code>{branch}</code></div>
<div class="box"><div class="head"><b>github-actions</b> bot commented</div>
<div class="text">{body}</div></div>
"""

# Leaves so many papers, and after them what follows the last one.
SHORTEN = r"""
const items = [...document.querySelectorAll('.text > ul > li')];
const boxes = items.filter(item => item.innerHTML.includes('aw:2'));
const isClear = item => {
  const told = item.textContent.match(/→ .*\(about (\d+) in (\d+)\)/);  // "→ Quantization (about 3 in 4)"
  return told && 2 * told[1] > told[2];
};
const shown = boxes.filter(isClear).slice(0, %d);
const list = boxes[0].parentElement;
boxes.filter(item => !shown.includes(item)).forEach(item => item.remove());
const more = document.createElement('p');
more.textContent = `… and ${boxes.length - shown.length} more`;
more.style.color = '#59636e';
list.after(more);
document.documentElement.getBoundingClientRect().height
"""


def demo_page() -> str:
    """Run the demo's first morning and return its pull request as a page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, open_world(Path(folder)) as world:
        context = Context(world.root, os.environ | world.environ, None, world.clock, io.StringIO())
        code = poll(context, build_parser().parse_args(["poll", "--open-pr", "--since", str(FIRST_DAY)]))
        if code:
            sys.exit(code)
        [pull] = world.github.pulls
    # GitHub lets <details> through, and breaks a conversation's lines where they were broken.
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS
    body = cmarkgfm.github_flavored_markdown_to_html(pull.body or "", options)
    values = {"title": pull.title, "number": str(pull.number), "base": pull.base, "branch": pull.branch}
    page = PAGE
    for name, value in {**values, "body": body}.items():
        page = page.replace(f"{{{name}}}", value)
    return page


def draw(page: str, binary: str) -> bytes:
    """Return the picture as PNG."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "pull-request.html"
        path.write_text(page, encoding="utf-8")
        with Browser(binary, Path(folder) / "profile") as browser:
            browser.open(path, width=WIDTH)
            height = browser.evaluate(SHORTEN % SHOWN)
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
            answer = browser.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    return base64.b64decode(answer["data"])


def main() -> None:
    """Draw the picture.

    Raises:
        SystemExit: There is no browser, or the picture is too large for a repository.
    """
    binary = find_browser()
    if binary is None:
        sys.exit("no Chromium on the PATH: install the package chromium")
    data = draw(demo_page(), binary)
    if len(data) > LARGEST:
        sys.exit(f"{PICTURE.name} has {len(data)} bytes, more than {LARGEST}: show fewer papers")
    PICTURE.write_bytes(data)


if __name__ == "__main__":
    main()
