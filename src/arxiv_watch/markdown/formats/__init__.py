"""The formats in which lists write their entries, one a module; each is registered here."""

from arxiv_watch.markdown.formats.definition import DEFINITION
from arxiv_watch.markdown.formats.format import Format
from arxiv_watch.markdown.formats.heading import HEADING
from arxiv_watch.markdown.formats.html import HTML
from arxiv_watch.markdown.formats.item import BULLET, NUMBERED
from arxiv_watch.markdown.formats.paragraph import PARAGRAPH
from arxiv_watch.markdown.formats.table import TABLE

_NONE = Format("")  # under a heading without entries

FORMATS = {one.name: one for one in (BULLET, NUMBERED, TABLE, PARAGRAPH, HTML, DEFINITION, HEADING, _NONE)}
"""The formats by their names, which `Entry.style` holds and `list show` prints."""
HTML_TAGS = "|".join(one.element.tags for one in FORMATS.values() if one.element)
"""The names of the tags of those that are HTML, as a pattern."""

__all__ = ["FORMATS", "HTML_TAGS", "Format"]
