"""The style of an entry: what of it is form, what is a field, and what only a person can know.

What only a person can know (notes, links to code, badges, stars) is told apart and then taken out, with the
punctuation that held it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from arxiv_watch.markdown.anatomy import marker_end, title_of
from arxiv_watch.markdown.cleaning import clean
from arxiv_watch.markdown.escapes import folded, unfolded
from arxiv_watch.markdown.inline import Link, scan_links, visible
from arxiv_watch.markdown.rows import moved_link, split_cells, title_of_row
from arxiv_watch.markdown.spans import REMEMBERED, alias_of, mark
from arxiv_watch.markdown.template import Field, Template
from arxiv_watch.markdown.titles import Title

_BOX = re.compile(r"\[[xX]?\](?=[ \t])")  # matches the box of "- [x] A Title"
_NUMBER = re.compile(r"\d+")  # matches "12" of "12. "
# matches "Institutions" and "**Affiliation**"
_PLACE_COLUMN = re.compile(r"\W*(?:institut|affiliation|organi[sz]ation|universit|compan)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cells:
    """A table row as cells: what stands before and after them, each one's text, form and column name."""

    outer: tuple[str, str]
    raw: tuple[str, ...]
    forms: tuple[Template, ...]
    names: tuple[str, ...] = ()


@lru_cache(maxsize=REMEMBERED)
def skeleton(
    text: str, *, style: str = "bullet", constants: frozenset[str] = frozenset(), code: bool = False
) -> Template:
    """Reduce an entry that is no table row to its form; what is human is gone.

    Args:
        text: The entry's lines.
        style: The entry's style.
        constants: Words that are the same in most entries, so that they are form.
        code: Whether a link to code is a field.
    """
    offset = marker_end(text, style)
    head = Template.join(_BOX.sub("[ ]", text[:offset]))
    if style in {"numbered", "heading"} and (number := _NUMBER.search(head.text)):
        head = Template.join(head.text[: number.start()], Field("number"), head.text[number.end() :])
    body = folded(text[offset:])
    links = scan_links(body)
    title = title_of(body, links, style)
    marked = mark(body, links, title, alias=alias_of(title), constants=constants, code=code)
    return clean(Template.join(head, marked)).rewritten(unfolded)


def cells_of(text: str, header: str, constants: frozenset[str] = frozenset(), *, code: bool = False) -> Cells:
    """Reduce a table row to the forms of its cells; with `code`, a link to code is a field, too."""
    text = folded(text)
    links = scan_links(text)
    spans = split_cells(text)
    title = title_of_row(text, spans, header, links)
    names = [header[slice(*cell)] for cell in split_cells(header)] + [""] * len(spans)
    forms = [
        Template()
        if _PLACE_COLUMN.match(name)
        else _cell(text, start, end, links, title, constants=constants, code=code).rewritten(unfolded)
        for (start, end), name in zip(spans, names, strict=False)
    ]
    outer = (text[: spans[0][0]], text[spans[-1][1] :])
    raw = tuple(unfolded(text[start:end]) for start, end in spans)
    return Cells(outer, raw, tuple(forms), tuple(names[: len(raw)]))


def _cell(
    text: str,
    start: int,
    end: int,
    links: list[Link],
    title: Title | None,
    *,
    constants: frozenset[str],
    code: bool,
) -> Template:
    inside = [moved_link(link, -start) for link in links if start <= link.start < end]
    here = title.moved(-start) if title and start <= title.span[0] < end else None
    first = next((link.id for link in links if link.id), None)
    alias = alias_of(title)
    if here is None and _letters(visible(text[start:end])) != _letters(alias):
        alias = ""  # in another cell it stands alone
    marked = mark(text[start:end], inside, here, paper=first, alias=alias, constants=constants, code=code)
    return clean(marked.strip())


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
