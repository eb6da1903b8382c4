"""An entry as a reader sees it, by itself, and what is left over in it that nobody would write."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from arxiv_watch.markdown.text.inline import plain

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ADDRESS = re.compile(r"https?://[^\s<>\[\]()]+")  # matches "https://arxiv.org/abs/2407.12391"
_CELL = re.compile(r"<t[dh]\b[^<>]*>", re.IGNORECASE)  # matches "<td>"
_LISTS = {"bullet_list_open", "ordered_list_open"}
_HAS_WORD = re.compile(r"\w")  # matches "2024", not the "--" of a cell that says that there is nothing
_BOX = re.compile(r"^\s*\[[ xX]?\](?=\s)")  # matches the box of "[ ] A Title"
_BRACKETS = {"]": "[", ")": "(", "】": "【", "）": "（"}
_SEPARATOR = r",|/·•→~∣;；，"
_FAULTS = {
    "a backslash": re.compile(r"\\"),  # matches "\"
    "an empty bracket": re.compile(r"\[\s*\]|\(\s*\)|（\s*）|【\s*】"),  # matches "[ ]"
    "half a link": re.compile(r"\]\s?\(\s*<?(?:https?:|$)"),  # matches "](https:"
    "two separators": re.compile(rf"[{_SEPARATOR}:]\s*[{_SEPARATOR}]"),  # matches ", ,"
    "a separator at its end": re.compile(rf"[{_SEPARATOR}:：&–—-]\s*$"),  # matches "A Title -"
    "a mark of emphasis": re.compile(r"\*\*|(?<!\w)__|(?<![\w*])\*(?=\w)"),  # matches "**"
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a reader sees it.

    Attributes:
        text: All of its text in one line, links by their labels.
        lists: What lists it holds or is in: `bullet_list_open` or `ordered_list_open`, and how deep.
    """

    text: str
    lists: frozenset[tuple[str, int]] = frozenset()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # costly, and not needed for the list's values

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def render(lines: Sequence[str], header: Sequence[str] = ()) -> Shown:
    """Render an entry by itself.

    Args:
        lines: Its lines without their endings.
        header: The two lines of its table's header, for a row; cells beyond it are not shown.
    """
    text = "\n".join([*header, *lines]) if header else textwrap.dedent("\n".join(lines))
    tokens = _parser().parse(text)
    if header:
        start = next((index for index, token in enumerate(tokens) if token.type == "tbody_open"), 0)
        tokens = tokens[start:]
    texts: list[str] = []
    for token in tokens:
        pieces = token.children or [token]
        own = "".join(text for piece in pieces for text in _texts(piece))
        if not header or _HAS_WORD.search(own):
            texts.append(f"{own} " if token.type == "inline" else own)
    lists = {(token.type, token.level) for token in tokens if token.type in _LISTS}
    return Shown(" ".join("".join(texts).split()), frozenset(lists))


def _texts(token: Token) -> Iterator[str]:
    if token.type in {"text", "code_inline", "code_block", "fence"}:
        yield token.content
    elif token.type in {"softbreak", "hardbreak"} or token.content[:3].lower() == "<br":
        yield " "
    elif token.type == "html_block":
        outside, *cells = map(plain, _CELL.split(token.content))
        yield " ".join([outside, *filter(_HAS_WORD.search, cells), ""])


def find_faults(text: str) -> set[str]:
    """Name what is left over in a rendered text without its title: half brackets, separators, marks."""
    text = _ADDRESS.sub("U", _BOX.sub("", text))
    faults = {name for name, pattern in _FAULTS.items() if pattern.search(text)}
    if any(text.count(one) != text.count(other) for one, other in _BRACKETS.items()):
        faults.add("half a bracket")
    return faults


def without_title(text: str, title: str) -> tuple[str, int]:
    """Put one sign in each place of a title, and return how often it stood there."""
    # Matches "Serving", a word of a title.
    words = re.findall(r"[^\W_]+", title)
    if not words:
        return text, 0
    inner = r"[\W_]*?".join(map(re.escape, words))
    before, after = (
        "".join(f"{re.escape(mark)}?" for mark in outer)
        for outer in (title[: title.index(words[0])], title[title.rindex(words[-1]) + len(words[-1]) :])
    )
    return re.subn(before + inner + after + r"[.!?]*", "T", text, flags=re.IGNORECASE)
