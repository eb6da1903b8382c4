"""Reading a list: headings in every guise, entries in every format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from arxiv_watch.errors import ListError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.blocks import list_blocks, parse_blocks
from arxiv_watch.markdown.document import Document, PaperList
from arxiv_watch.markdown.inline import find_id
from arxiv_watch.markdown.lines import BOM, decode, dominant_newline, split_lines, strip_ending
from arxiv_watch.markdown.outline import read_sections

# matches all but the first letter of "arXiv:2407.12391"
_NAMED = re.compile(r"(?<=[aA])r[xX]iv:\s?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)(?!\d)")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>|\[\]\"'`()]+")  # matches "https://arxiv.org/abs/2407.12391"


def parse_list(files: Mapping[str, bytes]) -> PaperList:
    """Read the files of one list.

    Args:
        files: The bytes of each file by its path.

    Raises:
        ListError: There is no paper in any of them.
    """
    documents = tuple(parse_document(path, data) for path, data in sorted(files.items()))
    paper_list = PaperList(documents)
    if not paper_list.placed and not paper_list.ids:
        names = ", ".join(sorted(files)) or "no file"
        raise ListError(
            f"no paper found in {names}", "`list:` must name the Markdown file that holds the papers"
        )
    return paper_list


def parse_document(path: str, data: bytes) -> Document:
    """Read one file."""
    text = decode(data)
    lines = [strip_ending(line) for line in split_lines(text.removeprefix(BOM))]
    nodes, references = parse_blocks(lines)
    return Document(
        path=path,
        data=data,
        newline=dominant_newline(text),
        sections=tuple(read_sections(lines, nodes, references, path)),
        linked=frozenset(linked_ids(text)),
        lines=tuple(lines),
        references=references,
        blocks=tuple(list_blocks(nodes)),
    )


def linked_ids(text: str) -> Iterator[ArxivId]:
    """Find every arXiv paper that the text links to or names, comments and prose included."""
    if "rXiv:" in text or "rxiv:" in text:
        for match in _NAMED.finditer(text):
            if named := ArxivId.find(match[1]):
                yield named
    for match in _ADDRESS.finditer(text):
        found = find_id(match[0])
        if found:
            yield found
