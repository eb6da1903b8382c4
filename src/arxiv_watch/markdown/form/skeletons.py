"""The template that one entry shows: its fields, marks and words that are form; all else is taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from arxiv_watch.markdown.form.cleaning import clean
from arxiv_watch.markdown.form.finders import Passage, template_of
from arxiv_watch.markdown.form.template import Field, Template
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.formats.table import split_cells, title_of_row
from arxiv_watch.markdown.text.escapes import folded, unfolded
from arxiv_watch.markdown.text.inline import scan_links

REMEMBERED = 8192  # entries; a heading with few asks those of all others, and so does the next
_BOX = re.compile(r"\[[xX]?\](?=[ \t])")  # matches the box of "- [x] A Title"
_NUMBER = re.compile(r"\d+")  # matches "12" of "12. "
# matches "Institutions", "**Affiliation**" and "机构"
_PLACE_COLUMN = re.compile(
    r"\W*(?:institut|affiliation|organi[sz]ation|universit|compan|单位|机构|所属)", re.IGNORECASE
)


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
    offset = FORMATS[style].marker_end(text)
    head = Template.join(_BOX.sub("[ ]", text[:offset]))
    if FORMATS[style].bears_number and (number := _NUMBER.search(head.text)):
        head = Template.join(head.text[: number.start()], Field("number"), head.text[number.end() :])
    passage = replace(passage_of(folded(text[offset:]), style), constants=constants, code=code)
    return clean(Template.join(head, template_of(passage))).rewritten(unfolded)


def passage_of(body: str, style: str) -> Passage:
    """Find what an entry without its marker holds."""
    links = scan_links(body)
    return Passage.of(body, links, FORMATS[style].title(body, links))


@dataclass(frozen=True, slots=True)
class Cells:
    """A table row as cells: what stands before and after them, each one's text, form and column name."""

    outer: tuple[str, str]
    raw: tuple[str, ...]
    forms: tuple[Template, ...]
    names: tuple[str, ...] = ()


def cells_of(text: str, header: str, constants: frozenset[str] = frozenset(), *, code: bool = False) -> Cells:
    """Reduce a table row to the forms of its cells; with `code`, a link to code is a field, too."""
    text = folded(text)
    spans = split_cells(text)
    links = scan_links(text)
    row = Passage.of(text, links, title_of_row(text, spans, header, links))
    row = replace(row, constants=constants, code=code)
    names = [header[slice(*cell)] for cell in split_cells(header)] + [""] * len(spans)
    forms = [
        Template()
        if _PLACE_COLUMN.match(name)
        else clean(template_of(row.cell(*span)).strip()).rewritten(unfolded)
        for span, name in zip(spans, names, strict=False)
    ]
    outer = (text[: spans[0][0]], text[spans[-1][1] :])
    raw = tuple(unfolded(text[start:end]) for start, end in spans)
    return Cells(outer, raw, tuple(forms), tuple(names[: len(raw)]))
