"""What tests of the list engine share."""

from __future__ import annotations

import subprocess
from datetime import date
from functools import cache
from pathlib import Path

import cmarkgfm
from cmarkgfm.cmark import Options

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import Edit, Insertion, PaperList, insert, parse_list
from arxiv_watch.papers import Paper

# Lists of the folder of raw lists that hold no arXiv link at all.
WITHOUT_PAPERS = {"MrNeRF+awesome-3D-gaussian-splatting.md"}


def paper(
    identifier: str = "2511.20001",
    title: str = "FooServe: Serving Large Models Fast",
    authors: tuple[str, ...] = ("Ann Lee", "Bob Ray", "Cy Young"),
    published: date | None = date(2025, 11, 24),
) -> Paper:
    return Paper(ArxivId.parse(identifier), title, authors=authors, published=published)


def read(text: str | bytes, path: str = "README.md") -> PaperList:
    return parse_list({path: text.encode() if isinstance(text, str) else text})


def insert_one(paper_list: PaperList, new: Paper, *tail: str) -> Edit:
    """Insert under the one heading that ends with `tail`."""
    (path,) = [path for path in paper_list.headings if path[-len(tail) :] == tail]
    return insert(paper_list, [Insertion(new, path)])


def added_lines(edit: Edit) -> list[str]:
    """Return the lines an edit's diff adds."""
    lines = edit.diff.split("\n")
    return [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++ ")]


def is_pure_insertion(old: bytes, new: bytes) -> bool:
    """Tell whether taking lines out of `new` gives `old`, a missing final newline aside."""
    before, after = old.splitlines(keepends=True), iter(new.splitlines(keepends=True))
    return all(
        any(line == other or (last and other.rstrip(b"\r\n") == line) for other in after)
        for line, last in ((line, index == len(before) - 1) for index, line in enumerate(before))
    )


def rendered_items(data: bytes, tag: str = "") -> int:
    """Count the rows, else the items, else the paragraphs that GitHub's own renderer makes of a file."""
    html = cmarkgfm.github_flavored_markdown_to_html(data.decode(), options=Options.CMARK_OPT_UNSAFE)
    if tag:
        return html.count(tag)
    if "<tr>" in html:
        return html.count("<tr>")
    return html.count("<li") if "<li" in html else html.count("<p>")


def raw_lists(shared: Path) -> list[Path]:
    """Return the raw lists that hold papers."""
    return [
        path for path in sorted((shared / "lists" / "raw").glob("*.md")) if path.name not in WITHOUT_PAPERS
    ]


@cache
def parsed(file: Path) -> PaperList:
    """Parse a raw list, once for all tests of a process."""
    return parse_list({file.name: file.read_bytes()})


def commit(root: Path, text: str, day: str, name: str = "README.md") -> None:
    """Commit a text of the list on a day, with all that was done to other files."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "x", "--date", f"{day}T12:00:00Z", day=day)


def git(root: Path, *arguments: str, day: str = "2024-01-01") -> None:
    """Run git in a folder as somebody, on a day."""
    who = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    environment = {**who, "GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    subprocess.run(["git", "-C", str(root), *arguments], check=True, env=environment, capture_output=True)
