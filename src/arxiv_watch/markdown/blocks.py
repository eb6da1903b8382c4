"""The block structure of a file: markdown-it-py finds the lines, nothing is rendered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

_KINDS = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "table_open": "table",
    "tr_open": "row",
    "blockquote_open": "quote",
    "html_block": "html",
    "fence": "code",
    "code_block": "code",
    "hr": "rule",
}
_YAML = re.compile(r"[ \t#-]|[\w.-]+[ \t]*:|\s*$")  # matches "title: A list", a line of front matter
_HOLDING = {"list", "table", "quote"}
_IGNORED = {"thead", "tbody", "th", "td"}


class Block(NamedTuple):
    """A block by its first line, from 1, its kind, and how many blocks are around it."""

    line: int
    kind: str
    depth: int


@dataclass(slots=True)
class Node:
    """A block and the lines it takes.

    Attributes:
        kind: `heading`, `paragraph`, `list`, `item`, `table`, `row`, `quote`, `html`, `code` or `rule`.
        start: First line, from 0.
        end: Line after the last one; blank lines at the end are not counted.
        level: A heading's level.
        ordered: Whether a list or item is numbered.
        children: The blocks inside.
    """

    kind: str
    start: int
    end: int
    level: int = 0
    ordered: bool = False
    children: list[Node] = field(default_factory=list)


@cache
def markdown_parser(*, inline: bool) -> MarkdownIt:
    """Return the parser that knows of Markdown what GitHub does; what is inside lines takes it most time."""
    from markdown_it import MarkdownIt  # costly, and not needed for the list's values

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.block.ruler.before("html_block", "lazy_html", _ends_item, {"alt": ["paragraph"]})
    if not inline:
        parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@cache
def _tag_alone() -> re.Pattern[str]:
    from markdown_it.common.html_re import HTML_OPEN_CLOSE_TAG_STR  # as above

    return re.compile(rf"(?:{HTML_OPEN_CLOSE_TAG_STR})\s*")


def _ends_item(state: StateBlock, start: int, _: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's form
    """End a list item at a tag alone on the next line, as GitHub does; by CommonMark it would go on."""
    if not silent or state.sCount[start] >= state.blkIndent:
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    return bool(_tag_alone().fullmatch(line))


def parse_blocks(lines: list[str]) -> tuple[list[Node], dict[str, str]]:
    """Parse lines without their endings into a tree of blocks and the addresses of reference links."""
    env: dict[str, dict[str, dict[str, str]]] = {}
    tokens = markdown_parser(inline=False).parse("\n".join(_without_front_matter(lines)), env)
    references = {label.lower(): target["href"] for label, target in env.get("references", {}).items()}
    return _tree(tokens, lines), references


def list_blocks(nodes: Iterable[Node], depth: int = 0) -> Iterator[Block]:
    """List the blocks of a tree in order, but for those that only hold others."""
    for node in nodes:
        if node.kind not in _HOLDING:
            yield Block(node.start + 1, node.kind, depth)
        yield from list_blocks(node.children, depth + 1)


def _without_front_matter(lines: list[str]) -> list[str]:
    """Blank the YAML at the head of a file, which would be read as a rule and a heading."""
    if not lines or lines[0].rstrip() != "---":
        return lines
    end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() in {"---", "..."}), 0)
    if end == 0 or not all(_YAML.match(line) for line in lines[1:end]):
        return lines
    return [""] * (end + 1) + lines[end + 1 :]


def _tree(tokens: list[Token], lines: list[str]) -> list[Node]:
    root = Node("root", 0, len(lines))
    stack = [root]
    in_head = False
    for token in tokens:
        if token.tag == "thead":
            in_head = token.nesting == 1
        if token.type == "inline" or token.tag in _IGNORED:
            continue
        if token.nesting == -1:
            stack.pop()
            continue
        kind = _KINDS[token.type]
        start, end = token.map or (stack[-1].start, stack[-1].end)
        while end > start + 1 and (end > len(lines) or not lines[end - 1].strip()):
            end -= 1
        node = Node("head" if in_head and kind == "row" else kind, start, end)
        node.level = int(token.tag[1]) if kind == "heading" else 0
        node.ordered = token.type == "ordered_list_open" or (kind == "item" and stack[-1].ordered)
        stack[-1].children.append(node)
        if token.nesting == 1:
            stack.append(node)
    return root.children
