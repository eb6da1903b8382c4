"""Whether a page shows a new paper rightly, by GitHub's own renderer (cmark-gfm) and arXiv's title alone."""

from __future__ import annotations

import html
import re
from collections import Counter

import cmarkgfm

from arxiv_watch.papers import Paper, normalise_title

TAG = re.compile(r"<[^<>]*>")
PAIRS = (("[", "]"), ("(", ")"), ("【", "】"), ("（", "）"))
LEFT_OVER = (
    re.compile(r"\[\s*\]|\(\s*\)"),
    re.compile(r"\]\s?\(\s*(?:https?:|$)"),
    re.compile(r"[,|/·•→~]\s*[,|·•→~]"),
    re.compile(r"[,|·•→~:/]\s*$"),
    re.compile(r"\*\*|\\"),
)


def shows_rightly(before: bytes, after: bytes, paper: Paper) -> bool:
    """Tell whether the page gained a title and a link to it, lost nothing, and shows no half marks."""
    old, new = (Counter(rendered(data).splitlines()) for data in (before, after))
    added = " ".join(line for line in (new - old).elements() if shown(line))
    title = shown(added).replace(paper.title, "T")
    once = normalise_title(shown(added)).count(normalise_title(paper.title)) == 1
    linked = len(re.findall(rf"href=\"[^\"]*{re.escape(paper.id.base)}", added)) >= 1
    lost = any(shown(line) for line in (old - new))
    return once and linked and not lost and not (faults(title) - common_faults(old))


def rendered(data: bytes) -> str:
    return cmarkgfm.github_flavored_markdown_to_html(data.decode("utf-8", "replace"))


def shown(line: str) -> str:
    return html.unescape(TAG.sub(" ", line)).strip()


def faults(text: str) -> set[str]:
    found = {pattern.pattern for pattern in LEFT_OVER if pattern.search(text)}
    return found | {one for one, other in PAIRS if text.count(one) != text.count(other)}


def common_faults(lines: Counter[str]) -> set[str]:
    """Return the faults of at least two of the lines that link to arXiv; a new one may have them, too."""
    counts = Counter(fault for line in lines if "arxiv.org" in line for fault in faults(shown(line)))
    return {fault for fault, count in counts.items() if count > 1}
